"""What members are told about charters: that there is one, or a new version, to which they have not agreed."""

from collections.abc import Sequence

from actors import iris
from actors.models import Actor
from flask_maillage.coalitions.charters.models import Charter
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, notify, people_of, take_back
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def _published(notification: Notification) -> Told | None:
    group, member = seen(notification.actor), seen(notification.subject)
    if group is None or member is None or not concerns(notification):
        return None
    text = _("%(name)s asks %(member)s to agree to its charter", name=group.name, member=member.name)
    return Told(text, iris.own(f"@{group.page_handle}/charter"))


PUBLISHED = declare("charter", word("Where you belong, a charter is new or changed"), _published, mailed=True)


def published(charter: Charter, members: Sequence[Actor]) -> None:
    """Tell those of ours who belong to a group that there is a version to which they have not agreed."""
    for member in members:
        if member.local:
            notify(PUBLISHED, people_of(member), actor=charter.actor, subject=member)


def agreed(charter: Charter, member: Actor) -> None:
    """Let go of the question once somebody has agreed."""
    take_back(PUBLISHED, actor=charter.actor, subject=member)
