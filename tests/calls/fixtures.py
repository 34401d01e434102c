"""The fixtures of docs/federated-calls.md, read once, and the call of the story as this node would keep it."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.kinds.call_object import details_from_object

FOLDER = Path(__file__).parent.parent / "federated_calls"


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def fixture(name: str) -> Any:
    """Return a fixture, to be changed at will."""
    return json.loads(_text(name))


@cache
def index() -> dict[str, Any]:
    """Return the rows of the index, by name."""
    return {row["name"]: row for row in json.loads(_text("index"))}


def details() -> CallDetails:
    """Return what the call of the story asks for."""
    call = fixture("call")["object"]
    return details_from_object(copy.deepcopy(call["call"]), call)
