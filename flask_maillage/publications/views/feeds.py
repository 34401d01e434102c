"""Every list as feed, calendar, table and map, and every publication too; the same bytes for everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, request

from actors.node import node
from flask_maillage.publications import listing, selecting
from flask_maillage.publications.feeds.calendar import CALENDAR_CONTENT_TYPE, calendar
from flask_maillage.publications.feeds.entries import NEVER, Feed
from flask_maillage.publications.feeds.json_feed import JSON_FEED_CONTENT_TYPE, json_feed
from flask_maillage.publications.feeds.map import MAP_CONTENT_TYPE, geojson
from flask_maillage.publications.feeds.syndication import ATOM_CONTENT_TYPE, RSS_CONTENT_TYPE, atom, rss
from flask_maillage.publications.feeds.table import TABLE_CONTENT_TYPE, table
from flask_maillage.publications.filtering import Filter, Refused, read
from flask_maillage.publications.kinds.reading import tag_of
from flask_maillage.publications.selecting import Part
from flask_maillage.publications.syndicating import brief_entry_of, entry_of
from flask_maillage.publications.tags import is_folded
from flask_maillage.publications.views import counting
from flask_maillage.publications.views.channels import ENDINGS, FILES, Channel
from flask_maillage.publications.views.finding import (
    SLUG,
    find_actor,
    find_kind,
    find_publication,
    find_territory,
    page_number,
)
from flask_maillage.version import __version__
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import PARAMETER, translate
from flask_maillage.web.negotiation import conditional

EXPORT_SIZE = 1000
View = Callable[..., Response]
ENDING = f"any({','.join(ENDINGS.values())})"
_NAMES = {ending: name for name, ending in ENDINGS.items()}


@dataclass(frozen=True)
class Format:
    """How a list is written: by what, as what, how many at once, and whether without texts."""

    write: Callable[[Feed], bytes]
    content_type: str
    size: int = listing.FEED_SIZE
    brief: bool = False


def _calendar(feed: Feed) -> bytes:
    return calendar(feed, deadline_label=translate(node().language, "Deadline"))


FORMATS = {
    "atom": Format(atom, ATOM_CONTENT_TYPE),
    "rss": Format(rss, RSS_CONTENT_TYPE),
    "json": Format(json_feed, JSON_FEED_CONTENT_TYPE),
    "calendar": Format(_calendar, CALENDAR_CONTENT_TYPE, listing.CALENDAR_SIZE),
    "table": Format(table, TABLE_CONTENT_TYPE, EXPORT_SIZE, brief=True),
    "map": Format(geojson, MAP_CONTENT_TYPE, EXPORT_SIZE, brief=True),
}


def _files_under(base: str) -> Callable[[View], View]:
    """Register a view for all files of a list: their names begin with letters, so that they come before identifiers."""

    def registered(view: View) -> View:
        for file in dict.fromkeys(file.partition(".")[0] for file in FILES.values()):
            endings = [ENDINGS[name] for name in FILES if FILES[name].startswith(f"{file}.")]
            pages.add_url_rule(f"{base}/{file}.<any({','.join(endings)}):ending>", view_func=view)
        return view

    return registered


@_files_under("")
def node_feed(ending: str) -> Response:
    """Everything on the node that is public."""
    return _answer(Channel(asked=_asked()), ending)


@_files_under(f"/<{SLUG}:slug>")
def kind_feed(slug: str, ending: str) -> Response:
    """Everything of one kind."""
    return _answer(Channel(kind=find_kind(slug), asked=_asked()), ending)


@_files_under("/territories/<code>")
def territory_feed(code: str, ending: str) -> Response:
    """Everything in one country."""
    return _answer(Channel(territory=find_territory(code), asked=_asked()), ending)


@_files_under("/tags/<tag>")
def tag_feed(tag: str, ending: str) -> Response:
    """Everything that has one hashtag."""
    return _answer(Channel(tag=tag if is_folded(tag) else abort(404), asked=_asked()), ending)


@_files_under("/@<page_handle>")
def actor_feed(page_handle: str, ending: str) -> Response:
    """Everything that one actor has published."""
    return _answer(Channel(actor=find_actor(page_handle), asked=_asked()), ending)


@_files_under(f"/@<page_handle>/<{SLUG}:slug>")
def actor_kind_feed(page_handle: str, slug: str, ending: str) -> Response:
    """Everything of one kind that one actor has published."""
    return _answer(Channel(kind=find_kind(slug), actor=find_actor(page_handle), asked=_asked()), ending)


@_files_under(f"/@<page_handle>/<{SLUG}:slug>/<identifier>")
@pages.get(f"/@<page_handle>/<{SLUG}:slug>/<identifier>.<{ENDING}:ending>")
def publication_feed(page_handle: str, slug: str, identifier: str, ending: str) -> Response:
    """One publication; FEP-a5c5 looks for it at the page's address with the ending of the format."""
    found = find_publication(page_handle, slug, identifier)
    if found.published_at is None:
        abort(404)
    return _answer(Channel(publication=found), ending)


