"""The node in hand: what every package needs to know of the application it works for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app

from actors.rates import Rates
from actors.secret import Secret
from federation.client import Client

EXTENSION = "maillage"


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass
class Node:
    """One node, built once from the settings by the extension and kept in `app.extensions["maillage"]`."""

    base_url: str
    name: str
    description: str
    language: str
    version: str
    secret: Secret
    client: Client
    clock: Callable[[], datetime] = utc_now
    rates: Rates = field(default_factory=Rates)
    lease: timedelta = timedelta(minutes=2)
    carriers: int = 8
    """How many deliveries one worker makes at once."""
    deliveries_per_host: int = 2
    """How many deliveries one host gets at once, from all workers together."""
    poll_every: timedelta = timedelta(hours=6)
    """How often the outbox of a followed actor is read again."""
    archipelago: bool = False
    """Whether only hosts on the list of allowed ones are dealt with."""
    authorised_fetch: bool = False
    """Whether documents are given only to servers that sign their requests."""
    state: dict[str, Any] = field(default_factory=dict)
    """What upper packages keep per application (the members' loader, the settings); each under its own name."""


def node() -> Node:
    """Return the node of the application in hand."""
    found: Node = current_app.extensions[EXTENSION]
    return found


def now() -> datetime:
    """Return the present moment by the node's clock."""
    return node().clock()
