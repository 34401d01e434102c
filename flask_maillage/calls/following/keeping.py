"""Entries as the owner's node keeps them: checked, written once, and what they change of a dossier."""

from datetime import datetime

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import Actor
from flask_maillage.calls import audit
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.following.saying import CONTACT, CONTACT_DETAILS, NEXT_STEP, RESULT, FollowUp, Said
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CallLetter, Dossier, Entry
from flask_maillage.calls.states import CLOSED, FOLLOWED_UP, IN_COHORT
from flask_maillage.publications.attending import locking
from flask_maillage.publications.local_time import start_of_day
from flask_maillage.publications.models import Publication

ACTIONS = {CONTACT_DETAILS: Action.SHARE_CONTACT, RESULT: Action.CLOSE}
"""What an entry is to `may`; every other one is following up."""


def locked(dossier: Dossier) -> tuple[Publication, Dossier]:
    """Return a dossier and its call, locked and read anew."""
    call = locking.lock(dossier.call_id)
    query = select(Dossier).where(Dossier.id == dossier.id).with_for_update(of=Dossier)
    return call, session().scalars(query.execution_options(populate_existing=True)).one()


def check(call: Publication, dossier: Dossier, by: Acting, what: FollowUp, at: datetime) -> None:
    """Check that somebody may write such an entry now.

    Raises:
        Refused: they may not; `not-allowed` also where it would take the place of somebody else's entry.
    """
    refusal = may(ACTIONS.get(what.entry, Action.FOLLOW_UP), by, call, dossier, at)
    if refusal is not None:
        raise Refused(refusal)
    if what.supersedes is not None:
        before = find(what.supersedes)
        if before is not None and (before.dossier_id != dossier.id or before.by_iri != by.iri):
            raise Refused(Refusal("not-allowed"))


def find(iri: str) -> Entry | None:
    """Return the entry with an id."""
    return session().scalar(select(Entry).where(Entry.iri == iri))


def entries(dossier: Dossier) -> list[Entry]:
    """Return the entries of a dossier, in the order in which they came."""
    return list(session().scalars(select(Entry).where(Entry.dossier_id == dossier.id).order_by(Entry.id)))


def holding(found: list[Entry]) -> list[Entry]:
    """Return those entries whose place no other of their author took; in whatever order these came."""
    taken = {(one.by_iri, one.supersedes) for one in found if one.supersedes}
    return [one for one in found if (one.by_iri, one.iri) not in taken]


def last(found: list[Entry], sort: str) -> Entry | None:
    """Return the last entry of a sort that holds: by its own moment, since letters may come out of their order."""
    those = [one for one in holding(found) if one.entry == sort]
    return max(those, key=lambda one: (one.at, one.id), default=None)


def keep(
    call: Publication,
    dossier: Dossier,
    said: Said,
    *,
    by: Acting,
    sender: Actor,
    letter: CallLetter,
    name: str = "",
) -> Entry:
    """Keep an entry that may be, and let the dossier follow; call and dossier are locked.

    Raises:
        Refused: `already-registered`, where there is an entry with this id: none is changed.
    """
    if find(said.id) is not None:
        raise Refused(Refusal("already-registered"))
    what = said.follow_up
    entry = Entry(
        dossier_id=dossier.id,
        iri=said.id,
        by_iri=sender.iri,
        by_name=name,
        entry=what.entry,
        content=said.html,
        facts=what.facts,
        at=said.at(letter.received_at),
        supersedes=what.supersedes,
        due_at=start_of_day(what.due, call.timezone or "UTC") if what.entry == NEXT_STEP and what.due else None,
    )
    session().add(entry)
    session().flush()
    if (contact := _last_contact(call, dossier)) != dossier.last_contact_at:
        dossier.last_contact_at, dossier.reminded_at = contact, None  # another gap begins
    _step(call, dossier, what.entry, by=by, letter=letter)
    return entry


def _last_contact(call: Publication, dossier: Dossier) -> datetime | None:
    """Return when the last contact was, by the day that its entry names, and never after it was written down."""
    days = [
        (one.at, FollowUp.model_validate({"entry": CONTACT, **one.facts}).on)
        for one in holding(entries(dossier))
        if one.entry == CONTACT
    ]
    zone = call.timezone or "UTC"
    return max((min(at, start_of_day(on, zone)) if on is not None else at for at, on in days), default=None)


def _step(call: Publication, dossier: Dossier, entry: str, *, by: Acting, letter: CallLetter) -> None:
    """Let the first entry begin the follow-up and the result close it: each an edge of FC-62, and a record."""
    before = dossier.state
    if entry == RESULT:
        dossier.state = CLOSED
    elif entry != CONTACT_DETAILS and before == IN_COHORT:
        dossier.state = FOLLOWED_UP
    if dossier.state == before:
        return
    session().flush()
    audit.append(
        call,
        "close" if entry == RESULT else "follow",
        by=by.iri,
        at=letter.received_at,
        subject=iris.dossier(call.iri, dossier.identifier),
        before=before,
        after=dossier.state,
        letter=letter,
    )
