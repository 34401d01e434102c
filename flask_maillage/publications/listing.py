"""Which publications people see, and in which order: every list, feed and calendar begins with `visible`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql import operators

from actors import policy
from actors.database import session
from actors.identifiers import IDENTIFIER
from actors.models import Actor, Tombstone
from actors.node import now
from flask_maillage.publications import audience, tags
from flask_maillage.publications.kinds.event_times import OPEN_ENDED
from flask_maillage.publications.models import DRAFT, PUBLIC, PUBLISHED, UNLISTED, Hashtag, Publication

PAGE_SIZE = 20
FEED_SIZE = 50
CALENDAR_SIZE = 500
CALENDAR_PAST = timedelta(days=365)
POSTPONED_FOR = timedelta(days=365)
"""For how long after its former day an event is awaited whose new one is not known yet."""
MAX_PAGE = 10_000
NEWEST = (Publication.published_at.desc(), Publication.id.desc())

Query = Select[Any]
"""A query of publications; SQLAlchemy 2.0 and 2.1 write its type differently."""


def visible(*, kind: str | None = None, actor: Actor | None = None, tag: str | None = None) -> Query:
    """Return the query of what everybody may see in a list, each with its actor.

    Args:
        kind: only this kind.
        actor: only this actor's; what is unlisted is seen on its actor's own page and nowhere else.
        tag: only what has this hashtag, however it is written.
    """
    seen = Publication.visibility == PUBLIC if actor is None else Publication.visibility.in_((PUBLIC, UNLISTED))
    query = (
        select(Publication)
        .join(Actor, Actor.id == (unhinted(Publication.actor_id) if actor is None else Publication.actor_id))
        .options(contains_eager(Publication.actor))
        .where(Publication.state == PUBLISHED, seen)
        .where(policy.listed() if actor is None else policy.welcome(), Actor.federated)
    )
    if actor is None:
        query = query.where(~Publication.looked_up)
    return query.where(*_within(kind, actor, tag))


def counted() -> Query:
    """Return the query of the ids of what everybody may see in a list, to count by.

    It holds what `visible` holds. Whose publications are left out is asked once, and not of each row.
    """
    hidden = select(Actor.id).where(~and_(policy.listed(), Actor.federated)).correlate(None)
    return select(Publication.id).where(
        Publication.state == PUBLISHED,
        Publication.visibility == PUBLIC,
        ~Publication.looked_up,
        Publication.actor_id.not_in(hidden),
    )


def unhinted(column: Any) -> ColumnElement[Any]:
    """Return a column by which no database looks for rows.

    SQLite would else go through all actors and sort all that each published: half a second among 100,000 publications,
    where the newest twenty are the first of an index.
    """
    return UnaryExpression(column, operator=operators.custom_op("+"))


def one(kind: str, identifier: str) -> Publication | None:
    """Return a publication by the last parts of its page's address, whatever its state: its page decides who sees it.

    What is no identifier of ours is not looked for: PostgreSQL takes no text with a NUL.
    """
    if not IDENTIFIER.fullmatch(identifier):
        return None
    query = select(Publication).where(Publication.identifier == identifier, Publication.kind == kind)
    return session().scalar(query.options(joinedload(Publication.actor)))


def only(publication: Publication) -> Query:
    """Return the query of one publication; whoever asks has found out that it may be seen."""
    return (
        select(Publication)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .where(Publication.id == publication.id)
    )


def among(ids: Sequence[int]) -> Query:
    """Return the query of publications whose ids somebody found with one of these queries."""
    return (
        select(Publication)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .where(Publication.id.in_(ids))
    )


def newest(query: Query) -> Query:
    """Put what was published last first."""
    return query.order_by(*NEWEST)


def is_unplaced() -> ColumnElement[bool]:
    """Return the condition that no map can show a publication."""
    return or_(Publication.latitude.is_(None), Publication.longitude.is_(None))


def open_calls(*, actor: Actor | None = None) -> Query:
    """Return the calls that one may answer now, in no order."""
    return visible(kind="call", actor=actor).where(_open(now()))


def calls(*, actor: Actor | None = None) -> Query:
    """Return all calls: open ones by their deadline, then those that will open, then the closed, the latest first."""
    moment = now()
    stage = case((_open(moment), 0), (_scheduled(moment), 1), else_=2)
    turn = case((_open(moment), Publication.ends_at), (_scheduled(moment), Publication.starts_at), else_=None)
    return visible(kind="call", actor=actor).order_by(
        stage, turn.asc().nulls_last(), Publication.ends_at.desc().nulls_last(), Publication.id.desc()
    )


def coming_events(*, actor: Actor | None = None) -> Query:
    """Return the events that are not over, the next one first; those without a date after the others."""
    return by_start(visible(kind="event", actor=actor).where(_not_over(now())))


def by_start(query: Query) -> Query:
    """Put what begins first on top, and last what has no date or lost it."""
    has_no_date = case((Publication.status == "postponed", 1), else_=0)
    return query.order_by(has_no_date, Publication.starts_at.asc().nulls_last(), Publication.id)


def past_events(*, actor: Actor | None = None) -> Query:
    """Return the events that are over, the last one first."""
    query = visible(kind="event", actor=actor).where(_over(now()))
    return query.order_by(Publication.starts_at.desc(), Publication.id.desc())


def calls_in_turn(*, actor: Actor | None = None) -> Sequence[Query]:
    """Return what `calls` returns as three queries, each in the order of an index: for who shows the first few."""
    moment, calls_of = now(), visible(kind="call", actor=actor)
    closed = or_(Publication.status != "open", and_(_begun(moment), Publication.ends_at < moment))
    return (
        calls_of.where(_open(moment)).order_by(Publication.ends_at.asc().nulls_last(), Publication.id.desc()),
        calls_of.where(_scheduled(moment)).order_by(
            Publication.starts_at, Publication.ends_at.desc().nulls_last(), Publication.id.desc()
        ),
        calls_of.where(closed).order_by(Publication.ends_at.desc().nulls_last(), Publication.id.desc()),
    )


def coming_in_turn(*, actor: Actor | None = None) -> Sequence[Query]:
    """Return what `coming_events` returns as two queries, each in the order of an index."""
    coming = visible(kind="event", actor=actor).where(_not_over(now()))
    dated = and_(Publication.status != "postponed", Publication.starts_at.is_not(None))
    return (
        coming.where(dated).order_by(Publication.starts_at, Publication.id),
        by_start(coming.where(or_(Publication.status == "postponed", Publication.starts_at.is_(None)))),
    )


def initiatives(*, actor: Actor | None = None) -> Query:
    """Return the initiatives, the newest first."""
    return newest(visible(kind="initiative", actor=actor))


def news(*, actor: Actor | None = None) -> Query:
    """Return the news, the newest first."""
    return newest(visible(kind="news", actor=actor))


def addressed_to(actor_ids: Collection[int], count: int) -> Sequence[Publication]:
    """Return what is for these actors and not for everyone, the newest first: the one list it stands in."""
    query = (
        select(Publication)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .where(Publication.state == PUBLISHED, policy.welcome(), audience.limited_to(actor_ids))
    )
    return first(newest(query), count)


def dated(query: Query) -> Query:
    """Keep what stands in a calendar: events and the deadlines of calls, back to a year ago."""
    ends = func.coalesce(Publication.ends_at, Publication.starts_at)
    has_date = or_(
        and_(Publication.kind == "event", Publication.starts_at.is_not(None)),
        and_(Publication.kind == "call", Publication.ends_at.is_not(None)),
    )
    return query.where(has_date, ends >= now() - CALENDAR_PAST).order_by(ends.desc(), Publication.id.desc())


def first(query: Query, count: int) -> Sequence[Publication]:
    """Return the first `count` of a query."""
    return _in_order(session().scalars(query.with_only_columns(Publication.id).limit(count)).all())


def first_of(queries: Iterable[Query], count: int) -> Sequence[Publication]:
    """Return the first `count` of several queries, one after another."""
    ids: list[int] = []
    for query in queries:
        if len(ids) < count:
            ids += session().scalars(query.with_only_columns(Publication.id).limit(count - len(ids)))
    return _in_order(ids)


def page(query: Query, number: int) -> tuple[Sequence[Publication], bool]:
    """Return the publications of a page, counted from 1, and whether there is another after it."""
    window = query.with_only_columns(Publication.id).offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)
    ids = session().scalars(window).all()
    return _in_order(ids[:PAGE_SIZE]), len(ids) > PAGE_SIZE


def _in_order(ids: Sequence[int]) -> Sequence[Publication]:
    """Return the publications with these ids: long rows are read once their order is known, and not sorted."""
    found = {row.id: row for row in session().scalars(among(ids))} if ids else {}
    return [found[number] for number in ids if number in found]


def changed_at(*, kind: str | None = None, actor: Actor | None = None, tag: str | None = None) -> datetime | None:
    """Return when a list last changed, also by a withdrawal or by what arrived late from a partner.

    What is not for everyone changes nothing that anybody sees of it.

    Readers that send only `If-Modified-Since` would otherwise never see that something is gone.
    """
    columns = (Publication.updated_at, Publication.received_at, Publication.withdrawn_at)
    conditions = (Publication.state != DRAFT, Publication.visibility.in_((PUBLIC, UNLISTED)))
    latest = [
        select(func.max(column)).where(*conditions, *_within(kind, actor, tag)).scalar_subquery() for column in columns
    ]
    row = session().execute(select(*latest), bind_arguments={"mapper": Publication}).one()
    limited = exists().where(Publication.iri == Tombstone.iri, Publication.visibility.not_in((PUBLIC, UNLISTED)))
    erased = session().scalar(select(func.max(Tombstone.deleted_at)).where(~limited))
    return max((moment for moment in (*row, erased) if moment is not None), default=None)


def tagged(tag: str) -> ColumnElement[bool]:
    """Return the condition that a publication has a tag, however either is written."""
    return Publication.id.in_(select(Hashtag.publication_id).where(Hashtag.tag == tags.folded(tag)))


def going_on() -> ColumnElement[bool]:
    """Return the condition that one may still answer a call or go to an event; what has no end goes on."""
    moment = now()
    return or_(
        and_(Publication.kind == "call", _open(moment)),
        and_(Publication.kind == "event", Publication.status != "cancelled", _not_over(moment)),
        Publication.kind.not_in(("call", "event")),
    )


def _within(kind: str | None, actor: Actor | None, tag: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if kind is not None:
        conditions.append(Publication.kind == kind)
    if actor is not None:
        conditions.append(Publication.actor_id == actor.id)
    if tag is not None:
        conditions.append(tagged(tag))
    return conditions


def _open(moment: datetime) -> ColumnElement[bool]:
    not_closed = func.coalesce(Publication.ends_at, moment) >= moment
    return and_(Publication.status == "open", _begun(moment), not_closed)


def _begun(moment: datetime) -> ColumnElement[bool]:
    begun: ColumnElement[bool] = func.coalesce(Publication.starts_at, moment) <= moment
    return begun


def _scheduled(moment: datetime) -> ColumnElement[bool]:
    return and_(Publication.status == "open", Publication.starts_at > moment)


def _not_over(moment: datetime) -> ColumnElement[bool]:
    """An event without an end lasts two hours, as `Event.state` has it; a postponed one is still to come.

    Said case by case: for alternatives, SQLite would look through several indexes and sort all that it finds.
    """
    return case((Publication.starts_at.is_(None), true()), (_awaited(moment), true()), else_=_ends_after(moment))


def _over(moment: datetime) -> ColumnElement[bool]:
    """The opposite of `_not_over`."""
    return case((Publication.starts_at.is_(None), false()), (_awaited(moment), false()), else_=~_ends_after(moment))


def _awaited(moment: datetime) -> ColumnElement[bool]:
    return and_(Publication.status == "postponed", Publication.starts_at > moment - POSTPONED_FOR)


def _ends_after(moment: datetime) -> ColumnElement[bool]:
    """Tell whether what has a beginning ends after a moment."""
    return case(
        (Publication.ends_at.is_(None), Publication.starts_at > moment - OPEN_ENDED),
        else_=Publication.ends_at > moment,
    )
