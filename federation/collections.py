"""A collection of somebody else, page by page, within limits: pages, items, time, one origin, no page twice.

Peers give items in the collection itself, in an embedded first page, or behind a chain of `first` and `next`; as
`items` or `orderedItems`; with pages by path or by query (PeerTube was led into crawling without end, CVE-2025-32943).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from federation.activities import Document, as_list, id_of, same_origin, type_of
from federation.errors import Rejected

MAX_HOPS_TO_ITEMS = 2
"""How many documents may stand before the first page: the collection, and one more."""


@dataclass
class Harvest:
    """What was read: each item with the address of its page, in the order of the collection, and where to go on."""

    items: list[tuple[str, Any]] = field(default_factory=list)
    pages: int = 0
    next_page: str | None = None


def harvest(
    fetch: Callable[[str], Document],
    address: str,
    *,
    pages: int,
    items: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Harvest:
    """Read a collection, or go on at one of its pages.

    Args:
        fetch: returns the document at an address; it raises where there is none.
        address: of the collection or the page; nothing is read from another origin.
        pages: how many pages at most.
        items: how many items at most, over all pages.
        seconds: after so long no further page is asked for.
        clock: seconds that only grow.

    Raises:
        Rejected: the first page leads in a circle, to another server, or lies too deep.
        federation.errors.FederationError: as `fetch`.
    """
    began, seen, hops = clock(), {address}, 0
    found, upcoming, document = Harvest(), address, fetch(address)
    while True:
        listed = _items(document)
        if not listed and document.get("first") is not None and not type_of(document).endswith("Page"):
            hops += 1
            if hops > MAX_HOPS_TO_ITEMS:
                raise Rejected(f"{address} hides its items too deep")
            upcoming, document = _first(document["first"], upcoming, seen, fetch)
            continue
        found.pages += 1
        found.items += [(upcoming, item) for item in listed[: items - len(found.items)]]
        following = id_of(document.get("next"))
        if following is None or following in seen or not same_origin(following, address) or len(found.items) >= items:
            return found
        if found.pages >= pages or clock() - began > seconds:
            found.next_page = following
            return found
        seen.add(following)
        upcoming, document = following, fetch(following)


def _items(document: Document) -> list[Any]:
    ordered = as_list(document.get("orderedItems"))
    return ordered or as_list(document.get("items"))


def _first(first: Any, here: str, seen: set[str], fetch: Callable[[str], Document]) -> tuple[str, Document]:
    """Return the first page with its address; an embedded one stands at the address of what embeds it."""
    if isinstance(first, dict) and ("orderedItems" in first or "items" in first):
        return here, first
    target = id_of(first)
    if target is None or target in seen or not same_origin(target, here):
        raise Rejected(f"{here} has no first page of its own")
    seen.add(target)
    return target, fetch(target)
