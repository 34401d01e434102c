"""The letters and collections of memberships as they were designed (`examples/`), and how ours are held to them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "examples"
GROUP = "https://node-a.example/actors/alliance_sol"
MEMBERS = ("https://node-b.example/actors/mairie_7", "https://node-b.example/actors/jardin_guillotiere")


def example(name: str, group: str, member: str, **others: str) -> Any:
    """Return an example with these two actors in the places of its own, without context and proof.

    Args:
        name: how its file begins.
        group: the id of the group.
        member: the id of the member.
        others: further texts of it by the file's name for them (`claim`, `joined`, `invited`), to be put in.
    """
    (path,) = FOLDER.glob(f"{name}-*.json")
    text = path.read_text(encoding="utf-8")
    for known, given in (
        (f"{GROUP}/members/0193c8d2", others.get("claim")),
        (f"{MEMBERS[1]}/coalitions/0193c8d3", others.get("claim")),
        (f"{MEMBERS[1]}/joins/3", others.get("joined")),
        (f"{GROUP}/invites/5", others.get("invited")),
        (GROUP, group),
        (MEMBERS[0], member),
        (MEMBERS[1], member),
    ):
        text = text.replace(known, given) if given else text
    document = json.loads(text)
    return {key: document[key] for key in document if key not in ("@context", "proof")}


def lacking(wanted: Any, emitted: Any, path: str = "") -> list[str]:
    """Return what an emitted document lacks, or has otherwise, of an example; ids of letters are each node's own."""
    if isinstance(wanted, dict) and isinstance(emitted, dict):
        return [
            fault
            for key, value in wanted.items()
            if (path, key) != ("", "id")
            for fault in lacking(value, emitted.get(key), f"{path}/{key}")
        ]
    if isinstance(wanted, list) and isinstance(emitted, list) and len(wanted) == len(emitted):
        return [
            fault for number, one in enumerate(wanted) for fault in lacking(one, emitted[number], f"{path}/{number}")
        ]
    return [] if wanted == emitted else [f"{path}: {emitted!r} instead of {wanted!r}"]
