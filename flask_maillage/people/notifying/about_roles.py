"""What members are told about their roles: given, changed, taken."""

from actors import iris
from actors.models import Actor
from flask_maillage.people.models import ADMIN, EDITOR, MEMBER, Member
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import notify
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word

NAMES = {ADMIN: word("Administrator"), EDITOR: word("Editor"), MEMBER: word("Member")}


def _told(notification: Notification) -> Told | None:
    actor = seen(notification.subject)
    if actor is None:
        return None
    page = iris.actor_page(actor.page_handle)
    if notification.detail in NAMES:
        role = _(NAMES[notification.detail])
        return Told(_("Your role in %(name)s: %(role)s", name=actor.name, role=role), page)
    return Told(_("You have no role in %(name)s any more", name=actor.name), page)


ROLE = declare("role", word("A role is given to you or taken from you"), _told)


def tell(member: Member, actor: Actor, role: str) -> None:
    """Tell a member which role they have for an actor now; empty for none."""
    notify(ROLE, [member], subject=actor, detail=role)
