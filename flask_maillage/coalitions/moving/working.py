"""Archives that somebody brought, taken up by the worker one publication after another."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, select

from actors import leases, moving, policy
from actors.database import reading, session
from actors.identifiers import new_identifier
from actors.models import ACTIVE, Actor
from actors.node import node, now
from flask_maillage.coalitions.moving import taking_up
from flask_maillage.coalitions.moving.models import DONE, FAILED, LOOKED_AT, WAITING, WORKING, BroughtArchive
from flask_maillage.coalitions.moving.reading import Archive, Unreadable
from flask_maillage.files import folder
from flask_maillage.publications.forms.base import _
from inboxes.chores import chore
from inboxes.pruning import on_pruning

FOLDER = "archives"
CANNOT_SPEAK = _("Nothing can be published in its name here now.")
MOST_ATTEMPTS = 5
LYING = timedelta(days=7)
"""How long an archive waits for somebody to say that it is to be taken up."""
ROOM_BESIDES_FILES = 100 * folder.MEGABYTE
_DUE = or_(BroughtArchive.state == WAITING, BroughtArchive.state == WORKING)


def largest() -> int:
    """Return how many bytes an archive may have: the files that an actor has room for, and its texts."""
    return folder.shelf().room_per_actor + ROOM_BESIDES_FILES


def place_of(identifier: str) -> Path:
    """Return where the file of an archive lies until it is worked off."""
    data: Path = node().state["settings"].data
    return data / FOLDER / f"{identifier}.zip"


def new_place() -> tuple[str, Path]:
    """Return a new identifier and the place where its file is to be put."""
    identifier = new_identifier(now())
    path = place_of(identifier)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return identifier, path


def bring(actor: Actor, identifier: str) -> BroughtArchive:
    """Look at a file that was put in its place, and note what it is; nothing is taken up before `begin`.

    An archive that an actor brought before and nobody took up gives way.

    Raises:
        Unreadable: it is no archive that can be taken up here; its file is gone then.
    """
    try:
        if actor.moved_to is not None or actor.phase != ACTIVE:
            raise Unreadable(CANNOT_SPEAK)
        with Archive(place_of(identifier)) as archive:
            origin, name, total = archive.origin, archive.name, len(archive.publications)
    except Unreadable:
        place_of(identifier).unlink(missing_ok=True)
        raise
    for one in session().scalars(
        select(BroughtArchive).where(BroughtArchive.actor_id == actor.id, BroughtArchive.state == LOOKED_AT)
    ):
        throw_away(one)
    job = BroughtArchive(
        identifier=identifier,
        actor_id=actor.id,
        origin=origin,
        origin_name=name,
        state=LOOKED_AT,
        total=total,
        report=[],
        created_at=now(),
        due_at=now(),
    )
    session().add(job)
    session().flush()
    return job


def begin(job: BroughtArchive) -> None:
    """Let the worker take an archive up, and let its actor name the former one as its own: the proof on this side.

    Raises:
        MoveRefused: the actor has too many aliases.
    """
    moving.add_alias(job.actor, job.origin)
    job.state, job.due_at = WAITING, now()
    session().flush()


def in_hand() -> datetime:
    """Return until when what is begun now is left alone by other workers."""
    return now() + node().lease


def throw_away(job: BroughtArchive) -> None:
    """Forget an archive that nobody takes up."""
    place_of(job.identifier).unlink(missing_ok=True)
    session().delete(job)
    session().flush()


def of(actor: Actor) -> list[BroughtArchive]:
    """Return the archives that an actor of ours brought, the newest first."""
    query = select(BroughtArchive).where(BroughtArchive.actor_id == actor.id)
    return list(session().scalars(query.order_by(BroughtArchive.id.desc())))


@chore
def take_up_archives() -> int:
    """Take up one archive that waits, and return how many did."""
    with reading():
        due = select(BroughtArchive.id).where(_DUE, leases.is_free(BroughtArchive)).limit(1)
        if session().scalar(due) is None:
            return 0
    claimed = leases.claim(BroughtArchive, _DUE, order=BroughtArchive.due_at, limit=1)
    session().commit()
    for number, _token in claimed:
        job = session().get(BroughtArchive, number)
        if job is not None:
            work_off(job)
    return len(claimed)


def work_off(job: BroughtArchive) -> None:
    """Take up all that an archive holds, each publication in a transaction of its own, from where it stopped before."""
    if job.attempts > MOST_ATTEMPTS:
        _settle(job, FAILED, _("It was tried several times, and broke off each time."))
        return
    if job.actor.moved_to is not None or job.actor.phase != ACTIVE or not policy.is_welcome(job.actor):
        _settle(job, FAILED, CANNOT_SPEAK)
        return
    own, path, position = job.actor.iri, place_of(job.identifier), job.position
    job.state = WORKING
    session().commit()
    try:
        with Archive(path) as archive:
            _take_all(job, archive, own, position)
    except Unreadable as unreadable:
        _settle(job, FAILED, str(unreadable))
        return
    _settle(job, DONE)


def _take_all(job: BroughtArchive, archive: Archive, own: str, position: int) -> None:
    known: dict[str, Any] = {}
    for part in archive.publications[position:]:
        found = taking_up.look(archive, part, own)
        entry = taking_up.take(job.actor, found, known)
        job.report = [*job.report, entry]
        job.position += 1
        job.leased_until = now() + node().lease
        session().commit()


def _settle(job: BroughtArchive, state: str, message: str = "") -> None:
    job.state, job.message, job.finished_at = state, message, now()
    job.lease = job.leased_until = None
    session().commit()
    place_of(job.identifier).unlink(missing_ok=True)


@on_pruning
def forget_archives(limit: datetime) -> None:
    """Forget archives that nobody took up, old reports, and files that no row names."""
    lying = (BroughtArchive.state == LOOKED_AT) & (BroughtArchive.created_at < now() - LYING)
    session().execute(delete(BroughtArchive).where(lying | (BroughtArchive.finished_at < limit)))
    waiting = set(session().scalars(select(BroughtArchive.identifier).where(BroughtArchive.finished_at.is_(None))))
    before = (now() - timedelta(days=1)).timestamp()
    for path in place_of("x").parent.glob("*.zip"):
        if path.stem not in waiting and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def copied(file: Path) -> str:
    """Put a file that lies elsewhere in its place, and return its identifier.

    Raises:
        Unreadable: it is not there, or too large.
    """
    identifier, path = new_place()
    try:
        if file.stat().st_size > largest():
            raise Unreadable(_("This file is too large to be taken up here."))
        shutil.copyfile(file, path)
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None
    return identifier