def _asked() -> Filter:
    """Return the filter of the address; 400 with a sentence for what cannot be meant."""
    try:
        return read(request.args)
    except Refused as refused:
        sentences = [f"{name}: {translate(node().language, text)}\n" for name, text in refused.problems.items()]
        answer = Response("".join(sentences), 400, content_type="text/plain; charset=utf-8")
        return abort(answer)


def _answer(channel: Channel, ending: str) -> Response:
    """Answer 304 before anything is written, where the reader holds it already; finding that out is counted too."""
    counting.count(counting.FEEDS)
    name = _NAMES[ending]
    form = FORMATS[name]
    number = 1 if channel.publication else page_number()
    part = _part(channel, name, number)
    changed = channel.changed_at()
    response = Response(content_type=form.content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(_mark(channel, name, part))
    time_tells = number == 1 and not channel.meaning.depends_on_the_hour
    conditional(response, last_modified=(changed or NEVER) if time_tells else None)
    if response.status_code == 304:
        return response
    if form.brief:
        counting.count(counting.EXPORTS)
    response.set_data(form.write(_feed(channel, name, part, changed)))
    return response


def _feed(channel: Channel, name: str, part: Part, changed: datetime | None) -> Feed:
    found, more = part.publications()
    if part.number > 1 and not found:
        abort(404)
    entry = brief_entry_of if part.brief else entry_of
    return Feed(
        id=channel.address("atom"),
        title=channel.title,
        url=channel.page,
        self_url=_in_language(channel.address(name, part.number)),
        entries=[entry(publication, _language()) for publication in found],
        subtitle=channel.actor.name if channel.actor else node().description,
        language=node().language,
        updated=changed,
        next_url=_in_language(channel.address(name, part.number + 1)) if more else None,
        without_location=selecting.count_unplaced(channel.query()) if name == "map" and not channel.publication else 0,
    )


def _language() -> str:
    """Return in which language texts are wanted that there are in several: the one of the address, or the node's."""
    return tag_of(request.args.get(PARAMETER)) or node().language


def _in_language(address: str) -> str:
    """Return the address of a feed with the language that was asked for, so that readers come back to it."""
    if not (asked := tag_of(request.args.get(PARAMETER))):
        return address
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={asked}"


def _part(channel: Channel, name: str, number: int) -> Part:
    query = channel.query()
    if channel.publication is None:
        query = listing.dated(query) if name == "calendar" else listing.newest(query)
        query = selecting.placed(query) if name == "map" else query
    return Part(query, FORMATS[name].size, number, FORMATS[name].brief)


def _mark(channel: Channel, name: str, part: Part) -> str:
    """Return the mark of what is in it and of all else that the file says."""
    ours = node()
    around = (ours.base_url, ours.name, ours.description, ours.language, _language(), __version__)
    unplaced = selecting.count_unplaced(channel.query()) if name == "map" else 0
    return part.mark(name, channel.address(name, part.number), channel.title, unplaced, *around)


def mark_of(channel: Channel, name: str) -> str:
    """Return the mark of another file of one publication, which changes with anything that stands in it."""
    return Part(channel.query(), 1).mark(name, channel.page, node().name, __version__)
