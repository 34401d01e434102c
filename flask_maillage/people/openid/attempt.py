"""A sign-in that is on its way by the provider, and what came of it: in the reader's signed cookie, for ten minutes."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any

import flask

from actors.node import node

ATTEMPT, PROOF = "openid_attempt", "openid_proof"
GOOD_FOR = 600


@dataclass(frozen=True)
class Attempt:
    """What only the browser that began a sign-in can show."""

    state: str
    nonce: str
    verifier: str
    next: str


def begin(destination: str) -> Attempt:
    """Begin a sign-in that ends at a path of ours; one before it that has not come back is over."""
    made = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), destination)
    flask.session.pop(PROOF, None)
    keep(ATTEMPT, asdict(made))
    return made


def take(state: str) -> Attempt | None:
    """Return the sign-in that comes back with this state, once; whatever comes back, it is over."""
    kept = find(ATTEMPT)
    flask.session.pop(ATTEMPT, None)
    if kept is None or not secrets.compare_digest(str(kept["state"]).encode(), state.encode("utf-8", "replace")):
        return None
    return Attempt(**kept)


def keep(name: str, values: dict[str, Any]) -> None:
    """Keep something with the moment after which it counts no longer."""
    flask.session[name] = {**values, "until": int(node().clock().timestamp()) + GOOD_FOR}


def find(name: str) -> dict[str, Any] | None:
    """Return what was kept, if it still counts."""
    kept = flask.session.get(name)
    if not isinstance(kept, dict) or int(kept.get("until", 0)) < node().clock().timestamp():
        return None
    return {key: value for key, value in kept.items() if key != "until"}


def forget() -> None:
    """Forget what came of it: an answer was given."""
    flask.session.pop(PROOF, None)
