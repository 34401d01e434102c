"""What a peer's answer to a delivery means: done, for good, or once more (`reference/protocol.md` §3.3)."""

from dataclasses import dataclass
from typing import Literal

from federation.errors import FederationError, Forbidden
from federation.exchanged import Answer

KNOCK_AGAIN = frozenset({400, 401})
KNOCKS = 3
GONE = frozenset({404, 410})
WORTH_RETRYING = frozenset({408, 425, 429})
NOT_IMPLEMENTED = 501

Verdict = Literal["delivered", "refused", "again"]


@dataclass(frozen=True)
class Meaning:
    """What follows from one attempt.

    `failed` counts against the host, `knock` is a signature that was not accepted, `recipient` is what a personal
    inbox said of its owner: `left` at 404, `gone` at 410.
    """

    verdict: Verdict
    reason: str
    failed: bool = False
    knock: bool = False
    recipient: str = ""


def meaning(result: Answer | FederationError, *, personal: bool, knocks: int) -> Meaning:
    """Return what an attempt's result means.

    Args:
        result: the answer, or the error that stands for none.
        personal: whether the inbox is one actor's own.
        knocks: how many attempts before this one ended in a signature that was not accepted.
    """
    if isinstance(result, FederationError):
        verdict: Verdict = "refused" if isinstance(result, Forbidden) else "again"
        return Meaning(verdict, f"{type(result).__name__}: {result}", failed=verdict == "again")
    status, reason = result.status, f"{result.status}: {_excerpt(result.body)}"
    if 200 <= status < 300:
        return Meaning("delivered", f"{status} ({result.scheme})")
    if status in KNOCK_AGAIN:
        return Meaning("again" if knocks + 1 < KNOCKS else "refused", reason, knock=True)
    if status in GONE and personal:
        return Meaning("refused", reason, recipient="gone" if status == 410 else "left")
    if status == 410:
        # A shared inbox that says so speaks for a server that is down or closing, not for its actors.
        return Meaning("again", reason, failed=True)
    if status in WORTH_RETRYING:
        return Meaning("again", reason, failed=status == 408)
    if status >= 500 and status != NOT_IMPLEMENTED:
        return Meaning("again", reason, failed=True)
    return Meaning("refused", reason)


def _excerpt(body: bytes) -> str:
    text = body[:200].decode("utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in text)
