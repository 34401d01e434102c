"""Pages of who coordinates a call: its cohorts with their sessions, a new session, who is invited and what they say."""

from typing import Any, NamedTuple

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from flask_maillage.calls import acting, states
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.desk.roles import desk_of, member_at
from flask_maillage.calls.models import CohortSession, SessionRole
from flask_maillage.calls.sessions import holding, inviting, people, roster, telling
from flask_maillage.calls.sessions.forms import ROLES, InviteForm, RowForm, SessionForm
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of, current_member, may, to_sign_in
from flask_maillage.people.roles import EDIT
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.attending import locking
from flask_maillage.publications.call_parts import Cohort
from flask_maillage.publications.editing import handles
from flask_maillage.publications.editing.paths import edit_path, page_path
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, own_name_of, word
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

SESSIONS = "/@<page_handle>/calls/<identifier>/manage/sessions"
LEADER = word("Leader")


class Row(NamedTuple):
    """A cohort in the list."""

    cohort: Cohort
    leaders: list[people.Leader]
    event: Publication | None
    answers: dict[str, int]
    path: str


class Found(NamedTuple):
    """A cohort of a call, for who coordinates it."""

    call: Publication
    cohort: Cohort
    by: Acting


@pages.get(SESSIONS)
def call_sessions(page_handle: str, identifier: str) -> Response:
    """List the cohorts of a call with who is in them, and their sessions."""
    if (answer := _signed_out()) is not None:
        return answer
    call, _by = call_of_coordinator(page_handle, identifier)
    rows = [_row(call, cohort) for cohort in details_of(call.content).cohorts]
    html = render_template(
        "maillage/call_sessions.html",
        call=call,
        rows=rows,
        is_decided=states.is_decided(call),
        back=page_path(call),
        page_path=page_path,
    )
    return keep_private(make_response(html))


@pages.route(f"{SESSIONS}/<cohort>", methods=["GET", "POST"])
def cohort_session(page_handle: str, identifier: str, cohort: str) -> Response:
    """Show the session of a cohort, and who is invited; or the form that makes it."""
    do = request.form.get("do", "")
    form = {"invite": InviteForm, "withdraw": RowForm, "expert": RowForm}.get(do, SessionForm)
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(form)
    if do == "invite":
        return _invite(page_handle, identifier, cohort)
    found = _cohort(page_handle, identifier, cohort)
    held = people.session_of(found.call, found.cohort.key)
    if do == "expert":
        return _invite_expert(found, held or abort(404))
    if do == "withdraw":
        return _withdraw(found, held or abort(404))
    if held is not None:
        return _session_page(found, held)
    return _hold(page_handle, identifier, cohort) if request.method == "POST" else _form_page(found, _fresh(found))


def _hold(page_handle: str, identifier: str, cohort: str) -> Response:
    found, form = _cohort(page_handle, identifier, cohort), SessionForm()
    if not form.validate():
        return _form_page(found, form, 422)
    author = author_of(current_member())
    try:
        holding.hold(found.call, found.cohort, form.content(found.call.language), found.by, author=author)
    except (NotPossible, Refused) as refusal:
        session().rollback()
        form.form_errors.append(_sentence(refusal) if isinstance(refusal, Refused) else _(str(refusal)))
        return _form_page(_cohort(page_handle, identifier, cohort), form, 422)
    except holding.HeldAlready:
        session().rollback()
        flash(_("Somebody has made this session meanwhile."), "error")
        return redirect(request.path, code=303)
    session().commit()
    flash(_("The session is made, and those who are in it are invited."))
    return redirect(request.path, code=303)


def _invite(page_handle: str, identifier: str, cohort: str) -> Response:
    """Invite somebody; who is not known here is looked up before anything is locked."""
    form: Any = InviteForm()
    directory = handles.look_up(form, page_handle)
    found = _cohort(page_handle, identifier, cohort)
    held = people.session_of(found.call, found.cohort.key) or abort(404)
    directory.settle(form)
    if not form.validate():
        return _session_page(found, held, form, 422)
    actor = session().scalar(select(Actor).where(Actor.iri == form.who.iri()))
    if actor is None:
        form.who.errors = [_("Nobody is known here at this address: write their handle, as @name@host.")]
        return _session_page(found, held, form, 422)
    name, role = actor.name or actor.handle, form.role.data
    try:
        inviting.invite(held, role, found.by, actor=actor)
    except (Refused, inviting.NotReached) as refusal:
        session().rollback()
        form.who.errors = [_sentence(refusal)]
        found = _cohort(page_handle, identifier, cohort)
        return _session_page(found, people.session_of(found.call, found.cohort.key) or abort(404), form, 422)
    session().commit()
    flash(_("%(name)s is invited.", name=name))
    return redirect(request.path, code=303)


def _invite_expert(found: Found, held: CohortSession) -> Response:
    """Invite somebody of the roster."""
    form = RowForm()
    number = form.who.data if form.validate_on_submit() else None
    expert = next((one for one in roster.experts_of(found.call.actor) if one.id == number), None)
    if expert is None:
        abort(400)
    name = expert.name
    try:
        inviting.invite(held, people.EXPERT, found.by, expert=expert)
    except (Refused, inviting.NotReached) as refusal:
        session().rollback()
        flash(_sentence(refusal), "error")
        return redirect(request.path, code=303)
    session().commit()
    flash(_("%(name)s is invited.", name=name))
    return redirect(request.path, code=303)


