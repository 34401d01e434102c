"""What the benchmarks share: a node in a temporary folder, and timing."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402

from flask_maillage.app import create_app  # noqa: E402
from flask_maillage.cli.initialising import prepare  # noqa: E402

BASE_URL = "http://localhost"
UNBOUNDED = ("inbox", "letters of a host", "letters of an actor", "feeds", "exports")
RATES = ", ".join(f"{name}: 1000000 per minute" for name in UNBOUNDED)


@contextmanager
def node(database_url: str | None = None) -> Iterator[Flask]:
    """Give a fresh node, on SQLite where no other database is named."""
    with tempfile.TemporaryDirectory(prefix="maillage-benchmark-") as folder:
        config = {
            "MAILLAGE_BASE_URL": BASE_URL,
            "MAILLAGE_DATA": folder,
            "MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8",
            "MAILLAGE_RATES": RATES,
            **({"MAILLAGE_DATABASE_URL": database_url} if database_url else {}),
        }
        prepare(config)
        yield create_app(config)


def per_second(work: Callable[[], object], count: int) -> float:
    """Return how often per second `work` was done."""
    begin = time.perf_counter()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - begin)


def show(name: str, figure: float, raw: str, base: float) -> None:
    """Print a figure beside the raw cost."""
    print(f"{name:34} {figure:9.0f}/s   {raw}: {base:9.0f}/s   ratio {figure / base:6.3f}")
