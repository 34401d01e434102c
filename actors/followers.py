"""Who follows whom, and the inboxes that this makes."""

from collections.abc import Collection, Iterable

from sqlalchemy import func, or_, select, update

from actors import policy
from actors.database import session
from actors.models import Actor, Follow
from actors.node import now


def between(follower: Actor, followed: Actor) -> Follow | None:
    """Return the relation between two actors, whatever its state."""
    return session().scalar(select(Follow).where(Follow.follower_id == follower.id, Follow.followed_id == followed.id))


def record(follower: Actor, followed: Actor, *, iri: str, state: str) -> Follow:
    """Write down that one follows another; a second Follow takes the place of the first."""
    found = between(follower, followed)
    if found is None:
        found = Follow(follower_id=follower.id, followed_id=followed.id, iri=iri, state=state, created_at=now())
        session().add(found)
    else:
        found.iri, found.state, found.created_at, found.answered_at = iri, state, now(), None
    if state != "pending":
        found.answered_at = now()
    session().flush()
    return found


def answer(follow: Follow, state: str) -> None:
    """Settle a pending or an accepted relation as `accepted` or `rejected`."""
    follow.state, follow.answered_at = state, now()
    session().flush()


def remove(follower: Actor, followed: Actor) -> bool:
    """End the relation; False when there was none."""
    found = between(follower, followed)
    if found is None:
        return False
    session().delete(found)
    session().flush()
    return True


def inboxes_of_followers(*actors: Actor, but: Collection[int] = ()) -> set[str]:
    """Return the distinct inboxes of the remote followers of these actors, one for each server that shares one.

    Args:
        actors: ours.
        but: the rows of followers who are left out.
    """
    query = (
        select(func.coalesce(Actor.shared_inbox, Actor.inbox))
        .join(Follow, Follow.follower_id == Actor.id)
        .where(
            Follow.followed_id.in_([actor.id for actor in actors]),
            Follow.state == "accepted",
            ~Actor.local,
            Actor.gone_at.is_(None),
            Actor.suspended_at.is_(None),
            Actor.id.not_in(but),
        )
        .distinct()
    )
    return set(session().scalars(query))


def inboxes_of(actors: Iterable[Actor]) -> set[str]:
    """Return the personal inboxes of these remote actors, for letters to them alone."""
    return {actor.inbox for actor in actors if not actor.local and actor.gone_at is None}


def follows(follower_id: int, followed: Actor) -> bool:
    """Tell whether the actor of a row follows another, accepted."""
    query = select(Follow.id).where(
        Follow.follower_id == follower_id, Follow.followed_id == followed.id, Follow.state == "accepted"
    )
    return session().scalar(query) is not None


def is_personal_inbox(inbox: str) -> bool:
    """Tell whether an inbox is that of one remote actor alone."""
    owners = session().scalar(select(func.count()).where(Actor.inbox == inbox, ~Actor.local)) or 0
    shared = select(Actor.id).where(Actor.shared_inbox == inbox).limit(1)
    return owners == 1 and session().scalar(shared) is None


def lose(inbox: str, *, gone: bool) -> None:
    """End the following of one whose personal inbox is there no more; everything, where its server says for good."""
    owner = session().scalars(select(Actor).where(Actor.inbox == inbox, ~Actor.local)).one()
    if gone:
        forget(owner)
        owner.gone_at = owner.gone_at or now()
    else:
        ended = update(Follow).where(Follow.follower_id == owner.id).values(state="rejected", answered_at=now())
        session().execute(ended)
    session().flush()


def follows_from_here(*followed: Actor) -> bool:
    """Tell whether any of our actors follows one of these, accepted."""
    query = (
        select(Follow.id)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(Follow.followed_id.in_([actor.id for actor in followed]), Follow.state == "accepted", Actor.local)
        .limit(1)
    )
    return session().scalar(query) is not None


def ours_who_follow(followed: Actor) -> list[Actor]:
    """Return our actors who follow somebody, or have asked to."""
    query = (
        select(Actor)
        .join(Follow, Follow.follower_id == Actor.id)
        .where(Follow.followed_id == followed.id, Follow.state != "rejected", Actor.local, Actor.gone_at.is_(None))
        .order_by(Actor.id)
    )
    return list(session().scalars(query))


def forget(actor: Actor) -> None:
    """End every relation of an actor who is gone or whose server we no longer deal with."""
    session().execute(
        update(Follow)
        .where(or_(Follow.follower_id == actor.id, Follow.followed_id == actor.id))
        .values(state="rejected", answered_at=now())
    )


def allowed(inboxes: Iterable[str]) -> set[str]:
    """Leave out the inboxes on hosts that are blocked."""
    return {inbox for inbox in inboxes if not policy.is_blocked(inbox)}
