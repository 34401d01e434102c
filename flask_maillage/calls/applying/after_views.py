"""Pages of an application that was sent: how it stands, taking it back, answering a selection, a copy of it all."""

from typing import Any, NamedTuple

from flask import abort, flash, make_response, redirect, render_template, request
from sqlalchemy import inspect
from werkzeug.wrappers import Response

from actors.database import reading, session
from federation import strict_json
from federation.errors import FederationError
from flask_maillage.calls.applying import drafts, outcomes, sending, standing, the_call
from flask_maillage.calls.applying.checking import in_words
from flask_maillage.calls.applying.doors import Door, guarded, page_of, private
from flask_maillage.calls.applying.outcomes import Decided
from flask_maillage.calls.applying.page_forms import AnswerForm
from flask_maillage.calls.applying.telling import title_of
from flask_maillage.calls.applying.views import call_of
from flask_maillage.calls.codes import Refusal, Refused, refusal_of
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.following import guests as followed_guests
from flask_maillage.calls.models.drafts import REGISTERED, WITHDRAWN, Draft
from flask_maillage.calls.posting import NotForThem
from flask_maillage.people.current import actors_to_publish_for, current_member, to_sign_in
from flask_maillage.people.my_page import Section, section
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import journal
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.journal import Tightening
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

ON_MY_PAGE = 5


class Listed(NamedTuple):
    """An application in a list, with what was decided about it."""

    draft: Draft
    title: str
    decided: Decided | None
    waits: bool
    """Whether the place is still to be confirmed."""
    timezone: str | None


@section
def on_my_page(member: Any) -> Section | None:
    """The applications of a member and of those for whom they write that were touched last."""
    found = drafts.of_actors(actors_to_publish_for(member))[:ON_MY_PAGE]
    values = {"applications": [_listed(draft) for draft in found]}
    return Section(_("Your applications"), "maillage/applying/own_section.html", values) if found else None


@pages.get("/my/applications", endpoint="my_applications")
def list_applications() -> Response:
    """List the applications of a member and of those for whom they write."""
    member = current_member()
    if member is None:
        return to_sign_in()
    found = drafts.of_actors(actors_to_publish_for(member))
    values = {"applications": [_listed(draft) for draft in found]}
    return guarded(make_response(render_template("maillage/applying/applications.html", **values)))


def _listed(draft: Draft) -> Listed:
    call = the_call.find(draft.call_iri)
    decided = outcomes.decision_of(draft, call) if call is not None and draft.state == REGISTERED else None
    waits = decided is not None and sending.why_not_answer(draft, decided) is None
    return Listed(draft, title_of(draft), decided, waits, call.row.timezone if call is not None else None)


@page_of("")
def show(door: Door) -> Response:
    """Show how an application stands, in words, with who confirmed to have received it."""
    draft, call = door.draft, door.call
    decided = outcomes.decision_of(draft, call) if call else None
    return private(
        "maillage/applying/application.html",
        door=door,
        draft=draft,
        call=call,
        title=title_of(draft),
        back=page_path(call.row) if call else None,
        versions=standing.versions_of(draft, call) if call else [],
        refused=_refused_in_words(draft, call),
        held_until=outcomes.held_until(draft, call) if call else None,
        decided=decided,
        may_answer=decided is not None and sending.why_not_answer(draft, decided) is None,
        cohort=outcomes.cohort_of(draft, call) if call else None,
        erased_on=outcomes.erased_on(draft, call) if call else None,
        may_write=call is not None and sending.closed(call) is None,
        may_send=sending.may_send(draft),
        may_correct=sending.may_correct(draft) and decided is None,
        may_withdraw=sending.may_withdraw(draft, call),
        may_erase=call is not None and sending.may_erase(draft),
        code_in_words=_code_in_words,
        tightenings=_tightenings(door),
        is_followed=followed_guests.has_something(draft),
        followed_key=key_of(drafts.agreement_of(draft)),
    )


