"""How a project ends: closed with what came of it, or merged into another, to which its followers and members go."""

from actors import moving, remote
from actors.database import session
from actors.documents import actor_document
from actors.models import ACTIVE, CLOSED, MERGED, PROJECT, Actor
from actors.node import now
from federation.activities import Document, ids_of
from federation.sanitising import clean_text
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.founding import inviting, projects
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.forms.base import _

OUTCOME_LIMIT = 5000
NO_PROJECT = _("It can be merged into an active project only.")
AGREE = _("The other project has to agree first: let it add this one's address as an alias of its own.")


def close(actor: Actor, outcome: str) -> None:
    """Close a project of ours: it publishes nothing more, and its page says what came of it.

    Raises:
        NotPossible: it is not active, or nothing is said.
    """
    row = projects.hold(actor)
    said = clean_text(outcome, limit=OUTCOME_LIMIT)
    if actor.phase != ACTIVE:
        raise NotPossible(_("Only an active project is closed; a proposal is given up."))
    if not said:
        raise NotPossible(_("Say what came of it: what was reached, what was not, and who goes on with what."))
    inviting.take_all_back(actor)
    actor.phase, row.closed_at, row.outcome = CLOSED, now(), said
    projects.tell(actor)


def merge(actor: Actor, successor: Document, *, outcome: str = "", administers_both: bool = False) -> int:
    """Merge a project of ours into another, and return how many members are invited there.

    Followers go along (`Move`); whoever belonged to it is invited, where the other one is of this node: membership is
    nobody's to pass on.

    Args:
        actor: one of ours.
        successor: the document of the other, as its server gives it now; of one of ours, its own.
        outcome: what came of it, in words.
        administers_both: whether who does this administers the other as well, so that it need not have agreed before.

    Raises:
        NotPossible: it is not active, the other is no active project, or has not agreed by naming it as an alias.
    """
    row = projects.hold(actor)
    if actor.phase != ACTIVE:
        raise NotPossible(_("Only an active project is merged into another."))
    here = remote.find(successor["id"])
    if here is not None and here.local and administers_both:
        _agree(here, actor)
        successor = actor_document(here)
    kind = str(successor.get("kind", "")).rpartition(":")[2].lower()
    if kind != PROJECT or successor.get("phase", ACTIVE) != ACTIVE:
        raise NotPossible(NO_PROJECT)
    if actor.iri not in ids_of(successor.get("alsoKnownAs")):
        raise NotPossible(AGREE)
    inviting.take_all_back(actor)
    actor.phase, row.closed_at = MERGED, now()
    row.outcome, row.successor_iri = clean_text(outcome, limit=OUTCOME_LIMIT), successor["id"]
    session().flush()
    try:
        moving.move(actor, successor)
    except moving.MoveRefused as refusal:
        raise NotPossible(str(refusal)) from None
    return _invite_members(actor, remote.find(successor["id"]))


def predecessors(actor: Actor) -> list[Actor]:
    """Return the projects of ours that were merged into one."""
    known = (remote.find(iri) for iri in actor.also_known_as)
    return [one for one in known if one is not None and one.phase == MERGED and one.moved_to == actor.iri]


def _agree(successor: Actor, actor: Actor) -> None:
    try:
        moving.add_alias(successor, actor.iri)
    except moving.MoveRefused as refusal:
        raise NotPossible(str(refusal)) from None


def _invite_members(actor: Actor, successor: Actor | None) -> int:
    if successor is None or not successor.local:
        return 0
    invited = 0
    for membership in memberships.of_group(actor):
        if membership.state == "member" and _may_come(membership, successor):
            memberships.invite(successor, membership.member, f"{actor.name} → {successor.name}")
            invited += 1
    return invited


def _may_come(membership: Membership, successor: Actor) -> bool:
    member = membership.member
    known = memberships.find(successor, member)
    is_there = known is not None and known.state in ("member", "invited")
    return member.gone_at is None and member.id != successor.id and not is_there
