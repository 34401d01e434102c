"""The programme of an event on a page of its own: its versions, and what changed with each."""

from datetime import datetime

from flask import Response, abort, make_response, render_template

from flask_maillage.people.current import current_member, may
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import EDIT
from flask_maillage.publications import audience
from flask_maillage.publications.attending import programme_news
from flask_maillage.publications.items import item_of, known_actors
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes import versions
from flask_maillage.publications.programmes.versions import Released
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.dates import day_in_words, time_of_day
from flask_maillage.web.negotiation import keep_private, page


@pages.get("/@<page_handle>/events/<identifier>/programme")
def programme(page_handle: str, identifier: str) -> Response:
    """Show a programme, its versions and what changed; 404 where there is none and never was."""
    found = find_publication(page_handle, "events", identifier, limited=True)
    item = item_of(found, known_actors(found), versions.numbered(found, found.content))
    released = released_versions(found)
    if not item.programme and not released:
        abort(404)
    may_tell = found.local and may(current_member(), EDIT, found) and programme_news.may_be_told(found)
    tell_form = CheckedForm() if may_tell else None
    html = render_template("maillage/programme.html", item=item, versions=released, tell_form=tell_form)
    is_everybodys = audience.is_open(found) and tell_form is None
    return page(html) if is_everybodys else keep_private(make_response(html))


def released_versions(found: Publication) -> list[Released]:
    """Return the versions of a programme of ours, with times as the pages of its event say them."""
    zone = found.timezone
    return versions.of(found, lambda moment: _clock(moment, zone, found))


def _clock(moment: datetime, zone: str | None, found: Publication) -> str:
    same_day = found.starts_at and day_in_words(moment, zone) == day_in_words(found.starts_at, zone)
    time = time_of_day(moment, zone)
    return time if same_day else f"{day_in_words(moment, zone)}, {time}"
