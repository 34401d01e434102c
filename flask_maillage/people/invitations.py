"""Invitations to the node, and to a role for an organisation or a project: by link, by mail, or to one member.

Who has no account yet makes one with the link; it opens no node that is closed. An invitation dies with the right of
who made it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import deliverable
from flask_maillage.people import account_mails, roles
from flask_maillage.people.models import ADMIN, EDITOR, MEMBER, ROLES, Member, RoleInvitation
from inboxes.pruning import on_pruning

DAYS, MOST_DAYS, MOST_USES = 14, 90, 100
MOST_INVITATIONS = 100
"""How many are open at once for the node, or for one actor."""
LONGEST_SECRET = 100
_RANK = {None: 0, MEMBER: 1, EDITOR: 2, ADMIN: 3}


def _(message: str) -> str:
    return message


class InvitationRefused(ValueError):
    """Nobody can be invited so; `field` says what of it, the text what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


def by_link(by: Member, actor: Actor | None, role: str | None, *, uses: int = 1, days: int = DAYS) -> str:
    """Make a link that so many people may use for so many days; return its secret, which is not kept."""
    return _made_link(by, actor, role, uses=uses, days=days)[1]


def by_mail(by: Member, actor: Actor | None, role: str | None, email: str, language: str) -> None:
    """Send somebody a link of their own.

    Raises:
        InvitationRefused: that is no address, no mail goes out, or too much went there already.
    """
    address = deliverable(email)
    if address is None:
        raise InvitationRefused(_("That is not an e-mail address: write it as name@example.org."), "email")
    invitation, secret = _made_link(by, actor, role, uses=1, days=DAYS)
    invitation.email = address
    mail = account_mails.invited(invitation, secret, language)
    if not queue.may_be_asked_for(address, "invitation") or not queue.write(address, mail, purpose="invitation"):
        raise InvitationRefused(_("No mail can go there now: make a link and hand it over yourself."), "email")


def to_member(by: Member, actor: Actor, role: str, member: Member) -> RoleInvitation:
    """Invite a member of this node to a role; they find it on their page, and in a mail where not too many went there.

    Raises:
        InvitationRefused: they have that role, or more, already.
    """
    if _RANK[roles.role_of(member, actor)] >= _RANK[role]:
        raise InvitationRefused(_("They have this role already, or one that allows more."), "handle")
    _forget(RoleInvitation.member_id == member.id, RoleInvitation.actor_id == actor.id)
    invitation = _made(by, actor, role, days=DAYS, member_id=member.id)
    if queue.may_be_asked_for(member.email, "invitation: member"):
        queue.write(member.email, account_mails.role_offered(invitation, member), purpose="invitation: member")
    return invitation


def with_secret(secret: str) -> RoleInvitation | None:
    """Return the invitation of a link that is good now."""
    if len(secret) > LONGEST_SECRET:
        return None
    query = select(RoleInvitation).where(RoleInvitation.digest == _digest(secret))
    found = session().scalar(query.with_for_update())
    return found if found is not None and is_good(found) else None


def locked(number: int | None) -> RoleInvitation | None:
    """Return an invitation that is good now, as the database has it, locked against who else uses it."""
    query = select(RoleInvitation).where(RoleInvitation.id == number).with_for_update()
    found = session().scalar(query.execution_options(populate_existing=True))
    return found if found is not None and is_good(found) else None


def is_good(invitation: RoleInvitation) -> bool:
    """Tell whether an invitation can be accepted now: who made it may still make it."""
    actor = invitation.actor
    is_open = invitation.uses_left > 0 and invitation.expires_at > now()
    is_there = actor is None or actor.gone_at is None
    return is_open and is_there and roles.may(invitation.made_by, roles.ADMINISTER, actor)


