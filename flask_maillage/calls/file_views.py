"""Where files of applications are read by signed GETs: the applicant's own, and the owner's copies (FC-38, FC-39).

Whoever may not read one gets the 404 of what never was there, after the same work.
"""

from flask import Response

from actors import iris
from actors.database import session
from actors.models import Actor
from actors.readers import Reader, current_reader
from actors.views import documents
from federation.activities import Document, recipients
from federation.errors import NotFound
from flask_maillage.calls import letters, private_files
from flask_maillage.calls.applying import drafts
from flask_maillage.calls.desk.collections import reading
from flask_maillage.calls.desk.roles import desk_of, reader_of
from flask_maillage.calls.models import Draft, PrivateFile
from flask_maillage.calls.models.drafts import WITHDRAWN
from flask_maillage.calls.registering import dossiers
from flask_maillage.calls.registering.files import copy_of
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.sight import Thing
from flask_maillage.publications import keeping
from flask_maillage.publications.kinds.call import details_of


@documents.get("/actors/<handle>/files/<name>")
def applicants_file(handle: str, name: str) -> Response:
    """Give a file of an application to those to whom it was sent: the call's owner and the committee's seats."""
    reader = current_reader()
    file = private_files.find(name)
    draft = session().get(Draft, file.draft_id) if file is not None and file.draft_id is not None else None
    if reader is None or file is None or draft is None:
        raise NotFound("no such file for this reader")
    if reader.iri not in readers_of(file, draft, handle) or not _sees(reader, draft):
        raise NotFound("no such file for this reader")
    return private_files.answer(file)


@documents.get("/actors/<handle>/calls/<identifier>/dossiers/<dossier>/files/<int:number>/<key>")
def owners_copy(handle: str, identifier: str, dossier: str, number: int, key: str) -> Response:
    """Give the owner's copy of a file to whoever sees the application."""
    _, reader = reading(handle, identifier)
    desk = desk_of(reader, dossier)
    found = desk.dossiers[0] if desk.dossiers else None
    file = copy_of(found, number, key) if found is not None and desk.sees(Thing.APPLICATION, found) else None
    if file is None:
        raise NotFound("no such file for this reader")
    return private_files.answer(file)


def readers_of(file: PrivateFile, draft: Draft, handle: str) -> set[str]:
    """Return the ids of all to whom a file of an applicant of ours was sent, for as long as the application stands.

    Args:
        file: what was chosen for an application.
        draft: that application.
        handle: of the applicant, in whose name it is asked for.
    """
    if draft.state == WITHDRAWN or draft.actor.handle != handle:
        return set()
    url = iris.of_call(handle, "files", file.name)
    agreement = drafts.agreement_of(draft)
    sent = (letters.document_of(one) for one in letters.about(agreement, Shape.OFFER, Shape.CORRECTION) if one.sent)
    return {reader for document in sent if url in _named_in(document) for reader in recipients(document)}


def _sees(reader: Reader, draft: Draft) -> bool:
    """Tell whether somebody to whom an application was sent may read it today, as far as this node knows (FC-66)."""
    call = keeping.find(draft.call_iri)
    if call is None:
        return True
    if reader.iri not in {call.actor.iri, *(seat.actor for seat in details_of(call.content).committee)}:
        return False
    dossier = dossiers.of(call, drafts.agreement_of(draft)) if call.local else None
    if dossier is None:
        return True
    actor = session().get(Actor, reader.number) if reader.number is not None else None
    desk = desk_of(reader_of(call, actor), dossier.identifier)
    return any(desk.sees(Thing.APPLICATION, one) for one in desk.dossiers)


def _named_in(document: Document) -> set[str]:
    answers = document.get("object", {}).get("application", {}).get("answers", [])
    return {answer["attachment"]["url"] for answer in answers if "attachment" in answer}
