"""Pages of those invited to a session: members of this node on their own page, others by the link of their mail."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.models import SessionRole
from flask_maillage.calls.sessions import answering, links, own, people, roster
from flask_maillage.calls.sessions.forms import AnswerForm
from flask_maillage.calls.sessions.outputs_pages import led_by
from flask_maillage.calls.sessions.pages import role_words
from flask_maillage.people.current import actors_to_publish_for, author_of, current_member, to_sign_in
from flask_maillage.people.my_page import Section, section
from flask_maillage.publications.attending import locking
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.feeds.calendar import CALENDAR_CONTENT_TYPE, calendar
from flask_maillage.publications.feeds.entries import Feed
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.syndicating import entry_of
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

ON_MY_PAGE = 5


@section
def my_sessions(member: Any) -> Section | None:
    """The next sessions to which a member, or an actor they publish for, is invited."""
    found = own.sessions_of(actors_to_publish_for(member))
    ahead = [part for part in found if not locking.closed(part.publication)]
    values = {"sessions": ahead[:ON_MY_PAGE], "answer_words": _own_answers()}
    return Section(_("Your sessions"), "maillage/own_sessions_section.html", values) if ahead else None


@section
def my_rosters(member: Any) -> Section | None:
    """The organisations that a member offered what they know, to change that or to leave."""
    found = _rosters(member)
    return Section(_("You offer what you know"), "maillage/own_rosters.html", {"owners": found}) if found else None


@pages.route("/my/sessions", methods=["GET", "POST"], endpoint="my_sessions")
def own_sessions() -> Response:
    """List the sessions to which a member, or an actor they publish for, is invited, and take their answers."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return to_sign_in()
    found = own.sessions_of(actors_to_publish_for(current_member()))
    if request.method == "POST":
        return _answer(found)
    html = render_template(
        "maillage/own_sessions.html",
        parts=[_shown(part) for part in found],
        form=AnswerForm(formdata=None),
        answer_words=_own_answers(),
        page_path=page_path,
        rosters=_rosters(current_member()),
        led=[(key_of(one.followed.agreement), one.name) for one in led_by(actors_to_publish_for(current_member()))],
    )
    return keep_private(make_response(html))


@pages.get("/my/sessions/<int:number>/session.ics", endpoint="my_session_calendar")
def own_session_calendar(number: int) -> Response:
    """Give a session as a calendar entry to somebody who is invited to it."""
    member = current_member()
    if member is None:
        return to_sign_in()
    found = own.sessions_of(actors_to_publish_for(member))
    part = next((one for one in found if one.publication_id == number), None)
    return _calendar(part.publication if part is not None else abort(404))


@pages.route("/cohort-sessions/<token>", methods=["GET", "POST"])
def invited_to_session(token: str) -> Response:
    """Show an invitation to who got it by mail, and take their answer: by a button, and never by opening the link."""
    role = links.role_with(token)
    if role is None:
        return _by_mail(None, 404)
    if request.method != "POST":
        return _by_mail(role)
    said = request.form.get("answer", "")
    if said not in own.VERBS:
        abort(400)
    try:
        answering.answer_by_mail(role, said)
    except NotPossible as refusal:
        session().rollback()
        return _by_mail(links.role_with(token), 422, problem=_(str(refusal)))
    session().commit()
    return redirect(url_for("maillage.invited_to_session", token=token), code=303)


@pages.get("/cohort-sessions/<token>/session.ics")
def invited_session_calendar(token: str) -> Response:
    """Give a session as a calendar entry to who is invited to it by mail."""
    role = links.role_with(token)
    return _calendar(role.session.event if role is not None else abort(404))


def _rosters(member: Any) -> list[Actor]:
    """Return the organisations in whose roster a member stands themselves."""
    own = author_of(member)
    numbers = {one.owner_id for one in roster.own_entries([own])} if own is not None else set()
    return list(
        session().scalars(select(Actor).where(Actor.id.in_(numbers), Actor.gone_at.is_(None)).order_by(Actor.id))
    )


def _answer(found: list[Attendance]) -> Response:
    form = AnswerForm()
    if not form.validate_on_submit():
        abort(400)
    part = next((one for one in found if one.id == form.who.data), None)
    if part is None:
        abort(400)
    try:
        own.answer(part, form.answer.data or "")
    except NotPossible as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(request.path, code=303)
    session().commit()
    flash(_("Your answer is on its way."))
    return redirect(request.path, code=303)


def _shown(part: Attendance) -> tuple[Attendance, bool, str]:
    """Return a part in a session, whether one may still answer, and when and where it is."""
    event = part.publication
    return part, not locking.closed(event), people.when_and_where(event, current_language())


def _by_mail(role: SessionRole | None, status: int = 200, problem: str = "") -> Response:
    event = role.session.event if role is not None else None
    html = render_template(
        "maillage/invited_to_session.html",
        role=role,
        event=event,
        is_open=event is not None and not locking.closed(event),
        summary=people.when_and_where(event, current_language()) if event is not None else "",
        body=Markup(event.html + event.kind_of_it.facts(event.content)) if event is not None else "",  # noqa: S704 - cleaned when written
        calendar_path=request.path + "/session.ics",
        role_words=role_words(),
        answer_words=_own_answers(),
        problem=problem,
    )
    response = keep_private(make_response(html, status))
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _calendar(event: Publication) -> Response:
    entry = entry_of(event)
    feed = Feed(id=event.iri, title=event.name, url=event.page, self_url=event.page, entries=[entry])
    response = keep_private(make_response(calendar(feed)))
    response.headers["Content-Type"] = CALENDAR_CONTENT_TYPE
    response.headers["Content-Disposition"] = 'attachment; filename="session.ics"'
    return response


def _own_answers() -> dict[str, str]:
    """Return what one answered oneself, in the reader's language."""
    return {
        "invited": _("You have not answered yet."),
        "waiting": _("You have not answered yet."),
        "accepted": _("You come."),
        "tentative": _("Perhaps you come."),
        "declined": _("You do not come."),
    }
