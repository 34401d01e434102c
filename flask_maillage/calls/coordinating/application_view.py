"""One application for who coordinates its call: what it says, who received it, opinions, decisions, what was done."""

from dataclasses import dataclass

from flask import abort, make_response, render_template
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors import iris
from actors.database import session
from federation import markdown
from flask_maillage.calls import arithmetic, private_files, wording
from flask_maillage.calls.afterwards import log_words
from flask_maillage.calls.afterwards.log_words import Line
from flask_maillage.calls.arithmetic import RECUSED
from flask_maillage.calls.codes import SENTENCES
from flask_maillage.calls.coordinating.finding import MANAGED, Managed, find
from flask_maillage.calls.coordinating.listing import is_out, names_of
from flask_maillage.calls.desk import documents
from flask_maillage.calls.desk.differences import answers, changes
from flask_maillage.calls.desk.entries import Text
from flask_maillage.calls.models import AuditRecord, Decision, Dossier, Placement
from flask_maillage.calls.registering.files import copy_of
from flask_maillage.calls.sight import Thing
from flask_maillage.people.current import current_member, to_sign_in
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.words import words
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.negotiation import keep_private

ONE = f"{MANAGED}/applications/<application>"


@dataclass(frozen=True)
class Shown:
    """A decision with its motives as they were sent."""

    decision: Decision
    html: Markup


@dataclass(frozen=True)
class Said:
    """What a seat thinks of it."""

    who: str
    opinion: str
    points: dict[str, int]
    percent: str | None
    html: Markup


@pages.get(ONE)
def call_application(page_handle: str, identifier: str, application: str) -> Response:
    """Show an application to who coordinates, as far as they may see it."""
    if current_member() is None:
        return to_sign_in()
    managed = find(page_handle, identifier)
    dossier = _find(managed, application)
    desk, call = managed.desk, managed.call
    details = details_of(call.content)
    texts = _texts(managed, dossier)
    address = managed.path("call_application", application=dossier.identifier)
    sees_opinions = desk.sees(Thing.OPINIONS, dossier)
    received = documents.received_by(desk, dossier)
    got = {receipt["seat"] for receipt in received["receipts"]}
    lacking = documents.incomplete([dossier]).get(dossier.id, [])
    labels = {one.key: one.label for one in details.questions}
    html = render_template(
        "maillage/call_application.html",
        **managed.frame(),
        here="call_applications",
        dossier=dossier,
        applicant=names_of([dossier])[dossier.id],
        state_of_it=documents.state_for(desk, dossier),
        texts=texts,
        text=texts[-1] if texts else None,
        facts=wording.facts(texts[-1].content, details) if texts else None,
        answers=answers(texts[-1].content, details) if texts else [],
        file_at=lambda key: f"{address}/files/{texts[-1].number}/{key}",
        changes=changes(texts, details),
        received=received,
        seats=[(seat, seat.key in got) for seat in documents.seats_at(desk, _version(dossier, received["version"]))],
        lacking=[(labels.get(one["key"], one["key"]), _sentence(one["reasonCode"])) for one in lacking],
        standing=desk.said.standing(dossier) if sees_opinions else None,
        score=arithmetic.percent(desk.said.standing(dossier).score) if sees_opinions else None,
        said=_said(managed, dossier) if sees_opinions else [],
        is_out=is_out(desk, dossier),
        sees_pending=desk.sees(Thing.PENDING, dossier),
        decisions=_decisions(managed, dossier),
        placements=_placements(dossier),
        cohorts={one.key: one.name for one in details.cohorts},
        records=_records(managed, dossier) if desk.sees(Thing.AUDIT, dossier) and not is_out(desk, dossier) else [],
    )
    return keep_private(make_response(html))


@pages.get(f"{ONE}/files/<int:number>/<question>")
def call_application_file(page_handle: str, identifier: str, application: str, number: int, question: str) -> Response:
    """Give the owner's copy of a file of an application."""
    if current_member() is None:
        return to_sign_in()
    managed = find(page_handle, identifier)
    dossier = _find(managed, application)
    kept = copy_of(dossier, number, question) if managed.desk.sees(Thing.APPLICATION, dossier) else None
    return private_files.answer(kept) if kept is not None else abort(404)


def _find(managed: Managed, identifier: str) -> Dossier:
    return next((one for one in managed.desk.dossiers if one.identifier == identifier), None) or abort(404)


def _texts(managed: Managed, dossier: Dossier) -> list[Text]:
    if not managed.desk.sees(Thing.APPLICATION, dossier):
        return []
    return [
        Text(one.number, {"name": dossier.name, **one.content}, dossier.applicant_iri, one.received_at, one.digest)
        for one in dossier.versions
        if one.content is not None
    ]


def _version(dossier: Dossier, number: int) -> int:
    """Return by which version of the committee a version of an application was addressed."""
    found = next((one for one in dossier.versions if one.number == number), None)
    return found.committee_version if found is not None else dossier.committee_version


def _sentence(code: str) -> str:
    return words(current_language(), SENTENCES.get(code, code))


def _said(managed: Managed, dossier: Dossier) -> list[Said]:
    details = details_of(managed.call.content)
    reviews = managed.desk.said.of(dossier)
    found = []
    for seat in details.committee:
        one = reviews.get(seat.key)
        if one is None or one.opinion == RECUSED:
            continue
        total = arithmetic.percent(arithmetic.total(one.scores, details.criteria))
        found.append(Said(seat.in_words, one.opinion, dict(one.scores), total, Markup(one.content)))  # noqa: S704
    return found


def _decisions(managed: Managed, dossier: Dossier) -> list[Shown]:
    """Return what was decided, and what is pending for who may see that, the last first."""
    query = select(Decision).where(Decision.dossier_id == dossier.id).order_by(Decision.number.desc())
    sees_pending = managed.desk.sees(Thing.PENDING, dossier)
    return [
        Shown(one, Markup(markdown.render(one.motives)))  # noqa: S704 - rendered from Markdown, cleaned
        for one in session().scalars(query)
        if one.published_at is not None or sees_pending
    ]


def _placements(dossier: Dossier) -> list[Placement]:
    query = select(Placement).where(Placement.dossier_id == dossier.id).order_by(Placement.number.desc())
    return list(session().scalars(query))


def _records(managed: Managed, dossier: Dossier) -> list[Line]:
    """Return what the log of the call says of this application."""
    subject = iris.dossier(managed.call.iri, dossier.identifier)
    query = select(AuditRecord.record).where(
        AuditRecord.call_id == managed.call.id, AuditRecord.record.contains(f'"{subject}"', autoescape=True)
    )
    return log_words.lines(managed.call, list(session().scalars(query.order_by(AuditRecord.number))))
