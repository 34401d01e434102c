"""A node with very many publications: copies of a sample of each kind, with other names, places and days."""

import random
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import Engine, insert, select, text

from actors import local
from actors.database import BIND, session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage import sample
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Hashtag, Publication, PublicationZone
from flask_maillage.publications.searching.models import SearchedText
from flask_maillage.publications.squares import square_of
from flask_maillage.territory import gazetteer, zones
from flask_maillage.territory.gazetteer import Zone
from inboxes.pruning import prune

ACTORS = 200
EVERY_HIDDEN = 50
"""Of so many actors one lives on a silenced host: lists have to leave out what it publishes."""
AT_ONCE = 5_000
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "la", "mi", "no", "pe", "ru", "sa", "te", "vi", "zo"]
TAGS = [f"tag{number}" for number in range(300)]
TOWNS = (
    "insee:38185",
    "insee:75056",
    "insee:13055",
    "insee:69123",
    "insee:31555",
    "insee:06088",
    "insee:44109",
    "insee:34172",
    "insee:67482",
    "insee:33063",
    "insee:59350",
    "insee:35238",
    "insee:51454",
    "insee:76351",
    "insee:21231",
    "insee:49007",
    "geonames:2800866",
    "geonames:2803138",
    "geonames:2797656",
    "geonames:2792413",
)
"""Where half of the world's publications seem to be; the first one is Grenoble."""
COUNTRIES = ("BR", "CA", "CH", "CL", "DE", "ES", "GB", "GR", "IN", "IT", "JP", "KE", "MA", "MX", "PL", "PT", "SN", "US")

Row = dict[str, Any]


def fill(app: Flask, size: int) -> None:
    """Publish a sample of each kind, and copy the rows."""
    chance = random.Random(size)
    with app.app_context():
        union = local.create("union", "organisation", "A union")
        for make in (sample.call, sample.seminar, sample.initiative, sample.news):
            publishing.publish(publishing.draft(union, make(now())))
        session().flush()
        actors = [union.id, *(_actor(number) for number in range(ACTORS))]
        columns = [column.name for column in Publication.__table__.c if column.name != "id"]
        rows_of = session().scalars(select(Publication).order_by(Publication.id)).all()
        samples = [{name: getattr(row, name) for name in columns} for row in rows_of]
        words = session().scalars(select(SearchedText).order_by(SearchedText.publication_id)).all()
        for start in range(0, size, AT_ONCE):
            made: dict[Any, list[Row]] = {Publication: [], SearchedText: [], PublicationZone: [], Hashtag: []}
            for number in range(start, min(start + AT_ONCE, size)):
                row = samples[number % 4] | {"actor_id": chance.choice(actors)}
                for table, rows in _copy(row, words[number % 4], number, chance).items():
                    made[table] += rows
            for table, rows in made.items():
                session().execute(insert(table), rows)
        session().commit()
        _settle(app.extensions["sqlalchemy"].engines[BIND])


def _settle(engine: Engine) -> None:
    """Let the database learn what it holds, as a running node does: PostgreSQL's autovacuum, for SQLite our pruning."""
    if engine.dialect.name == "sqlite":
        prune()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


def _actor(number: int) -> int:
    made = Actor(
        iri=f"https://peer{number}.example/actors/a",
        local=False,
        type="Group",
        kind="organisation",
        handle=f"a{number}",
        host=f"peer{number}.example",
        name=f"Actor {number}",
        summary="",
        url=f"https://peer{number}.example/@a",
        inbox=f"https://peer{number}.example/inbox",
        federated=True,
        approves_followers=False,
        updated_at=now(),
        policy_level="silence" if number % EVERY_HIDDEN == EVERY_HIDDEN - 1 else "none",
    )
    session().add(made)
    session().flush()
    return made.id


def _copy(row: Row, words: SearchedText, number: int, chance: random.Random) -> dict[Any, list[Row]]:
    """Return one publication with what belongs to it, as rows of each table."""
    identity = number + 100
    rare = " reparation" if number % 500 == 0 else " commune" if number % 3 == 0 else ""
    name = " ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(4)) + rare
    where = _where(number, chance)
    codes = where.pop("codes")
    begins = now() + timedelta(hours=chance.randint(-9_000, 9_000))
    changed = {
        "id": identity,
        "iri": f"https://peer.example/{number}",
        "identifier": new_identifier(now()),
        "local": False,
        "name": name,
        "published_at": now() - timedelta(minutes=chance.randint(0, 500_000)),
        "square": square_of(where["latitude"], where["longitude"]),
        "document": None,
        "looked_up": False,
        **where,
    }
    if row["kind"] in ("call", "event"):
        changed |= {"starts_at": begins, "ends_at": begins + timedelta(hours=chance.choice((2, 3, 30)))}
    tags = chance.sample(TAGS, 2)
    return {
        Publication: [row | changed],
        SearchedText: [{"publication_id": identity, "title": name, "publisher": words.publisher, "text": words.text}],
        PublicationZone: [{"publication_id": identity, "code": code} for code in codes],
        Hashtag: [
            {"publication_id": identity, "tag": tag, "label": tag, "position": position}
            for position, tag in enumerate(tags)
        ],
    }


def _where(number: int, chance: random.Random) -> Row:
    """Twenty towns hold most, as towns do; a seventh lies anywhere in the world, and a tenth has no place."""
    if number % 10 == 0:
        return {"latitude": None, "longitude": None, "country": None, "place": None, "codes": (zones.NOWHERE,)}
    if number % 7 == 0:
        country = chance.choice(COUNTRIES)
        place = {"name": "Anywhere", "country": country}
        point = {"latitude": chance.uniform(-50, 65), "longitude": chance.uniform(-179, 179)}
        return {**point, "country": country, "place": place | point, "codes": (country,)}
    town, codes = _town(TOWNS[number // 10 % len(TOWNS)])
    latitude, longitude = town.point or (0.0, 0.0)
    point = {"latitude": latitude + chance.gauss(0, 0.1), "longitude": longitude + chance.gauss(0, 0.1)}
    place = {"name": town.name, "locality": town.name, "country": town.country}
    return {**point, "country": town.country, "place": place | point, "codes": codes}


@cache
def _town(code: str) -> tuple[Zone, tuple[str, ...]]:
    found = gazetteer.named(code)
    if found is None:
        raise LookupError(f"the gazetteer does not know {code}")
    return found, zones.outwards(code)
