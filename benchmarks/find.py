"""Milliseconds of processor time to find something among 1,000, 10,000 and 100,000 publications, on both databases.

`python benchmarks/find.py [sqlite|postgresql] [sizes…]`; both databases and all three sizes where nothing is said.
"""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta

from flask import Flask
from measure import node
from sqlalchemy import Engine, insert, select, text

from actors import local
from actors.database import BIND, session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage import sample
from flask_maillage.publications import publishing
from flask_maillage.publications.models import Publication
from flask_maillage.publications.searching.models import SearchedText
from tests import postgresql

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 10
ACTORS = 200
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "la", "mi", "no", "pe", "ru", "sa", "te", "vi", "zo"]
PAGES = {
    "everything": "/find",
    "filtered by kind and days": "/find?kind=event&from=2027-01-01&until=2027-02-01",
    "open calls in a country": "/find?kind=call&country=FR&open=1",
    "a rare word": "/find?q=reparation",
    "two words, by their beginning": "/find?q=bace+dif",
    "a word that a third has": "/find?q=commun",
    "around a place, 20 km": "/find?near=Grenoble&km=20",
    "around a place, 200 km, events": "/find?near=Lyon&km=200&kind=event",
    "agenda of a month": "/find?view=agenda&day=2027-03-01",
    "map of the world": "/find/cells.json?zoom=2",
    "map of a country": "/find/cells.json?zoom=6&box=42,-5,51,8",
    "map of a town": "/find/cells.json?zoom=12&box=45.1,5.6,45.3,5.8",
    "Atom feed of a word": "/feed.atom?q=reparation",
}


def main(databases: list[str], sizes: list[int]) -> None:
    """Measure and print, a table for each database."""
    for database in databases:
        figures: dict[str, list[float]] = {name: [] for name in PAGES}
        for size in sizes:
            with _address(database) as url, node(url) as app:
                fill(app, size)
                for name, path in PAGES.items():
                    figures[name].append(milliseconds(app, path))
        print(f"\n| {database}, milliseconds | {' | '.join(f'{size:,}' for size in sizes)} |")
        print(f"|---|{'---|' * len(sizes)}")
        for name, row in figures.items():
            print(f"| {name} | {' | '.join(f'{figure:.1f}' for figure in row)} |", flush=True)


@contextmanager
def _address(database: str) -> Iterator[str | None]:
    with postgresql.server() if database == "postgresql" else nullcontext() as url:
        yield url


def milliseconds(app: Flask, path: str) -> float:
    """Return the least time of a request, templates and all: on a busy machine, that is the one nobody disturbed.

    SQLite works in our own process, whose time is counted; PostgreSQL in others, so that the clock on the wall counts.
    """
    is_sqlite = engine_of(app).url.get_backend_name() == "sqlite"
    clock = time.process_time if is_sqlite else time.perf_counter
    client, times = app.test_client(), []
    for _ in range(ROUNDS + 1):
        begin = clock()
        answer = client.get(path)
        times.append((clock() - begin) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return min(times[1:])


def engine_of(app: Flask) -> Engine:
    """Return the engine of a node."""
    with app.app_context():
        found: Engine = app.extensions["sqlalchemy"].engines[BIND]
    return found


def fill(app: Flask, size: int) -> None:
    """Publish a sample of each kind, and copy the rows with other names, places and days."""
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
        for start in range(0, size, 5_000):
            rows, texts = [], []
            for number in range(start, min(start + 5_000, size)):
                row, said = _copy(samples[number % 4], words[number % 4], number, chance)
                rows.append(row | {"actor_id": chance.choice(actors)})
                texts.append(said)
            session().execute(insert(Publication), rows)
            session().execute(insert(SearchedText), texts)
        session().commit()
        session().execute(text("ANALYZE"), bind_arguments={"mapper": Publication})
        session().commit()


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
    )
    session().add(made)
    session().flush()
    return made.id


def _copy(row: dict[str, object], words: SearchedText, number: int, chance: random.Random) -> tuple[dict, dict]:
    """Half of France's places lie around twenty towns, as they do; a tenth has none."""
    named = " ".join("".join(chance.choices(SYLLABLES, k=3)) for _ in range(4))
    rare = " reparation" if number % 500 == 0 else " commune" if number % 3 == 0 else ""
    begins = now() + timedelta(hours=chance.randint(-9_000, 9_000))
    placed = number % 10 > 0
    town = random.Random(number % 20)
    near = (town.uniform(43, 50), town.uniform(-1, 7)) if number % 20 else (45.18, 5.72)
    point = (near[0] + chance.gauss(0, 0.1), near[1] + chance.gauss(0, 0.1)) if placed else (None, None)
    if number % 7 == 0 and placed:
        point = (chance.uniform(-50, 65), chance.uniform(-179, 179))
    changed = {
        "id": number + 100,
        "iri": f"https://peer.example/{number}",
        "identifier": new_identifier(now()),
        "local": False,
        "name": named + rare,
        "latitude": point[0],
        "longitude": point[1],
        "country": "FR" if number % 2 else "BE",
        "published_at": now() - timedelta(minutes=chance.randint(0, 500_000)),
        "document": None,
        "looked_up": False,
    }
    if row["kind"] in ("call", "event"):
        changed |= {"starts_at": begins, "ends_at": begins + timedelta(hours=chance.choice((2, 3, 30)))}
    said = {"publication_id": number + 100, "title": named + rare, "publisher": words.publisher, "text": words.text}
    return row | changed, said


if __name__ == "__main__":
    asked = sys.argv[1:]
    main(
        [one for one in asked if not one.isdigit()] or ["sqlite", "postgresql"],
        [int(one) for one in asked if one.isdigit()] or list(SIZES),
    )
