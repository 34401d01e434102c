"""The pages of territories: one walks down from countries, and sees on each what is published and who is there."""

from flask import Response, make_response, redirect, render_template, url_for

from actors.models import Actor
from flask_maillage.people.current import current_member, may
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.publications import listing, matching
from flask_maillage.publications.enclosures import portraits
from flask_maillage.publications.items import Item, actor_item, actor_items, items_of
from flask_maillage.publications.territories import founding, overview
from flask_maillage.publications.views.channels import Channel, name_of_territory
from flask_maillage.publications.views.following import relations
from flask_maillage.territory import zones
from flask_maillage.territory.models import ACTS, BASED
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.negotiation import page

SHOWN = 6


@pages.get("/territories")
def territories() -> Response:
    """List the countries in which something is, what has no location, and the territories that one can follow."""
    html = render_template(
        "maillage/territories.html",
        countries=overview.countries(current_language()),
        nowhere=overview.count(zones.NOWHERE),
        most=overview.MOST,
        followable=[(row, actor_item(row.actor)) for row in founding.listed()],
    )
    return page(html)


@pages.get("/territory")
@pages.get("/territory/<code>")
def territory_in_singular(code: str = "") -> Response:
    """Lead on from the address that one would guess."""
    there = url_for("maillage.territory", code=code) if code else url_for("maillage.territories")
    return make_response(redirect(there, code=303))


def overview_page(code: str, actor: Actor | None = None) -> str:
    """Return the page of a territory; `actor` is the one of ours that it is, where it is that one's page."""
    language = current_language()
    founded = founding.of_zone(code)
    followed = actor or (founded.actor if founded else None)
    channel = Channel(actor=actor) if actor else Channel(territory=code)
    is_nowhere = code == zones.NOWHERE
    return render_template(
        "maillage/territory.html",
        code=code,
        name=name_of_territory(code, language),
        is_nowhere=is_nowhere,
        around=[(one, zones.name_of(one, language)) for one in reversed(zones.outwards(code)[1:])],
        inside=[] if is_nowhere else overview.inside(code, language),
        total=overview.count(code),
        most=overview.MOST,
        sections=_sections(code),
        based=[] if is_nowhere else actor_items(overview.actors(code, BASED)),
        acting=[] if is_nowhere else actor_items(overview.actors(code, ACTS)),
        actor=followed,
        pictures=portraits.of(followed) if followed else portraits.Pictures(),
        may_administer=followed is not None and may(current_member(), ADMINISTER, followed),
        feeds=channel.addresses(),
        **(relations(followed) if followed else {}),
    )


def _sections(code: str) -> dict[str, tuple[list[Item], bool]]:
    """Return for each kind what is shown of it and whether there is more."""
    there = matching.lying_in(code)
    queries = {
        "calls": listing.calls_in_turn(),
        "events": listing.coming_in_turn(),
        "initiatives": [listing.initiatives()],
        "news": [listing.news()],
        "past": [listing.past_events()],
    }
    found = {
        name: listing.first_of((part.where(there) for part in parts), SHOWN + 1) for name, parts in queries.items()
    }
    return {name: (items_of(rows[:SHOWN]), len(rows) > SHOWN) for name, rows in found.items() if rows}
