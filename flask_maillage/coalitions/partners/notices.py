"""What the node's admins are told about partner nodes: who asks, and what came of their own asking."""

from actors import iris, local
from actors.models import Actor
from actors.node import now
from flask_maillage.coalitions.partners.models import Partner
from flask_maillage.people import roles, stewardship
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import notify, take_back
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def _asks(notification: Notification) -> Told | None:
    who = _for_admins(notification)
    if who is None:
        return None
    return Told(_("The node %(host)s asks to be a partner", host=who.host), _page(who))


def _answered(notification: Notification) -> Told | None:
    who = _for_admins(notification)
    if who is None:
        return None
    sentences = {
        "agreed": _("The node %(host)s is a partner now", host=who.host),
        "refused": _("The node %(host)s does not want to be a partner", host=who.host),
        "ended": _("The node %(host)s ended the partnership", host=who.host),
    }
    text = sentences.get(notification.detail)
    return Told(text, _page(who)) if text else None


def _for_admins(notification: Notification) -> Actor | None:
    return seen(notification.actor) if roles.may(notification.member, roles.ADMINISTER, None) else None


def _page(application: Actor) -> str:
    return iris.own(f"admin/partners/{application.host}")


ASKS = declare("partner_asked", word("A node asks to be a partner"), _asks, mailed=True, for_moderators=True)
ANSWERED = declare(
    "partner_answered", word("What a partner node answered"), _answered, mailed=True, for_moderators=True
)


def tell_of_request(partner: Partner) -> None:
    """Tell the admins that a node asks; once a day, however often it does."""
    once = f"{partner.host} {now():%Y-%m-%d}"
    notify(ASKS, stewardship.admins(), actor=partner.actor, subject=local.application(), once=once)


def tell_of_answer(partner: Partner, what: str) -> None:
    """Tell the admins what came of it: `agreed`, `refused` or `ended`, by the other side."""
    notify(ANSWERED, stewardship.admins(), actor=partner.actor, subject=local.application(), detail=what)


def settled(partner: Partner) -> None:
    """Ask nobody any more: the request was answered or taken back."""
    take_back(ASKS, actor=partner.actor, subject=local.application())
