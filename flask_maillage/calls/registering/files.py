"""Fetching the files that applications name to the owner's node, and telling the applicant what lacks (FC-39, FC-40).

Each is fetched as the call's owner, outside of any transaction; what an applicant of this node chose is here already.
Bytes of another digest are never kept.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from actors import iris, rotation
from actors.database import reading, session
from actors.models import Actor
from actors.node import node, now
from federation.activities import Document, host_of
from federation.errors import FederationError
from federation.signatures import Signer
from flask_maillage.calls import posting, private_files, receipts
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.judging import most_pages
from flask_maillage.calls.models import ApplicationFile, Dossier, Draft, PrivateFile, Version
from flask_maillage.calls.models.dossiers import WITHDRAWN
from flask_maillage.calls.models.files import FAILED, KEPT, WAITING
from flask_maillage.calls.registering import dossiers
from flask_maillage.files.storing import digest_of
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.call import details_of
from inboxes.chores import chore

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=12)
MOST_ATTEMPTS = 21
"""With pauses that double up to half a day these take a week (FC-39)."""


@dataclass(frozen=True)
class Errand:
    """A file to have: where it is, what it is said to be, and how many pages it may have.

    `own` is the name of the bytes where the applicant is of this node; None where they are to be fetched.
    """

    number: int
    url: str
    signer: Signer | None
    own: str | None
    title: str
    media_type: str
    size: int
    digest: str
    most_pages: int | None
    is_last_attempt: bool


class NotNow(Exception):
    """A file cannot be had now: it is tried again."""


@chore
def fetch_application_files() -> int:
    """Fetch one file of an application that is due, and return how many that were."""
    with reading():
        number = session().scalar(_due().with_only_columns(ApplicationFile.id).limit(1))
    if number is None:
        return 0
    errand = _claim(number)
    session().commit()
    if errand is None:
        return 1
    code, data, pages = "", b"", None
    try:
        data = _bytes_of(errand)
        pages = _looked_at(errand, data)
    except NotNow:
        code = "file-unavailable" if errand.is_last_attempt else ""
        if not code:
            return 1
    except Refused as error:
        code = error.refusal.code
    _settle(errand, code, data, pages)
    session().commit()
    return 1


def copy_of(dossier: Dossier, number: int, key: str) -> PrivateFile | None:
    """Return the owner's copy of the file that answers a question in a version; None where there is none."""
    query = (
        select(PrivateFile)
        .join(ApplicationFile, ApplicationFile.file_id == PrivateFile.id)
        .join(Version, Version.id == ApplicationFile.version_id)
        .where(Version.dossier_id == dossier.id, Version.number == number, ApplicationFile.key == key)
    )
    return session().scalar(query.limit(1))


def copies(dossier: Dossier) -> list[Document]:
    """Return where the owner's copies of a dossier's files are, for those who see the application (FC-65)."""
    query = (
        select(Version.number, ApplicationFile.key)
        .join(ApplicationFile, ApplicationFile.version_id == Version.id)
        .where(Version.dossier_id == dossier.id, ApplicationFile.state == KEPT)
        .order_by(Version.number, ApplicationFile.id)
    )
    return [
        {"key": key, "version": number, "url": iris.dossier_file(dossier.call.iri, dossier.identifier, number, key)}
        for number, key in session().execute(query)
    ]


def _due() -> Select[Any]:
    return (
        select(ApplicationFile)
        .join(Version, Version.id == ApplicationFile.version_id)
        .join(Dossier, Dossier.id == Version.dossier_id)
        .where(ApplicationFile.state == WAITING, ApplicationFile.due_at <= now())
        .where(Dossier.state != WITHDRAWN, Dossier.purged_at.is_(None))
        .order_by(ApplicationFile.due_at)
    )


def _claim(number: int) -> Errand | None:
    """Take a file on, so that no other worker does before its pause is over; None where one did."""
    query = _due().where(ApplicationFile.id == number).with_for_update(of=ApplicationFile, skip_locked=True)
    row: ApplicationFile | None = session().scalar(query)
    if row is None:
        return None
    row.due_at = now() + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.attempts, 10))
    row.attempts += 1
    dossier = row.version.dossier
    if (known := _known(row, dossier)) is not None:
        row.state, row.file_id = KEPT, known.id
        return None
    details = details_of(dossier.call.content)
    question = next((one for one in details.questions if one.key == row.key), None)
    is_ours = iris.is_ours(row.url)
    return Errand(
        number=row.id,
        url=row.url,
        signer=None if is_ours else rotation.signer_for(dossier.call.actor, host_of(row.url)),
        own=_own(row.url, dossier) if is_ours else None,
        title=row.title,
        media_type=row.media_type,
        size=row.size,
        digest=row.digest,
        most_pages=most_pages(question, details) if question is not None else details.note_pages,
        is_last_attempt=is_ours or row.attempts >= MOST_ATTEMPTS,
    )


