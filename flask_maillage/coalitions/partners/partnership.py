"""Being partners: asked for, accepted, put aside, taken up again, ended, by this side (by the other: `relations`).

A partnership is a Follow between the two nodes' Applications, both ways. Each of the two Follows is answered by its own
side; a node that never follows back (Gancio) is a partner all the same once it let ours follow.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from actors import followers, following, local, policy
from actors.database import session
from actors.models import Actor, Follow
from actors.node import now
from federation.sanitising import clean_text
from flask_maillage.coalitions.partners import notices, scoping
from flask_maillage.coalitions.partners.models import (
    AGREED,
    ASKED,
    ENDED,
    KINDS,
    PARTNER,
    REQUESTED,
    SUSPENDED,
    Partner,
)
from flask_maillage.publications import greeting
from flask_maillage.publications.forms.base import _
from inboxes import polling

NOTE_LIMIT = 1000
OPEN_STATES = ("pending", "accepted")


class NotPossible(ValueError):
    """What was asked for cannot be done with a partner as it is; the text says why, to a person."""


def find(host: str, *, to_change: bool = True) -> Partner | None:
    """Return what is known of a node by its host, locked while it is to be changed, or None."""
    query = select(Partner).where(Partner.host == host).options(joinedload(Partner.actor))
    return session().scalar(query.with_for_update(of=Partner) if to_change else query)


def listed(states: Iterable[str] | None = None) -> Sequence[Partner]:
    """Return the partners in these states, or all, by host."""
    query = select(Partner).options(joinedload(Partner.actor)).order_by(Partner.host)
    if states is not None:
        query = query.where(Partner.state.in_(list(states)))
    return session().scalars(query).all()


def shown() -> list[Partner]:
    """Return the partners that everybody may know of, by name: agreed, and on no host that is blocked or silenced."""
    query = select(Partner).join(Partner.actor).options(joinedload(Partner.actor))
    found = session().scalars(query.where(Partner.state == PARTNER, policy.listed())).all()
    return sorted(found, key=lambda one: (one.name.casefold(), one.host))


def record(application: Actor, replaced: Iterable[str] = (ENDED,)) -> Partner:
    """Return the row of a node, made where there is none.

    Args:
        application: who speaks for the node. A row of another Application on its host becomes its own only where
            nothing is agreed, asked or answered with that one: whoever may have an actor there must not step in.
        replaced: the states in which it does.
    """
    found = find(application.host)
    if found is None:
        found = Partner(
            host=application.host,
            actor=application,
            state=ENDED,
            kinds=list(KINDS),
            territories=[],
            facts={},
            created_at=now(),
        )
        session().add(found)
    elif found.actor_id != application.id and found.state in replaced:
        found.actor, found.checked_at = application, None
    session().flush()
    return found


def ours(partner: Partner) -> Follow | None:
    """Return our Follow of the other node, whatever its state."""
    return followers.between(local.application(), partner.actor)


def theirs(partner: Partner) -> Follow | None:
    """Return the other node's Follow of ours, whatever its state."""
    return followers.between(partner.actor, local.application())


def is_alive(relation: Follow | None) -> bool:
    """Tell whether a Follow holds, or waits for its answer."""
    return relation is not None and relation.state in OPEN_STATES


def request(application: Actor) -> Partner:
    """Ask a node to be a partner; one that asked already is accepted.

    Raises:
        NotPossible: it is one already, it is ourselves, or we do not deal with its host.
    """
    if application.local:
        raise NotPossible(_("This is the node itself."))
    if policy.is_blocked(application.iri):
        raise NotPossible(_("This node does not deal with that host: see Federation."))
    partner = record(application, (REQUESTED, ASKED, ENDED))
    if partner.state in AGREED:
        raise NotPossible(_("It is a partner already."))
    if partner.state == ASKED and is_alive(theirs(partner)):
        accept(partner)
        return partner
    _set(partner, REQUESTED)
    if following.follow(local.application(), partner.actor).state == "accepted":
        agree(partner)
    return partner


