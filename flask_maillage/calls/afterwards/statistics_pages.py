"""The page of a decided call with its numbers as charts and tables, and the same for machines: JSON, CSV."""

import csv
import io
from dataclasses import dataclass

from flask import Response, abort, make_response, render_template

from actors import policy
from actors.negotiation import activity_response
from actors.views import documents
from federation import strict_json
from federation.errors import NotFound
from flask_maillage.calls.afterwards import openness
from flask_maillage.calls.afterwards.openness import Openness
from flask_maillage.calls.afterwards.pooling import FIELDS, HIDDEN
from flask_maillage.publications import audience, publishing
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.feeds.table import BYTE_ORDER_MARK, TABLE_CONTENT_TYPE, cell
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.topics import label_of
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.dates import country_name
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import conditional, keep_private, page

WIDTH = 320
COLUMNS = (*FIELDS, "outcome")


@dataclass(frozen=True)
class Bar:
    """One row of a chart and of its table: what it is called, how many, how long, and whether it holds small ones."""

    label: str
    count: int
    width: int
    is_pool: bool


@pages.get("/@<page_handle>/calls/<identifier>/statistics")
def call_statistics(page_handle: str, identifier: str) -> Response:
    """Show the numbers of a decided call to everybody who may read the call."""
    call, found = _found(page_handle, identifier)
    charts = [
        (name, bars)
        for name in openness.BY
        if (bars := _bars({_label(call, name, one): count for one, count in found.by[name].items()}))
    ]
    html = render_template(
        "maillage/call_statistics.html",
        call=call,
        totals=found.totals,
        charts=charts,
        bar_width=WIDTH,
        pooled=_pools(found),
        named=openness.named(call),
        has_rows=bool(found.rows),
        back=page_path(call),
    )
    return page(html) if audience.is_open(call) else keep_private(make_response(html))


@pages.get("/@<page_handle>/calls/<identifier>/open-data.csv")
def call_open_data_table(page_handle: str, identifier: str) -> Response:
    """Give the anonymised rows of a decided call as a table."""
    call, found = _found(page_handle, identifier)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(row[name]) for name in COLUMNS] for row in found.rows)
    response = Response(BYTE_ORDER_MARK + written.getvalue(), content_type=TABLE_CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="open-data.csv"'
    return _for_readers_of(call, response)


@pages.get("/@<page_handle>/calls/<identifier>/open-data.json")
def call_open_data(page_handle: str, identifier: str) -> Response:
    """Give the anonymised rows of a decided call as JSON."""
    call, found = _found(page_handle, identifier)
    return _for_readers_of(call, Response(strict_json.dumps(found.rows), content_type="application/json"))


@documents.get("/actors/<handle>/calls/<identifier>/statistics")
def statistics_document(handle: str, identifier: str) -> Response:
    """Give the numbers of a decided call, which everybody may read, to servers and programs (`desk.statistics`)."""
    call = publishing.find_ours(handle, "calls", identifier)
    if call is None or call.state != PUBLISHED or not audience.is_open(call) or not _is_standing(call):
        raise NotFound("no such call for everybody")
    found = openness.of(call)
    if found is None:
        raise NotFound("it is not decided")
    return activity_response(openness.document(call, found))


def _pools(found: Openness) -> bool:
    """Tell whether small numbers were added together somewhere."""
    return any(HIDDEN in counts for counts in found.by.values())


def _is_standing(call: Publication) -> bool:
    return policy.is_welcome(call.actor) and call.actor.federated


def _found(page_handle: str, identifier: str) -> tuple[Publication, Openness]:
    """Return a call of ours with what is public of it; 404 where it is not decided, or not for who asks."""
    call = find_publication(page_handle, "calls", identifier, limited=True)
    found = openness.of(call) if call.local and call.state == PUBLISHED else None
    if found is None:
        abort(404)
    return call, found


def _for_readers_of(call: Publication, response: Response) -> Response:
    return conditional(response) if audience.is_open(call) else keep_private(response)


def _bars(counts: dict[str, int]) -> list[Bar]:
    longest = max(counts.values(), default=0)
    pool = _("Others, fewer than 3 each")
    return [Bar(name, count, max(4, WIDTH * count // longest), name == pool) for name, count in counts.items()]


def _label(call: Publication, by: str, name: str) -> str:
    if name == HIDDEN:
        return _("Others, fewer than 3 each")
    if name == openness.UNSAID:
        return _("Not said")
    if by == "country":
        return country_name(name)
    return _(label_of(name, details_of(call.content).topic_labels, current_language())) if by == "type" else name
