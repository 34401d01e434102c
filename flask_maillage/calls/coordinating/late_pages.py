"""Applications that came too late here: what is known of each, and a coordinator who admits or leaves it (FC-34)."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from federation.activities import host_of
from flask_maillage.calls import admitting
from flask_maillage.calls.admitting import LONGEST_REASON, Held, NotHeld
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.coordinating.arranging_pages import find_again
from flask_maillage.calls.coordinating.finding import MANAGED, Managed, find
from flask_maillage.calls.may import Action, may
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.editing.managing_calls import Link, leads_to
from flask_maillage.publications.models import Publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, ngettext
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

ADMIT, LEAVE = "admit", "leave"


class LateForm(CheckedForm):
    """What is decided about one of them, with the reason."""

    which = HiddenField()
    reason = TextAreaField(validators=[Length(max=LONGEST_REASON)])


@leads_to
def what_came_too_late(call: Publication) -> Link | None:
    """Lead from the page of a call's steps to what came too late and waits for a person."""
    number = admitting.count(call, now())
    if not number:
        return None
    text = ngettext(
        "%(n)s application came too late and is held", "%(n)s applications came too late and are held", number
    )
    return text, url_for("maillage.call_late", page_handle=call.actor.page_handle, identifier=call.identifier)


@pages.route(f"{MANAGED}/late", methods=["GET", "POST"], endpoint="call_late")
def call_late(page_handle: str, identifier: str) -> Response:
    """Show what came too late and is held, and take what a coordinator decides about one of them."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(LateForm)
    managed = find(page_handle, identifier)
    return _decide(managed) if request.method == "POST" else _page(managed)


def _decide(managed: Managed) -> Response:
    form: Any = LateForm()
    if not form.validate():
        return _page(managed, str(next(iter(form.errors.values()))[0]), 422)
    which, reason = form.which.data or "", (form.reason.data or "").strip()
    what = request.form.get("do")
    if what == ADMIT and not reason:
        return _page(managed, _("Write why you admit it: the reason is kept with the application."), 422, which=which)
    try:
        number = int(which) if which.isascii() and which.isdigit() and len(which) < 10 else 0
        if what == ADMIT:
            admitting.admit(managed.call, number, managed.by, reason, now(), reader=managed.reader)
            said = _("It is registered, and the applicant is told.")
        else:
            admitting.refuse(managed.call, number, managed.by, now())
            said = _("It stays refused, and what it said is erased here.")
    except NotHeld:
        session().rollback()
        return _page(find_again(managed), _("It is not held any more: look at what is left."), 409)
    except Refused as error:
        session().rollback()
        managed = find_again(managed)
        sentence = error.refusal.sentence(current_language(), timezone=managed.call.timezone)
        return _page(managed, sentence, 422, which=which, reason=reason)
    session().commit()
    flash(said)
    return redirect(managed.path("call_late"), code=303)


def _page(managed: Managed, problem: str = "", status: int = 200, *, which: str = "", reason: str = "") -> Response:
    call = managed.call
    found = admitting.held(call, now())
    refusal = may(Action.ADMIT, managed.by, call, None, now())
    html = render_template(
        "maillage/call_late.html",
        **managed.frame(),
        here="call_late",
        held=found,
        names=_names(found),
        was_answering=admitting.was_answering(call),
        why_not=refusal.sentence(current_language(), timezone=call.timezone) if refusal else "",
        form=LateForm(formdata=None),
        problem=problem,
        which=which,
        reason=reason,
        most=LONGEST_REASON,
    )
    return keep_private(make_response(html, status))


def _names(found: list[Held]) -> dict[str, str]:
    wanted = [one.applicant for one in found]
    known = {
        actor.iri: actor.name or actor.handle for actor in session().scalars(select(Actor).where(Actor.iri.in_(wanted)))
    }
    return {iri: known.get(iri) or host_of(iri) for iri in wanted}
