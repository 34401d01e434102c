"""The scripts lead from the first tables to today's without losing a row, and to exactly what the models say."""

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, text
from sqlalchemy.schema import CreateIndex

from actors import engine
from actors.database import Base
from flask_maillage import migrating
from flask_maillage.publications.squares import square_of
from tests import postgresql

MOMENT = "2026-11-21 12:00:00+00:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        made = engine.create(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield made
        made.dispose()
        return
    server, name = request.getfixturevalue("postgresql_server"), f"empty_{uuid.uuid4().hex[:12]}"
    postgresql.administer(server, f'CREATE DATABASE "{name}"')
    made = engine.create(postgresql.database(server, name))
    yield made
    made.dispose()
    postgresql.administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def bring_to(found: Engine, revision: str) -> None:
    config = migrating._config()
    with found.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def is_modelled(name: str | None, what: str, parents: object) -> bool:
    """Leave out the index of the full text, which each database has of its own kind."""
    own = ("maillage_search_index", "ix_maillage_searched_texts_vector", "vector")
    return not (name or "").startswith(own) if what in ("table", "index", "column") else True


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_scripts_make_what_the_models_say(empty: Engine) -> None:
    migrating.upgrade(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": migrating.VERSION_TABLE, "compare_type": True, "include_name": is_modelled},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_scripts_make_the_indexes_of_expressions_that_nobody_reads_back_from_sqlite(tmp_path: Path) -> None:
    made = engine.create(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    migrating.upgrade(made)
    with made.connect() as connection:
        written = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index'")).all())
    made.dispose()
    of_expressions = [
        index
        for table in Base.metadata.tables.values()
        for index in table.indexes
        if any(not isinstance(one, Column) for one in index.expressions)
    ]

    assert of_expressions
    for index in of_expressions:
        assert written[index.name] == str(CreateIndex(index).compile(made))


def test_rows_of_the_first_tables_survive(empty: Engine) -> None:
    bring_to(empty, "0001")
    with empty.begin() as connection:
        for statement in (
            "INSERT INTO maillage_actors (id, iri, local, type, handle, host, name, summary, url, inbox, "
            "approves_followers, updated_at) VALUES (1, 'https://a.example/1', true, 'Group', 'union', 'a.example', "
            f"'Union', '', 'https://a.example/@union', 'https://a.example/1/inbox', false, '{MOMENT}')",
            "INSERT INTO maillage_actor_keys (id, actor_id, iri, public_pem, created_at) "
            f"VALUES (1, 1, 'https://a.example/1#main-key', 'pem', '{MOMENT}')",
            "INSERT INTO maillage_publications (id, iri, identifier, local, kind, actor_id, state, visibility, name, "
            "summary, html, source, organisers, status, details, url, created_at, published_at, updated_at) VALUES "
            "(1, 'https://a.example/c/1', 'one', true, 'call', 1, 'published', 'limited', 'A call', '', '', '', '[]', "
            f"'open', '{{}}', 'https://a.example/c/1', '{MOMENT}', '{MOMENT}', '{MOMENT}')",
            "INSERT INTO maillage_shares (id, publication_id, actor_id, iri, created_at) "
            f"VALUES (1, 1, 1, 'https://a.example/s/1', '{MOMENT}')",
            "INSERT INTO maillage_tombstones (iri, actor_iri, former_type, deleted_at) "
            f"VALUES ('https://b.example/1', 'https://b.example/', 'Event', '{MOMENT}')",
            "INSERT INTO maillage_actors (id, iri, local, type, handle, host, name, summary, url, inbox, "
            "approves_followers, updated_at) VALUES (2, 'https://b.bad.example:8443/2', false, 'Person', 'bob', "
            "'b.bad.example:8443', 'Bob', '', 'https://b.bad.example/@bob', 'https://b.bad.example/2/inbox', false, "
            f"'{MOMENT}')",
            "INSERT INTO maillage_blocked_hosts (name, reason, created_at) "
            f"VALUES ('bad.example:8443', 'spam', '{MOMENT}')",
        ):
            connection.execute(text(statement))

    migrating.upgrade(empty)

    with empty.connect() as connection:

        def read(query: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.execute(text(query))]

        assert read("SELECT name, visibility FROM maillage_publications") == [("A call", "direct")]
        assert read("SELECT publication_id FROM maillage_shares") == [(1,)]
        assert read("SELECT purpose FROM maillage_actor_keys") == [("signing",)]
        assert read("SELECT name, level, reason FROM maillage_host_policies") == [("bad.example", "block", "spam")]
        assert read("SELECT handle, policy_level FROM maillage_actors ORDER BY id") == [
            ("union", "none"),
            ("bob", "block"),
        ]
        digest = hashlib.sha256(b"https://b.example/1\nhttps://b.example/").hexdigest()
        assert read("SELECT digest, former_type FROM maillage_tombstones") == [(digest, "Event")]


def test_what_was_there_is_laid_out_on_the_map_and_nodes_that_follow_become_partners(empty: Engine) -> None:
    bring_to(empty, "0032")
    columns = (
        "id, iri, identifier, local, kind, actor_id, state, visibility, name, summary, html, source, translations, "
        "latitude, longitude, organisers, status, attachments, details, url, created_at, published_at, updated_at, "
        "looked_up"
    )
    with empty.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO maillage_actors (id, iri, local, type, handle, host, name, summary, url, inbox, "
                "approves_followers, updated_at, federated, also_known_as, policy_level, policy_allows) VALUES "
                "(1, 'https://a.example/1', true, 'Group', 'union', 'a.example', 'Union', '', 'https://a.example/@u', "
                f"'https://a.example/1/inbox', false, '{MOMENT}', true, '[]', 'none', false)"
            )
        )
        for number, point in ((1, "45.19, 5.72"), (2, "NULL, NULL")):
            connection.execute(
                text(
                    f"INSERT INTO maillage_publications ({columns}) VALUES ({number}, 'https://a.example/{number}', "
                    f"'{number}', true, 'news', 1, 'published', 'public', 'N', '', '', '', '[]', {point}, '[]', "
                    f"'confirmed', '[]', '{{}}', 'https://a.example/', '{MOMENT}', '{MOMENT}', '{MOMENT}', false)"
                )
            )
        connection.execute(text("INSERT INTO maillage_publication_zones VALUES (1, 'FR')"))
        for number, handle, kind, local in (
            (2, "relay", "Application", "true"),
            (3, "both", "Application", "false"),
            (4, "reader", "Application", "false"),
            (5, "person", "Person", "false"),
        ):
            connection.execute(
                text(
                    "INSERT INTO maillage_actors (id, iri, local, type, handle, host, name, summary, url, inbox, "
                    "approves_followers, updated_at, federated, also_known_as, policy_level, policy_allows) VALUES "
                    f"({number}, 'https://{handle}.example/', {local}, '{kind}', '{handle}', '{handle}.example', '', "
                    f"'', '', '', false, '{MOMENT}', true, '[]', 'none', false)"
                )
            )
        for number, (follower, followed) in enumerate(((2, 3), (3, 2), (4, 2), (5, 2), (4, 1)), start=1):
            connection.execute(
                text(
                    "INSERT INTO maillage_follows (id, follower_id, followed_id, iri, state, created_at, answered_at) "
                    f"VALUES ({number}, {follower}, {followed}, '', 'accepted', '{MOMENT}', '{MOMENT}')"
                )
            )

    migrating.upgrade(empty)

    with empty.connect() as connection:
        squares = connection.execute(text("SELECT square FROM maillage_publications ORDER BY id")).scalars().all()
        zones = connection.execute(text("SELECT publication_id, code FROM maillage_publication_zones ORDER BY 1")).all()
        partners = connection.execute(text("SELECT host, actor_id, state FROM maillage_partners ORDER BY host")).all()
    assert [tuple(row) for row in partners] == [("both.example", 3, "partner"), ("reader.example", 4, "asked")]
    assert squares == [square_of(45.19, 5.72), None]
    assert [tuple(row) for row in zones] == [(1, "FR"), (2, "none")]


def test_memberships_from_before_have_the_claims_that_their_state_tells(empty: Engine) -> None:
    bring_to(empty, "0041")
    with empty.begin() as connection:
        for number, local in ((1, "true"), (2, "true"), (3, "false"), (4, "false")):
            connection.execute(
                text(
                    "INSERT INTO maillage_actors (id, iri, local, type, handle, host, name, summary, url, inbox, "
                    "approves_followers, updated_at, federated, also_known_as, policy_level, policy_allows) VALUES "
                    f"({number}, 'https://a.example/{number}', {local}, 'Group', 'a{number}', 'a.example', 'A', '', "
                    f"'https://a.example/@{number}', 'https://a.example/{number}/inbox', false, '{MOMENT}', true, "
                    "'[]', 'none', false)"
                )
            )
        for number, (group, member, state, began) in enumerate(
            ((1, 2, "member", f"'{MOMENT}'"), (1, 3, "member", f"'{MOMENT}'"), (1, 4, "requested", "NULL")), start=1
        ):
            connection.execute(
                text(
                    "INSERT INTO maillage_memberships (id, group_id, member_id, state, role, iri, message, created_at, "
                    f"began_at) VALUES ({number}, {group}, {member}, '{state}', 'member', 'https://a.example/j', '', "
                    f"'{MOMENT}', {began})"
                )
            )

    migrating.upgrade(empty)

    with empty.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT group_says_at IS NOT NULL, member_says_at IS NOT NULL, compare_at IS NOT NULL, since IS NOT "
                "NULL, shares FROM maillage_memberships ORDER BY id"
            )
        ).all()
        identifiers = connection.scalars(text("SELECT identifier FROM maillage_memberships")).all()
    assert [tuple(map(bool, row[:4])) for row in rows] == [
        (True, True, False, True),
        (True, True, True, True),
        (False, True, False, False),
    ]
    assert {row[4] for row in rows} == {"none"}
    assert len(set(identifiers)) == 3
