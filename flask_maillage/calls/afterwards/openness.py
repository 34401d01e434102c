"""What is public of a decided call (FC-70, FC-71): numbers and rows, computed here and nowhere else.

They are counted from the applications while those are there. Before the first of them is erased they are kept as they
are published then (`freeze`), and stay that: later erasures change no number, so that none gives anybody away.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.node import now
from federation.activities import Document, context
from flask_maillage.calls import states
from flask_maillage.calls.afterwards.pooling import HIDDEN, Row, anonymised, pooled, totals
from flask_maillage.calls.models import Counts, Dossier, Version
from flask_maillage.calls.models.dossiers import HOLDING
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from flask_maillage.publications.topics import parents_of

BY = ("type", "country", "sector")
UNSAID = ""
"""The name of the row of those who said nothing."""


@dataclass(frozen=True)
class Openness:
    """What is published of a call: totals, counts by type (topics of the first level), country and sector; rows."""

    totals: dict[str, int]
    by: dict[str, dict[str, int]]
    rows: list[Row]


def of(call: Publication) -> Openness | None:
    """Return what is public of a call of ours; None where it is not decided."""
    if not states.is_decided(call):
        return None
    kept = session().get(Counts, call.id)
    return _read(kept.facts) if kept is not None else _counted(call)


def freeze(call: Publication) -> None:
    """Keep what is public of a decided call as it is, because something of it is about to be erased."""
    if states.is_decided(call) and session().get(Counts, call.id) is None:
        found = _counted(call)
        facts = {"totals": found.totals, "by": found.by, "rows": found.rows}
        session().add(Counts(call_id=call.id, facts=facts, counted_at=now()))
        session().flush()


def document(call: Publication, found: Openness) -> Document:
    """Return the numbers as they stand at the call's `desk.statistics`."""
    return {
        "@context": context(),
        "id": iris.desk(call.iri)["statistics"],
        "type": "Statistics",
        "context": call.iri,
        **found.totals,
        "by": {
            name: [{"name": one, "count": count} for one, count in counts.items()] for name, counts in found.by.items()
        },
    }


def named(call: Publication) -> list[str]:
    """Return what those selected call their initiatives, of those that let it be said in public (FC-71)."""
    query = select(Dossier.name).where(
        Dossier.call_id == call.id,
        Dossier.publicise,
        Dossier.state.in_(states.LED),
        Dossier.purged_at.is_(None),
        Dossier.name != "",
    )
    return sorted(session().scalars(query)) if states.is_decided(call) else []


def _read(facts: dict[str, Any]) -> Openness:
    return Openness(facts["totals"], facts["by"], facts["rows"])


def _counted(call: Publication) -> Openness:
    """Count what was decided: what was withdrawn before that is not there, what was withdrawn later stays counted."""
    query = (
        select(Dossier, Version.content)
        .join(Version, (Version.dossier_id == Dossier.id) & (Version.number == Dossier.version))
        .where(Dossier.call_id == call.id, Dossier.decided_at.is_not(None) | (Dossier.state != states.WITHDRAWN))
        .order_by(Dossier.id)
    )
    parents = parents_of(details_of(call.content).topic_labels)
    facts = [_facts(dossier, content or {}, parents) for dossier, content in session().execute(query)]
    spelled = _spelling(name for one in facts for name in one["sector"])
    for one in facts:
        one["sector"] = sorted({spelled[name.casefold()] for name in one["sector"]})
    by = {name: pooled(_under(facts, name)) for name in BY}
    selected = sum(one["outcome"] == states.SELECTED for one in facts)
    said = totals(len(facts), selected)
    return Openness(said, by if said else {name: {} for name in BY}, anonymised(map(_row, facts)))


def _facts(dossier: Dossier, content: dict[str, Any], parents: dict[str, str]) -> dict[str, Any]:
    topics = {_first_level(topic, parents) for topic in content.get("topics", [])}
    sectors = {" ".join(str(sector).split()) for sector in content.get("sectors", [])}
    return {
        "id": dossier.id,
        "type": sorted(topics - {UNSAID, HIDDEN}),
        "country": [dossier.territory.partition("-")[0]],
        "sector": sorted(sectors - {UNSAID, HIDDEN}),
        "outcome": states.SELECTED if dossier.state in HOLDING else dossier.state,
    }


def _first_level(topic: str, parents: dict[str, str]) -> str:
    seen = set()
    while parents.get(topic) and topic not in seen:
        seen.add(topic)
        topic = parents[topic]
    return topic


def _spelling(names: Iterable[str]) -> dict[str, str]:
    """Return for each word, whatever its capitals, how most wrote it."""
    written = Counter(names)
    found: dict[str, str] = {}
    for name, _count in sorted(written.items(), key=lambda item: (-item[1], item[0])):
        found.setdefault(name.casefold(), name)
    return found


def _under(facts: list[dict[str, Any]], name: str) -> dict[str, set[int]]:
    rows: dict[str, set[int]] = {}
    for one in facts:
        for word in one[name] or [UNSAID]:
            rows.setdefault(word, set()).add(one["id"])
    return rows


def _row(one: dict[str, Any]) -> Row:
    return {
        "territory": one["country"][0],
        "topics": "; ".join(one["type"]),
        "sectors": "; ".join(one["sector"]),
        "outcome": one["outcome"],
    }
