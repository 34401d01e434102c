"""What members are told of common statements: that one waits for a signature, what members answered, what is out."""

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import PERSON, Actor
from flask_maillage.coalitions.statements.models import (
    DECLINED,
    SIGNED,
    TAKEN_BACK,
    Statement,
    StatementSignature,
)
from flask_maillage.people.models import ADMIN, Member, Role
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, members_who_are, notify
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def _asked(notification: Notification) -> Told | None:
    coalition, member = seen(notification.actor), seen(notification.subject)
    row = _row(notification)
    if coalition is None or member is None or row is None or not concerns(notification):
        return None
    values = {"name": coalition.name, "member": member.name, "title": row.statement.title}
    return Told(_("%(name)s asks %(member)s to sign “%(title)s”", **values), iris.own(f"statements/{row.id}"))


def _answered(notification: Notification) -> Told | None:
    coalition, member = seen(notification.subject), seen(notification.actor)
    row = _row(notification)
    if coalition is None or member is None or row is None or not concerns(notification):
        return None
    values = {"name": member.name or member.address, "title": row.statement.title}
    sentences = {
        SIGNED: _("%(name)s signed “%(title)s”", **values),
        DECLINED: _("%(name)s does not sign “%(title)s”", **values),
        TAKEN_BACK: _("%(name)s took its signature of “%(title)s” back", **values),
    }
    text = sentences.get(notification.detail.partition(" ")[2])
    return Told(text, row.statement.url) if text else None


def _published(notification: Notification) -> Told | None:
    coalition, row = seen(notification.actor), _row(notification)
    if coalition is None or row is None:
        return None
    text = _("%(name)s published “%(title)s”", name=coalition.name, title=row.statement.title)
    return Told(text, row.statement.url)


ASKED = declare("statement_asked", word("Your organisation is asked to sign a common statement"), _asked, mailed=True)
ANSWERED = declare("statement_answered", word("What members answer to a common statement"), _answered)
PUBLISHED = declare("statement_published", word("A common statement that you were asked for is published"), _published)


def asked(row: StatementSignature) -> None:
    """Tell those who sign for a member of ours that it is asked."""
    if row.member.local:
        notify(ASKED, signers_of(row.member), actor=row.statement.actor, subject=row.member, detail=str(row.id))


def answered(row: StatementSignature) -> None:
    """Tell those who administer a coalition of ours what a member answered."""
    coalition = row.statement.actor
    if coalition.local:
        detail = f"{row.id} {row.state}"
        notify(ANSWERED, signers_of(coalition), actor=row.member, subject=coalition, detail=detail)


def published(statement: Statement) -> None:
    """Tell those who sign for members of ours that a statement is out for which they were asked."""
    query = select(StatementSignature).where(StatementSignature.statement_id == statement.id)
    for row in session().scalars(query.order_by(StatementSignature.id)):
        if row.member.local:
            detail = str(row.id)
            notify(PUBLISHED, signers_of(row.member), actor=statement.actor, subject=row.member, detail=detail)


def signers_of(actor: Actor) -> list[Member]:
    """Return the members who sign for an actor of ours: who administers it, or is it."""
    if actor.kind == PERSON:
        return members_who_are([actor])
    held = select(Role.member_id).where(Role.actor_id == actor.id, Role.role == ADMIN)
    return list(session().scalars(select(Member).where(Member.id.in_(held)).order_by(Member.id)))


def _row(notification: Notification) -> StatementSignature | None:
    number = notification.detail.partition(" ")[0]
    return session().get(StatementSignature, int(number)) if number.isdigit() else None
