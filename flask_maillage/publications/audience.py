"""For whom a publication is: computed here once, and asked by every way out of the node.

`public` and `unlisted` are for everyone; `followers` is for those whom the actor accepted, `direct` for those who are
named, and both for nobody else. What may not be seen looks like what is not there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from actors import followers, policy
from actors.database import session
from actors.models import NODE, Actor, Delivery, Follow, Posted
from actors.outbox import CARRYING
from actors.readers import Reader, guard
from federation.activities import PUBLIC as EVERYONE
from federation.activities import Document, recipients, visibility
from flask_maillage.publications.models import (
    DIRECT,
    FOLLOWERS,
    PUBLIC,
    PUBLISHED,
    UNLISTED,
    Addressee,
    Publication,
)

OPEN = frozenset({PUBLIC, UNLISTED})
WIDTH = {DIRECT: 0, FOLLOWERS: 1, UNLISTED: 2, PUBLIC: 3}


@dataclass(frozen=True)
class Audience:
    """Who may read: a visibility, and the actors who are named (for what is not open to everyone)."""

    visibility: str = PUBLIC
    named: tuple[Actor, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether everyone may read."""
        return self.visibility in OPEN

    def is_as(self, other: "Audience") -> bool:
        """Tell whether two audiences are the same people."""
        ids = ({actor.id for actor in one.named} for one in (self, other))
        return self.visibility == other.visibility and next(ids) == next(ids)


EVERYBODY = Audience()


def is_open(publication: Publication) -> bool:
    """Tell whether everyone may read a publication, once it is published."""
    return publication.visibility in OPEN


def of(publication: Publication) -> Audience:
    """Return for whom a publication is."""
    return Audience(publication.visibility, tuple(one.actor for one in publication.audience))


def put(publication: Publication, audience: Audience) -> None:
    """Say for whom a publication is; a rule (`rules.check_audience`) has been asked before where others read it."""
    publication.visibility = audience.visibility
    wanted = {actor.id: actor for actor in audience.named}
    for row in list(publication.audience):
        if row.actor_id not in wanted:
            publication.audience.remove(row)
    present = {row.actor_id for row in publication.audience}
    publication.audience.extend(Addressee(actor=actor) for number, actor in wanted.items() if number not in present)
    session().flush()


def is_narrower(new: Audience, publication: Publication) -> bool:
    """Tell whether nobody is in `new` who was not in the audience of a publication until now."""
    if WIDTH[new.visibility] > WIDTH[publication.visibility]:
        return False
    return all(includes(publication, [actor.id]) for actor in new.named)


def includes(publication: Publication, actor_ids: Collection[int]) -> bool:
    """Tell whether a publication is for one of these actors: everyone, a follower, somebody named, or its own actor."""
    if is_open(publication) or publication.actor_id in actor_ids:
        return True
    if any(row.actor_id in actor_ids for row in publication.audience):
        return True
    if publication.visibility != FOLLOWERS:
        return False
    query = select(Follow.id).where(
        Follow.follower_id.in_(actor_ids), Follow.followed_id == publication.actor_id, Follow.state == "accepted"
    )
    return session().scalar(query.limit(1)) is not None


def limited_to(actor_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a `Publication` is not for everyone, and for one of these actors."""
    named = select(Addressee.publication_id).where(Addressee.actor_id.in_(actor_ids))
    followed = select(Follow.followed_id).where(Follow.follower_id.in_(actor_ids), Follow.state == "accepted")
    return and_(
        Publication.visibility.not_in(OPEN),
        or_(
            Publication.id.in_(named),
            and_(Publication.visibility == FOLLOWERS, Publication.actor_id.in_(followed)),
        ),
    )


def readable_by(actor_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a `Publication` is for everyone, or for one of these actors."""
    return or_(Publication.visibility.in_(OPEN), limited_to(actor_ids))


def addressed(publication: Publication) -> dict[str, list[str]]:
    """Return the `to` and `cc` of a publication of ours, the same for the object and for what carries it."""
    actor = publication.actor
    circle, named = actor.followers or actor.iri, [one.actor.iri for one in publication.audience]
    fields = {
        PUBLIC: ([EVERYONE], [circle]),
        UNLISTED: ([circle], [EVERYONE]),
        FOLLOWERS: ([circle], named),
        DIRECT: (named, []),
    }
    to, cc = fields[publication.visibility]
    return {"to": to, "cc": cc}


def inboxes(publication: Publication) -> set[str]:
    """Return where a publication of ours goes: shared inboxes of followers, and personal ones of who is named."""
    named = followers.inboxes_of(one.actor for one in publication.audience)
    if publication.visibility == DIRECT:
        return named
    return followers.inboxes_of_followers(publication.actor) | named


def reached(publication: Publication) -> set[str]:
    """Return every inbox that a publication was sent to and not deleted from, as far as rows of deliveries still tell.

    Who was told once that it is not for them any more is not told again.
    """
    return _sent(publication, CARRYING) - _sent(publication, ("Delete",))


def _sent(publication: Publication, verbs: Collection[str]) -> set[str]:
    query = (
        select(Delivery.inbox)
        .join(Posted, Posted.id == Delivery.activity_id)
        .where(Posted.object_iri == publication.iri, Posted.type.in_(verbs), Delivery.state != "cancelled")
        .distinct()
    )
    return set(session().scalars(query))


def stated(document: Document, activity: Document, author: Actor) -> tuple[str, set[str]]:
    """Return the visibility that an object of a remote actor states, and whom it names.

    Some servers address only the activity that carries the object; the object's own word counts where it has one.
    """
    source = document if recipients(document) else activity
    named, word = recipients(source), visibility(source)
    if word in OPEN:
        return word, named
    return (FOLLOWERS if author.followers in named else DIRECT), named


def ours_among(iris: Iterable[str]) -> tuple[Actor, ...]:
    """Return the actors of ours among these ids, whom other servers may find."""
    query = select(Actor).where(Actor.local, Actor.iri.in_(list(iris)), Actor.gone_at.is_(None), Actor.federated)
    return tuple(session().scalars(query.order_by(Actor.id)))


def known_among(iris: Iterable[str]) -> tuple[Actor, ...]:
    """Return the actors among these ids who are known here, from here or elsewhere, and may be written to."""
    query = select(Actor).where(Actor.iri.in_(list(iris)), Actor.gone_at.is_(None), policy.welcome())
    return tuple(session().scalars(query.where(Actor.kind.is_distinct_from(NODE)).order_by(Actor.id)))


def has_readers(audience: Audience, author: Actor) -> bool:
    """Tell whether somebody here may read what a remote actor addressed like this."""
    if audience.is_open or audience.named:
        return True
    return audience.visibility == FOLLOWERS and followers.follows_from_here(author)


@guard
def is_for(object_iri: str, reader: Reader) -> bool | None:
    """Tell whether a publication of ours may be read by somebody now; None where the id is no publication's."""
    found = session().scalar(select(Publication).where(Publication.iri == object_iri, Publication.local))
    if found is None:
        return None
    return found.state == PUBLISHED and reader.number is not None and includes(found, [reader.number])
