"""What becomes public afterwards: counts without small rows, and rows in which nobody is found again."""

from collections import Counter

from tests.federated_calls.cast import Json

FEWEST, ALIKE = 3, 5
HIDDEN = "*"
FIELDS = ("territory", "topics", "sectors")


def pooled(counts: dict[str, int]) -> dict[str, int]:
    """Return counts as they are published: what is smaller than three stands together under `*`."""
    shown = {name: count for name, count in counts.items() if count >= FEWEST}
    pool = sum(counts.values()) - sum(shown.values())
    while 0 < pool < FEWEST and shown:
        smallest = min(shown, key=lambda name: (shown[name], name))
        pool += shown.pop(smallest)
    return shown | ({HIDDEN: pool} if pool else {})


def anonymised(rows: list[Json]) -> list[Json]:
    """Return rows as they are published: each combination occurs five times, and none says an outcome of all."""
    rows = [dict(row) for row in rows]
    for field in reversed(FIELDS):
        often = Counter(_combination(row) for row in rows)
        rows = [row if often[_combination(row)] >= ALIKE else {**row, field: HIDDEN} for row in rows]
    often = Counter(_combination(row) for row in rows)
    rows = [row for row in rows if often[_combination(row)] >= ALIKE]
    outcomes: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        outcomes.setdefault(_combination(row), set()).add(row["outcome"])
    rows = [{**row, "outcome": HIDDEN} if len(outcomes[_combination(row)]) == 1 else row for row in rows]
    return sorted(rows, key=lambda row: [row[name] for name in (*FIELDS, "outcome")])


def _combination(row: Json) -> tuple[str, ...]:
    return tuple(row[name] for name in FIELDS)


def openness() -> Json:
    """Return counts and rows, each before and after."""
    counts = [
        {"FR": 6, "BE": 4, "IE": 3},
        {"FR": 6, "BE": 4, "IE": 2, "RS": 1},
        {"FR": 6, "BE": 4, "RS": 1},
        {"FR": 2, "BE": 1},
    ]
    kinds = [
        *[("FR", "voice", "Delivery", outcome) for outcome in ["selected"] * 3 + ["declined"] * 2],
        *[("BE", "voice", "Care", outcome) for outcome in ["selected"] * 3],
        *[("BE", "voice", "Delivery", outcome) for outcome in ["selected", "reserve"]],
        *[("IE", "rights", "Transport", "declined")] * 5,
        *[("RS", "cooperation", "Care", "declined")],
    ]
    rows = [dict(zip((*FIELDS, "outcome"), kind, strict=True)) for kind in kinds]
    return {
        "counts": [{"counted": one, "published": pooled(one)} for one in counts],
        "rows": {"held": rows, "published": anonymised(rows)},
    }
