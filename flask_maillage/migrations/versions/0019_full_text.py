"""The words that publications are found by, and an index of them that each database keeps in step by itself"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from federation.sanitising import text_of_html
from flask_maillage.publications.searching import words

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ALL = 1_000_000
NAMES = frozenset(
    {"name", "organisation", "description", "room", "title", "role", "street", "postal_code", "locality", "region"}
)
FIELDS = {"title": "A", "publisher": "B", "text": "D"}
VECTOR = " || ".join(f"setweight(to_tsvector('simple', {name}), '{weight}')" for name, weight in FIELDS.items())
NEW, OLD = (f"{row}.publication_id, {row}.title, {row}.publisher, {row}.text" for row in ("new", "old"))
INTO = "INSERT INTO maillage_search_index"
REMOVE = f"{INTO}(maillage_search_index, rowid, title, publisher, text) VALUES ('delete', {OLD});"
ADD = f"{INTO}(rowid, title, publisher, text) VALUES ({NEW});"


def upgrade() -> None:
    kept = op.create_table(
        "maillage_searched_texts",
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["maillage_publications.id"],
            name=op.f("fk_maillage_searched_texts_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_maillage_searched_texts")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE maillage_searched_texts ADD vector tsvector GENERATED ALWAYS AS ({VECTOR}) STORED")
        op.execute("CREATE INDEX ix_maillage_searched_texts_vector ON maillage_searched_texts USING gin (vector)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE maillage_search_index USING fts5(title, publisher, text, "
            "content='maillage_searched_texts', content_rowid='publication_id', prefix='2 3', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        table = "ON maillage_searched_texts BEGIN"
        op.execute(f"CREATE TRIGGER maillage_search_added AFTER INSERT {table} {ADD} END")
        op.execute(f"CREATE TRIGGER maillage_search_removed AFTER DELETE {table} {REMOVE} END")
        op.execute(f"CREATE TRIGGER maillage_search_changed AFTER UPDATE {table} {REMOVE} {ADD} END")
    _fill(kept)


def _fill(kept: sa.Table) -> None:
    """Write the words of what was published before."""
    connection, last = op.get_bind(), 0
    query = sa.text(
        "SELECT p.id, p.name, p.summary, p.html, p.translations, p.place, p.organisers, p.details, a.name AS publisher "
        "FROM maillage_publications AS p JOIN maillage_actors AS a ON a.id = p.actor_id "
        "WHERE p.id > :last AND p.state <> 'withdrawn' ORDER BY p.id LIMIT 500"
    )
    labels = sa.text(
        "SELECT publication_id, label FROM maillage_publication_tags WHERE publication_id > :last AND "
        "publication_id <= :until"
    )
    while rows := connection.execute(query, {"last": last}).mappings().all():
        tags: dict[int, list[str]] = {}
        for publication_id, label in connection.execute(labels, {"last": last, "until": rows[-1]["id"]}):
            tags.setdefault(publication_id, []).append(label.replace("_", " "))
        connection.execute(sa.insert(kept), [_words_of(row, tags.get(row["id"], [])) for row in rows])
        last = rows[-1]["id"]


def _words_of(row: Any, tags: list[str]) -> dict[str, Any]:
    translations = _json(row["translations"]) or []
    html = [row["html"], row["summary"], *(one.get("html") for one in translations)]
    texts = [text_of_html(one, limit=ALL) for one in html if one]
    names = [*_names(_json(row["place"])), *_names(_json(row["organisers"])), *_names(_json(row["details"]))]
    return {
        "publication_id": row["id"],
        "title": words.field([row["name"], *(one.get("name") or "" for one in translations)]),
        "publisher": words.field([row["publisher"]]),
        "text": words.field([*texts, *names, *tags]),
    }


def _json(value: Any) -> Any:
    """A column of JSON as the two drivers give it to plain SQL: a text, or read already."""
    return json.loads(value) if isinstance(value, str) else value


def _names(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _names(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner, key)
    elif isinstance(value, str) and key in NAMES:
        yield value


def downgrade() -> None:
    raise NotImplementedError("There is no way back from the newer tables: restore a backup.")
