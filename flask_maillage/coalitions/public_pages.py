"""What everybody sees of belonging: a group's members and its past, and what the page of an actor says of both."""

from typing import Any

from flask import Response, abort, render_template

from actors.models import Actor
from flask_maillage.coalitions import history, listing, memberships
from flask_maillage.coalitions.claims import GROUP, MEMBER
from flask_maillage.people.current import current_member, may
from flask_maillage.people.roles import PUBLISH
from flask_maillage.publications.views.actor import adds_to_actor_page
from flask_maillage.publications.views.finding import find_actor
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.negotiation import page

SHOWN = 8
"""How many the page of an actor names before it leads to the whole list."""


@pages.get("/@<page_handle>/members")
def members(page_handle: str) -> Response:
    """List who belongs to a group of ours, since when, as what, and whether both sides say so."""
    group = group_of_page(page_handle)
    html = render_template(
        "maillage/members.html",
        group=group,
        members=listing.shown(group, GROUP, current_language()),
        count=listing.count(group, GROUP),
        may_manage=may(current_member(), PUBLISH, group),
    )
    return page(html)


@pages.get("/@<page_handle>/members/history")
def members_history(page_handle: str) -> Response:
    """Tell who came to a group of ours, who went, and what changed."""
    group = group_of_page(page_handle)
    return page(render_template("maillage/members_history.html", group=group, events=history.of_group(group)))


@adds_to_actor_page
def belonging(actor: Actor) -> dict[str, Any]:
    """Add to what an actor belongs, and who belongs to it."""
    language = current_language()
    belongs_to = listing.shown(actor, MEMBER, language)
    is_group = actor.local and memberships.is_group(actor)
    named = listing.shown(actor, GROUP, language)[:SHOWN] if is_group else []
    count = listing.count(actor, GROUP) if is_group else 0
    return {"belongs_to": belongs_to, "members_named": named, "member_count": count}


def group_of_page(page_handle: str) -> Actor:
    """Return the group of ours that a page is about, or answer 404."""
    group = find_actor(page_handle)
    if not group.local or not memberships.is_group(group):
        abort(404)
    return group
