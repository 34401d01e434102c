"""Every page that a person sees, in each of its states: what is walked over, and what goes to the contact sheet.

A new page needs a line in `PAGES`, or a reason in `NO_PAGES`; `test_every_page.py` fails until it has one.
"""

from dataclasses import dataclass

from flask import Flask

from tests.browser.furnished import ADMIN, EDITOR, MEMBER

STRANGER = ""


@dataclass(frozen=True)
class Spot:
    """One page in one state.

    Attributes:
        endpoint: the route, without the name of its blueprint.
        path: its address; `{event}` and the like are filled in from the furnished node.
        who: who looks at it.
        press: the button that brings it into this state, as a CSS selector.
        signed_out: whether the session has ended when the button is pressed.
        state: what is seen, where that is not the page's usual state.
        status: what the server answers.
    """

    endpoint: str
    path: str
    who: str = STRANGER
    press: str = ""
    signed_out: bool = False
    state: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        """A name fit for a file."""
        return "-".join(part for part in (self.endpoint, self.state.replace(" ", "-"), self.who) if part)


_SEND = "main form button[type=submit]"
_PUBLISH = "main form button[value=publish]"

PAGES: tuple[Spot, ...] = (
    Spot("home", "/"),
    Spot("calls", "/calls"),
    Spot("calls", "/calls?q=nowhere", state="empty"),
    Spot("events", "/events"),
    Spot("events", "/events?past=1", state="past"),
    Spot("initiatives", "/initiatives"),
    Spot("news", "/news"),
    Spot("publications", "/publications?q=workers"),
    Spot("find", "/find?near=Paris&km=50"),
    Spot("find", "/find?q=zzzz&km=5&near=Paris", state="empty"),
    Spot("find", "/find?km=900&open=maybe", state="refused", status=400),
    Spot("find", "/find?facets=1", state="narrower"),
    Spot("find", "/find?view=map", state="map"),
    Spot("find", "/find?view=agenda&day=2027-01-13", state="month"),
    Spot("find", "/find?view=agenda&span=week&day=2027-01-13", state="week"),
    Spot("search", "/search?q=workers"),
    Spot("search", "/search?q=zzzz", state="empty"),
    Spot("tag", "/tags/SocialDialogue"),
    Spot("territories", "/territories"),
    Spot("territory", "/territories/FR"),
    Spot("territory_sources", "/territory/sources"),
    Spot("actor", "/@ires"),
    Spot("actor", "/@ires", EDITOR),
    Spot("actor", "/@quiet", state="nothing published"),
    Spot("actor", "/@depot@partner.test", MEMBER, state="of a partner"),
    Spot("actor_list", "/@ires/events"),
    Spot("actor_publications", "/@ires/publications"),
    Spot("members", "/@sharers/members", EDITOR),
    Spot("publication", "{call}", state="call"),
    Spot("publication", "{event}", state="event"),
    Spot("publication", "{event}", EDITOR, state="event"),
    Spot("publication", "{initiative}", state="initiative"),
    Spot("publication", "{news}", state="news"),
    Spot("publication", "{long}", state="long words"),
    Spot("publication", "{draft}", EDITOR, state="draft"),
    Spot("publication", "{copied_call}", state="call of a partner"),
    Spot("publication", "{copied_event}", MEMBER, state="event of a partner"),
    Spot("call_statistics", "{decided_call}/statistics"),
    Spot("call_log", "{decided_call}/manage/log", EDITOR),
    Spot("call_log", "{call}/manage/log", EDITOR, state="empty"),
    Spot("history", "{call}/history"),
    Spot("version", "{call}/history/1"),
    Spot("programme", "{event}/programme"),
    Spot("register", "{event}/register"),
    Spot("register", "{event}/register", press=_SEND, state="refused", status=422),
    Spot("registration_sent", "{event}/register/sent"),
    Spot("registration", "/registrations/{registration}"),
    Spot("confirm_registration", "/registrations/{confirmation}/confirm"),
    Spot("no_reminder", "/registrations/{quiet}/no-reminder"),
    Spot("interact", "/interact?uri={base_url}/actors/ires"),
    Spot("interact", "/interact?uri={base_url}/actors/ires", press=_SEND, state="refused", status=422),
    Spot("sign_in", "/sign-in"),
    Spot("sign_in", "/sign-in", press=_SEND, state="refused", status=422),
    Spot("oidc_account", "/sign-in/oidc", press="#newcomer", state="newcomer"),
    Spot("oidc_account", "/sign-in/oidc", press="#known", state="known address"),
    Spot("oidc_account", "/sign-in/oidc", press="#unverified", state="unverified address"),
    Spot("oidc_account", "/sign-in/oidc", MEMBER, press="#newcomer", state="link"),
    Spot("identities", "/account/identities", MEMBER),
    Spot("identities", "/account/identities", EDITOR, state="empty"),
    Spot("error", "/nothing-here", state="404", status=404),
    Spot("account", "/account", MEMBER),
    Spot("account", "/account", EDITOR),
    Spot("account", "/account", ADMIN),
    Spot("my_page", "/my", MEMBER),
    Spot("my_page", "/my", EDITOR),
    Spot("my_page", "/my", ADMIN, state="follows nobody"),
    Spot("my_following", "/my/following", MEMBER),
    Spot("notifications", "/my/notifications", EDITOR),
    Spot("my_settings", "/my/settings", MEMBER),
    Spot("my_settings", "/my/settings", EDITOR, press="#feeds ~ div button", state="new addresses"),
    Spot("unsubscribe", "/unsubscribe/nothing", state="leads nowhere", status=404),
    Spot("sessions", "/account/sessions", MEMBER),
    Spot("own_roles", "/account/roles", EDITOR),
    Spot("change_name", "/account/name", MEMBER),
    Spot("change_email", "/account/email", MEMBER),
    Spot("change_email", "/account/email", MEMBER, press=_SEND, state="refused", status=422),
    Spot("confirm_email", "/account/email/{email_link}"),
    Spot("unsubscribe", "/unsubscribe/{unsubscribe}"),
    Spot("sign_up", "/sign-up"),
    Spot("sign_up", "/sign-up", press=_SEND, state="refused", status=422),
    Spot("sign_up_sent", "/sign-up/sent"),
    Spot("confirm_sign_up", "/sign-up/confirm/{sign_up_link}"),
    Spot("forgotten", "/password/forgot"),
    Spot("forgotten", "/password/forgot", press=_SEND, state="refused", status=422),
    Spot("password_sent", "/password/sent"),
    Spot("new_password", "/password/new/{password_link}"),
    Spot("new_password", "/password/new/{password_link}", press=_SEND, state="refused", status=422),
    Spot("invited", "/invited/{invitation}"),
    Spot("invited", "/invited/{invitation}", MEMBER),
    Spot("people_of", "/@ires/people", EDITOR),
    Spot("profile", "/@ires/profile", EDITOR),
    Spot(
        "profile",
        "/@ires/profile",
        EDITOR,
        press="main form.form button[type=submit]",
        signed_out=True,
        state="signed out",
        status=403,
    ),
    Spot("pictures", "/@ires/pictures", EDITOR),
    Spot("account_data", "/account/data", MEMBER),
    Spot(
        "account_data", "/account/data", MEMBER, press="main form.form button[type=submit]", state="refused", status=422
    ),
    Spot("delete_by_link", "/account/delete/{deletion_link}"),
    Spot("found_organisation", "/account/found", MEMBER),
    Spot("found_organisation", "/account/found", MEMBER, press=_SEND, state="refused", status=422),
    Spot("my_settings", "/my/settings", EDITOR),
    Spot("change_password", "/account/password", MEMBER),
    Spot("change_password", "/account/password", MEMBER, press=_SEND, state="refused", status=422),
    Spot("asking", "/account/followers", EDITOR),
    Spot("tokens", "/account/tokens", EDITOR),
    Spot("tokens", "/account/tokens", MEMBER, state="empty"),
    Spot("invitations", "/invitations", EDITOR),
    Spot("report", "/report?thing=https://partner.test/actors/depot", MEMBER),
    Spot("choose_kind", "/write", EDITOR),
    Spot("choose_kind", "/write", MEMBER, state="empty"),
    Spot("write_publication", "/@ires/calls/new", EDITOR, state="call"),
    Spot("write_publication", "/@ires/calls/new", EDITOR, press=_PUBLISH, state="call refused", status=422),
    Spot("write_publication", "/@ires/events/new", EDITOR, state="event"),
    Spot("write_publication", "/@ires/events/new", EDITOR, press=_PUBLISH, state="event refused", status=422),
    Spot("write_publication", "/@ires/initiatives/new", EDITOR, state="initiative"),
    Spot("write_publication", "/@ires/news/new", EDITOR, state="news"),
    Spot("edit_publication", "{event}/edit", EDITOR),
    Spot(
        "edit_publication",
        "{event}/edit",
        EDITOR,
        press="main form button[value=preview]:not(.unseen)",
        state="preview",
    ),
    Spot("edit_programme", "{event}/programme/edit", EDITOR),
    Spot("schedule_publication", "{draft}/schedule", EDITOR),
    Spot("withdraw_publication", "{event}/withdraw", EDITOR),
    Spot("manage_call", "/@platform_workers/calls/{call_id}/manage", EDITOR),
    Spot("call_applications", "{open_question}/manage/applications", EDITOR),
    Spot("call_applications", "{open_question}/manage/applications?q=nowhere", EDITOR, state="empty"),
    Spot("call_application", "{open_question}/manage/applications/{application}", EDITOR),
    Spot("arrange_decisions", "{open_question}/manage/decisions", EDITOR),
    Spot("arrange_decisions", "{open_question}/manage/decisions", EDITOR, press="[name=move]", state="moved"),
    Spot("publish_decisions", "{open_question}/manage/publish", EDITOR),
    Spot("call_places", "{open_question}/manage/places", EDITOR),
    Spot("my_committees", "/my/committees", EDITOR),
    Spot("my_committees", "/my/committees", MEMBER, state="empty"),
    Spot("committee", "{judged_call}/committee", EDITOR),
    Spot("committee", "{judged_call}/committee?show=incomplete", EDITOR, state="nothing fits"),
    Spot("committee", "{call}/committee", EDITOR, state="empty"),
    Spot("committee_table", "{judged_call}/committee/table", EDITOR),
    Spot("committee_table", "{call}/committee/table", EDITOR, state="empty"),
    Spot("committee_application", "{judged_call}/committee/{applied_key}", EDITOR),
    Spot(
        "committee_application",
        "{judged_call}/committee/{applied_key}",
        EDITOR,
        press=_SEND,
        state="refused",
        status=422,
    ),
    Spot("committee_application", "{judged_call}/committee/{recused_key}", EDITOR, state="with a conflict"),
    Spot("committee_conflict", "{judged_call}/committee/{applied_key}/conflict", EDITOR),
    Spot("follow_up", "{decided_call}/manage/follow-up", EDITOR),
    Spot("follow_up", "{open_question}/manage/follow-up", EDITOR, state="empty"),
    Spot("follow_up_of", "{decided_call}/manage/follow-up/{followed}", EDITOR),
    Spot(
        "follow_up_of",
        "{decided_call}/manage/follow-up/{followed}?write=orientation",
        EDITOR,
        press=_SEND,
        state="refused",
        status=422,
    ),
    Spot("follow_up_of", "{decided_call}/manage/follow-up/{followed}?write=result", EDITOR, state="closing"),
    Spot("led_follow_ups", "/my/follow-up", EDITOR),
    Spot("led_follow_ups", "/my/follow-up", MEMBER, state="empty"),
    Spot("led_follow_up", "/my/follow-up/{led_key}", EDITOR),
    Spot("led_follow_up", "/my/follow-up/{led_key}?write=answer", EDITOR, state="writing"),
    Spot("led_contact", "/my/follow-up/{led_key}/contact", EDITOR),
    Spot("call_sessions", "{decided_call}/manage/sessions", EDITOR),
    Spot("cohort_session", "{decided_call}/manage/sessions/{cohort}", EDITOR),
    Spot("cohort_session", "{decided_call}/manage/sessions/{other_cohort}", EDITOR, state="form"),
    Spot(
        "cohort_session",
        "{decided_call}/manage/sessions/{other_cohort}",
        EDITOR,
        press=_SEND,
        state="refused",
        status=422,
    ),
    Spot("experts", "/@platform_workers/experts", EDITOR),
    Spot("experts", "/@ires/experts", EDITOR, state="empty"),
    Spot("experts", "/@ires/experts", EDITOR, press=_SEND, state="refused", status=422),
    Spot("offer_expertise", "/@platform_workers/experts/offer", MEMBER),
    Spot("own_expertise", "/experts/{expert_link}"),
    Spot("own_expertise", "/experts/nothing", state="leads nowhere", status=404),
    Spot("session_outputs", "{decided_call}/manage/sessions/{cohort}/outputs/{led}", EDITOR),
    Spot("own_outputs", "/my/sessions/outputs/{led_key}", EDITOR),
    Spot("own_outputs", "/my/sessions/outputs/{led_key}", EDITOR, press=_SEND, state="refused", status=422),
    Spot("my_sessions", "/my/sessions", MEMBER),
    Spot("my_sessions", "/my/sessions", ADMIN, state="empty"),
    Spot("invited_to_session", "/cohort-sessions/{session_link}"),
    Spot("invited_to_session", "/cohort-sessions/nothing", state="leads nowhere", status=404),
    Spot("call_cohorts", "{open_question}/manage/groups", EDITOR, state="empty"),
    Spot("call_cohorts", "{decided_call}/manage/groups?suggest=1", EDITOR, state="proposal"),
    Spot("call_cohorts", "{decided_call}/manage/groups?view=list", EDITOR, state="list"),
    Spot("apply", "{call}/apply", EDITOR),
    Spot("apply", "{call}/apply", state="without an account"),
    Spot("apply_sent", "{call}/apply/sent"),
    Spot("my_applications", "/my/applications", EDITOR),
    Spot("my_applications", "/my/applications", MEMBER, state="empty"),
    Spot("application", "/my/applications/{selected}", EDITOR),
    Spot("application", "/my/applications/{written}", EDITOR, state="draft"),
    Spot("application_write", "/my/applications/{written}/write", EDITOR),
    Spot("application_check", "/my/applications/{written}/check", EDITOR),
    Spot("application_withdraw", "/my/applications/{selected}/withdraw", EDITOR),
    Spot("application_place", "/my/applications/{selected}/place", EDITOR),
    Spot("confirm_applicant", "/applications/{guest_confirm}/confirm"),
    Spot("guest_application", "/applications/{guest_own}"),
    Spot("guest_application_write", "/applications/{guest_own}/write"),
    Spot("guest_application_check", "/applications/{guest_own}/check"),
    Spot("attendees", "{event}/attendees", EDITOR),
    Spot("bring", "/@ires/import", EDITOR),
    Spot("imported", "/@ires/import/{import}", EDITOR),
    Spot("admin", "/admin", ADMIN),
    Spot("admin_members", "/admin/members", ADMIN),
    Spot("admin_applicants", "/admin/applicants", ADMIN),
    Spot("admin_invitations", "/admin/invitations", ADMIN),
    Spot("admin_foundings", "/admin/foundings", ADMIN),
    Spot("admin_territories", "/admin/territories", ADMIN),
    Spot("admin_federation", "/admin/federation", ADMIN),
    Spot("admin_host", "/admin/federation/host?host=spam.test", ADMIN),
    Spot("admin_import", "/admin/federation/import", ADMIN),
    Spot("admin_deliveries", "/admin/deliveries", ADMIN),
    Spot("admin_host_deliveries", "/admin/deliveries/host?host=social.test", ADMIN),
    Spot("admin_letters", "/admin/letters", ADMIN),
    Spot("admin_reports", "/admin/reports", ADMIN),
    Spot("admin_topics", "/admin/topics", ADMIN),
    Spot("admin_topic", "/admin/topics/repair", ADMIN),
    Spot("admin_pages", "/admin/pages", ADMIN),
    Spot("admin_page", "/admin/pages/about", ADMIN),
    Spot("admin_page", "/admin/pages/about", ADMIN, press="main button[value=preview]", state="preview"),
    Spot("standing", "/pages/about"),
    Spot("standing", "/pages/charter", ADMIN, state="to an admin"),
    Spot("embedded_list", "/embed/publications?actor=ires"),
    Spot("embedded_publication", "/embed{event}"),
)

