"""The objects of the fediverse pasture (`fediverse-pasture-inputs`): what other servers send in odd but legal forms.

The package imports one name from `fediverse-pasture`, whose requirements do not go together with ours; the name is
only an annotation, and stands here in the place of it.
"""

import importlib
import json
import sys
from types import ModuleType
from typing import Any

from federation.activities import PUBLIC
from tests.fediverse import RemoteActor

THEIR_ACTOR, THEIR_HOST = "http://pasture-one-actor/actor", "http://pasture-one-actor"


def inputs() -> dict[str, list[dict[str, Any]]]:
    """Return the examples of every input set by its name."""
    names = ("fediverse_pasture", "fediverse_pasture.runner", "fediverse_pasture.runner.entry")
    standing_in = {name: ModuleType(name) for name in names if name not in sys.modules}
    for module in standing_in.values():
        module.__dict__["Entry"] = object
    sys.modules.update(standing_in)
    try:
        available = importlib.import_module("fediverse_pasture_inputs").available
    finally:
        for name in standing_in:
            del sys.modules[name]
    return {name: data.examples for name, data in sorted(available.items())}


def attributed(example: dict[str, Any], actor: RemoteActor, number: int, **base: Any) -> dict[str, Any]:
    """Return an example as an object of a remote actor of the tests, over the properties that every object has."""
    text = json.dumps(example).replace(THEIR_ACTOR, actor.iri)
    text = text.replace(THEIR_HOST, actor.iri.partition("/users/")[0])
    return {
        "id": f"{actor.iri}/objects/{number}",
        "type": "Note",
        "attributedTo": actor.iri,
        "to": [PUBLIC],
        "published": "2026-11-20T09:00:00Z",
        **base,
        **json.loads(text),
    }
