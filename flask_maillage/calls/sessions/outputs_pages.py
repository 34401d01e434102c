"""Where coordinators and leaders write down what a session brought to an initiative (FC-60), as an entry."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from pydantic import ValidationError
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from flask_maillage.calls import letters
from flask_maillage.calls.applying.doors import Door, guests_page
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.desk.roles import desk_of, member_at
from flask_maillage.calls.following import board, guests, writing
from flask_maillage.calls.following import people as followers
from flask_maillage.calls.following.people import Followed
from flask_maillage.calls.following.saying import FollowUp, Outputs
from flask_maillage.calls.models import CallLetter, Dossier, Draft
from flask_maillage.calls.posting import NotForThem
from flask_maillage.calls.sessions.outputs_form import OutputsForm, data_of
from flask_maillage.calls.sessions.pages import SESSIONS, call_of_coordinator
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.states import LED
from flask_maillage.people import signed_out
from flask_maillage.people.current import actors_to_publish_for, author_of, current_member
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


class Written(NamedTuple):
    """What the form is about: an initiative, and in whose name it is written."""

    author: Actor
    followed: Followed
    name: str
    back: str


class Last(NamedTuple):
    """What was written last of a session: by whom, under which id."""

    by_iri: str
    iri: str
    outputs: Outputs


@pages.route(f"{SESSIONS}/<cohort>/outputs/<dossier>", methods=["GET", "POST"])
def session_outputs(page_handle: str, identifier: str, cohort: str, dossier: str) -> Response:
    """Let a coordinator write down what a session brought to an initiative of the cohort."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(OutputsForm)
    call, _by = call_of_coordinator(page_handle, identifier)
    desk = desk_of(member_at(call, current_member()), dossier)
    found = next((one for one in board.followed(desk) if one.slot is not None and one.slot.cohort == cohort), None)
    if found is None:
        abort(404)
    back = url_for("maillage.cohort_session", page_handle=page_handle, identifier=identifier, cohort=cohort)
    return _answer(Written(call.actor, followers.of_dossier(found), found.name, back))


@pages.route("/my/sessions/outputs/<key>", methods=["GET", "POST"])
def own_outputs(key: str) -> Response:
    """Let a leader write down what a session brought to their initiative, of a call here or elsewhere."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(OutputsForm)
    led = led_by(actors_to_publish_for(current_member()))
    return _answer(next((one for one in led if key_of(one.followed.agreement) == key), None) or abort(404))


@guests_page("guest_outputs", f"{guests.PAGE}/outputs", ("GET", "POST"))
def guest_outputs(door: Door) -> Response:
    """Let a guest who stands in a cohort write down what its session brought."""
    followed = guests.followed(door.draft)
    dossier = followed.dossier if followed is not None else None
    if followed is None or dossier is None or dossier.slot_id is None:
        abort(404)
    back = url_for("maillage.guest_follow_up", **door.key)
    return _answer(Written(door.draft.actor, followed, dossier.name, back))


def led_by(actors: Iterable[Actor]) -> list[Written]:
    """Return the initiatives that these actors lead in a cohort, as their rows or the owner's letters say."""
    by_iri = {actor.iri: actor for actor in actors}
    back = url_for("maillage.my_sessions")
    query = select(Dossier).where(Dossier.applicant_iri.in_(by_iri), Dossier.slot_id.is_not(None))
    query = query.where(Dossier.guest_id.is_(None), Dossier.state.in_(LED)).order_by(Dossier.id)
    found = [
        Written(by_iri[one.applicant_iri], followers.of_dossier(one), one.name, back)
        for one in session().scalars(query)
    ]
    return found + [one for one in _led_elsewhere(by_iri, back) if not one.followed.call.local]


def _led_elsewhere(by_iri: dict[str, Actor], back: str) -> Iterable[Written]:
    placed = select(CallLetter.agreement_iri).where(CallLetter.verb == str(Shape.PLACEMENT), ~CallLetter.sent)
    query = select(CallLetter, Draft).join(Draft, Draft.offer_iri == CallLetter.iri)
    query = query.where(CallLetter.sender_iri.in_(by_iri), CallLetter.agreement_iri.in_(placed)).order_by(CallLetter.id)
    for letter, draft in session().execute(query):
        author = by_iri[letter.sender_iri]
        followed = followers.of_leader(letter.call_iri, letter.agreement_iri or "", author.iri, draft.dossier_iri)
        if followed is not None:
            yield Written(author, followed, str(draft.content.get("name") or followed.call.name), back)


def _answer(written: Written) -> Response:
    last = _last(written)
    if request.method != "POST":
        return _page(written, OutputsForm(formdata=None, data=data_of(last.outputs if last else None)))
    form = OutputsForm()
    if not form.validate():
        return _page(written, form, 422)
    own = last is not None and last.by_iri == written.author.iri
    try:
        what = FollowUp(entry="outputs", outputs=form.outputs(), supersedes=last.iri if last and own else None)
        member = author_of(current_member())
        writing.write(written.author, written.followed, what, name=member.name if member is not None else "")
    except (Refused, NotForThem, ValidationError) as refusal:
        said = _sentence(refusal)
        session().rollback()
        form.form_errors.append(said)
        return _page(written, form, 422)
    session().commit()
    flash(_("It is written down, and those who follow this initiative are told."))
    return redirect(written.back, code=303)


def _page(written: Written, form: Any, status: int = 200) -> Response:
    form = in_readers_language(form)
    html = render_template("maillage/session_outputs.html", name=written.name, back=written.back, form=form)
    return keep_private(make_response(html, status))


def _last(written: Written) -> Last | None:
    """Return what was written last, by who writes now, else by others, so that they begin with it."""
    found = [one for letter in letters.about(written.followed.agreement, Shape.ENTRY) if (one := _read(letter))]
    own = [one for one in found if one.by_iri == written.author.iri]
    return next(reversed(own or found), None)


def _read(letter: CallLetter) -> Last | None:
    thing = letters.document_of(letter).get("object")
    if letter.refused is not None or not isinstance(thing, dict):
        return None
    try:
        what = FollowUp.model_validate(thing.get("followUp"))
    except ValidationError:
        return None
    return Last(letter.sender_iri, str(thing.get("id")), what.outputs) if what.outputs is not None else None


def _sentence(refusal: Refused | NotForThem | ValidationError) -> str:
    if isinstance(refusal, Refused):
        return refusal.refusal.sentence(current_language())
    if isinstance(refusal, NotForThem):
        return _("The call’s owner cannot be reached: nothing was written.")
    return _("A text is too long, or holds signs that cannot be kept.")
