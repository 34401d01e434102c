"""Proposing a project: a member, or an organisation they publish for, and nothing is public before three consent."""

from collections.abc import Sequence

from sqlalchemy import func, select

from actors import iris, local
from actors.database import session
from actors.models import PROJECT, PROPOSED, Actor
from actors.node import node, now
from federation.sanitising import clean_text
from flask_maillage.coalitions.founding import belonging, consenting, inviting, projects
from flask_maillage.coalitions.founding.models import PROGRESS, Project
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.people import account_links, roles
from flask_maillage.people.models import ADMIN, Member, Role
from flask_maillage.publications import leaving
from flask_maillage.publications.forms.base import _
from flask_maillage.territory import profiles

ADMINS = "admins"
NAME_LIMIT, SUMMARY_LIMIT = 200, 2000
MOST_PROPOSED = 3
"""How many proposals of one member wait for founders at once."""


class ProposalRefused(NotPossible):
    """It cannot be proposed so; `field` says what of it, the text what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


def may_propose(member: Member) -> bool:
    """Tell whether a member may propose a project: everybody, but where those who run the node found all themselves."""
    return node().state["founding"] != ADMINS or roles.may(member, roles.ADMINISTER, None)


def propose(
    member: Member,
    by: Actor,
    *,
    handle: str,
    name: str,
    summary: str = "",
    network: Actor | None = None,
    zone: str | None = None,
    progress: str = PROGRESS[0],
    consents: bool = False,
    listed: bool = False,
) -> Actor:
    """Propose a project, which the member administers, and return its actor.

    Args:
        member: who proposes it, and is asked first to consent.
        by: in whose name: the member's own actor, or an organisation they publish for.
        handle: its handle, for good.
        name: what people read.
        summary: HTML.
        network: the coalition that it belongs to.
        zone: the code of the zone it is based in.
        progress: how far it is.
        consents: whether the member consents at once, as one of its founders.
        listed: whether everybody may read that they did.

    Raises:
        ProposalRefused: something of it will not do, or there are too many proposals of theirs.
    """
    handle, name = handle.strip().lower().lstrip("@"), clean_text(name, limit=NAME_LIMIT)
    _check(handle, name, progress)
    account_links.hold_member(member.id)
    if _count_proposed(member) >= MOST_PROPOSED:
        raise ProposalRefused(_("Three proposals of yours wait for their founders: finish one, or give one up."))
    stands_for = by if by.id != member.actor_id else None
    try:
        belonging.check(network, member.actor, stands_for)
    except NotPossible as refusal:
        raise ProposalRefused(str(refusal), "network") from None
    try:
        actor = local.create(handle, PROJECT, name, summary=summary)
    except local.HandleRefused:
        raise ProposalRefused(_("This handle is taken: choose another one."), "handle") from None
    actor.phase = PROPOSED
    session().add(
        Project(
            actor_id=actor.id,
            network_id=network.id if network else None,
            proposed_by_id=by.id,
            proposed_at=now(),
            progress=progress,
        )
    )
    session().flush()
    roles.grant(member, actor, ADMIN)
    if zone:
        profiles.base(actor, zone)
    asked = inviting.invite(actor, member.actor, stands_for=stands_for, quietly=True)
    if consents:
        consenting.consent(asked, listed=listed)
    return actor


def give_up(actor: Actor) -> None:
    """Give a proposal up: its actor goes for good, with what it asked people.

    Raises:
        NotPossible: it is a proposal no more.
    """
    projects.hold(actor)
    if actor.phase != PROPOSED:
        raise NotPossible(_("It is founded: close it instead."))
    inviting.take_all_back(actor)
    leaving.delete_actor(actor)


def proposals(actors: Sequence[Actor]) -> list[Project]:
    """Return which of these actors are proposed and what is known of them."""
    numbers = [actor.id for actor in actors if actor.phase == PROPOSED]
    return list(session().scalars(select(Project).where(Project.actor_id.in_(numbers)).order_by(Project.actor_id)))


def _count_proposed(member: Member) -> int:
    query = select(func.count()).select_from(Role).join(Actor, Actor.id == Role.actor_id)
    query = query.where(Role.member_id == member.id, Role.role == ADMIN)
    return session().scalar(query.where(Actor.phase == PROPOSED, Actor.gone_at.is_(None))) or 0


def _check(handle: str, name: str, progress: str) -> None:
    if not name:
        raise ProposalRefused(_("Write the name by which people will know the project."), "name")
    if not iris.HANDLE.fullmatch(handle):
        raise ProposalRefused(_("A handle has 1 to 30 characters: small letters a to z, digits and _."), "handle")
    try:
        local.check_handle(handle, PROJECT)
    except local.HandleRefused:
        raise ProposalRefused(_("This handle is taken: choose another one."), "handle") from None
    if progress not in PROGRESS:
        raise ProposalRefused(_("A project is an idea, a concept, started, in development, in testing or mature."))
