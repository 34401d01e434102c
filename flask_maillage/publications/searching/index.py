"""Which publications somebody's words find, and which of them first: by FTS5 on SQLite, by `tsvector` on PostgreSQL.

It knows nothing of who may see what: its conditions are put on a query of `listing`.
"""

from typing import Any

from flask import g, has_request_context
from sqlalchemy import ColumnElement, Select, column, false, func, select, table

from actors.database import session
from flask_maillage.publications import listing
from flask_maillage.publications.models import Publication
from flask_maillage.publications.searching.models import SearchedText
from flask_maillage.publications.searching.words import Term, terms

MOST_RANKED = 2000
"""Of more than that nobody needs the most telling one: what was published last comes first then, and fast."""
WEIGHTS = (10.0, 4.0, 1.0)
"""How much a word counts in title, actor and text."""
_index = table("maillage_search_index", column("rowid"), column("maillage_search_index"))
_vector: ColumnElement[Any] = column("vector", _selectable=SearchedText.__table__)


def holds(text: str) -> ColumnElement[bool]:
    """Return the condition that a publication has all words of a text; a text without a word finds nothing.

    Where it finds very many, the other conditions and the order choose the rows, and this one is asked of each.
    """
    wanted = terms(text)
    if not wanted:
        return false()
    if not _is_broad(wanted):
        return Publication.id.in_(_found(wanted))
    if _is_postgresql():
        return _found(wanted).where(SearchedText.publication_id == Publication.id).correlate(Publication).exists()
    return listing.unhinted(Publication.id).in_(_found(wanted))


def among(identifier: ColumnElement[int], text: str) -> ColumnElement[bool]:
    """Return the condition that a publication with this id has all words of a text, which has a word."""
    return identifier.in_(_found(terms(text)))


def is_broad(text: str) -> bool:
    """Tell whether a text finds very many."""
    return _is_broad(terms(text))


def most_telling(query: Select[Any], text: str) -> Select[Any]:
    """Put first what has the words of a text in its title, then in its actor's name; and the newest of equals."""
    wanted = terms(text)
    newest = (Publication.published_at.desc(), Publication.id.desc())
    if not wanted or _is_broad(wanted):
        return query.order_by(*newest)
    ranks = _ranked(wanted).subquery("ranked")
    return query.join(ranks, ranks.c.id == Publication.id).order_by(ranks.c.rank, *newest)


def _is_broad(wanted: list[Term]) -> bool:
    """Look through the index once for a request, which asks several times."""
    if not wanted:
        return False
    known: dict[tuple[Term, ...], bool] = g.setdefault("maillage_broad", {}) if has_request_context() else {}
    if tuple(wanted) not in known:
        some = _found(wanted).limit(MOST_RANKED + 1).subquery()
        counted = select(func.count()).select_from(some)
        number = session().scalar(counted, bind_arguments={"mapper": SearchedText}) or 0
        known[tuple(wanted)] = number > MOST_RANKED
    return known[tuple(wanted)]


def _found(wanted: list[Term]) -> Select[Any]:
    """Return the query of the ids of publications."""
    if _is_postgresql():
        matches = _vector.op("@@")(func.to_tsquery("simple", postgresql_query(wanted)))
        return select(SearchedText.publication_id).where(matches)
    return select(_index.c.rowid).where(_index.c.maillage_search_index.op("MATCH")(sqlite_query(wanted)))


def _ranked(wanted: list[Term]) -> Select[Any]:
    """Return the query of ids with their rank: the lower the better."""
    if _is_postgresql():
        rank: ColumnElement[Any] = -func.ts_rank(_vector, func.to_tsquery("simple", postgresql_query(wanted)))
        return _found(wanted).with_only_columns(SearchedText.publication_id.label("id"), rank.label("rank"))
    rank = func.bm25(column("maillage_search_index"), *WEIGHTS)
    return _found(wanted).with_only_columns(_index.c.rowid.label("id"), rank.label("rank"))


def _is_postgresql() -> bool:
    return session().get_bind(mapper=SearchedText).dialect.name == "postgresql"


def sqlite_query(wanted: list[Term]) -> str:
    """Return the query as FTS5 reads it; words hold letters and digits alone, and stand in quotes all the same."""
    return " AND ".join(_either([f'"{one}"' for one in term.exactly], f'"{term.beginning}"*', term) for term in wanted)


def postgresql_query(wanted: list[Term]) -> str:
    """Return the query as `to_tsquery` reads it."""
    return " & ".join(
        _either([f"'{one}'" for one in term.exactly], f"'{term.beginning}':*", term, "|") for term in wanted
    )


def _either(exactly: list[str], beginning: str, term: Term, word: str = "OR") -> str:
    return f"({f' {word} '.join([*([beginning] if term.beginning else []), *exactly])})"
