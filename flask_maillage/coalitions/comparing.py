"""What the other side's server says now of a membership, looked at now and then: letters get lost.

The other's claim is read at its own id, else found in its collection (`members` or `coalitions`). It is taken as not
claimed any more where its server answers that it is not there, or gives a collection that lists all whom it counts and
not ours; whoever cannot be reached keeps the claim that we hold. A membership never ends by this: people see that one
side alone says so, and end it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from actors import remote, rotation
from actors.database import reading, session
from actors.models import Actor, Host
from actors.node import node, now
from federation.activities import Document, host_of, id_of, same_origin, type_of
from federation.collections import harvest
from federation.errors import FederationError, Gone, NotFound
from federation.signatures import Signer
from flask_maillage.coalitions import claims, history, moments
from flask_maillage.coalitions.claims import COLLECTIONS, GROUP, MEMBER
from flask_maillage.coalitions.models import Membership
from inboxes.chores import chore

AGAIN = timedelta(days=3)
AFTER_FAILURE = timedelta(days=1)
MEANWHILE = timedelta(hours=1)
"""When a membership is looked at again whose worker was killed."""
PAGES, ITEMS, SECONDS = 5, 500, 20
RATE = "fetches for a host"


@dataclass(frozen=True)
class Errand:
    """What is to be read: whose claim, where it was, whom it has to be about; signed by the actor of ours in it.

    What stands in no public list is given to these two alone.
    """

    number: int
    side: str
    actor_iri: str
    claim_iri: str | None
    group_iri: str
    member_iri: str
    signer: Signer


@dataclass(frozen=True)
class Found:
    """What was read: the claim, that there is none (`absent`), or neither, where nobody can tell."""

    claim: Document | None = None
    absent: bool = False
    reached: bool = True


@chore
def compare_memberships() -> int:
    """Compare one membership that is due, and return how many that were."""
    with reading():
        number = session().scalar(_due().with_only_columns(Membership.id).limit(1))
    if number is None:
        return 0
    query = _due().where(Membership.id == number).with_for_update(of=Membership, skip_locked=True)
    row: Membership | None = session().scalar(query)
    if row is None:
        session().rollback()
        return 0
    row.compare_at = now() + MEANWHILE
    errand = errand_of(row)
    session().commit()
    if errand is not None:
        settle(errand, look(errand))
        session().commit()
    return 1


def errand_of(row: Membership) -> Errand | None:
    """Return what is to be read to compare a membership; None where both sides live here."""
    side = MEMBER if row.group.local else GROUP
    actor = claims.actor_of(row, side)
    if actor.local:
        return None
    signer = rotation.signer_for(claims.actor_of(row, claims.other(side)), actor.host)
    return Errand(row.id, side, actor.iri, claims.iri(row, side), row.group.iri, row.member.iri, signer)


def look(errand: Errand) -> Found:
    """Read what the other side's server says; it uses the network and touches no row."""
    try:
        node().client.permit(errand.actor_iri)
        if not node().rates.allow(RATE, host_of(errand.actor_iri)):
            return Found(reached=False)
        if errand.claim_iri is not None:
            try:
                found = _fetch(errand.claim_iri, errand)
                return Found(found) if _is_about(found, errand) else Found(absent=True)
            except (Gone, NotFound):
                pass  # the collection may know it under another id
        return _in_collection(errand)
    except FederationError:
        return Found(reached=False)


def settle(errand: Errand, found: Found) -> str:
    """Write down what was read, and return in a word how the membership stands by it: `same`, `changed`, `not claimed`.

    `unknown` where its server cannot be reached, or tells nobody who belongs to what.
    """
    row = session().get(Membership, errand.number, with_for_update=True, populate_existing=True)
    if row is None or row.state != "member":
        return "unknown"
    row.compare_at = now() + (AGAIN if found.reached else AFTER_FAILURE)
    side, said_before = errand.side, claims.says_at(row, errand.side)
    if not found.reached:
        _note_silence(row, side)
        return "unknown"
    if found.claim is not None:
        before = (said_before, claims.said(row, side))
        moment = moments.published(found.claim) or said_before or now()
        claims.take(row, side, moment, found.claim, compared=True)
        return "same" if before == (said_before, claims.said(row, side)) and said_before is not None else "changed"
    if found.absent and said_before is not None:
        claims.withdraw(row, side, noted=True)
        return "not claimed"
    return "not claimed" if said_before is None else "unknown"


def _in_collection(errand: Errand) -> Found:
    """Look for a claim in its side's collection; that it is not there is known only of one that lists all it counts."""
    actor = remote.fetch_actor(errand.actor_iri)
    address = id_of(actor.get(COLLECTIONS[errand.side]))
    if address is None or not same_origin(address, errand.actor_iri):
        return Found(absent=errand.claim_iri is not None)
    totals: list[Any] = []

    def fetch(iri: str) -> Document:
        document = _fetch(iri, errand)
        totals.append(document.get("totalItems"))
        return document

    listed = harvest(fetch, address, pages=PAGES, items=ITEMS, seconds=SECONDS)
    items = [item for _, item in listed.items]
    claim = next((item for item in items if isinstance(item, dict) and _is_about(item, errand)), None)
    if claim is not None:
        return Found(claim)
    lists_all = listed.next_page is None and totals[0] == len(items)
    reads_ours = errand.claim_iri is not None or any(type_of(item) == "Relationship" for item in items)
    return Found(absent=errand.claim_iri is not None or (lists_all and reads_ours))


def _fetch(iri: str, errand: Errand) -> Document:
    return node().client.fetch_activity(iri, signer=errand.signer).document


def _is_about(document: Document, errand: Errand) -> bool:
    return (
        type_of(document) == "Relationship"
        and id_of(document.get("subject")) == errand.group_iri
        and id_of(document.get("object")) == errand.member_iri
    )


def _note_silence(row: Membership, side: str) -> None:
    """Write down once that a server is not heard of any more."""
    actor = claims.actor_of(row, side)
    host = session().get(Host, actor.host)
    if host is None or host.unavailable_at is None:
        return
    known = [event for event in history.between(row.group, row.member) if event.what == "unreachable"]
    if not any(event.at >= host.unavailable_at for event in known):
        history.note(row.group, row.member, "unreachable", by=actor)


def _due() -> Select[Any]:
    group, member = aliased(Actor), aliased(Actor)
    return (
        select(Membership)
        .join(group, group.id == Membership.group_id)
        .join(member, member.id == Membership.member_id)
        .where(Membership.state == "member", Membership.compare_at <= now(), or_(~group.local, ~member.local))
        .order_by(Membership.compare_at)
    )
