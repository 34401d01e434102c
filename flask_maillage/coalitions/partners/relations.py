"""What the two Follows between the nodes' Applications make of a partnership, whoever sent them."""

from datetime import datetime

from sqlalchemy import delete

from actors import following, iris, policy
from actors.database import session
from actors.models import NODE, Actor, Follow
from actors.node import node
from flask_maillage.coalitions.partners import notices, partnership
from flask_maillage.coalitions.partners.models import AGREED, ASKED, ENDED, REQUESTED, Partner
from inboxes.consequences import on_enforcing
from inboxes.pruning import on_pruning
from inboxes.registry import on_departure


@following.keeps_waiting
def waits_for_an_admin(follower: Actor, followed: Actor) -> bool:
    """Tell whether a node that follows ours waits: where the node's setting says so, or after an admin ended it.

    A node that we asked ourselves, or that is a partner, is let in at once.
    """
    if followed.iri != iris.application() or not _is_node(follower):
        return False
    known = partnership.find(follower.host)
    if known is not None and known.actor_id == follower.id and known.state in (REQUESTED, *AGREED):
        return False
    return bool(node().state["partners_wait"]) or (known is not None and known.ended_here)


@following.on_relation
def heed(relation: Follow, what: str) -> None:
    """Bring a partnership in line with what happened to one of its Follows."""
    if relation.followed.iri == iris.application() and _is_node(relation.follower):
        _they(relation.follower, what)
    elif relation.follower.iri == iris.application() and _is_node(relation.followed):
        _we(relation.followed, what)


def _they(application: Actor, what: str) -> None:
    """They ask to follow us, follow us, or no longer do."""
    if what in (following.ASKED, following.BEGAN):
        partner = partnership.record(application)
        if partner.actor_id != application.id:
            return
        if partner.state == ENDED:
            partner.state = ASKED  # `ended_here` stays: who was ended once waits until an admin answers
            session().flush()
            notices.tell_of_request(partner)
        elif partner.state == REQUESTED and what == following.BEGAN:
            partnership.agree(partner)
            notices.tell_of_answer(partner, "agreed")
    elif what == following.ENDED and (known := _of(application)) is not None:
        if known.state == ASKED:
            notices.settled(known)
            partnership.over(known, here=known.ended_here)
        elif known.state in AGREED and not partnership.is_alive(partnership.ours(known)):
            _end_by_them(known)


def _we(application: Actor, what: str) -> None:
    """They let us follow, do not, or no longer do; or we stopped by another way than ending the partnership."""
    if what == following.GRANTED:
        partner = partnership.record(application)
        if partner.actor_id == application.id and partner.state not in AGREED:
            partnership.agree(partner)
            notices.settled(partner)
            notices.tell_of_answer(partner, "agreed")
        return
    known = _of(application)
    if known is None or what not in (following.REFUSED, following.ENDED):
        return
    if known.state == REQUESTED:
        partnership.over(known, here=what == following.ENDED)
        if what == following.REFUSED:
            notices.tell_of_answer(known, "refused")
    elif known.state in AGREED and not partnership.is_alive(partnership.theirs(known)):
        if what == following.REFUSED:
            _end_by_them(known)
        else:
            partnership.over(known, here=True)


def _end_by_them(partner: Partner) -> None:
    partnership.over(partner, here=False)
    notices.tell_of_answer(partner, "ended")


@on_enforcing
def end_with_refused_hosts() -> None:
    """What was decided about hosts is above every partnership: both Follows have ended, and it has with them."""
    for partner in partnership.listed((REQUESTED, ASKED, *AGREED)):
        if policy.is_blocked(partner.actor.iri):
            notices.settled(partner)
            partnership.over(partner, here=True)


@on_departure
def end_with_the_departed(actor: Actor) -> None:
    """The node's own actor is gone for good."""
    partner = _of(actor)
    if partner is not None and partner.state != ENDED:
        notices.settled(partner)
        partnership.over(partner, here=False)


@on_pruning
def forget_strangers(limit: datetime) -> None:
    """Let go of nodes that asked once, took it back, and were never partners."""
    never = Partner.state == ENDED, Partner.agreed_at.is_(None), ~Partner.ended_here, Partner.ended_at < limit
    session().execute(delete(Partner).where(*never).execution_options(synchronize_session=False))


def _of(application: Actor) -> Partner | None:
    found = partnership.find(application.host)
    return found if found is not None and found.actor_id == application.id else None


def _is_node(actor: Actor) -> bool:
    return not actor.local and actor.kind == NODE
