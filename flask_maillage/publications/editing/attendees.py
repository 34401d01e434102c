"""Who comes to an event of ours, for those who publish for its actor: the list, and the answers they give."""

from flask import abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import HiddenInput

from actors.database import reading, session
from flask_maillage.people.current import current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import EDIT
from flask_maillage.publications.attending import attendance_list, registering
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


class AnswerForm(CheckedForm):
    """Whom one answers, and what; the button is the answer."""

    who = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    answer = HiddenField(validators=[AnyOf(["accept", "reject", "there", "not_there"])])


@pages.route("/@<page_handle>/events/<identifier>/attendees", methods=["GET", "POST"])
def attendees(page_handle: str, identifier: str) -> Response:
    """List who comes, who asks to and who said no; accept and refuse."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return to_sign_in()
    event = find_publication(page_handle, "events", identifier)
    if not (event.local and may(current_member(), EDIT, event)):
        abort(403)
    if request.method == "POST":
        return _answer(event)
    html = render_template(
        "maillage/attendees.html",
        publication=event,
        attendances=registering.attendances(event),
        form=AnswerForm(),
        back=page_path(event),
    )
    return keep_private(make_response(html))


@pages.get("/@<page_handle>/events/<identifier>/attendees.csv")
def attendees_table(page_handle: str, identifier: str) -> Response:
    """Give the event's editors the list of who comes as a table."""
    event = find_publication(page_handle, "events", identifier, limited=True)
    if not (event.local and may(current_member(), EDIT, event)):
        abort(404)
    response = keep_private(make_response(attendance_list.table(event)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    response.headers["Content-Disposition"] = 'attachment; filename="attendees.csv"'
    return response


def _answer(event: Publication) -> Response:
    form = AnswerForm()
    number = form.who.data if form.validate_on_submit() else None
    found = session().get(Attendance, number) if number is not None and 0 < number < 2**31 else None
    if found is None or found.publication_id != event.id:
        abort(400)
    try:
        if form.answer.data in ("accept", "reject"):
            registering.answer(found, accept=form.answer.data == "accept")
        else:
            attendance_list.check_in(found, is_there=form.answer.data == "there")
    except NotPossible as error:
        session().rollback()
        flash(_(str(error)), "error")
        return redirect(request.path, code=303)
    session().commit()
    is_told = form.answer.data in ("accept", "reject")
    flash(_("%(name)s is told.", name=found.name) if is_told else _("It is noted."))
    return redirect(request.path, code=303)