NO_PAGES = {
    "oidc_begin": "leads on to the provider",
    "oidc_callback": "leads on to where one was going",
    "static": "files",
    "application_copy": "a file to download",
    "guest_application_copy": "a file to download",
    "guest_application_withdraw": "the same page as a member's",
    "guest_application_place": "the same page as a member's",
    "media": "files",
    "robots": "for machines",
    "sitemap": "for machines",
    "oembed": "for machines",
    "complete_places": "for a script",
    "complete_addresses": "for a script",
    "territory_in_singular": "leads on to the page of the territory",
    "map_cells": "for the map",
    "authorize_interaction": "leads on to the page of what was named",
    "qr_code": "a picture",
    "publication_pdf": "a file",
    "attendees_table": "a table to download",
    "call_application_file": "a file",
    "committee_csv": "a table to download",
    "committee_file": "a file",
    "call_open_data": "for machines",
    "call_open_data_table": "a table to download",
    "follow_up_table": "a table to download",
    "admin_export": "a table to download",
    "programme_calendar": "a calendar",
    "call_log_file": "a file",
    "my_session_calendar": "a calendar",
    "invited_session_calendar": "a calendar",
    "event_schedule": "for machines",
    "occurrence": "leads on to the page of the event",
    "open_notification": "leads on to what it is about",
}
"""What answers GET, and is no page; feeds and what stands on other blueprints are left out by rule."""

OTHER_BLUEPRINTS = ("maillage_documents.", "maillage_well_known.", "maillage_inboxes.")


def routes_of_pages(app: Flask) -> set[str]:
    """Return the endpoints that answer a person who opens an address."""
    found = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    ours = {endpoint.removeprefix("maillage.") for endpoint in found if not endpoint.startswith(OTHER_BLUEPRINTS)}
    return {name for name in ours if name not in NO_PAGES and not name.endswith("_feed")}
