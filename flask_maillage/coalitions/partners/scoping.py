"""What goes between partners: kinds and territories, honoured in what we list of theirs and announce to them."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, exists, or_, select, true, update
from sqlalchemy.orm import aliased

from actors import iris, local
from actors.database import session
from actors.models import NODE, Actor, Follow
from actors.node import now
from flask_maillage.coalitions.partners.models import AGREED, PARTNER, SUSPENDED, Partner
from flask_maillage.publications import agreements
from flask_maillage.publications.agreements import Scope
from flask_maillage.publications.models import Publication, PublicationZone, Share, TerritoryShare

NOTHING = Scope(frozenset())


@agreements.on_taking
def taken_from(actor: Actor) -> Scope | None:
    """Return what is agreed with the node whose Application an actor is; None where others of ours follow it too."""
    if actor.local or actor.kind != NODE:
        return None
    partner = session().scalar(select(Partner).where(Partner.actor_id == actor.id, Partner.state.in_(AGREED)))
    if partner is None or _others_follow(actor.id):
        return None
    return _scope(partner)


@agreements.on_giving
def given_to() -> Mapping[int, Scope]:
    """Return what is agreed with each partner, by the row of its Application."""
    partners = session().scalars(select(Partner).where(Partner.state.in_(AGREED))).all()
    return {partner.actor_id: _scope(partner) for partner in partners}


def settle(partner: Partner) -> None:
    """Bring what is listed of all that a partner ever brought in line with what is agreed now.

    A copy stays in lists where somebody else brings it: one of ours follows its author, or another who shared it.
    """
    came = _came_from(partner.actor_id)
    granted = _is_granted()
    copies = (~Publication.local, came)
    for stands, wanted in ((~granted, True), (granted, False)):
        session().execute(
            update(Publication)
            .where(*copies, stands, Publication.looked_up != wanted)
            .values(looked_up=wanted)
            .execution_options(synchronize_session=False)
        )
    unlisted = select(Publication.id).where(*copies, Publication.looked_up)
    session().execute(
        update(TerritoryShare)
        .where(TerritoryShare.revoked_at.is_(None), TerritoryShare.publication_id.in_(unlisted))
        .values(revoked_at=now())
        .execution_options(synchronize_session=False)
    )
    session().expire_all()


def _scope(partner: Partner) -> Scope:
    if partner.state == SUSPENDED:
        return NOTHING
    return Scope(frozenset(partner.kinds), frozenset(partner.territories))


def _is_granted() -> ColumnElement[bool]:
    """Return the condition that somebody brings a copy whom nothing forbids it."""
    partners = session().scalars(select(Partner).where(Partner.state.in_(AGREED))).all()
    numbers = [partner.actor_id for partner in partners]
    relay, ours = local.application().id, aliased(Actor)
    held = (Follow.state == "accepted", ours.id == Follow.follower_id, ours.local)
    as_a_node = and_(Follow.follower_id == relay, Follow.followed_id.in_(numbers))
    author_followed = exists().where(Follow.followed_id == Publication.actor_id, *held, ~as_a_node)
    sharer_followed = exists().where(
        Share.publication_id == Publication.id, Follow.followed_id == Share.actor_id, *held, ~as_a_node
    )
    agreed = [
        and_(_came_from(partner.actor_id), _is_within(partner)) for partner in partners if partner.state == PARTNER
    ]
    return or_(author_followed, sharer_followed, *agreed)


def _came_from(number: int) -> ColumnElement[bool]:
    shared = exists().where(Share.publication_id == Publication.id, Share.actor_id == number)
    return or_(Publication.actor_id == number, shared)


def _is_within(partner: Partner) -> ColumnElement[bool]:
    lies = exists().where(
        PublicationZone.publication_id == Publication.id, PublicationZone.code.in_(partner.territories)
    )
    return and_(Publication.kind.in_(partner.kinds), lies if partner.territories else true())


def _others_follow(number: int) -> bool:
    """Tell whether any of ours but the node itself follows an actor: then it is followed in its own right."""
    query = (
        select(Follow.id)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(Follow.followed_id == number, Follow.state == "accepted", Actor.local, Actor.handle != iris.NODE_HANDLE)
    )
    return session().scalar(query.limit(1)) is not None