def _from_roster(found: Found, held: CohortSession) -> dict[str, Any]:
    """Return who of the roster fits, who else stands there, and how the page says it; without who is invited."""
    invited = {one.expert_id for one in people.roles_in(held)}
    free = {one.id: one for one in roster.experts_of(found.call.actor) if one.id not in invited and one.consented_at}
    desk = desk_of(member_at(found.call, current_member()))
    suggested = [(free[one.key], one) for one in roster.suggestions(desk, found.cohort.key, free.values())]
    fitting = {expert.id for expert, _why in suggested}
    return {
        "suggested": suggested,
        "others": [one for one in free.values() if one.id not in fitting],
        "language_name": own_name_of,
        "roster_path": url_for("maillage.experts", page_handle=found.call.actor.page_handle),
    }


def _withdraw(found: Found, held: CohortSession) -> Response:
    form = RowForm()
    number = form.who.data if form.validate_on_submit() else None
    role = session().get(SessionRole, number) if number is not None and 0 < number < 2**31 else None
    if role is None or role.session_id != held.id:
        abort(400)
    name = role.name
    try:
        inviting.take_back(role, found.by)
    except Refused as refusal:
        session().rollback()
        flash(_sentence(refusal), "error")
        return redirect(request.path, code=303)
    session().commit()
    flash(_("The invitation of %(name)s is taken back.", name=name))
    return redirect(request.path, code=303)


def _session_page(found: Found, held: CohortSession, form: Any = None, status: int = 200) -> Response:
    roles = people.roles_in(held)
    html = render_template(
        "maillage/cohort_session.html",
        call=found.call,
        cohort=found.cohort,
        event=held.event,
        is_over=bool(locking.closed(held.event)),
        summary=people.when_and_where(held.event, current_language()),
        roles=roles,
        actors=people.actors_of(roles),
        reached={one.id for one in roles if one.actor_iri or telling.reached_by_mail(one)},
        form=in_readers_language(form or InviteForm(formdata=None)),
        row_form=RowForm(formdata=None),
        role_words=role_words(),
        answer_words=answer_words(),
        event_path=page_path(held.event),
        edit_path=edit_path(held.event),
        back=_path("call_sessions", found.call),
        outputs_paths=_outputs_paths(found),
        **_from_roster(found, held),
    )
    return keep_private(make_response(html, status))


def _outputs_paths(found: Found) -> dict[int, str]:
    """Return where one writes down what the session brought, by the row of each initiative of the cohort."""
    key = found.cohort.key
    return {
        one.dossier.id: _path("session_outputs", found.call, cohort=key, dossier=one.dossier.identifier)
        for one in people.leaders(found.call, key)
    }


def _form_page(found: Found, form: Any, status: int = 200) -> Response:
    html = render_template(
        "maillage/hold_session.html",
        call=found.call,
        cohort=found.cohort,
        leaders=people.leaders(found.call, found.cohort.key),
        coordinators=people.coordinators(found.call),
        is_decided=states.is_decided(found.call),
        form=in_readers_language(form),
        back=_path("call_sessions", found.call),
    )
    return keep_private(make_response(html, status))


def _fresh(found: Found) -> Any:
    """Return the form of a session with what is known of it before anybody has typed."""
    data = {
        "name": f"{found.cohort.name} – {found.call.name}"[:200],
        "text": words(found.call.language, holding.TEXT, cohort=found.cohort.name),
        "timezone": found.call.timezone or "Europe/Brussels",
        "programme": holding.programme_of(found.call, found.cohort.key),
    }
    return SessionForm(formdata=None, data=data)


def role_words() -> dict[str, str]:
    """Return what the roles are called, in the reader's language."""
    return {people.LEADER: _(LEADER), **{name: _(label) for name, label in ROLES}}


def answer_words() -> dict[str, str]:
    """Return what was answered, in the reader's language."""
    return {
        people.WAITING: _("no answer yet"),
        people.ACCEPTED: _("comes"),
        people.TENTATIVE: _("may come"),
        people.DECLINED: _("does not come"),
    }


def _row(call: Publication, cohort: Cohort) -> Row:
    held = people.session_of(call, cohort.key)
    answers: dict[str, int] = {}
    for role in people.roles_in(held) if held is not None else ():
        answers[role.answer] = answers.get(role.answer, 0) + 1
    event = held.event if held is not None else None
    path = _path("cohort_session", call, cohort=cohort.key)
    return Row(cohort, people.leaders(call, cohort.key), event, answers, path)


def call_of_coordinator(page_handle: str, identifier: str) -> tuple[Publication, Acting]:
    """Return a call for a member who coordinates it; for everybody else nothing is there (FC-12)."""
    member = current_member()
    call = find_publication(page_handle, "calls", identifier, limited=True)
    if not (call.local and call.state == PUBLISHED and may(member, EDIT, call)):
        abort(404)
    return call, acting.of_member(call, member)


def _cohort(page_handle: str, identifier: str, key: str) -> Found:
    call, by = call_of_coordinator(page_handle, identifier)
    return Found(call, holding.cohort_named(call, key) or abort(404), by)


def _sentence(refusal: Refused | inviting.NotReached) -> str:
    if isinstance(refusal, Refused):
        return refusal.refusal.sentence(current_language())
    return _("No letter can go there: this actor is gone, suspended or blocked here.")


def _path(page: str, call: Publication, **more: Any) -> str:
    return url_for(f"maillage.{page}", page_handle=call.actor.page_handle, identifier=call.identifier, **more)


def _signed_out() -> Response | None:
    with reading():
        return None if current_member() is not None else to_sign_in()
