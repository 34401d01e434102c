"""The button of an event's page: members take part as themselves, in an event of ours or of elsewhere."""

from typing import Any

from flask import abort, flash, redirect
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from actors.database import reading, session
from flask_maillage.people.current import author_of, current_member, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.attending import registering, taking_part, waiting_list
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.forms.base import stripped
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _


class TakePartForm(CheckedForm):
    """Yes or no, with a word to the organisers."""

    answer = HiddenField(validators=[AnyOf(["yes", "no"])])
    message = StringField(validators=[Length(max=registering.MESSAGE_LIMIT)], filters=[stripped])


@pages.post("/@<page_handle>/events/<identifier>/take-part")
def take_part(page_handle: str, identifier: str) -> Response:
    """Take part in an event, answer an invitation to it, or take part no longer."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return to_sign_in()
    event = find_publication(page_handle, "events", identifier, limited=True)
    actor, form = author_of(current_member()), TakePartForm()
    if actor is None:
        abort(403)
    if not form.validate_on_submit():
        abort(400)
    known = registering.find(event, actor)
    is_coming = form.answer.data == "yes"
    try:
        if known is not None and known.state == "invited":
            taking_part.answer_invite(known, accept=is_coming)
        elif is_coming:
            taking_part.join(actor, event, form.message.data or "")
        else:
            taking_part.leave(actor, event)
    except NotPossible as error:
        session().rollback()
        flash(_(str(error)), "error")
        return redirect(page_path(event), code=303)
    session().commit()
    flash(_("The organisers are told.") if not event.local else _("It is noted."))
    return redirect(page_path(event), code=303)


def participation(event: Publication) -> dict[str, Any]:
    """Return what the page of an event says to a member about their own part in it."""
    actor = author_of(current_member()) if event.kind == "event" else None
    if actor is None:
        return {"part": None, "take_part_form": None, "place": 0}
    part = registering.find(event, actor)
    is_waiting = event.local and part is not None and part.state == "waiting"
    return {
        "part": part,
        "take_part_form": TakePartForm() if _may_say_something(event, part) else None,
        "place": waiting_list.position(part) if part is not None and is_waiting else 0,
    }


def _may_say_something(event: Publication, part: Attendance | None) -> bool:
    """Tell whether there is a button: one who takes part may leave at any time."""
    if part is not None and part.state in ("requested", "accepted", "waiting", "tentative", "invited"):
        return True
    try:
        taking_part.check_joinable(event)
    except NotPossible:
        return False
    return True
