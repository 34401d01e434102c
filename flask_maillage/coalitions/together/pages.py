"""The common page of a group: who is in it, and calls, agenda, initiatives, news and map of all of them."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Response, render_template
from werkzeug.datastructures import MultiDict

from actors.node import node
from flask_maillage.coalitions.public_pages import group_of_page
from flask_maillage.coalitions.together import members
from flask_maillage.publications import listing, matching, selecting
from flask_maillage.publications.filtering import Filter, read
from flask_maillage.publications.items import Item, items_of
from flask_maillage.publications.models import Publication
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.map import with_tiles
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.negotiation import page

SHOWN = 6
ON_THE_MAP = 20


@pages.get("/@<page_handle>/together")
def together(page_handle: str) -> Response:
    """Show what a group of ours and those who belong to it do, on one page that one can follow as a feed."""
    group = group_of_page(page_handle)
    asked = read(MultiDict([("members", group.handle)]))
    placed = listing.newest(selecting.placed(matching.narrowed(listing.visible(), asked)))
    found = listing.first(placed, ON_THE_MAP + 1)
    html = render_template(
        "maillage/together.html",
        group=group,
        sorts=members.sorts(group, current_language()),
        sections=_sections(asked),
        asked=asked,
        feeds=Channel(asked=asked, listed=True).addresses(),
        items=items_of(found[:ON_THE_MAP]),
        more=len(found) > ON_THE_MAP,
        map_tiles=node().state.get("map_tiles", ""),
        map_attribution=node().state.get("map_attribution", ""),
    )
    return with_tiles(page(html))


def _sections(asked: Filter) -> dict[str, tuple[list[Item], bool]]:
    """Return for each kind what is shown of it, and whether there is more."""
    queries: Mapping[str, Iterable[listing.Query]] = {
        "calls": listing.calls_in_turn(),
        "events": listing.coming_in_turn(),
        "initiatives": [listing.initiatives()],
        "news": [listing.news()],
    }
    rows: dict[str, Sequence[Publication]] = {
        name: listing.first_of((matching.narrowed(part, asked) for part in parts), SHOWN + 1)
        for name, parts in queries.items()
    }
    return {name: (items_of(found[:SHOWN]), len(found) > SHOWN) for name, found in rows.items() if found}
