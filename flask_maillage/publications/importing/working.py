"""Imports, worked off by the worker some rows at a time; addresses are read again every few hours."""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from actors import leases, policy
from actors.database import reading, session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import node, now
from federation.errors import FederationError, Forbidden
from federation.exchanged import File
from federation.sanitising import without_controls
from flask_maillage.publications import resolving
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import formats, looking, taking
from flask_maillage.publications.importing.formats import Told
from flask_maillage.publications.importing.models import DONE, ENDED, FAILED, PREVIEWED, WAITING, WORKING, Import
from flask_maillage.publications.importing.rows import MAX_BYTES, Row, Settings, Unreadable
from inboxes.chores import chore

BATCH = 25
READ_AGAIN = timedelta(hours=6)
MOST_ATTEMPTS = 5
ACCEPT = "text/calendar, text/csv, application/geo+json, application/json;q=0.9, */*;q=0.5"
_NOT_YET_SEEN = and_(Import.state == PREVIEWED, Import.finished_at.is_(None))
_DUE = or_(Import.state.in_((WAITING, WORKING)), _NOT_YET_SEEN)


def begin(
    actor: Actor,
    *,
    author: Actor | None,
    source: str,
    form: str,
    settings: Settings,
    publishes: bool,
    state: str = WAITING,
    data: bytes | None = None,
    subscribed: bool = False,
) -> Import:
    """Note an import; the worker takes it up where its state is `waiting`."""
    job = Import(
        identifier=new_identifier(now()),
        actor_id=actor.id,
        author_id=author.id if author else None,
        source=source,
        subscribed=subscribed,
        format=form,
        settings={"zone": settings.zone, "language": settings.language, "columns": [*map(list, settings.columns)]},
        publishes=publishes,
        state=state,
        data=data,
        report=[],
        created_at=now(),
        due_at=now(),
    )
    session().add(job)
    session().flush()
    return job


def address_of(text: str) -> str:
    """Return the address of a calendar as it is fetched: `webcal:` is how calendars call https."""
    text = text.strip()
    return "https://" + text.partition("://")[2] if text.lower().startswith(("webcal://", "webcals://")) else text


def fetched(address: str, *, etag: str = "", modified: str = "") -> File:
    """Read a file from an address, by the client that vets where it connects to.

    Raises:
        Unreadable: it cannot be had; the text says why, to a person.
    """
    try:
        if policy.is_blocked(address):
            raise Forbidden("a host that we do not deal with")
        return node().client.fetch_file(address, accept=ACCEPT, limit=MAX_BYTES, etag=etag, modified=modified)
    except FederationError as error:
        raise Unreadable(resolving.sentence_for(error)) from None


@chore
def carry_imports() -> int:
    """Take up one import that is due, and return how many were."""
    with reading():
        due = select(Import.id).where(_DUE, leases.is_free(Import)).limit(1)
        if session().scalar(due) is None:
            return 0
    claimed = leases.claim(Import, _DUE, order=Import.due_at, limit=1)
    session().commit()
    for number, _token in claimed:
        job = session().get(Import, number)
        if job is not None:
            work_off(job)
    return len(claimed)


def work_off(job: Import, told: Told | None = None, *, even_doubtful: bool = False) -> None:
    """Take everything that an import holds, some rows in each transaction, from where it stopped before.

    Args:
        job: the import; what is done is committed.
        told: is told after each part how many of how many rows are done.
        even_doubtful: see `taking.take`.
    """
    if job.attempts > MOST_ATTEMPTS:
        _settle(job, FAILED, _("It was tried several times, and broke off each time."))
        return
    if job.actor.gone_at is not None or not policy.is_welcome(job.actor):
        _settle(job, ENDED, _("Its actor is gone."))
        return
    if job.state == PREVIEWED:
        looking.look(job)
        return
    try:
        if job.data is None and not job.subscribed:
            raise Unreadable(_("The file is here no longer: bring it again."))
        if job.data is None and not _read_again(job):
            _settle(job, DONE)
            return
        found = _read(job)
    except Unreadable as unreadable:
        _settle(job, FAILED, str(unreadable))
        return
    if job.state != WORKING:
        job.state, job.position, job.report, job.message = WORKING, 0, [], ""
    job.total = len(found)
    _take_all(job, found, told, even_doubtful)
    if job.subscribed:
        gone = taking.let_go(job, {row.uid for row in found if row.content is not None})
        job.report = [*job.report, *gone]
    _settle(job, DONE)


def _read(job: Import) -> list[Row]:
    """Return what its file holds; no transaction waits meanwhile: a long file takes its time."""
    data, form, means = job.data or b"", job.format, job.means
    session().commit()
    return formats.read(data, form, means)


def _take_all(job: Import, found: list[Row], told: Told | None, even_doubtful: bool) -> None:
    while job.position < len(found):
        part = found[job.position : job.position + BATCH]
        entries: list[Any] = [taking.take(job, row, even_doubtful=even_doubtful) for row in part]
        job.report = [*job.report, *entries]
        job.position += len(part)
        job.leased_until = now() + node().lease
        session().commit()
        if told is not None:
            told(job.position, job.total)


def _read_again(job: Import) -> bool:
    """Fetch what a subscription leads to; False where it has not changed since. No transaction waits meanwhile."""
    address, etag, modified = job.source, job.etag, job.modified
    session().commit()
    file = fetched(address, etag=etag, modified=modified)
    if file.unchanged:
        return False
    job.data, job.etag, job.modified = file.body, without_controls(file.etag), without_controls(file.modified)
    session().commit()
    return True


def _settle(job: Import, state: str, message: str = "") -> None:
    """End a turn; a subscription waits for its next one, whatever came of this."""
    job.message, job.data, job.finished_at = message, None, now()
    job.lease = job.leased_until = None
    job.state = WAITING if job.subscribed and state != ENDED else state
    if state == FAILED:
        job.etag = job.modified = ""
    if job.subscribed:
        job.due_at, job.attempts = now() + READ_AGAIN, 0
    session().commit()
