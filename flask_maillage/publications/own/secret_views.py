"""The addresses of a member's own feeds and calendar: given to who has one, and kept by no shared cache."""

from collections.abc import Callable

from flask import Response, abort, request

from flask_maillage.publications.feeds.calendar import CALENDAR_CONTENT_TYPE
from flask_maillage.publications.feeds.calendar import calendar as icalendar
from flask_maillage.publications.feeds.entries import Feed
from flask_maillage.publications.feeds.json_feed import JSON_FEED_CONTENT_TYPE, json_feed
from flask_maillage.publications.feeds.syndication import ATOM_CONTENT_TYPE, atom
from flask_maillage.publications.own import secret_feeds
from flask_maillage.publications.own.secret_feeds import ENDINGS, Owner
from flask_maillage.publications.views import counting
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import translate

KEPT = "private, max-age=60"
_TYPES = {"atom": ATOM_CONTENT_TYPE, "json": JSON_FEED_CONTENT_TYPE, "ics": CALENDAR_CONTENT_TYPE}


@pages.get(f"/my/feed/<secret>.<any({','.join(ENDINGS)}):ending>")
def own_feed(secret: str, ending: str) -> Response:
    """Give what its owner may read now, or 304 where the reader holds it already; who tries secrets is counted too."""
    counting.count(counting.FEEDS)
    owner = secret_feeds.owner_of(secret)
    if owner is None:
        abort(404)
    make = secret_feeds.calendar if ending == "ics" else secret_feeds.feed
    found = make(owner, secret_feeds.address(secret, ending))
    response = Response(_writer(owner, ending)(found), content_type=_TYPES[ending])
    response.headers["Cache-Control"] = KEPT
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.add_etag()
    response.make_conditional(request)
    return response


def _writer(owner: Owner, ending: str) -> Callable[[Feed], bytes]:
    if ending == "ics":
        label = translate(owner.member.language, "Deadline")
        return lambda feed: icalendar(feed, deadline_label=label)
    return atom if ending == "atom" else json_feed
