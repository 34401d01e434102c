"""The pages of a committee: my committees, the applications to one call, and the table that compares them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask import abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.node import now
from flask_maillage.calls import states, wording
from flask_maillage.calls.desk import exporting
from flask_maillage.calls.desk.entries import UNKNOWN, UNREGISTERED, Entry
from flask_maillage.calls.desk.listing import SORTS, Asked, asked_in, chosen
from flask_maillage.calls.desk.looking import Place, judgements, listed, place_of
from flask_maillage.calls.desk.opinions import judged
from flask_maillage.calls.desk.sittings import coordinated, sittings
from flask_maillage.people.current import current_member, to_sign_in
from flask_maillage.publications.editing.paths import manage_path, page_path
from flask_maillage.publications.feeds.table import TABLE_CONTENT_TYPE
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

CALL = "/@<page_handle>/calls/<identifier>/committee"
MOST_COMPARED = 50


@pages.get("/my/committees", endpoint="my_committees")
def show_committees() -> Response:
    """List the calls in which a member holds a seat, or that they coordinate, with what waits for them."""
    member = current_member()
    if member is None:
        return to_sign_in()
    html = render_template("maillage/my_committees.html", sittings=sittings(member), coordinated=coordinated(member))
    return keep_private(make_response(html))


@pages.get(CALL, endpoint="committee")
def show_applications(page_handle: str, identifier: str) -> Response:
    """List the applications to a call, as far as this member may see them."""
    if current_member() is None:
        return to_sign_in()
    place = place_at(page_handle, identifier)
    asked, found = asked_in(request.args), listed(place)
    shown = chosen(found.entries, asked)
    html = render_template(
        "maillage/committee.html",
        **frame(place),
        reached=found.reached,
        entries=shown,
        topics={one.key: _topics(one, place) for one in shown},
        total=len(found.entries),
        waiting=sum(one.waits for one in found.entries) if place.actor is not None else 0,
        asked=asked,
        sorts=SORTS,
        territories=sorted({one.territory for one in found.entries if one.territory}),
    )
    return keep_private(make_response(html))


@pages.get(f"{CALL}/table", endpoint="committee_table")
def compare_applications(page_handle: str, identifier: str) -> Response:
    """Compare applications by opinions and criteria; a page of it is for paper too."""
    if current_member() is None:
        return to_sign_in()
    place = place_at(page_handle, identifier)
    asked, rows, reached = _compared(place)
    html = render_template("maillage/committee_table.html", **frame(place), rows=rows, asked=asked, reached=reached)
    return keep_private(make_response(html))


@pages.get(f"{CALL}/table.csv", endpoint="committee_csv")
def export_applications(page_handle: str, identifier: str) -> Response:
    """Give the same as a table for spreadsheets."""
    if current_member() is None:
        return to_sign_in()
    place = place_at(page_handle, identifier)
    _asked, rows, _reached = _compared(place)
    response = keep_private(make_response(exporting.table(rows, details_of(place.call.content))))
    response.headers["Content-Type"] = TABLE_CONTENT_TYPE
    response.headers["Content-Disposition"] = 'attachment; filename="applications.csv"'
    return response


def place_at(page_handle: str, identifier: str) -> Place:
    """Return where the member sits at the call of an address; 404 for strangers, as for what is not there."""
    call = find_publication(page_handle, "calls", identifier, limited=True)
    return place_of(call, current_member()) or abort(404)


def frame(place: Place) -> dict[str, Any]:
    """Return what every page of a committee shows."""
    call = place.call
    details = details_of(call.content)
    return {
        "call": call,
        "details": details,
        "state": states.state_of(call, now()),
        "place": place,
        "seat": place.seat,
        "back": page_path(call),
        "manage": manage_path(call) if place.acting.coordinator else "",
        "committee_url": address_of(call),
        "words": state_words(),
        "in_words": in_words,
        "opinion_words": opinion_words(),
    }


def address_of(call: Any, key: str = "", *more: str) -> str:
    """Return the address of a page of a call's committee."""
    base = url_for("maillage.committee", page_handle=call.actor.page_handle, identifier=call.identifier)
    return "/".join([base, *([key] if key else []), *more])


def in_words(number: str | None) -> str:
    """Return a number with one decimal as the reader writes it: `86.7`, `86,7`; nothing for none."""
    return format_decimal(Decimal(number), "0.0", locale=current_language()) if number else ""


def state_words() -> dict[str, str]:
    """Return what each state of an application is called."""
    return {
        states.SUBMITTED: _("registered"),
        states.ADMISSIBLE: _("registered, admissible by the opinions"),
        states.NOT_ADMISSIBLE: _("registered, not admissible by the opinions"),
        states.SELECTED: _("selected"),
        states.RESERVE: _("on the reserve list"),
        states.DECLINED: _("declined"),
        states.EXPIRED: _("selected, and not confirmed in time"),
        states.REFUSED: _("selected, and did not want the place"),
        states.CONFIRMED: _("selected and confirmed"),
        states.IN_COHORT: _("in a group"),
        states.FOLLOWED_UP: _("followed up"),
        states.CLOSED: _("closed"),
        states.WITHDRAWN: _("withdrawn"),
        UNREGISTERED: _("came here, but is not registered by the owner of the call"),
        UNKNOWN: _("came here"),
    }


def opinion_words() -> dict[str, str]:
    """Return what each opinion is called, and what opinions come to."""
    return {
        "admissible": _("admissible"),
        "not_admissible": _("not admissible"),
        "abstain": _("abstains"),
        "recused": _("conflict of interest"),
        "undecided": _("undecided"),
    }


def _topics(entry: Entry, place: Place) -> str:
    """Return the topics that an application ticked, for who may read it: of others there is no text here."""
    said = entry.text.content.get("topics") or () if entry.text is not None and not entry.recused else ()
    return ", ".join(wording.topics(said, details_of(place.call.content)))


def _compared(place: Place) -> tuple[Asked, Sequence[exporting.Row], bool]:
    asked, found = asked_in(request.args), listed(place)
    shown: list[Entry] = chosen(found.entries, asked)
    if found.owner is not None:
        shown = shown[:MOST_COMPARED]
    said = judgements(found, shown)
    details = details_of(place.call.content)
    return asked, [exporting.Row(one, judged(said.get(one.agreement), details)) for one in shown], found.reached
