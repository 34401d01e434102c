"""The page where a call of ours takes its next step: a later deadline, deliberating, decided, archived, cancelled."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from actors.database import reading, session
from actors.node import now
from federation.activities import host_of
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of, current_member, may
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import EDIT
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import call_states, calling, journal, seat_addresses
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.forms.base import _ as word
from flask_maillage.publications.forms.moments import ClockField, DayField, moment
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

REASON_LIMIT = 600
Link = tuple[str, str]
_leading: list[Callable[[Publication], Link | None]] = []


def leads_to(function: Callable[[Publication], Link | None]) -> Callable[[Publication], Link | None]:
    """Register what of a call waits on another page: its words and its address, or None where nothing does."""
    _leading.append(function)
    return function


class StepForm(CheckedForm):
    """The next step; the button is the step."""

    step = HiddenField(validators=[AnyOf(call_states.STATUSES[2:])])
    reason = TextAreaField(
        word("Why it is cancelled"),
        [Length(max=REASON_LIMIT)],
        description=word("Shown on the page of the call, and told to everybody who has it."),
    )


class ExtendForm(CheckedForm):
    """A later deadline."""

    deadline = DayField(
        word("New last day to apply"), [InputRequired(word("Choose the last day to apply, as 2027-01-13."))]
    )
    deadline_time = ClockField(
        word("Until what time"), [Optional()], description=word("Left empty, until the end of that day, 23:59:59.")
    )
    because = TextAreaField(
        word("Why it is extended"), [Length(max=REASON_LIMIT)], description=word("Shown on the page of the call.")
    )


@pages.route("/@<page_handle>/calls/<identifier>/manage", methods=["GET", "POST"])
def manage_call(page_handle: str, identifier: str) -> Response:
    """Show where a call stands, what may follow and what was decided; take the next step."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(ExtendForm if request.form.get("do") == "extend" else StepForm)
    call = find_publication(page_handle, "calls", identifier, limited=True)
    if not (call.local and may(current_member(), EDIT, call)):
        abort(403)
    if call.state != PUBLISHED:
        abort(404)
    if request.method != "POST":
        return _page(call, StepForm(formdata=None), ExtendForm(formdata=None))
    call = _locked(call)
    return _extend(call) if request.form.get("do") == "extend" else _step(call)


def _locked(call: Publication) -> Publication:
    query = select(Publication).where(Publication.id == call.id).with_for_update(of=Publication)
    return session().scalars(query.execution_options(populate_existing=True)).one()


def _step(call: Publication) -> Response:
    form: Any = StepForm()
    author = author_of(current_member())

    def take() -> None:
        calling.step(call, form.step.data, author=author, reason=form.reason.data or "")

    return _take(call, form, take) or _page(call, form, ExtendForm(formdata=None), 422)


def _extend(call: Publication) -> Response:
    form: Any = ExtendForm()
    author = author_of(current_member())

    def take() -> None:
        until = moment(form.deadline.data, form.deadline_time.data, call.timezone or "UTC", end=True)
        if until is not None:
            calling.extend(call, until, author=author, reason=form.because.data or "")

    return _take(call, form, take) or _page(call, StepForm(formdata=None), form, 422)


def _take(call: Publication, form: Any, take: Callable[[], None]) -> Response | None:
    """Do what a form asks for; None where it may not be, with the reason at its field."""
    if not form.validate():
        return None
    try:
        take()
    except (NotPossible, ValidationError) as refusal:
        session().rollback()
        field = getattr(refusal, "field", None) or ("deadline" if "deadline" in form else "step")
        form[field].errors = [str(refusal)]
        return None
    session().commit()
    flash(_("It is noted, and on its way to everybody who has the call."))
    return redirect(request.path, code=303)


def _page(call: Publication, step_form: Any, extend_form: Any, status: int = 200) -> Response:
    content, moment_now = call.content, now()
    state = call_states.state_at(content, moment_now)
    known = seat_addresses.of(call)
    html = render_template(
        "maillage/manage_call.html",
        call=call,
        state=state,
        following=call_states.NEXT[state],
        may_be_extended=state in call_states.EXTENSIBLE,
        step_form=in_readers_language(step_form),
        extend_form=in_readers_language(extend_form),
        journal=journal.of(call),
        links=[link for function in _leading if (link := function(call)) is not None],
        seats=[
            (seat, known.get(seat.key), host_of(seat.actor) if seat.actor else "")
            for seat in getattr(content.details, "committee", ())
        ],
        back=page_path(call),
    )
    return keep_private(make_response(html, status))