def _known(row: ApplicationFile, dossier: Dossier) -> PrivateFile | None:
    """Return the copy that an earlier version of the same application brought for the same question."""
    query = (
        select(PrivateFile)
        .join(ApplicationFile, ApplicationFile.file_id == PrivateFile.id)
        .join(Version, Version.id == ApplicationFile.version_id)
        .where(Version.dossier_id == dossier.id, ApplicationFile.key == row.key, ApplicationFile.digest == row.digest)
        .where(ApplicationFile.media_type == row.media_type)
    )
    return session().scalar(query.limit(1))


def _own(url: str, dossier: Dossier) -> str | None:
    """Return the name of the bytes that an applicant of this node chose for this application, and for no other."""
    file = private_files.find(url.rpartition("/")[2])
    draft = session().get(Draft, file.draft_id) if file is not None and file.draft_id is not None else None
    if file is None or draft is None:
        return None
    handle = draft.actor.handle
    is_of_it = iris.of_call(handle, "applications", draft.identifier) == dossier.agreement_iri
    return file.name if is_of_it and iris.of_call(handle, "files", file.name) == url else None


def _bytes_of(errand: Errand) -> bytes:
    if errand.signer is None:
        try:
            return private_files.path_of(errand.own).read_bytes() if errand.own else _missing()
        except FileNotFoundError:
            return _missing()
    client = node().client
    try:
        client.permit(errand.url)
        return client.fetch_bytes(
            errand.url, accept="*/*", signer=errand.signer, max_bytes=max(1, errand.size), stay=True
        )[2]
    except FederationError:
        raise NotNow from None


def _missing() -> bytes:
    raise NotNow


def _looked_at(errand: Errand, data: bytes) -> int | None:
    """Return how many pages a file has that is what the letter said.

    Raises:
        Refused: it is not: by the code that the applicant is told.
    """
    if len(data) != errand.size or digest_of(data) != errand.digest:
        raise Refused(Refusal("file-digest"))
    pages = private_files.looked_at(data, errand.title, errand.media_type)
    if pages is not None and errand.most_pages is not None and pages > errand.most_pages:
        raise Refused(Refusal("file-pages"))
    return pages


def _settle(errand: Errand, code: str, data: bytes, pages: int | None) -> None:
    """Keep a file, or write down why there is none and tell the applicant, under the call's lock."""
    query = select(Dossier.call_id).join(Version, Version.dossier_id == Dossier.id)
    query = query.join(ApplicationFile, ApplicationFile.version_id == Version.id)
    call_id = session().scalar(query.where(ApplicationFile.id == errand.number))
    if call_id is None:
        return
    locking.lock(call_id)
    row = session().get(ApplicationFile, errand.number, populate_existing=True, with_for_update=True)
    if row is None or row.state != WAITING:
        return
    if not code:
        kept = private_files.store(data, title=errand.title, media_type=errand.media_type, pages=pages)
        row.state, row.file_id = KEPT, kept.id
        return
    row.state, row.code = FAILED, code
    session().flush()
    _tell(row.version)


def _tell(version: Version) -> None:
    """Say in the owner's receipt of a version what it lacks (FC-40); of one that was corrected meanwhile nothing."""
    dossier = version.dossier
    receipt = receipts.owners(version.letter)
    if receipt is None or version.number != dossier.version or dossier.state == WITHDRAWN:
        return
    query = select(ApplicationFile).where(ApplicationFile.version_id == version.id, ApplicationFile.state == FAILED)
    lacking = [
        {"key": row.key, "reasonCode": row.code} for row in session().scalars(query.order_by(ApplicationFile.id))
    ]
    by: Actor = dossier.call.actor
    try:
        receipts.update(
            receipt,
            version.letter,
            version=version.number,
            to=[dossier.applicant_iri],
            by=by,
            dossier=dossiers.iri_of(dossier),
            incomplete=lacking,
        )
    except posting.NotForThem:
        return