@page_of("withdraw", ("GET", "POST"))
def withdraw(door: Door) -> Response:
    """Ask whether an application is to be taken back, and do so; of one that is, whether it is to be erased."""
    call = call_of(door)
    if sending.may_erase(door.draft):
        if request.method != "POST":
            return _asked(door, "erase")
        if request.form.get("answer") != "erase":  # taking it back, pressed twice
            return redirect(door.path(), code=303)
        return _done(door, "erase", _("Those who have it are asked to erase it."))
    if not sending.may_withdraw(door.draft, call):
        return redirect(door.path(), code=303)
    if request.method != "POST":
        return _asked(door, "withdraw")
    return _done(door, "withdraw", _("It is withdrawn. The committee is told."))


@page_of("place", ("GET", "POST"))
def answer_place(door: Door) -> Response:
    """Ask whether the place that a selection gives is taken, and tell the owner."""
    call = call_of(door)
    decided = outcomes.decision_of(door.draft, call)
    if sending.why_not_answer(door.draft, decided) is not None:
        return redirect(door.path(), code=303)
    if request.method != "POST":
        return _asked(door, "place")
    if request.form.get("answer") not in ("accept", "refuse"):
        abort(400)
    return _done(door, "place", _("Your answer is on its way to those who run the call."))


@page_of("copy")
def copy(door: Door) -> Response:
    """Give an applicant all letters about their application as they were signed: what proves that they were sent."""
    document = {"application": drafts.agreement_of(door.draft), "letters": standing.letters_of(door.draft)}
    response = make_response(strict_json.dumps(document))
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="application.json"'
    return response


def _done(door: Door, what: str, words: str) -> Response:
    form = AnswerForm()
    if not form.validate():
        return _asked(door, what, form.errors["csrf_token"][0], 422)
    with reading():
        iri = door.draft.call_iri
    try:
        the_call.read_afresh(iri)
        session().commit()
    except FederationError:
        session().rollback()  # the copy of the call that is here tells its owner and its seats as well as it can
    draft, call = drafts.lock(door.draft), call_of(door)
    try:
        if what == "withdraw":
            sending.withdraw(draft, call)
            if form.erase.data:
                sending.ask_to_erase(draft)
        elif what == "erase":
            if sending.may_erase(draft):
                sending.ask_to_erase(draft)
        else:
            accept = form.answer.data == "accept"
            sending.answer_selection(draft, call, accept=accept, publicise=bool(form.publicise.data))
    except Refused as error:
        session().rollback()
        return _asked(door, what, in_words(error.refusal, call_of(door).row, current_language()), 422)
    except NotForThem:
        session().rollback()
        return _asked(door, what, _("Those who run the call cannot be reached from here: nothing was sent."), 422)
    is_left = not inspect(draft).deleted
    path = door.path() if is_left else page_path(call.row)
    session().commit()
    flash(words)
    return redirect(path, code=303)


def _asked(door: Door, what: str, notice: str = "", status: int = 200) -> Response:
    call = call_of(door)
    values: dict[str, Any] = {"decided": outcomes.decision_of(door.draft, call)} if what == "place" else {}
    values["is_held"] = outcomes.held_until(door.draft, call) is not None
    form = in_readers_language(AnswerForm(formdata=None))
    template = f"maillage/applying/{what}.html"
    return private(template, status, door=door, call=call, form=form, notice=notice, back=door.path(), **values)


def _tightenings(door: Door) -> list[Tightening]:
    """Return in what the call became stricter since it was sent, or ever for what was not; none once it is decided."""
    draft, call = door.draft, door.call
    if call is None or draft.state == WITHDRAWN or outcomes.decision_of(draft, call) is not None:
        return []
    return journal.tightenings(call.row, draft.sent_at)


def _refused_in_words(draft: Any, call: Any) -> str:
    refusal = refusal_of(draft.refusal) if draft.refusal else None
    return in_words(refusal, call.row if call else None, current_language()) if refusal else ""


def _code_in_words(code: str) -> str:
    return Refusal(code).sentence(current_language())
