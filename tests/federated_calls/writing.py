"""Write the fixtures beside this module, and the examples and tables of docs/federated-calls.md from them."""

import json
import re
from pathlib import Path
from typing import Any

from tests.federated_calls import desk, outcome, refused, story, vectors
from tests.federated_calls.cast import CONTEXT, Json, keys
from tests.federated_calls.index import index
from tests.federated_calls.openness import openness

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs" / "federated-calls.md"
WIDTH = 116
UNSEEN = re.compile("[\u00a0\u0300-\u036f\u200b-\u200f]")
"""What readers cannot see, or editors would compose anew, is written as an escape."""
SLOT = re.compile(
    r"^<!-- (example|fixture|table): ([a-z0-9-]+) -->\n(?:(?:```json\n.*?^```|\|[^\n]*(?:\n\|[^\n]*)*)\n)?", re.M | re.S
)
_AGAIN = {"": ("id", "type", "to", "cc", "decision", "content")}
KEPT: dict[str, dict[str, tuple[str, ...]]] = {
    "deadline-extended": {
        "": ("id", "type", "actor", "object"),
        "object": ("id", "type", "endTime", "call"),
        "object.call": ("committeeVersion", "deadlineExtensions"),
    },
    "offer-guest": {
        "": ("id", "type", "actor", "to", "target", "object"),
        "object": ("id", "type", "attributedTo", "name", "application"),
        "object.application": ("version", "committeeVersion", "territory", "initiative", "applicant"),
    },
    "correction": {
        "object": ("id", "type", "attributedTo", "updated", "application"),
        "object.application": ("version", "committeeVersion", "answers"),
    },
    "review-changed": {"": ("id", "type", "actor", "to", "object"), "object": ("id", "opinion", "scores", "content")},
    "receipt-owner": {"object": ("id", "type", "inReplyTo", "version", "receivedAt", "digestMultibase", "dossier")},
    "receipt-mail": {"": ("type", "actor", "to", "object")},
    "receipt-admitted": {"": ("type", "actor", "to", "object")},
    "receipt-incomplete": {"": ("id", "type", "actor", "to", "object")},
    "decision-reserve": _AGAIN,
    "decision-superseding": _AGAIN,
    "decision-expired": _AGAIN,
    "place-refused": {"": ("id", "type", "actor", "to", "object", "inReplyTo")},
    "cohort-swap": {"": ("id", "type", "to", "target", "placement", "object")},
    "dossier-after-own-review": {"": ("id", "type", "quorum", "reviews")},
}
"""Of which examples the document shows a part, and which names of which objects in them."""


def letters() -> dict[str, Json]:
    """Return every letter by name."""
    told = story.beginning()
    told |= outcome.ending(told)
    told |= outcome.apart(told)
    return told | refused.offers() | refused.of_the_call() | refused.foreign() | refused.changes(told)


def fixtures() -> dict[str, Any]:
    """Return everything that is written into a file of its own, by name."""
    told = letters()
    others: dict[str, Any] = {
        **desk.answers(told),
        "context": CONTEXT,
        "keys": keys(),
        "initiatives": story.initiatives(),
        "counting": vectors.counting(),
        "arithmetic": vectors.arithmetic(),
        "audit": vectors.audit_log(),
        "openness": openness(),
        "reasons": vectors.REASONS,
        "visibility": vectors.visibility(),
        "index": index(told),
    }
    return told | others


def written(value: Any, depth: int = 0) -> str:
    """Return JSON for readers: on one line what fits there, else one item on each line."""
    flat = UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
    if len(flat) + 2 * depth <= WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        items = [f"{json.dumps(name, ensure_ascii=False)}: {written(part, depth + 1)}" for name, part in value.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{outer}}}"
    return "[\n" + ",\n".join(inner + written(part, depth + 1) for part in value) + f"\n{outer}]"


def shown(name: str, value: Json) -> Json:
    """Return a document as the specification shows it: `…` for context, proof, and what an example before it has."""
    document = _kept(value, "", KEPT.get(name, {}))
    if "@context" in document:
        document["@context"] = [CONTEXT[0], "…"]
    if "proof" in document:
        document["proof"] = {"verificationMethod": document["proof"]["verificationMethod"], "…": "…"}
    return document


def _kept(value: Json, at: str, names: dict[str, tuple[str, ...]]) -> Json:
    wanted = names.get(at, tuple(value))
    kept = {
        name: _kept(part, f"{at}.{name}".strip("."), names) if isinstance(part, dict) else part
        for name, part in value.items()
        if name in wanted
    }
    return kept if len(kept) == len(value) else {**kept, "…": "…"}


def tables() -> dict[str, str]:
    """Return the tables of the document by name."""
    sight = vectors.visibility()
    rows = [[thing, *cells.values()] for thing, cells in sight["sees"].items()]
    results = []
    for row in index(letters()):
        expected = row["expected"]
        came = " ".join(str(part) for part in expected.values())
        results.append([f"`{row['name']}`", came, " ".join(row["rules"])])
    return {
        "reasons": vectors.table(
            ["`reasonCode`", "when"], [[f"`{code}`", when] for code, when in vectors.REASONS.items()]
        ),
        "visibility": vectors.table(["", *sight["readers"]], rows),
        "index": vectors.table(["fixture", "comes to", "rules"], results),
    }


def document(text: str) -> str:
    """Return the specification with its examples and tables as the fixtures are."""
    made, ready = fixtures(), tables()

    def fill(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "table":
            return f"<!-- table: {name} -->\n{ready[name]}\n"
        value = made[name] if kind == "fixture" else shown(name, made[name])
        return f"<!-- {kind}: {name} -->\n```json\n{written(value)}\n```\n"

    return SLOT.sub(fill, text)


def main() -> None:
    """Write all of it."""
    for old in HERE.glob("*.json"):
        old.unlink()
    for name, value in fixtures().items():
        (HERE / f"{name}.json").write_text(written(value) + "\n", encoding="utf-8")
    DOCUMENT.write_text(document(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
