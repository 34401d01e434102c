"""Statements and signatures as they are looked up: versions of one id, those of a coalition, who is asked what."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from actors import policy
from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.coalitions import claims
from flask_maillage.coalitions.models import Membership
from flask_maillage.coalitions.statements.models import (
    DRAFT,
    INVITED,
    OPEN,
    PUBLISHED,
    Statement,
    StatementSignature,
)

MOST = 500


def versions(iri: str) -> list[Statement]:
    """Return all versions of the statement with this id, the newest first."""
    query = select(Statement).where(Statement.iri == iri).order_by(Statement.version.desc())
    return list(session().scalars(query))


def numbered(actor: Actor, number: int) -> list[Statement]:
    """Return all versions of a statement of a coalition of ours, the newest first."""
    query = select(Statement).where(Statement.actor_id == actor.id, Statement.number == number)
    return list(session().scalars(query.order_by(Statement.version.desc())))


def hold(statement: Statement) -> Statement:
    """Read a version again, and let nobody else change it until the transaction ends."""
    query = select(Statement).where(Statement.id == statement.id).with_for_update(of=Statement)
    return session().scalars(query.execution_options(populate_existing=True)).one()


def of_coalition(actor: Actor, *, inside: bool) -> list[Statement]:
    """Return the statements of a coalition, the newest first, each in the version that its reader sees.

    Args:
        actor: the coalition.
        inside: whether the reader writes for it, and sees what is not published; others see what was.
    """
    later = aliased(Statement)
    shown = Statement.published_at.is_not(None)
    newer = and_(later.iri == Statement.iri, later.version > Statement.version)
    if not inside:
        newer = and_(newer, later.published_at.is_not(None))
    query = select(Statement).where(Statement.actor_id == actor.id, ~exists().where(newer))
    query = query if inside else query.where(shown)
    return list(session().scalars(query.order_by(Statement.number.desc()).limit(MOST)))


def count(actor: Actor) -> int:
    """Return how many statements of a coalition everybody may read."""
    query = select(func.count(Statement.iri.distinct())).where(
        Statement.actor_id == actor.id, Statement.published_at.is_not(None)
    )
    return session().scalar(query) or 0


def readable(found: Sequence[Statement]) -> Statement | None:
    """Return of versions, the newest first, the one that everybody reads."""
    return next((one for one in found if one.published_at is not None), None)


def may_be_signed(statement: Statement) -> bool:
    """Tell whether a version is open to signatures today: the newest of those that were opened, and in time."""
    newer = select(Statement.id).where(
        Statement.iri == statement.iri,
        Statement.version > statement.version,
        Statement.phase.in_((OPEN, PUBLISHED)),
    )
    in_time = statement.until is None or now().date() <= statement.until
    return statement.phase in (OPEN, PUBLISHED) and in_time and session().scalar(newer.limit(1)) is None


def signatures(statement: Statement) -> list[StatementSignature]:
    """Return whoever was asked to sign a version, by when they signed, then by name."""
    query = (
        select(StatementSignature)
        .options(joinedload(StatementSignature.member))
        .where(StatementSignature.statement_id == statement.id)
    )
    found = session().scalars(query).all()
    return sorted(found, key=lambda one: (one.signed_at is None, one.signed_at or one.asked_at, one.id))


def of_member(statement: Statement, member: Actor) -> StatementSignature | None:
    """Return what a member was asked and answered, held until the transaction ends."""
    query = select(StatementSignature).where(
        StatementSignature.statement_id == statement.id, StatementSignature.member_id == member.id
    )
    query = query.with_for_update(of=StatementSignature)
    return session().scalar(query.execution_options(populate_existing=True))


def asked_of(actors: Iterable[Actor]) -> list[StatementSignature]:
    """Return what these actors were asked to sign, the newest first; nothing of whom we do not deal with."""
    welcome = select(Actor.id).where(policy.welcome())
    query = (
        select(StatementSignature)
        .join(StatementSignature.statement)
        .options(joinedload(StatementSignature.statement).joinedload(Statement.actor))
        .options(joinedload(StatementSignature.member))
        .where(StatementSignature.member_id.in_([actor.id for actor in actors]), Statement.actor_id.in_(welcome))
        .where(Statement.phase != DRAFT)
        .order_by(StatementSignature.id.desc())
    )
    return list(session().scalars(query.limit(MOST)))


def waiting_of(actors: Iterable[Actor]) -> list[StatementSignature]:
    """Return what these actors have not answered and still can."""
    return [one for one in asked_of(actors) if one.state == INVITED and may_be_signed(one.statement)]


def confirmed_members(coalition: Actor) -> list[Membership]:
    """Return the memberships of a coalition that both sides claim and that do not rest, the oldest first."""
    query = (
        select(Membership)
        .options(joinedload(Membership.member))
        .join(Actor, Actor.id == Membership.member_id)
        .where(Membership.group_id == coalition.id, Membership.state == "member", Membership.suspended_at.is_(None))
        .where(policy.welcome())
        .order_by(Membership.began_at, Membership.id)
    )
    return [row for row in session().scalars(query) if claims.is_confirmed(row)]


def membership(coalition: Actor, member: Actor) -> Membership | None:
    """Return what is between a coalition and somebody, whatever its state."""
    query = select(Membership).where(Membership.group_id == coalition.id, Membership.member_id == member.id)
    return session().scalar(query)
