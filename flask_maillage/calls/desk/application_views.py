"""The page of one application for a member of the committee: reading it, an opinion, a conflict of interest, files."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template
from werkzeug.wrappers import Response

from actors.database import session
from actors.node import now
from federation.activities import Document, host_of, same_origin
from federation.sanitising import clean_text
from flask_maillage.calls import conflicts, giving, private_files, states, wording
from flask_maillage.calls.arithmetic import RECUSED
from flask_maillage.calls.codes import Refusal
from flask_maillage.calls.desk import elsewhere
from flask_maillage.calls.desk.differences import answers, changes
from flask_maillage.calls.desk.entries import Entry, Text
from flask_maillage.calls.desk.forms import PREFIX, NoteForm, OpinionForm, RecusalForm, opinion_form, points_in
from flask_maillage.calls.desk.looking import (
    Listed,
    Place,
    acting_at,
    asked_of,
    dossier_of,
    listed,
    row_of,
    signer_of,
    texts_of,
)
from flask_maillage.calls.desk.opinions import judged
from flask_maillage.calls.desk.views import CALL, address_of, frame, place_at
from flask_maillage.calls.giving import Opinion
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.posting import NotForThem
from flask_maillage.calls.registering.files import copy_of
from flask_maillage.files.storing import digest_of
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member, to_sign_in
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

ONE = f"{CALL}/<key>"


@pages.route(ONE, methods=["GET", "POST"], endpoint="committee_application")
def show_application(page_handle: str, identifier: str, key: str) -> Response:
    """Show an application with all its versions, and take an opinion or a note."""
    if current_member() is None:
        return signed_out.answer(OpinionForm)
    place, found, entry = _find(page_handle, identifier, key)
    details = details_of(place.call.content)
    form = _form(place, found, entry)
    if form.is_submitted() and place.actor is not None:
        if form.validate():
            return _take(place, found, entry, form)
        return _page(place, found, entry, form, 422)
    for one in details.criteria:
        given = entry.given.scores.get(one.key) if entry.given is not None else None
        if PREFIX + one.key in form:
            form[PREFIX + one.key].data = given
    return _page(place, found, entry, form)


@pages.route(f"{ONE}/conflict", methods=["GET", "POST"], endpoint="committee_conflict")
def declare_conflict(page_handle: str, identifier: str, key: str) -> Response:
    """Ask whether a member means it, and declare a conflict of interest."""
    if current_member() is None:
        return to_sign_in()
    place, found, entry = _find(page_handle, identifier, key)
    refusal = may(Action.RECUSE, acting_at(place, found, entry), place.call, asked_of(found, entry), now())
    if place.actor is None or refusal is not None:
        abort(404)
    form = RecusalForm()
    if form.validate_on_submit():
        return _give(place, entry, Opinion(RECUSED, {}))
    html = render_template(
        "maillage/committee_conflict.html", **frame(place), entry=entry, form=in_readers_language(form)
    )
    return keep_private(make_response(html, 422 if form.errors else 200))


@pages.get(f"{ONE}/files/<int:number>/<question>", endpoint="committee_file")
def give_file(page_handle: str, identifier: str, key: str, number: int, question: str) -> Response:
    """Give a file of a version: the owner's copy here, else the applicant's, fetched in the member's name."""
    if current_member() is None:
        return to_sign_in()
    place, found, entry = _find(page_handle, identifier, key)
    text = next((one for one in entry.texts if one.number == number), None)
    attached = _attachment(text, question) if text is not None else None
    if attached is None or text is None:
        abort(404)
    row = row_of(found, entry)
    stored = copy_of(row, number, question) if row is not None else None
    return private_files.answer(stored) if stored is not None else _fetched(place, text, attached)


def _find(page_handle: str, identifier: str, key: str) -> tuple[Place, Listed, Entry]:
    place = place_at(page_handle, identifier)
    found = listed(place)
    return place, found, found.find(key) or abort(404)


def _why_not(place: Place, found: Listed, entry: Entry) -> Refusal | None:
    return may(Action.REVIEW, acting_at(place, found, entry), place.call, asked_of(found, entry), now())


def _form(place: Place, found: Listed, entry: Entry) -> Any:
    given = entry.given
    kept = {"private_note": given.private_note if given else ""}
    if place.actor is None or _why_not(place, found, entry) is not None or not entry.texts:
        return NoteForm(**kept)
    said = {"opinion": given.opinion, "why": given.content} if given and given.opinion else {}
    asks = bool(_shared(place, entry)) and not entry.opinion
    return opinion_form(details_of(place.call.content), asks=asks, **kept, **said)


def _shared(place: Place, entry: Entry) -> list[str]:
    seat, text = place.seat, entry.text
    return conflicts.shared_words(seat.organisation, text.content, entry.applicant_name) if seat and text else []


