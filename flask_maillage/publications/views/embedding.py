"""Publications and lists inside the pages of other sites: small pages to frame, and oEmbed, which says how.

Only these may be framed. They set no cookie, hold no form and load nothing from elsewhere; their links open in the
whole window.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from xml.etree import ElementTree

from flask import Response, abort, current_app, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from actors import iris
from actors.node import node
from federation import strict_json
from flask_maillage.publications import listing
from flask_maillage.publications.attending.counting import counted
from flask_maillage.publications.filtering import Filter, Refused, read
from flask_maillage.publications.items import item_of, items_of
from flask_maillage.publications.kinds import kind_with_slug
from flask_maillage.publications.models import Publication
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.finding import SLUG, find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import conditional, framed

SHOWN = 10
WIDTH, HEIGHT = 480, 320
LIST_HEIGHT = 560
SMALLEST = 200
MAX_PARAMETERS = 50
THEMES = ("light", "dark")
MARKUP = Markup('<iframe src="{src}" title="{title}" width="{width}" height="{height}" loading="lazy"></iframe>')
LISTS = frozenset({"publications", "actor_publications", "actor_list", "territory", "tag"})
"""The views of lists beside those of kinds, which are named as the kinds' slugs are."""


@pages.get(f"/embed/@<page_handle>/<{SLUG}:slug>/<identifier>")
def embedded_publication(page_handle: str, slug: str, identifier: str) -> Response:
    """Show one publication that everybody may read, to be framed."""
    found = _find(page_handle, slug, identifier)
    return _framed([item_of(found, content=counted(found))], found.page, found.name, language=found.language)


@pages.get("/embed/publications")
def embedded_list() -> Response:
    """Show the first of what a filter asks for, to be framed."""
    try:
        channel = Channel(asked=read(request.args), listed=True)
    except Refused:
        abort(400)
    query = channel.query()
    coming = channel.asked.kinds == ("event",) and not (channel.asked.since or channel.asked.until)
    query = listing.by_start(query.where(listing.going_on())) if coming else listing.newest(query)
    return _framed(items_of(listing.first(query, SHOWN)), channel.page, channel.title)


@pages.get("/oembed")
def oembed() -> Response:
    """Say how a page of ours is framed (oEmbed 1.0): 404 for what is none, 501 for a format that we do not write."""
    form = request.args.get("format", "json")
    if form not in ("json", "xml"):
        abort(501)
    title, author, src, height = _described(request.args.get("url", ""))
    width, height = _within("maxwidth", WIDTH), _within("maxheight", height)
    document: dict[str, Any] = {
        "type": "rich",
        "version": "1.0",
        "title": title,
        **author,
        "provider_name": node().name,
        "provider_url": iris.home(),
        "cache_age": 3600,
        "html": snippet(src, title, width=width, height=height),
        "width": width,
        "height": height,
    }
    body = strict_json.dumps(document) if form == "json" else _xml(document)
    response = Response(body, content_type="application/json" if form == "json" else "text/xml; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return conditional(response)


def snippet(src: str, title: str, *, width: int | str = "100%", height: int = HEIGHT) -> str:
    """Return the HTML that frames an address of ours, for people to copy."""
    return str(MARKUP.format(src=src, title=title, width=width, height=height))


def frame_of(publication: Publication) -> str:
    """Return the address of a publication to be framed."""
    base = iris.home().rstrip("/")
    return publication.page.replace(base, f"{base}/embed", 1)


def frame_of_list(channel: Channel) -> str:
    """Return the address of a list to be framed: what its path says becomes a part of the filter."""
    fixed = {
        "kind": channel.kind.name if channel.kind else "",
        "actor": channel.author.page_handle if channel.author else "",
        "zone": channel.zone,
        "tag": channel.tag,
    }
    said = [(name, value) for name, value in fixed.items() if value]
    said += [(name, value) for name, value in channel.asked.written if not fixed.get(name)]
    return f"{iris.home()}embed/publications" + (f"?{urlencode(said)}" if said else "")


def discovery(page: str) -> str:
    """Return where oEmbed tells about a page."""
    return f"{iris.home()}oembed?{urlencode({'url': page})}"


def _find(page_handle: str, slug: str, identifier: str) -> Publication:
    found = find_publication(page_handle, slug, identifier)
    return found if found.published_at is not None else abort(404)


def _described(url: str) -> tuple[str, dict[str, str], str, int]:
    """Return title, author, address to frame and height of a page of ours; 404 for any other."""
    view, values, query = _matched(url)
    if view == "publication":
        found = _find(**values)
        author = {"author_name": found.actor.name, "author_url": iris.actor_page(found.actor.page_handle)}
        return found.name, author, frame_of(found), HEIGHT
    slug = values.get("slug", view)
    kind = kind_with_slug(slug)
    if view not in LISTS and kind is None:
        abort(404)
    fixed = {"kind": kind.name if kind else "", "actor": values.get("page_handle", "")}
    fixed |= {"country": values.get("code", ""), "tag": values.get("tag", "")}
    channel = Channel(asked=_asked(query, fixed), listed=True)
    return channel.title, {}, frame_of_list(channel), LIST_HEIGHT


def _asked(query: str, fixed: dict[str, str]) -> Filter:
    """Return the filter that an address means by its query and by its path, which counts first."""
    said = [(name, value) for name, value in fixed.items() if value]
    said += [(name, value) for name, value in parse_qsl(query, max_num_fields=MAX_PARAMETERS) if not fixed.get(name)]
    try:
        return read(MultiDict(said))
    except Refused:
        return abort(404)


def _matched(url: str) -> tuple[str, dict[str, Any], str]:
    """Return which of our pages an address leads to, by the name of its view."""
    base = node().base_url
    if len(url) > 2048 or not (url == base or url.startswith(f"{base}/")):
        abort(404)
    try:
        parts = urlsplit(url)
        endpoint, values = current_app.url_map.bind("").match(unquote(parts.path), method="GET")
    except (HTTPException, ValueError):  # a redirect to another spelling is an HTTPException too
        abort(404)
    blueprint, _dot, view = endpoint.partition(".")
    return (view, dict(values), parts.query) if blueprint == pages.name else abort(404)


def _within(name: str, usual: int) -> int:
    text = request.args.get(name, "")
    return max(SMALLEST, min(usual, int(text))) if text.isascii() and text.isdigit() and len(text) < 6 else usual


def _framed(items: list[Any], page: str, title: str, *, language: str | None = None) -> Response:
    theme = request.args.get("theme", "")
    html = render_template(
        "maillage/embed.html",
        items=items,
        page_address=page,
        title=title or gettext("Without a title"),
        title_language=language,
        theme=theme if theme in THEMES else "",
    )
    response = Response(html)
    response.vary.update(("Accept-Language",))
    return conditional(framed(response))


def _xml(document: dict[str, Any]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in document.items():
        ElementTree.SubElement(root, name).text = str(value)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body
