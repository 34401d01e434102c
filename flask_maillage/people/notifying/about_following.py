"""What members are told about following: who asks, who follows, and what came of their own asking."""

from actors import following, iris, policy
from actors.models import PERSON, Actor, Follow
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, members_who_are, notify, people_of, take_back
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def seen(actor: Actor | None) -> Actor | None:
    """Return an actor whom one may be told about: none who is gone, suspended or on a blocked host."""
    return actor if actor is not None and policy.is_welcome(actor) else None


def _asks(notification: Notification) -> Told | None:
    who, whom = seen(notification.actor), seen(notification.subject)
    if who is None or whom is None or not concerns(notification):
        return None
    text = _("%(name)s asks to follow %(followed)s", name=who.name, followed=whom.name)
    return Told(text, iris.own("account/followers"))


def _follows(notification: Notification) -> Told | None:
    who, whom = seen(notification.actor), seen(notification.subject)
    if who is None or whom is None or not concerns(notification):
        return None
    name = who.name or who.address
    if whom.id == notification.member.actor_id:
        return Told(_("%(name)s follows you", name=name), iris.actor_page(who.page_handle))
    return Told(_("%(name)s follows %(followed)s", name=name, followed=whom.name), iris.actor_page(who.page_handle))


def _answered(notification: Notification) -> Told | None:
    whom = seen(notification.subject)
    if whom is None:
        return None
    if notification.detail == following.GRANTED:
        text = _("%(name)s lets you follow: what it publishes stands on your page", name=whom.name)
        return Told(text, iris.own("my"))
    return Told(_("%(name)s does not let you follow", name=whom.name), iris.actor_page(whom.page_handle))


ASKS = declare("follow_asked", word("Somebody asks to follow"), _asks, mailed=True)
FOLLOWS = declare("followed", word("Somebody new follows"), _follows)
ANSWERED = declare("follow_answered", word("Whether you may follow whom you asked"), _answered)


@following.on_relation
def tell(relation: Follow, what: str) -> None:
    """Tell the people of who is followed, or the member who asked; a question that is settled asks nobody any more."""
    follower, followed = relation.follower, relation.followed
    if followed.local and what == following.ASKED:
        notify(ASKS, people_of(followed), actor=follower, subject=followed)
    elif followed.local:
        take_back(ASKS, actor=follower, subject=followed)
    if followed.local and what == following.BEGAN:
        once = f"{follower.id}-{followed.id}"
        notify(FOLLOWS, people_of(followed), actor=follower, subject=followed, once=once)
    if what in (following.GRANTED, following.REFUSED) and follower.local and follower.kind == PERSON:
        notify(ANSWERED, members_who_are([follower]), subject=followed, detail=what)
