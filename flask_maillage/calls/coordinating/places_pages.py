"""What became of decisions: who holds a place, until when it can be confirmed, which are free, and who comes next."""

from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField

from actors.database import reading, session
from flask_maillage.calls import places, states
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.coordinating.arranging_pages import find_again
from flask_maillage.calls.coordinating.finding import MANAGED, Managed, find
from flask_maillage.calls.coordinating.listing import names_of
from flask_maillage.calls.deciding import arranging
from flask_maillage.calls.deciding.arranging import SELECTED, Line, Meanwhile, Wish
from flask_maillage.calls.deciding.checking import OWNER
from flask_maillage.calls.models import Decision, Dossier
from flask_maillage.calls.models.dossiers import HOLDING
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.editing.paths import edit_path
from flask_maillage.publications.kinds.words import words
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

BECAME_FREE = "A place became free."
GONE = (states.EXPIRED, states.REFUSED, states.WITHDRAWN)


class OfferForm(CheckedForm):
    """Who gets the place that became free, and how they stood before the eyes of who offers it."""

    who = HiddenField()
    mark = HiddenField()


@dataclass(frozen=True)
class Batch:
    """What was published together."""

    at: Any
    counts: dict[str, int]


@pages.route(f"{MANAGED}/places", methods=["GET", "POST"])
def call_places(page_handle: str, identifier: str) -> Response:
    """Show the places of a call, and let a coordinator offer a free one: nobody moves up by themselves (FC-54)."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(OfferForm)
    managed = find(page_handle, identifier)
    return _offer(managed) if request.method == "POST" else _page(managed)


def _offer(managed: Managed) -> Response:
    """Arrange that one of the reserve is selected; it is sent when it is published, like every decision."""
    form: Any = OfferForm()
    if not form.validate():
        return _page(managed, str(form["csrf_token"].errors[0]), 422)
    call = managed.call
    lines = arranging.lines(call, managed.by, only=[form.who.data or ""], reader=managed.reader)
    line = next((one for one in lines if one.dossier.state == states.RESERVE), None)
    if line is None:
        return _page(managed, _("This application is not on the reserve list any more."), 409)
    motives = words(line.dossier.language, BECAME_FREE)
    try:
        if line.pending is None or line.pending.outcome != SELECTED:
            wish = Wish(SELECTED, form.mark.data or "", motives=motives)
            arranging.arrange(call, {line.dossier.identifier: wish}, managed.by, reader=managed.reader)
    except (Refused, Meanwhile):
        session().rollback()
        said = _("Somebody else has arranged something for it meanwhile: look at it again.")
        return _page(find_again(managed), said, 409)
    session().commit()
    flash(_("The place is arranged. It is offered when you publish: look at what will be sent."))
    return redirect(managed.path("publish_decisions"), code=303)


def _page(managed: Managed, problem: str = "", status: int = 200) -> Response:
    call = managed.call
    lines = arranging.lines(call, OWNER)
    own = {line.dossier.id for line in arranging.lines(call, managed.by, reader=managed.reader)}
    names = names_of([line.dossier for line in lines])
    held, most = places.taken(call), places.maximum(call)
    html = render_template(
        "maillage/call_places.html",
        **managed.frame(),
        here="call_places",
        held=held,
        most=most,
        free=None if most is None else most - held,
        holders=[line for line in lines if line.dossier.state in HOLDING],
        reserve=sorted((line for line in lines if line.dossier.state == states.RESERVE), key=_rank),
        gone=[line for line in lines if line.dossier.state in GONE and line.last is not None],
        waiting=sum(line.pending is not None and line.dossier.state != states.WITHDRAWN for line in lines),
        names=names,
        own=own,
        batches=_batches(managed),
        form=OfferForm(formdata=None),
        problem=problem,
        edit_url=edit_path(call),
        is_decided=not arranging.is_first(call),
    )
    return keep_private(make_response(html, status))


def _rank(line: Line) -> int:
    return line.dossier.rank or 0


def _batches(managed: Managed) -> list[Batch]:
    """Return what was published when, the last first."""
    query = select(Decision).join(Dossier).where(Dossier.call_id == managed.call.id, Decision.batch.is_not(None))
    found: dict[str, Batch] = {}
    for one in session().scalars(query.order_by(Decision.published_at.desc(), Decision.id)):
        batch = found.setdefault(one.batch or "", Batch(one.published_at, {}))
        batch.counts[one.outcome] = batch.counts.get(one.outcome, 0) + 1
    return list(found.values())
