"""Everything around me on one page: one filter over a list, a map and an agenda, whose address one may share."""

from datetime import date
from typing import Any

from flask import Response, abort, make_response, render_template, request

from actors.node import node, now
from flask_maillage.people.current import current_member
from flask_maillage.people.models import Member
from flask_maillage.people.notifying import preferences
from flask_maillage.people.notifying.rhythm import zone_of
from flask_maillage.publications import facets, listing, matching, selecting, tallying
from flask_maillage.publications.agenda import DAY, MONTH, MOST, SPANS, WEEK, agenda, span_of
from flask_maillage.publications.filtering import EVERYTHING, Filter, Refused, read
from flask_maillage.publications.items import items_of
from flask_maillage.publications.searching import index
from flask_maillage.publications.views.agenda_items import shown_days
from flask_maillage.publications.views.bar import bar
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.finding import may_find, page_number
from flask_maillage.publications.views.map import with_tiles
from flask_maillage.publications.views.narrowing import groups, is_open
from flask_maillage.web.blueprint import pages
from flask_maillage.web.dates import first_weekday
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import keep_private, page

LIST, MAP, AGENDA = "list", "map", "agenda"
VIEWS = (LIST, MAP, AGENDA)
SORTS = ("", "distance", "newest")
SHOWN_OF_A_DAY = {DAY: MOST, WEEK: 20, MONTH: 4}
"""How many lines of a day an agenda has; the page of the day has the others."""


@pages.get("/find")
def find() -> Response:
    """Show what a filter leaves of everything, as list, map or agenda; or what is wrong with the filter."""
    may_find()
    view = _one_of("view", VIEWS)
    try:
        asked = read(request.args)
    except Refused as refused:
        problems = {name: gettext(sentence) for name, sentence in refused.problems.items()}
        html = _html(EVERYTHING, view, problems, items=[], number=1, more=False)
        return keep_private(make_response(html, 400))
    shown = {LIST: _list, MAP: _map, AGENDA: _agenda}[view](asked)
    narrower = groups(asked) if is_open() else None
    response = page(
        _html(
            asked,
            view,
            {},
            counts=tallying.tally(asked, unplaced=view == MAP),
            narrower=narrower,
            counted_among=facets.MOST,
            **shown,
        )
    )
    return with_tiles(response) if view == MAP else response


def _html(asked: Filter, view: str, problems: dict[str, str], **shown: Any) -> str:
    channel = Channel(asked=asked, listed=True)
    feeds = {} if problems else channel.addresses()
    return render_template("maillage/find.html", view=view, feeds=feeds, **bar(asked, problems), **shown)


def _list(asked: Filter) -> dict[str, Any]:
    number, sort = page_number(), _one_of("sort", SORTS)
    found, more = listing.page(ordered(asked, sort), number)
    if number > 1 and not found:
        abort(404)
    return {"items": items_of(found, asked.around), "number": number, "more": more, "sort": sort}


def ordered(asked: Filter, sort: str) -> listing.Query:
    """Return what a filter leaves in the order that was asked for, or the one that the filter suggests."""
    query = matching.narrowed(listing.counted() if asked.around else listing.visible(), asked)
    if asked.around and (sort == "distance" or not (sort or asked.text)):
        return query.order_by(asked.around.nearness(), *listing.NEWEST)
    return index.most_telling(query, asked.text) if asked.text and not sort else listing.newest(query)


def _map(asked: Filter) -> dict[str, Any]:
    """Without its script the map is the list of what lies on it."""
    query = matching.narrowed(listing.visible(), asked)
    placed, more = listing.page(listing.newest(selecting.placed(query)), 1)
    unplaced = listing.first(listing.newest(query.where(listing.is_unplaced())), listing.PAGE_SIZE)
    return {
        "items": items_of(placed, asked.around),
        "more": more,
        "unplaced": items_of(unplaced),
        "map_tiles": node().state.get("map_tiles", ""),
        "map_attribution": node().state.get("map_attribution", ""),
    }


def _agenda(asked: Filter) -> dict[str, Any]:
    span = span_of(_one_of("span", SPANS, MONTH), _day(asked), first_weekday())
    found = agenda(asked, span.first, span.last, SHOWN_OF_A_DAY[span.name])
    return {
        "span": span,
        "weeks": span.weeks(first_weekday()),
        "days": shown_days(found),
        "left": found.left,
        "more": found.more or (span.name == DAY and bool(found.left)),
        "today": _today(),
    }


def _day(asked: Filter) -> date:
    """Return the day that was asked for, the first one of the filter, or today."""
    text = request.args.get("day", "")
    if not text:
        return asked.since.date() if asked.since else _today()
    try:
        return date.fromisoformat(text) if len(text) == len("2027-01-13") else abort(404)
    except ValueError:
        abort(404)


def _today() -> date:
    """Return the day that it is where a member is, as far as they said; elsewhere in UTC."""
    member = current_member()
    said = preferences.of(member) if isinstance(member, Member) else None
    return now().astimezone(zone_of(preferences.timezone_of(said))).date()


def _one_of(name: str, known: tuple[str, ...], usual: str | None = None) -> str:
    """Return a word of the address; 404 for one that no page of ours writes."""
    word = request.args.get(name) or usual or known[0]
    return word if word in known else abort(404)
