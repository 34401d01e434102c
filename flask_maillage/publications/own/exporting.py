"""What is held of a member among publications: what they wrote, whom they follow, for what they registered."""

from typing import Any

from sqlalchemy import or_, select

from actors.database import session
from actors.models import Follow
from flask_maillage.people import roles
from flask_maillage.people.exporting import exported, plain, rows
from flask_maillage.people.models import Member
from flask_maillage.publications import audience
from flask_maillage.publications.enclosures.models import Portrait
from flask_maillage.publications.models import PUBLISHED, Attendance, Like, Publication, Reply, Share


@exported("publications")
def publications(member: Member) -> list[dict[str, Any]]:
    """What they wrote, in their own name and in others'; of what they may not open any more, that there is such."""
    theirs = or_(Publication.author_id == member.actor_id, Publication.actor_id == member.actor_id)
    found = session().scalars(select(Publication).where(Publication.local, theirs))
    return [{**_written(member, one), "in_the_name_of": one.actor.address} for one in found]


def _written(member: Member, one: Publication) -> dict[str, Any]:
    """A row holds what colleagues wrote since: to who left them it says no more than to everybody."""
    if one.actor_id == member.actor_id or roles.may(member, roles.EDIT, one):
        return plain(one, but=("actor_id", "author_id"))
    known = {"id": one.id, "iri": one.iri}
    return known | {"name": one.name} if one.state == PUBLISHED and audience.is_open(one) else known


@exported("follows")
def follows(member: Member) -> dict[str, Any]:
    """Whom they follow, and who follows them."""
    own = member.actor_id
    following = session().scalars(select(Follow).where(Follow.follower_id == own))
    followers = session().scalars(select(Follow).where(Follow.followed_id == own))
    return {
        "following": [{"who": one.followed.iri, "state": one.state, "since": one.created_at} for one in following],
        "followers": [{"who": one.follower.iri, "state": one.state, "since": one.created_at} for one in followers],
    }


@exported("pictures")
def pictures(member: Member) -> list[dict[str, Any]]:
    """The pictures that stand beside their name and above their page."""
    return rows(Portrait, Portrait.actor_id == member.actor_id, but=("actor_id", "file_id"))


@exported("registrations")
def registrations(member: Member) -> list[dict[str, Any]]:
    """For which events they registered, with their answers."""
    found = session().scalars(select(Attendance).where(Attendance.actor_id == member.actor_id))
    return [{**plain(one, but=("actor_id",)), "event": one.publication.iri} for one in found]


@exported("reactions")
def reactions(member: Member) -> dict[str, Any]:
    """What they liked, shared and answered."""
    return {model.__tablename__.removeprefix("maillage_"): rows(model, model.actor_id == member.actor_id)
            for model in (Like, Share, Reply)}  # fmt: skip
