"""Pages of a follow-up for a member whose seat coordinates a call of another server (FC-59, FC-66).

They are those of a coordinator here; what stands on them is asked of the owner in the seat's own name, and what is
written goes there as a letter of the seat.
"""

from dataclasses import replace
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.desk.looking import Far, Place, place_of
from flask_maillage.calls.following import far, forms, table, wording, writing
from flask_maillage.calls.following.far import Board, Row
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.posting import NotForThem
from flask_maillage.people.current import current_member
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.models import Publication
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


def find(page_handle: str, identifier: str) -> Place | None:
    """Return where a member coordinates a call of another server; None for a call of ours.

    For everybody else nothing is there (FC-12).
    """
    call = find_publication(page_handle, "calls", identifier, limited=True)
    if call.local:
        return None
    place = place_of(call, current_member())
    return place if place is not None and place.acting.coordinates else abort(404)


def board_path(call: Publication) -> str:
    """Return the address of the follow-up of a call."""
    return url_for("maillage.follow_up", page_handle=call.actor.page_handle, identifier=call.identifier)


def show_board(place: Place) -> Response:
    """Show each initiative that is followed, as a coordinator of a call of ours sees it."""
    return _board(place, far.board_of(place))


def _board(place: Place, found: Board, status: int = 200) -> Response:
    names = {row.dossier.id: row.dossier.applicant for row in found.rows}
    html = render_template(
        "maillage/follow_up.html", **_frame(place), rows=found.rows, names=names, reached=found.reached
    )
    return keep_private(make_response(html, status))


def give_table(place: Place) -> Response:
    """Give all entries as a table; 503 where the owner could not be asked: half of them would pass for all."""
    found = far.board_of(place)
    if not found.reached:
        abort(503)
    heads = [(one.name, one.applicant, "", one.state) for one in (row.dossier for row in found.rows)]
    return table.response(zip(heads, (row.lines for row in found.rows), strict=True))


def answer(place: Place, key: str) -> Response:
    """Show the entries about one initiative, or take what is written."""
    found = far.board_of(place, key)
    if not found.rows:
        if found.reached:
            abort(404)
        return _board(place, found, 503)
    row = found.rows[0]
    if request.method == "POST":
        return _write(place, row)
    return _page(place, row, forms.form_of(request.args, row.lines, _sorts(place, row)))


def _write(place: Place, row: Row) -> Response:
    call = place.call
    form: Any = forms.EntryForm(timezone=call.timezone)
    if row.followed is None and form.entry.data in forms.OF_SEATS:
        return _page(place, row, form, 503)
    if row.followed is None or form.entry.data not in _sorts(place, row):
        abort(404)
    if not form.validate():
        return _page(place, row, form, 422)
    before = next((one for one in row.lines if one.key == form.replaces.data and one.by == place.acting.iri), None)
    try:
        writing.write(_author(place), row.followed, form.said(before), form.content.data)
    except Refused as error:
        session().rollback()
        flash(error.refusal.sentence(current_language(), timezone=call.timezone), "error")
    except NotForThem:
        session().rollback()
        flash(_("The server of this call cannot be reached from here. Nothing was sent."), "error")
    else:
        session().commit()
        flash(_("It is noted, and on its way to the leader and to who coordinates."))
    return redirect(request.path, code=303)


def _sorts(place: Place, row: Row) -> tuple[str, ...]:
    """Return the sorts of entries that may be written now; none where the owner did not say where they stand."""
    entry = row.entry
    by = replace(place.acting, recused=entry.recused)
    if row.followed is None or may(Action.FOLLOW_UP, by, place.call, Far(entry.state, entry.applicant), now()):
        return ()
    return forms.OF_SEATS


def _author(place: Place) -> Actor:
    assert place.actor is not None
    return place.actor


def _page(place: Place, row: Row, form: Any, status: int = 200) -> Response:
    html = render_template(
        "maillage/follow_up_of.html",
        **_frame(place),
        dossier=row.dossier,
        applicant=row.dossier.applicant,
        row=row,
        lines=row.lines,
        choices=_sorts(place, row),
        form=in_readers_language(form) if form is not None else None,
        fields=forms.FIELDS,
        here=request.path,
        own=place.acting.iri,
        contact=row.contact,
        reached=row.followed is not None,
    )
    return keep_private(make_response(html, status))


def _frame(place: Place) -> dict[str, Any]:
    call = place.call
    return {
        "call": call,
        "back": page_path(call),
        "board_path": board_path(call),
        "cohorts": {},
        "is_owner": False,
        "sorts": wording.sorts(),
        "lists_of": wording.lists_of,
    }