def accept(partner: Partner) -> None:
    """Accept a node that asks, and follow it back.

    Raises:
        NotPossible: it does not ask (any more).
    """
    relation = theirs(partner)
    if partner.state != ASKED or relation is None:
        raise NotPossible(_("There is nothing to answer like this: somebody may have been faster."))
    agree(partner)
    notices.settled(partner)
    if relation.state == "pending":
        following.accept(relation)
    following.follow(local.application(), partner.actor)


def agree(partner: Partner) -> None:
    """Write down that both sides want it; what it brought before is listed by what is agreed."""
    partner.agreed_at = now()
    _set(partner, PARTNER)
    scoping.settle(partner)


def limit(partner: Partner, kinds: Iterable[str], territories: Iterable[str]) -> None:
    """Say what goes between us, both ways; what came before is listed by it too.

    Args:
        partner: whoever it is.
        kinds: of publications.
        territories: codes of zones; none for everything.

    Raises:
        NotPossible: no kind is left.
    """
    wanted = set(kinds)
    chosen = [kind for kind in KINDS if kind in wanted]
    if not chosen:
        raise NotPossible(_("Choose at least one kind; to let nothing pass, suspend the partner."))
    partner.kinds, partner.territories = chosen, list(dict.fromkeys(territories))
    session().flush()
    if partner.state in AGREED:
        scoping.settle(partner)


def note(partner: Partner, text: str) -> None:
    """Keep a word for the admins."""
    partner.note = clean_text(text, limit=NOTE_LIMIT)
    session().flush()


def suspend(partner: Partner) -> None:
    """Put a partnership aside: nothing new is announced to it, and nothing is listed that only it brought.

    Nobody is told. What it has of ours already is kept right: changes and deletions still go there.

    Raises:
        NotPossible: it is no partner, or is suspended.
    """
    if partner.state != PARTNER:
        raise NotPossible(_("Only a partner can be suspended."))
    partner.suspended_at = now()
    _set(partner, SUSPENDED)
    scoping.settle(partner)


def resume(partner: Partner) -> None:
    """Take a partnership up again: what is current is announced, and what it sent meanwhile is listed.

    Raises:
        NotPossible: it is not suspended.
    """
    if partner.state != SUSPENDED:
        raise NotPossible(_("It is not suspended."))
    _set(partner, PARTNER)
    partner.suspended_at = None
    scoping.settle(partner)
    relation = theirs(partner)
    if relation is not None and relation.state == "accepted":
        greeting.announce_what_is_current(relation)


def end(partner: Partner) -> None:
    """End it, refuse a node that asks, or take our request back: both Follows end, and the other side is told.

    Copies stay as they are listed now. Whoever asks again waits for an admin.

    Raises:
        NotPossible: it is over already.
    """
    if partner.state == ENDED:
        raise NotPossible(_("It is over already."))
    notices.settled(partner)
    over(partner, here=True)
    following.unfollow(local.application(), partner.actor)
    relation = theirs(partner)
    if relation is not None and is_alive(relation):
        following.reject(relation)


def over(partner: Partner, *, here: bool) -> None:
    """Write down that it is over; `here` where an admin of ours said so."""
    partner.ended_at, partner.ended_here, partner.suspended_at = now(), here, None
    _set(partner, ENDED)


def poll(partner: Partner) -> None:
    """Let the worker read the other node's outbox next.

    Raises:
        NotPossible: we do not follow it, so there is nothing to read.
    """
    relation = ours(partner)
    if relation is None or relation.state != "accepted":
        raise NotPossible(_("It has not let us follow it: there is nothing to read yet."))
    polling.begin(partner.actor)


def _set(partner: Partner, state: str) -> None:
    partner.state = state
    if state != ENDED:
        partner.ended_at, partner.ended_here = None, False
    session().flush()
