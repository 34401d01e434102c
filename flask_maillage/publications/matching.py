"""What a filter means to the database: conditions on what `listing.visible` lets everybody see, never beyond it."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, or_, select

from actors import iris
from actors.database import session
from actors.models import Actor
from flask_maillage.publications import listing
from flask_maillage.publications.filtering import Filter
from flask_maillage.publications.models import Publication, PublicationZone
from flask_maillage.publications.searching import index

ESCAPE = "\\"
PLACES = ("name", "locality", "region")
MOST_LOOKED_UP, MOST_COLLECTED = 1_000, 20_000
"""So many publications of a zone are looked up one by one; so many are collected before an index is gone through."""
Members = Callable[[str], ColumnElement[bool]]
_members: list[Members] = []


def narrowed(query: listing.Query, asked: Filter) -> listing.Query:
    """Keep of a query of publications what a filter means; the query is one of `listing`."""
    return query.where(*_conditions(asked))


def _conditions(asked: Filter) -> list[ColumnElement[bool]]:
    found = _somewhere(asked)
    if asked.kinds:
        found.append(Publication.kind.in_(asked.kinds))
    if asked.actor:
        found.append(_by(asked.actor))
    if asked.members:
        found.append(of_members(asked.members))
    if asked.tag:
        found.append(listing.tagged(asked.tag))
    if asked.topic:
        found.append(_about(asked.topic))
    if asked.text:
        found.append(index.holds(asked.text))
    if asked.host:
        found.append(
            _of(Actor.local.is_(True) if asked.host == iris.host() else and_(~Actor.local, Actor.host == asked.host))
        )
    if asked.open_now:
        found.append(listing.going_on())
    return found + _between(asked)


def _somewhere(asked: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.country:
        found.append(Publication.country == asked.country)
    if asked.zone:
        found.append(lying_in(asked.zone))
    if asked.place:
        found.append(or_(*(contains(Publication.place[part].as_string(), asked.place) for part in PLACES)))
    if asked.around:
        found.append(asked.around.holds())
    return found


def finds_members(function: Members) -> Members:
    """Register the function of a higher room that gives the condition for a group and its members, by its handle."""
    _members.append(function)
    return function


def of_members(page_handle: str) -> ColumnElement[bool]:
    """Tell whether a publication is one of a group of ours, or of those who belong to it."""
    handle, _, host = page_handle.partition("@")
    if host not in ("", iris.host()):
        return false()
    return or_(false(), *(_of(function(handle.lower())) for function in _members))


def lying_in(code: str) -> ColumnElement[bool]:
    """Tell whether a publication lies in a zone; with `zones.NOWHERE`, whether it lies in none that is known.

    Where many do, the other conditions and the order choose the rows, and this one is asked of each.
    """
    there = select(PublicationZone.publication_id).where(PublicationZone.code == code)
    some = select(func.count()).select_from(there.limit(MOST_COLLECTED + 1).subquery())
    number = session().scalar(some, bind_arguments={"mapper": Publication}) or 0
    if number > MOST_COLLECTED:
        return there.where(PublicationZone.publication_id == Publication.id).correlate(Publication).exists()
    return (listing.unhinted(Publication.id) if number > MOST_LOOKED_UP else Publication.id).in_(there)


def _by(page_handle: str) -> ColumnElement[bool]:
    handle, _, host = page_handle.partition("@")
    if host in ("", iris.host()):
        return _of(and_(Actor.local, Actor.handle == handle.lower()))
    return _of(and_(~Actor.local, func.lower(Actor.handle) == handle.lower(), Actor.host == host))


def _of(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether a publication is one of the actors for whom a condition holds."""
    return Publication.actor_id.in_(select(Actor.id).where(condition).correlate(None))


def _about(topic: str) -> ColumnElement[bool]:
    """Find a topic among those of the details: they lie in JSON, where a text is written as `json.dumps` does."""
    written = cast(Publication.details["topics"], Text)
    return written.contains(json.dumps(topic), autoescape=True)


def _between(asked: Filter) -> list[ColumnElement[bool]]:
    """What has no dates of its own counts on the day on which it was published."""
    found = []
    if asked.since:
        last = func.coalesce(Publication.ends_at, Publication.starts_at, Publication.published_at)
        found.append(last >= asked.since)
    if asked.until:
        found.append(func.coalesce(Publication.starts_at, Publication.published_at) <= asked.until)
    return found


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Tell whether a text holds another, capital letters or not."""
    pattern = "".join(ESCAPE + sign if sign in f"%_{ESCAPE}" else sign for sign in text)
    found: ColumnElement[bool] = column.ilike(f"%{pattern}%", escape=ESCAPE)
    return found
