"""One kind at a time, twenty to a page: on the whole node, or of one actor."""

from flask import Response, abort, render_template, request

from actors.models import Actor
from flask_maillage.publications import listing
from flask_maillage.publications.items import actor_item, items_of
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.finding import SLUG, find_actor, find_kind
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import page


@pages.get("/calls")
def calls() -> Response:
    """List all calls."""
    return _show(find_kind("calls"), None)


@pages.get("/events")
def events() -> Response:
    """List the coming events, or with `?past=1` those that are over."""
    return _show(find_kind("events"), None)


@pages.get("/initiatives")
def initiatives() -> Response:
    """List all initiatives."""
    return _show(find_kind("initiatives"), None)


@pages.get(f"/@<page_handle>/<{SLUG}:slug>")
def actor_list(page_handle: str, slug: str) -> Response:
    """List what one actor has published of one kind."""
    return _show(find_kind(slug), find_actor(page_handle))


def _show(kind: Kind, actor: Actor | None) -> Response:
    past = kind.name == "event" and request.args.get("past") == "1"
    number = page_number()
    found, more = listing.page(_query(kind, actor, past=past), number)
    if number > 1 and not found:
        abort(404)
    html = render_template(
        "maillage/list.html",
        kind=kind,
        items=items_of(found),
        past=past,
        number=number,
        more=more,
        feeds=Channel(kind=kind, actor=actor).addresses(),
        actor=actor_item(actor) if actor else None,
    )
    return page(html)


def _query(kind: Kind, actor: Actor | None, *, past: bool) -> listing.Query:
    if kind.name == "call":
        return listing.calls(actor=actor)
    if kind.name == "event":
        return listing.past_events(actor=actor) if past else listing.coming_events(actor=actor)
    return listing.newest(listing.visible(kind=kind.name, actor=actor))


def page_number() -> int:
    """Return the page that was asked for; 404 for what is no number of a page."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= listing.MAX_PAGE):
        abort(404)
    return int(text)
