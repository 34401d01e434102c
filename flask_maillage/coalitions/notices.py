"""What members are told about belonging: invitations, who asks to join, and what came of their own asking."""

from actors import iris
from actors.models import Actor
from flask_maillage.coalitions.models import Membership
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, members_who_are, notify, people_of
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def _invited(notification: Notification) -> Told | None:
    group, member = seen(notification.actor), seen(notification.subject)
    if group is None or member is None or not concerns(notification):
        return None
    text = _("%(name)s invites %(member)s to join", name=group.name, member=member.name)
    return Told(text, iris.own("invitations"))


def _asks(notification: Notification) -> Told | None:
    who, group = seen(notification.actor), seen(notification.subject)
    if who is None or group is None or not concerns(notification):
        return None
    text = _("%(who)s asks to join %(name)s", who=who.name or who.address, name=group.name)
    return Told(text, iris.own(f"@{group.page_handle}/members/manage"))


def _decided(notification: Notification) -> Told | None:
    group = seen(notification.subject)
    if group is None:
        return None
    sentences = {
        "member": _("You belong to %(name)s now", name=group.name),
        "refused": _("%(name)s did not accept that you join", name=group.name),
        "removed": _("You belong to %(name)s no longer", name=group.name),
    }
    text = sentences.get(notification.detail)
    return Told(text, iris.actor_page(group.page_handle)) if text else None


def _changed(notification: Notification) -> Told | None:
    group, member = seen(notification.actor), seen(notification.subject)
    if group is None or member is None or not concerns(notification):
        return None
    sentences = {
        "suspended": _("%(name)s suspended the membership of %(member)s", name=group.name, member=member.name),
        "resumed": _("%(name)s suspends the membership of %(member)s no longer", name=group.name, member=member.name),
        "terms": _("%(name)s says something new of the membership of %(member)s", name=group.name, member=member.name),
    }
    text = sentences.get(notification.detail)
    return Told(text, iris.own("memberships")) if text else None


INVITED = declare("invited", word("You, or those you publish for, are invited to join"), _invited, mailed=True)
JOIN_ASKED = declare("join_asked", word("Somebody asks to join"), _asks, mailed=True)
JOIN_DECIDED = declare("join_decided", word("Whether you may join where you asked"), _decided, mailed=True)

CHANGED = declare("membership_changed", word("What a group says of a membership of yours"), _changed)


def tell_change(membership: Membership, detail: str) -> None:
    """Tell the people of a member of ours what its group says anew: `suspended`, `resumed`, or other `terms`."""
    if membership.member.local and membership.state == "member":
        notify(CHANGED, _behind(membership.member), actor=membership.group, subject=membership.member, detail=detail)


def tell(membership: Membership, before: str | None) -> None:
    """Tell those whom a new state of a membership concerns, and who did not bring it about themselves."""
    group, member, state = membership.group, membership.member, membership.state
    if state == "invited" and before != "invited" and member.local:
        notify(INVITED, _behind(member), actor=group, subject=member)
    elif state == "requested" and before != "requested" and group.local:
        notify(JOIN_ASKED, people_of(group), actor=member, subject=group)
    elif member.local and (before, state) in (("requested", "member"), ("requested", "refused"), ("member", "removed")):
        notify(JOIN_DECIDED, members_who_are([member]), subject=group, detail=state)


def _behind(actor: Actor) -> list[Member]:
    return people_of(actor)