def open_for(actor: Actor | None) -> list[RoleInvitation]:
    """Return the invitations of an actor, or of the node, that can be accepted, the newest first."""
    query = select(RoleInvitation).where(
        RoleInvitation.actor_id == actor.id if actor is not None else RoleInvitation.actor_id.is_(None)
    )
    return [one for one in session().scalars(query.order_by(RoleInvitation.id.desc())) if is_good(one)]


def waiting_for(member: Member) -> list[RoleInvitation]:
    """Return the invitations that a member has not answered."""
    query = select(RoleInvitation).where(RoleInvitation.member_id == member.id).order_by(RoleInvitation.id)
    return [one for one in session().scalars(query) if is_good(one)]


def accept(invitation: RoleInvitation, member: Member) -> None:
    """Give a member what they are invited to, never less than they had; a use of the invitation is gone.

    One to a member is over in any case: they may have got the role, or more, since.
    """
    if invitation.actor is not None:
        roles.hold(member, invitation.actor)
    if invitation.actor is not None and _RANK[roles.role_of(member, invitation.actor)] < _RANK[invitation.role]:
        roles.grant(member, invitation.actor, str(invitation.role))
        invitation.uses_left -= 1
    elif invitation.actor is None:
        invitation.uses_left -= 1
    if invitation.member_id is not None:
        revoke(invitation)
    session().flush()


def is_accepted(secret: str, member: Member) -> bool:
    """Tell whether a member has what a link offered, whatever became of the link: they may have pressed twice."""
    if len(secret) > LONGEST_SECRET:
        return False
    found = session().scalar(select(RoleInvitation).where(RoleInvitation.digest == _digest(secret)))
    if found is None or found.actor is None:
        return False
    return _RANK[roles.role_of(member, found.actor)] >= _RANK[found.role]


def revoke(invitation: RoleInvitation) -> None:
    """Let nobody accept an invitation any more, or take note that its member does not want it."""
    _forget(RoleInvitation.id == invitation.id)


def find(number: int) -> RoleInvitation | None:
    """Return an invitation by its number."""
    return session().get(RoleInvitation, number) if 0 < number < 2**63 else None


def _made_link(
    by: Member, actor: Actor | None, role: str | None, *, uses: int, days: int
) -> tuple[RoleInvitation, str]:
    if not 1 <= uses <= MOST_USES:
        raise InvitationRefused(_("A link is for 1 to 100 people."), "uses")
    secret = secrets.token_urlsafe(24)
    return _made(by, actor, role, days=days, digest=_digest(secret), uses=uses), secret


def _made(
    by: Member,
    actor: Actor | None,
    role: str | None,
    *,
    days: int,
    member_id: int | None = None,
    digest: str | None = None,
    uses: int = 1,
) -> RoleInvitation:
    if (actor is None) != (role is None) or (role is not None and role not in ROLES):
        raise ValueError(f"one is invited to the node, or to a role for an actor, not to {role!r}")
    if not 1 <= days <= MOST_DAYS:
        raise InvitationRefused(_("An invitation is good for 1 to 90 days."), "days")
    if len(open_for(actor)) >= MOST_INVITATIONS:
        raise InvitationRefused(_("There are 100 open invitations: revoke some first."))
    made = RoleInvitation(
        made_by=by,
        actor=actor,
        role=role,
        member_id=member_id,
        digest=digest,
        uses_left=uses,
        created_at=now(),
        expires_at=now() + timedelta(days=days),
    )
    session().add(made)
    session().flush()
    return made


def _forget(*conditions: object) -> None:
    session().execute(delete(RoleInvitation).where(*conditions))  # type: ignore[arg-type]


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget invitations that are over; `limit` is for other rows."""
    over = (RoleInvitation.expires_at < now()) | (RoleInvitation.uses_left < 1)
    session().execute(delete(RoleInvitation).where(over).execution_options(synchronize_session=False))


def _digest(secret: str) -> str:
    return hashlib.sha256(f"invitation:{secret}".encode("utf-8", "replace")).hexdigest()
