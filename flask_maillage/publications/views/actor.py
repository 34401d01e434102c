"""The page of an organisation, a project or a person: who it is, what it publishes, how to follow it."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from actors import policy, remote
from actors.documents import count_followers
from actors.models import MERGED, NODE, PERSON, PROPOSED, Actor
from actors.negotiation import wants_activity
from flask_maillage.people.current import current_member, gives_roles, may
from flask_maillage.people.roles import ADMINISTER, PUBLISH
from flask_maillage.publications import listing, schema_org
from flask_maillage.publications.editing.pictures import may_choose
from flask_maillage.publications.enclosures import portraits
from flask_maillage.publications.featuring import featured
from flask_maillage.publications.items import ActorItem, Item, actor_item, items_of
from flask_maillage.publications.territories import founding
from flask_maillage.publications.territories.pages import overview_page
from flask_maillage.publications.views import actor_parts
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.finding import find_actor
from flask_maillage.publications.views.following import relations
from flask_maillage.publications.views.publication import with_alternate
from flask_maillage.territory import organisations, profiles
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.negotiation import page

SHOWN = 10
Addition = Callable[[Actor], dict[str, Any]]
_additions: list[Addition] = []


def adds_to_actor_page(function: Addition) -> Addition:
    """Register a function of a higher room that gives the page of an actor more to show, by its names there."""
    _additions.append(function)
    return function


@pages.get("/@<page_handle>")
def actor(page_handle: str) -> Response:
    """Show an actor, ours or one from elsewhere; a server that asks here for the actor is led to its id."""
    found = find_actor(page_handle)
    if wants_activity(request):
        return make_response(redirect(found.iri, code=303))
    if found.local and found.kind == NODE:
        return make_response(redirect(url_for("maillage.home"), code=303))
    if page_handle != found.page_handle:
        return make_response(redirect(url_for("maillage.actor", page_handle=found.page_handle), code=301))
    if (territory := founding.of_actor(found)) is not None:
        return with_alternate(page(overview_page(territory.code, found)), found.iri)
    said = profiles.of(found, current_language())
    moved_to = _moved_to(found)
    if found.local and found.phase == MERGED and moved_to is not None:
        return make_response(redirect(moved_to.url, code=302))
    html = render_template(
        "maillage/actor.html",
        actor=found,
        pictures=portraits.of(found),
        may_choose_pictures=may_choose(current_member(), found),
        sections=_sections(
            featured=[featured(found)],
            calls=listing.calls_in_turn(actor=found),
            events=listing.coming_in_turn(actor=found),
            past=[listing.past_events(actor=found)],
            initiatives=[listing.initiatives(actor=found)],
            news=[listing.news(actor=found)],
        ),
        linked_data=schema_org.script(schema_org.of_actor(found))
        if found.federated and found.phase != PROPOSED
        else "",
        followers=count_followers(found) if found.local else None,
        feeds=Channel(actor=found).addresses(),
        said=said,
        sort=organisations.label(said.organisation_kind),
        may_administer=profiles.has_one(found) and may(current_member(), ADMINISTER, found),
        may_see_members=found.local and found.kind != PERSON and may(current_member(), PUBLISH, found),
        may_give_roles=gives_roles(current_member(), found),
        moved_to=moved_to,
        is_listed=found.local and found.phase != PROPOSED,
        parts=actor_parts.of(found),
        **relations(found),
        **{name: value for addition in _additions for name, value in addition(found).items()},
    )
    return with_alternate(page(html), found.iri)


def _moved_to(actor: Actor) -> ActorItem | None:
    """Return the actor that this one moved to; it was read when it moved."""
    found = remote.find(actor.moved_to) if actor.moved_to else None
    return actor_item(found) if found is not None and policy.is_welcome(found) else None


def _sections(**queries: Sequence[listing.Query]) -> dict[str, tuple[list[Item], bool]]:
    """Return for each section what it shows and whether there is more."""
    found = {name: listing.first_of(parts, SHOWN + 1) for name, parts in queries.items()}
    return {name: (items_of(rows[:SHOWN]), len(rows) > SHOWN) for name, rows in found.items() if rows}