def _take(place: Place, found: Listed, entry: Entry, form: Any) -> Response:
    assert place.actor is not None
    giving.note(place.actor, place.call.iri, entry.agreement, form.private_note.data or "")
    if isinstance(form, NoteForm):
        session().commit()
        flash(_("Your note is kept."))
        return redirect(address_of(place.call, entry.key), code=303)
    points = points_in(form, details_of(place.call.content))
    return _give(place, entry, Opinion(form.opinion.data, points, form.why.data or ""))


def _give(place: Place, entry: Entry, said: Opinion) -> Response:
    assert place.actor is not None
    call = place.call
    try:
        row = giving.give(place.actor, call.actor.iri, call.iri, entry.agreement, max(entry.version, 1), said)
    except NotForThem:
        session().rollback()
        flash(_("This node cannot reach the server of the call: nothing was sent."), "error")
        return redirect(address_of(call, entry.key), code=303)
    refusal = giving.refusal_in(row)
    sentence = refusal.sentence(current_language(), timezone=call.timezone) if refusal else ""
    session().commit()
    if sentence:
        flash(sentence, "error")
    elif said.opinion == RECUSED:
        flash(_("It is noted that you have a conflict of interest with this application."))
    else:
        flash(_("Your opinion is sent.") if not call.local else _("Your opinion is noted."))
    return redirect(address_of(call, "" if said.opinion == RECUSED else entry.key), code=303)


def _page(place: Place, found: Listed, entry: Entry, form: Any, status: int = 200) -> Response:
    details = details_of(place.call.content)
    dossier = dossier_of(found, entry)
    texts = [] if entry.recused else list(texts_of(found, entry, dossier))
    why_not = _why_not(place, found, entry)
    refused = giving.refusal_in(entry.given)
    language, zone = current_language(), place.call.timezone
    recusable = may(Action.RECUSE, acting_at(place, found, entry), place.call, asked_of(found, entry), now()) is None
    keys = [one.key for one in found.entries]
    at = keys.index(entry.key)
    rest = [*found.entries[at + 1 :], *found.entries[:at]]
    is_time = states.state_of(place.call, now()) in ("closed", "deliberating")
    html = render_template(
        "maillage/committee_application.html",
        **frame(place),
        entry=entry,
        reached=found.reached and (dossier is not None or not entry.dossier),
        texts=texts,
        text=texts[-1] if texts else None,
        facts=wording.facts(texts[-1].content, details) if texts else None,
        answers=answers(texts[-1].content, details) if texts else [],
        file_at=lambda key: address_of(place.call, entry.key, "files", str(texts[-1].number), key),
        changes=changes(texts, details),
        judged=judged(dossier, details),
        received=_received(dossier),
        form=in_readers_language(form),
        is_opinion="opinion" in form,
        prefix=PREFIX,
        why_not=why_not.sentence(language, timezone=zone) if why_not else "",
        refused=refused.sentence(language, timezone=zone) if refused else "",
        recusable=recusable and place.actor is not None,
        shared=_shared(place, entry),
        initiative_state=getattr(row_of(found, entry), "initiative_state", ""),
        incomplete=[(_label(key, details), Refusal(code).sentence(current_language())) for key, code in _known(entry)],
        before=found.entries[at - 1] if at else None,
        after=found.entries[at + 1] if at + 1 < len(keys) else None,
        number=at + 1,
        total=len(keys),
        next_waiting=next((one for one in rest if one.waits), None) if place.actor is not None and is_time else None,
        here=lambda one, *more: address_of(place.call, one.key, *more),
        host=host_of(place.call.iri),
    )
    return keep_private(make_response(html, status))


def _known(entry: Entry) -> list[tuple[str, str]]:
    return [(key, code) for key, code in entry.incomplete if code.startswith("file-")]


def _label(key: str, details: Any) -> str:
    return next((one.label for one in details.questions if one.key == key), key)


def _received(dossier: Document | None) -> dict[str, Any]:
    """Return how many seats received an application, of how many, and which version; nothing where that is not told."""
    said = dossier.get("receivedBy") if dossier is not None else None
    if not isinstance(said, dict) or not isinstance(said.get("receipts"), list):
        return {}
    return {"count": len(said["receipts"]), "seats": said.get("seats"), "version": said.get("version")}


def _attachment(text: Text, question: str) -> dict[str, Any] | None:
    given: dict[str, Any] = next((one for one in text.content.get("answers") or () if one.get("key") == question), {})
    attached = given.get("attachment")
    return attached if isinstance(attached, dict) else None


def _fetched(place: Place, text: Text, attached: dict[str, Any]) -> Response:
    """Fetch a file from the applicant's own server and give it; 404 where it is not the one that was named."""
    address = str(attached.get("url"))
    if not same_origin(text.applicant, address):
        abort(404)
    signer = signer_of(place, address)
    session().rollback()
    data = elsewhere.file(signer, address, int(attached.get("size") or 0)) if signer is not None else None
    if data is None or digest_of(data) != attached.get("digestMultibase"):
        abort(404)
    response = keep_private(make_response(data))
    name = clean_text(attached.get("name"), limit=150).encode("ascii", "ignore").decode() or "file"
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
