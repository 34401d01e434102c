"""Statements of coalitions elsewhere that ask members of ours to sign: kept as they were sent, and never changed."""

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from actors.database import session
from actors.identifiers import new_identifier
from actors.models import COALITION, Actor
from actors.node import now
from federation.activities import Document, id_of, is_web_iri, same_origin, text_of, type_of
from federation.sanitising import clean_text, clean_url
from flask_maillage.coalitions import claims, memberships, moments
from flask_maillage.coalitions.statements import listing, notices
from flask_maillage.coalitions.statements.models import (
    INVITED,
    OPEN,
    PUBLISHED,
    WITHDRAWN,
    Statement,
    StatementSignature,
)
from flask_maillage.coalitions.statements.texts import MOST_VERSIONS, TEXT_LIMIT, TITLE_LIMIT, digest_of
from flask_maillage.publications.content import LANGUAGE
from inboxes.registry import Context, Ignored

PHASES = (OPEN, PUBLISHED, WITHDRAWN)
MOST_OPEN = 200
"""How many statements of one coalition may wait for the answer of one of ours."""


def is_statement(thing: Any, sender: Actor) -> bool:
    """Tell whether something is a common statement of the sender."""
    return (
        isinstance(thing, dict)
        and type_of(thing) == "Article"
        and isinstance(thing.get("statement"), dict)
        and id_of(thing.get("attributedTo")) == sender.iri
    )


def take(context: Context, asked: list[Actor]) -> Statement:
    """Keep what a coalition elsewhere says of a statement, and ask those of ours whom it asks.

    Raises:
        Ignored: it is no statement of a group, its text is not what the digest says, or it is another one than under
            the same version before, or something newer is known.
    """
    sender, thing = context.sender, context.activity.object
    if not isinstance(thing, dict) or not (sender.kind == COALITION or memberships.is_group(sender)):
        raise Ignored("is no statement of a group")
    read = _read(thing, sender)
    at = moments.published(thing) or moments.said_at(context)
    query = select(Statement).where(Statement.iri == read["iri"], Statement.version == read["version"])
    known = session().scalar(query.with_for_update(of=Statement))
    if known is not None and known.digest != read["digest"]:
        raise Ignored("says another text under a version that was sent before")
    phase = thing["statement"].get("phase")
    if phase not in PHASES or (known is None and phase == WITHDRAWN):
        raise Ignored("is withdrawn, or says not how it stands")
    if known is None:
        known = Statement(actor=sender, number=None, phase=OPEN, said_at=at, opened_at=at, **read)
        session().add(known)
    elif at < known.said_at:
        raise Ignored("something newer was said of it")
    _set_phase(known, phase, at, thing)
    known.document = thing if claims.is_proven(thing, sender) else {key: thing[key] for key in thing if key != "proof"}
    session().flush()
    for member in asked:
        _ask(known, member)
    return known


def _read(thing: Document, sender: Actor) -> dict[str, Any]:
    """Return what is kept of an Article; the text is its Markdown, whose digest is computed here."""
    standing, source = thing["statement"], thing.get("source")
    iri, version = id_of(thing), standing.get("version")
    if iri is None or not same_origin(iri, sender.iri):
        raise Ignored("has an id on another server")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= MOST_VERSIONS:
        raise Ignored("says no version")
    text = source.get("content") if isinstance(source, dict) else None
    title, language = thing.get("name"), text_of(thing.get("inLanguage"), 40)
    if not isinstance(text, str) or not 0 < len(text) <= TEXT_LIMIT or not isinstance(title, str):
        raise Ignored("says no text that could be signed, or one that is too long")
    if not re.fullmatch(LANGUAGE, language):
        raise Ignored("says no language")
    if not title or title != clean_text(title, limit=TITLE_LIMIT) or "\x00" in text:
        raise Ignored("has a title or a text that we could not show as it is")
    digest = digest_of(iri, version, title, language, text)
    if standing.get("digestMultibase") != digest:
        raise Ignored("names a digest that is not that of its text")
    url = clean_url(thing.get("url")) if isinstance(thing.get("url"), str) else None
    return {
        "iri": iri,
        "version": version,
        "title": title,
        "text": text,
        "language": language,
        "digest": digest,
        "until": _day(standing.get("until")),
        "url": url if url is not None and is_web_iri(url) and same_origin(url, sender.iri) else iri,
    }


def _set_phase(statement: Statement, phase: str, at: datetime, thing: Document) -> None:
    statement.said_at, statement.until = at, _day(thing["statement"].get("until"))
    if phase == PUBLISHED and statement.published_at is None:
        statement.published_at = at
    if phase == WITHDRAWN and statement.withdrawn_at is None:
        statement.withdrawn_at = at
    news = phase == PUBLISHED and statement.phase != PUBLISHED
    statement.phase = phase
    session().flush()
    if news:
        notices.published(statement)


def _ask(statement: Statement, member: Actor) -> None:
    if listing.of_member(statement, member) is not None:
        return
    waiting = (
        select(func.count())
        .select_from(StatementSignature)
        .join(StatementSignature.statement)
        .where(StatementSignature.member_id == member.id, StatementSignature.state == INVITED)
        .where(Statement.actor_id == statement.actor_id)
    )
    if (session().scalar(waiting) or 0) >= MOST_OPEN:
        raise Ignored("too many of its statements wait for an answer")
    row = StatementSignature(identifier=new_identifier(now()), statement=statement, member=member, asked_at=now())
    session().add(row)
    session().flush()
    notices.asked(row)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
