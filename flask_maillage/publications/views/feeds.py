"""Feeds and calendars of the node, of a kind, of an actor and of one publication; the same bytes for everybody."""

from flask import Response, abort

from actors.node import node
from flask_maillage.publications.feeds.calendar import CALENDAR_CONTENT_TYPE, calendar
from flask_maillage.publications.feeds.entries import NEVER, Feed
from flask_maillage.publications.feeds.json_feed import JSON_FEED_CONTENT_TYPE, json_feed
from flask_maillage.publications.feeds.syndication import ATOM_CONTENT_TYPE, RSS_CONTENT_TYPE, atom, rss
from flask_maillage.publications.items import entry_of
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.finding import SLUG, find_actor, find_kind, find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import translate
from flask_maillage.web.negotiation import conditional

WRITERS = {
    "atom": (atom, ATOM_CONTENT_TYPE),
    "rss": (rss, RSS_CONTENT_TYPE),
    "json": (json_feed, JSON_FEED_CONTENT_TYPE),
}
FEED = "feed.<any(atom,rss,json):form>"
CALENDAR = "calendar.<any(ics):form>"


@pages.get(f"/{FEED}")
@pages.get(f"/{CALENDAR}")
def node_feed(form: str) -> Response:
    """Everything on the node that is public."""
    return _answer(Channel(), form)


@pages.get(f"/<{SLUG}:slug>/{FEED}")
@pages.get(f"/<{SLUG}:slug>/{CALENDAR}")
def kind_feed(slug: str, form: str) -> Response:
    """Everything of one kind."""
    return _answer(Channel(kind=find_kind(slug)), form)


@pages.get(f"/@<page_handle>/{FEED}")
@pages.get(f"/@<page_handle>/{CALENDAR}")
def actor_feed(page_handle: str, form: str) -> Response:
    """Everything that one actor has published."""
    return _answer(Channel(actor=find_actor(page_handle)), form)


@pages.get(f"/@<page_handle>/<{SLUG}:slug>/{FEED}")
@pages.get(f"/@<page_handle>/<{SLUG}:slug>/{CALENDAR}")
def actor_kind_feed(page_handle: str, slug: str, form: str) -> Response:
    """Everything of one kind that one actor has published."""
    return _answer(Channel(kind=find_kind(slug), actor=find_actor(page_handle)), form)


@pages.get(f"/@<page_handle>/<{SLUG}:slug>/<identifier>/{FEED}")
@pages.get(f"/@<page_handle>/<{SLUG}:slug>/<identifier>/{CALENDAR}")
@pages.get(f"/@<page_handle>/<{SLUG}:slug>/<identifier>.<any(atom,rss,json,ics):form>")
def publication_feed(page_handle: str, slug: str, identifier: str, form: str) -> Response:
    """One publication; FEP-a5c5 looks for it at the page's address with the ending of the format."""
    found = find_publication(page_handle, slug, identifier)
    if found.published_at is None:
        abort(404)
    return _answer(Channel(publication=found), form)


def _answer(channel: Channel, form: str) -> Response:
    name = "calendar" if form == "ics" else form
    entries = [entry_of(publication) for publication in channel.publications(for_calendar=form == "ics")]
    changed = channel.changed_at()
    feed = Feed(
        id=channel.address("atom"),
        title=channel.title,
        url=channel.page,
        self_url=channel.address(name),
        entries=entries,
        subtitle=channel.actor.name if channel.actor else node().description,
        language=node().language,
        updated=changed,
    )
    if form == "ics":
        body, content_type = calendar(feed, deadline_label=_deadline_word()), CALENDAR_CONTENT_TYPE
    else:
        write, content_type = WRITERS[form]
        body = write(feed)
    response = Response(body, content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return conditional(response, last_modified=changed or NEVER)


def _deadline_word() -> str:
    return translate(node().language, "Deadline")
