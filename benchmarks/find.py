"""Milliseconds of processor time to find something among 1,000, 10,000 and 100,000 publications, on both databases.

`python benchmarks/find.py [sqlite|postgresql] [sizes…]`; both databases and all three sizes where nothing is said.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from filling import fill
from flask import Flask
from measure import node
from sqlalchemy import Engine, text

from actors.database import BIND
from tests import postgresql

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 10
PROCESSES = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
PAGES = {
    "first page": "/",
    "calls": "/calls",
    "events": "/events",
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
    "territories": "/territories",
    "a country": "/territories/FR",
    "a town": "/territories/insee:38185",
    "no location": "/territories/none",
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
    """Return the least processor time of a request, templates and all: on a busy machine, nobody disturbed that one.

    SQLite works in our own process; of PostgreSQL, what the processes took that answer our connections is added.
    """
    client, times = app.test_client(), []
    for _ in range(ROUNDS + 1):
        begin = time.process_time() + _of_the_database(app)
        answer = client.get(path)
        times.append((time.process_time() + _of_the_database(app) - begin) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return min(times[1:])


def _of_the_database(app: Flask) -> float:
    """Return for how many seconds the processes of a server of our own machine have worked for us; 0 on SQLite."""
    engine = engine_of(app)
    if engine.url.get_backend_name() == "sqlite":
        return 0.0
    with engine.connect() as connection:
        numbers = connection.execute(text(PROCESSES)).scalars().all()
    return sum(int(Path(f"/proc/{number}/schedstat").read_text().split()[0]) for number in numbers) / 1e9


def engine_of(app: Flask) -> Engine:
    """Return the engine of a node."""
    with app.app_context():
        found: Engine = app.extensions["sqlalchemy"].engines[BIND]
    return found


if __name__ == "__main__":
    asked = sys.argv[1:]
    main(
        [one for one in asked if not one.isdigit()] or ["sqlite", "postgresql"],
        [int(one) for one in asked if one.isdigit()] or list(SIZES),
    )
