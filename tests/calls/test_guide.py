"""The guide for newcomers shows the tables that there are, and rooms that there are."""

import re
from pathlib import Path

from actors.database import Base
from flask_maillage.calls import models

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "answering-a-call.md").read_text(encoding="utf-8")


def rows_of(heading):
    part = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line.split(" | ") for line in part.splitlines() if line.startswith("| `")]


def test_tables_and_their_columns_are_those_of_the_models():
    ours = (mapper.class_.__table__ for mapper in Base.registry.mappers if mapper.class_.__module__ in part_names())
    there = {table.name.removeprefix("maillage_"): {column.name for column in table.columns} - {"id"} for table in ours}
    shown = {row[0].strip("| `"): set(re.findall(r"`(\w+)`", row[1])) for row in rows_of("Tables")}
    assert shown == there


def part_names():
    folder = Path(models.__file__).parent
    return {f"{models.__name__}.{path.stem}" for path in folder.glob("*.py")}


def test_rooms_are_there():
    named = [name for row in rows_of("Rooms") for name in re.findall(r"`([\w/]+(?:\.py|/))`", row[0])]
    assert len(named) > 20
    assert [name for name in named if not (ROOT / "flask_maillage" / "calls" / name).exists()] == []
