"""Lists of publications, twenty to a page: of one kind, of one actor, of one country, and of what a filter asks for."""

from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from flask_maillage.publications import listing, matching, tags
from flask_maillage.publications.filtering import PARAMETERS, Filter, Refused, read
from flask_maillage.publications.items import actor_item, items_of
from flask_maillage.publications.territories.pages import overview_page
from flask_maillage.publications.views.bar import bar
from flask_maillage.publications.views.channels import Channel, name_of_territory
from flask_maillage.publications.views.embedding import LIST_HEIGHT, discovery, frame_of_list, snippet
from flask_maillage.publications.views.finding import SLUG, find_actor, find_kind, find_territory, page_number
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, gettext
from flask_maillage.web.negotiation import keep_private, page

LISTING = frozenset({*PARAMETERS, "page", "past"})
"""What stands in the address of a list, and not in that of the page of a territory."""


@pages.get("/publications")
def publications() -> Response:
    """List everything, the newest first."""
    return _show(listed=True)


@pages.get("/calls")
def calls() -> Response:
    """List all calls."""
    return _show(kind=find_kind("calls"))


@pages.get("/events")
def events() -> Response:
    """List the coming events, or with `?past=1` those that are over."""
    return _show(kind=find_kind("events"))


@pages.get("/initiatives")
def initiatives() -> Response:
    """List all initiatives."""
    return _show(kind=find_kind("initiatives"))


@pages.get("/@<page_handle>/publications")
def actor_publications(page_handle: str) -> Response:
    """List everything that one actor has published."""
    return _show(actor=find_actor(page_handle))


@pages.get("/news")
def news() -> Response:
    """List all news."""
    return _show(kind=find_kind("news"))


@pages.get(f"/@<page_handle>/<{SLUG}:slug>")
def actor_list(page_handle: str, slug: str) -> Response:
    """List what one actor has published of one kind."""
    return _show(kind=find_kind(slug), actor=find_actor(page_handle))


@pages.get("/territories/<code>")
def territory(code: str) -> Response:
    """Show what takes place or is done in one territory; with a filter, or further on, list it."""
    known = find_territory(code)
    if known != code:
        kept: dict[str, Any] = request.args.to_dict(flat=False)
        return make_response(redirect(url_for("maillage.territory", **kept | {"code": known}), code=301))
    if not LISTING.intersection(request.args):
        return page(overview_page(known))
    return _show(territory=known)


@pages.get("/tags/<tag>")
def tag(tag: str) -> Response:
    """List what has a hashtag, the newest first; each tag has one address, however it is written."""
    if not tags.is_folded(tag):
        kept = tags.cleaned(tag) or abort(404)
        return make_response(redirect(url_for("maillage.tag", tag=tags.folded(kept)), code=301))
    return _show(tag=tag)


def _show(**where: Any) -> Response:
    """Show a page of a list, or what is wrong with its filter."""
    try:
        channel = Channel(asked=read(request.args), **where)
    except Refused as refused:
        channel = Channel(**where)
        problems = {name: gettext(sentence) for name, sentence in refused.problems.items()}
        return keep_private(make_response(_html(channel, [], more=False, problems=problems), 400))
    number = page_number()
    found, more = listing.page(_query(channel), number)
    if number > 1 and not found:
        abort(404)
    return page(_html(channel, found, more=more))


def _html(channel: Channel, found: Any, *, more: bool, problems: dict[str, str] | None = None) -> str:
    return render_template(
        "maillage/list.html",
        kind=channel.kind,
        actor=actor_item(channel.actor) if channel.actor else None,
        territory=name_of_territory(channel.territory, current_language()) if channel.territory else "",
        tag=_label(channel, found),
        items=items_of(found, channel.asked.around),
        past=_past(channel),
        number=page_number(),
        more=more,
        feeds={} if problems else channel.addresses(),
        frame="" if problems else snippet(frame_of_list(channel), channel.title, height=LIST_HEIGHT),
        oembed=discovery(channel.page),
        **bar(channel.asked, problems),
    )


def _label(channel: Channel, found: Any) -> str:
    """Return a tag as somebody wrote it."""
    return next((one.label for row in found for one in row.hashtags if one.tag == channel.tag), channel.tag)


def _past(channel: Channel) -> bool:
    return channel.kind is not None and channel.kind.name == "event" and request.args.get("past") == "1"


def _query(channel: Channel) -> listing.Query:
    """Return what the list holds in its order; events of asked days are neither only coming nor only past ones."""
    kind, actor, asked = channel.kind.name if channel.kind else "", channel.author, channel.meaning
    if kind == "call":
        return matching.narrowed(listing.calls(actor=actor), asked)
    if kind == "event" and _asks_for_days(asked):
        return matching.narrowed(listing.by_start(listing.visible(kind=kind, actor=actor)), asked)
    if kind == "event":
        found = listing.past_events(actor=actor) if _past(channel) else listing.coming_events(actor=actor)
        return matching.narrowed(found, asked)
    return listing.newest(channel.query())


def _asks_for_days(asked: Filter) -> bool:
    return bool(asked.since or asked.until)
