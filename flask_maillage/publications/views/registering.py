"""Registering for an event of ours: members with a word and answers, anybody else with an e-mail address."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.node import node
from actors.requests import caller_of
from flask_maillage.mail import queue
from flask_maillage.people.current import author_of, current_member, sign_in_address
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.attending import guests, links, registering, taking_part, waiting_list
from flask_maillage.publications.attending.counting import is_full, registration_of
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.forms.taking_part import GuestForm, RegisterForm, answers_of, with_questions
from flask_maillage.publications.models import Guest, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

EVENT = "/@<page_handle>/events/<identifier>"


@pages.route(f"{EVENT}/register", methods=["GET", "POST"], endpoint="register")
def register_for_event(page_handle: str, identifier: str) -> Response:
    """Show the form by which one registers, and take it."""
    event = find_publication(page_handle, "events", identifier, limited=True)
    if not event.local:
        abort(404)
    asks, actor = registration_of(event).asks, author_of(current_member())
    form = with_questions(GuestForm if actor is None else RegisterForm, asks)
    refusal = _refusal(event, is_guest=actor is None)
    if request.method == "GET" or refusal:
        return _form_page(event, form, refusal, 200 if request.method == "GET" else 422)
    if not form.validate():
        return _form_page(event, form, "", 422)
    try:
        if actor is None:
            return _ask(event, form)
        taking_part.join(actor, event, form.message.data or "", answers=answers_of(form, asks), shown=form.shown.data)
    except NotPossible as error:
        session().rollback()
        if error.field == "email":
            form.email.errors = [str(error)]
        return _form_page(event, form, "" if error.field else str(error), 422)
    session().commit()
    flash(_("It is noted."))
    return redirect(page_path(event), code=303)


@pages.get(f"{EVENT}/register/sent")
def registration_sent(page_handle: str, identifier: str) -> Response:
    """Tell somebody that a mail is on its way; the same to everybody, whatever we know of the address."""
    event = find_publication(page_handle, "events", identifier)
    return _private("maillage/registration.html", what="sent", event=event)


@pages.route("/registrations/<token>/confirm", methods=["GET", "POST"], endpoint="confirm_registration")
def confirm_registration(token: str) -> Response:
    """Let a guest confirm their address: by a button, since programmes that look at mails open every link."""
    guest = _guest(token, links.CONFIRM)
    if guest is None:
        return _private("maillage/registration.html", 404, what="over")
    if request.method == "GET":
        return _guest_page("confirm", guest)
    try:
        guests.confirm(guest)
    except NotPossible as error:
        session().rollback()
        guest = _guest(token, links.CONFIRM)
        return _guest_page("confirm", guest, 422, refusal=_(str(error))) if guest else abort(404)
    session().commit()
    return redirect(url_for("maillage.registration", token=links.token(guest, links.OWN)), code=303)


@pages.route("/registrations/<token>", methods=["GET", "POST"], endpoint="registration")
def own_registration(token: str) -> Response:
    """Show a guest their registration, and cancel it."""
    guest = _guest(token, links.OWN)
    if guest is None:
        return _private("maillage/registration.html", 404, what="over")
    if request.method == "GET":
        return _guest_page("own", guest)
    if request.form.get("answer") != "cancel":
        abort(400)
    event = guest.publication
    guests.cancel(guest)
    session().commit()
    return _private("maillage/registration.html", what="cancelled", event=event)


@pages.route("/registrations/<token>/no-reminder", methods=["GET", "POST"], endpoint="no_reminder")
def want_no_reminder(token: str) -> Response:
    """Let a guest say that they want no reminder; programmes that read mail press this for them (RFC 8058)."""
    guest = _guest(token, links.QUIET)
    if guest is None:
        return _private("maillage/registration.html", 404, what="over")
    if request.method == "POST":
        guest.wants_reminder = False
        session().commit()
    return _guest_page("quiet", guest)


def registration_offer(event: Publication) -> dict[str, Any]:
    """Return what an event's page says about registering here: where, and who wants to be named as coming."""
    if event.kind != "event" or not event.local:
        return {"register_path": None, "shown": []}
    is_member = author_of(current_member()) is not None
    path = None if _refusal(event, is_guest=not is_member) else page_path(event) + "/register"
    return {
        "register_path": path,
        "is_queue": is_full(event),
        "has_questions": bool(registration_of(event).asks),
        "shown": registering.shown_names(event),
    }


def _refusal(event: Publication, *, is_guest: bool) -> str:
    """Return why nobody can register now, in the reader's language."""
    try:
        if is_guest:
            guests.check_open(event)
        else:
            taking_part.check_joinable(event)
    except NotPossible as error:
        return _(str(error))
    return ""


def _ask(event: Publication, form: Any) -> Response:
    if not node().rates.allow(queue.BY_CALLER, caller_of(request)):
        response = _form_page(event, form, _("Too many registrations from here: wait an hour, then try again."), 429)
        response.headers["Retry-After"] = str(node().rates.seconds_until_free(queue.BY_CALLER, caller_of(request)))
        return response
    guests.ask(
        event,
        email=form.email.data,
        name=form.name.data,
        message=form.message.data or "",
        answers=answers_of(form, registration_of(event).asks),
        shown=form.shown.data,
        language=current_language(),
    )
    session().commit()
    return redirect(page_path(event) + "/register/sent", code=303)


def _form_page(event: Publication, form: Any, refusal: str, status: int) -> Response:
    with reading():
        event = session().merge(event, load=True) if event not in session() else event
        return _private(
            "maillage/register.html",
            status,
            event=event,
            form=in_readers_language(form),
            asks=[name for name in form._fields if name.startswith("ask_")],
            refusal=refusal,
            back=page_path(event),
            is_guest="email" in form,
            is_queue=is_full(event),
            sign_in_path=sign_in_address(request.script_root + request.path),
        )


def _guest(token: str, purpose: str) -> Guest | None:
    return links.guest_with(token, purpose)


def _guest_page(what: str, guest: Guest, status: int = 200, **more: Any) -> Response:
    event = guest.publication
    part = registering.find(event, guest)
    place = waiting_list.position(part) if part is not None and part.state == "waiting" else 0
    values = {"what": what, "event": event, "guest": guest, "part": part, "place": place, **more}
    return _private("maillage/registration.html", status, **values)


def _private(template: str, status: int = 200, **values: Any) -> Response:
    """Answer with a page of one reader; its address is a secret that no other site is told."""
    event = values.get("event")
    if event is not None:
        values.setdefault("back", page_path(event))
    response = keep_private(make_response(render_template(template, **values), status))
    response.headers["Referrer-Policy"] = "same-origin"  # under `no-referrer` a browser says of our forms: from nowhere
    response.headers["X-Robots-Tag"] = "noindex"
    return response
