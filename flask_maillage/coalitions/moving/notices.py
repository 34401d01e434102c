"""What those who administer an actor are told about its moving."""

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import Actor
from flask_maillage.people.models import ADMIN, Member, Role
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, notify, people_of
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def _taken(notification: Notification) -> Told | None:
    who, actor = seen(notification.actor), seen(notification.subject)
    if actor is None or not _administers(notification.member, actor):
        return None
    address = iris.own(f"@{actor.page_handle}/moving")
    return Told(_("%(who)s took an archive of %(name)s", who=who.name if who else "?", name=actor.name), address)


ARCHIVE_TAKEN = declare("archive_taken", word("Somebody took an archive of what you administer"), _taken)


def tell_of_archive(actor: Actor, taker: Actor | None) -> None:
    """Tell all others who administer an actor that somebody took its archive."""
    notify(ARCHIVE_TAKEN, admins_of(actor), actor=taker, subject=actor)


def _moved(notification: Notification) -> Told | None:
    actor = seen(notification.subject)
    if actor is None or not concerns(notification):
        return None
    return Told(_("%(name)s moved to another node", name=actor.name), iris.actor_page(actor.page_handle))


MOVED = declare("moved", word("What you publish for moved to another node"), _moved)


def tell_of_move(actor: Actor, mover: Actor | None) -> None:
    """Tell all others who publish for an actor that it moved."""
    notify(MOVED, people_of(actor), actor=mover, subject=actor)


def _member_moved(notification: Notification) -> Told | None:
    member, group = seen(notification.actor), seen(notification.subject)
    if member is None or group is None or not concerns(notification):
        return None
    text = _("%(member)s, which belongs to %(name)s, moved to another address", member=member.name, name=group.name)
    return Told(text, iris.own(f"@{group.page_handle}/members/manage"))


MEMBER_MOVED = declare("member_moved", word("A member moved to another address"), _member_moved)


def tell_of_member(group: Actor, member: Actor) -> None:
    """Tell the people of a group of ours that a member moved."""
    notify(MEMBER_MOVED, people_of(group), actor=member, subject=group)


def admins_of(actor: Actor) -> list[Member]:
    """Return the members who administer an actor."""
    held = select(Role.member_id).where(Role.actor_id == actor.id, Role.role == ADMIN)
    return list(session().scalars(select(Member).where(Member.id.in_(held)).order_by(Member.id)))


def _administers(member: Member, actor: Actor) -> bool:
    held = session().get(Role, (member.id, actor.id))
    return held is not None and held.role == ADMIN
