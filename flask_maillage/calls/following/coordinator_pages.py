"""Pages of who coordinates a call: how each initiative stands, one with its entries and what can be written, CSV."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import acting
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.coordinating.listing import names_of
from flask_maillage.calls.desk.roles import Desk, desk_of, member_at
from flask_maillage.calls.following import board, contacts, forms, people, seat_pages, table, timeline, wording, writing
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.sight import Thing
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

ADDRESS = "/@<page_handle>/calls/<identifier>/manage/follow-up"


@dataclass(frozen=True)
class Place:
    """A call of ours with who coordinates it, by the owner's right or by a seat."""

    call: Publication
    member: Any
    desk: Desk

    @property
    def is_owner(self) -> bool:
        """Whether they publish for the owner."""
        return self.desk.reader.at_the_call.coordinator

    @property
    def author(self) -> Actor:
        """In whose name they write: the owner's, else their seat's."""
        if self.is_owner:
            return self.call.actor
        query = select(Actor).where(Actor.iri == self.desk.reader.at_the_call.iri)
        return session().scalars(query).one()

    def path(self, endpoint: str, **more: Any) -> str:
        """Return the address of one of the pages of this call's follow-up."""
        handle, identifier = self.call.actor.page_handle, self.call.identifier
        return url_for(f"maillage.{endpoint}", page_handle=handle, identifier=identifier, **more)

    def frame(self) -> dict[str, Any]:
        """Return what every page shows."""
        return {
            "call": self.call,
            "back": page_path(self.call),
            "board_path": self.path("follow_up"),
            "cohorts": {one.key: one.name for one in details_of(self.call.content).cohorts},
            "is_owner": self.is_owner,
            "sorts": wording.sorts(),
            "lists_of": wording.lists_of,
        }


@pages.get(ADDRESS)
def follow_up(page_handle: str, identifier: str) -> Response:
    """Show each initiative that is followed: overdue ones first, with the last contact and the next step."""
    if (away := _away(forms.ConsentForm)) is not None:
        return away
    if (seat := seat_pages.find(page_handle, identifier)) is not None:
        return seat_pages.show_board(seat)
    place = _find(page_handle, identifier)
    rows = board.rows(place.desk)
    html = render_template(
        "maillage/follow_up.html", **place.frame(), rows=rows, names=names_of([one.dossier for one in rows])
    )
    return keep_private(make_response(html))


@pages.get(f"{ADDRESS}.csv")
def follow_up_table(page_handle: str, identifier: str) -> Response:
    """Give all entries as a table; an initiative about which nothing is written has one line."""
    if (away := _away(forms.ConsentForm)) is not None:
        return away
    if (seat := seat_pages.find(page_handle, identifier)) is not None:
        return seat_pages.give_table(seat)
    place = _find(page_handle, identifier)
    rows = board.rows(place.desk)
    names, cohorts = names_of([one.dossier for one in rows]), place.frame()["cohorts"]
    heads = [
        (one.name, names[one.id], cohorts.get(one.slot.cohort, "") if one.slot else "", one.state)
        for one in (row.dossier for row in rows)
    ]
    return table.response(zip(heads, (row.lines for row in rows), strict=True))


@pages.route(f"{ADDRESS}/<dossier>", methods=["GET", "POST"])
def follow_up_of(page_handle: str, identifier: str, dossier: str) -> Response:
    """Show the entries about one initiative, and write one."""
    if (away := _away(forms.EntryForm)) is not None:
        return away
    if (seat := seat_pages.find(page_handle, identifier)) is not None:
        return seat_pages.answer(seat, dossier)
    place = _find(page_handle, identifier, dossier)
    found = board.followed(place.desk)[0]
    if request.method == "POST":
        return _write(place, found)
    lines = timeline.lines(people.of_dossier(found))
    return _page(place, found, forms.form_of(request.args, lines, _sorts(place, found)))


def _write(place: Place, found: Dossier) -> Response:
    call = place.call
    form: Any = forms.EntryForm(timezone=call.timezone)
    if form.entry.data not in _sorts(place, found):
        abort(404)
    if not form.validate():
        return _page(place, found, form, 422)
    followed = people.of_dossier(found)
    lines = timeline.lines(followed)
    before = next((one for one in lines if one.key == form.replaces.data and one.by == place.author.iri), None)
    name = "" if not place.is_owner else place.member.actor.name or place.member.actor.handle
    try:
        writing.write(place.author, followed, form.said(before), form.content.data, name=name)
    except Refused as error:
        session().rollback()
        flash(error.refusal.sentence(current_language(), timezone=call.timezone), "error")
    else:
        session().commit()
        flash(_("It is noted, and on its way to the leader and to who coordinates."))
    return redirect(request.path, code=303)


def _sorts(place: Place, found: Dossier) -> tuple[str, ...]:
    """Return the sorts of entries that may be written now."""
    by = place.desk.roles[found.id]
    if may(Action.FOLLOW_UP, by, place.call, found, now()) is not None:
        return ()
    return forms.OF_OWNERS if may(Action.CLOSE, by, place.call, found, now()) is None else forms.OF_SEATS


def _page(place: Place, found: Dossier, form: Any, status: int = 200) -> Response:
    lines = timeline.lines(people.of_dossier(found), contacts=place.desk.sees(Thing.CONTACTS, found))
    html = render_template(
        "maillage/follow_up_of.html",
        **place.frame(),
        dossier=found,
        applicant=names_of([found])[found.id],
        row=next(one for one in board.rows(place.desk) if one.dossier is found),
        lines=lines,
        choices=_sorts(place, found),
        form=in_readers_language(form) if form is not None else None,
        fields=forms.FIELDS,
        here=request.path,
        own=place.author.iri,
        contact=contacts.shared([found]).get(found.id),
    )
    return keep_private(make_response(html, status))


def _away(form: Any) -> Response | None:
    with reading():
        signed_in = current_member() is not None
    return None if signed_in else signed_out.answer(form)


def _find(page_handle: str, identifier: str, *dossiers: str) -> Place:
    """Return the call of an address for who coordinates its follow-up; for everybody else nothing is there (FC-12)."""
    member = current_member()
    call = find_publication(page_handle, "calls", identifier, limited=True)
    if not (call.local and call.state == PUBLISHED):
        abort(404)
    reader = member_at(call, member)
    by = acting.STRANGER if reader.member is None else reader.at_the_call
    if not (by.coordinator or by.coordinates):
        abort(404)
    place = Place(call, member, desk_of(reader, *dossiers))
    if dossiers and not board.followed(place.desk):
        abort(404)
    return place
