"""A coalition that several found together: one organisation proposes it, and it begins when a second one agrees."""

from sqlalchemy import func, select

from actors import documents, iris, local, moving
from actors.database import session
from actors.models import ACTIVE, CLOSED, COALITION, PROPOSED, Actor
from federation.activities import Document
from federation.sanitising import clean_text
from flask_maillage.coalitions import claims, history, memberships
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.models import Membership
from flask_maillage.coalitions.together.members import confirmed
from flask_maillage.people import account_links, roles
from flask_maillage.people.models import ADMIN, Member, Role
from flask_maillage.publications import leaving
from flask_maillage.publications.forms.base import _

NEEDED = 2
"""How many distinct organisations found a coalition."""
MOST_PROPOSED = 3
NAME_LIMIT, SUMMARY_LIMIT = 200, 2000


def may_propose_for(member: Member) -> list[Actor]:
    """Return the organisations in whose name a member may propose a coalition: those they administer."""
    found = roles.actors_to_publish_for(member)
    return [one for one in found if claims.is_collective(one) and roles.role_of(member, one) == ADMIN]


def propose(member: Member, by: Actor, *, handle: str, name: str, summary: str = "") -> Actor:
    """Propose a coalition in the name of an organisation, its first founder; the member administers it.

    Args:
        member: who proposes it.
        by: an organisation that they administer.
        handle: its handle, for good.
        name: what people read.
        summary: HTML.

    Raises:
        NotPossible: something of it will not do, or there are too many proposals of theirs.
    """
    handle, name = handle.strip().lower().lstrip("@"), clean_text(name, limit=NAME_LIMIT)
    if by.id not in {one.id for one in may_propose_for(member)}:
        raise NotPossible(_("Only who administers an organisation proposes a coalition for it."))
    if not name or not iris.HANDLE.fullmatch(handle):
        raise NotPossible(_("A handle has 1 to 30 characters: small letters a to z, digits and _."))
    account_links.hold_member(member.id)
    if _count_proposed(member) >= MOST_PROPOSED:
        raise NotPossible(_("Three coalitions that you proposed wait for others: finish one, or give one up."))
    try:
        actor = local.create(handle, COALITION, name, summary=summary)
    except local.HandleRefused:
        raise NotPossible(_("This handle is taken: choose another one.")) from None
    actor.phase = PROPOSED
    session().flush()
    roles.grant(member, actor, ADMIN)
    own = invite(actor, by)
    memberships.answer_invite(own, accept=True)
    return actor


def invite(coalition: Actor, member: Actor, message: str = "") -> Membership:
    """Invite somebody to a coalition of ours; whoever is invited before it begins is one of its founders.

    Raises:
        NotPossible: it is over, or whoever is asked can belong to nothing.
    """
    if coalition.phase not in (PROPOSED, ACTIVE):
        raise NotPossible(_("It is over: nobody is invited any more."))
    if coalition.phase == PROPOSED and not claims.is_collective(member):
        raise NotPossible(_("Organisations found a coalition; persons join it once it has begun."))
    found = memberships.invite(coalition, member, message)
    if coalition.phase == PROPOSED and found.state == "invited":
        found.role = "founder"
        session().flush()
    return found


def founders(coalition: Actor) -> int:
    """Return how many distinct organisations belong to a coalition by the word of both sides."""
    query = select(func.count()).select_from(Membership).join(Membership.member)
    query = query.where(Membership.group_id == coalition.id, confirmed(), history.is_collective())
    return session().scalar(query) or 0


@history.on_happening
def begin(group: Actor, member: Actor, what: str) -> None:
    """Let a coalition begin by the second organisation that says yes."""
    if what != "confirmed" or not group.local or group.kind != COALITION or group.phase != PROPOSED:
        return
    others = select(func.count()).select_from(Membership).join(Membership.member)
    others = others.where(Membership.group_id == group.id, Membership.member_id != member.id)
    number = session().scalar(others.where(confirmed(), history.is_collective())) or 0
    if claims.is_collective(member) and number + 1 >= NEEDED:
        group.phase = ACTIVE
        moving.tell_followers(group)


def give_up(coalition: Actor) -> None:
    """Give a proposal up: its actor goes for good, and invitations are taken back.

    Raises:
        NotPossible: it has begun.
    """
    if coalition.phase != PROPOSED:
        raise NotPossible(_("It has begun: close it instead."))
    for row in memberships.of_group(coalition):
        if row.state == "invited":
            memberships.answer(row, "remove")
    leaving.delete_actor(coalition)


def close(coalition: Actor) -> None:
    """Close a coalition of ours: it publishes and invites no more; who belonged to it, and its past, stay readable.

    Raises:
        NotPossible: it has not begun, or is closed.
    """
    if coalition.phase != ACTIVE:
        raise NotPossible(_("Only a coalition that has begun is closed."))
    for row in memberships.of_group(coalition):
        if row.state == "invited":
            memberships.answer(row, "remove")
        elif row.state == "requested":
            memberships.answer(row, "reject")
    coalition.phase = CLOSED
    moving.tell_followers(coalition)


@documents.describes
def described(actor: Actor) -> Document:
    """Let the document of a coalition of ours say whether it has begun, or is closed."""
    return {"phase": actor.phase} if actor.kind == COALITION else {}


def _count_proposed(member: Member) -> int:
    query = select(func.count()).select_from(Role).join(Actor, Actor.id == Role.actor_id)
    query = query.where(Role.member_id == member.id, Role.role == ADMIN, Actor.kind == COALITION)
    return session().scalar(query.where(Actor.phase == PROPOSED, Actor.gone_at.is_(None))) or 0
