"""Where one begins to apply to a call: as whom, who will read it, until when it is kept; or by e-mail, as a guest."""

from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from actors.database import reading, session
from actors.node import node
from actors.requests import caller_of
from flask_maillage.calls.applying import drafts, guests, links, sending, standing
from flask_maillage.calls.applying.checking import in_words
from flask_maillage.calls.applying.doors import private
from flask_maillage.calls.applying.page_forms import AsWhomForm, ByMailForm
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.mail import queue
from flask_maillage.people.current import actors_to_publish_for, author_of, current_member, sign_in_address
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

APPLY = "/@<page_handle>/calls/<identifier>/apply"


@pages.route(APPLY, methods=["GET", "POST"], endpoint="apply")
def apply(page_handle: str, identifier: str) -> Response:
    """Show what applying to a call means, and begin: as a member, or with an e-mail address."""
    call = TheCall(find_publication(page_handle, "calls", identifier, limited=True))
    if not call.takes_applications or call.row.published_at is None:
        abort(404)
    member = current_member()
    form = _as_whom(member) if member is not None else ByMailForm()
    refusal = sending.closed(call)
    if request.method != "POST" or refusal is not None:
        return _page(call, form, member, 200 if request.method != "POST" else 422)
    if not form.validate():
        return _page(call, form, member, 422)
    if member is None and not guests.are_welcome(call):
        abort(403)
    return _by_mail(call, form) if member is None else _begun(call, form, member)


@pages.get(f"{APPLY}/sent", endpoint="apply_sent")
def apply_sent(page_handle: str, identifier: str) -> Response:
    """Tell somebody that a mail is on its way; the same to everybody, whatever we know of the address."""
    call = find_publication(page_handle, "calls", identifier)
    return private("maillage/applying/guest.html", what="sent", back=page_path(call), title=call.name)


@pages.route("/applications/<token>/confirm", methods=["GET", "POST"], endpoint="confirm_applicant")
def confirm_applicant(token: str) -> Response:
    """Let a guest confirm their address: by a button, since programmes that look at mails open every link."""
    guest = links.guest_with(token, links.CONFIRM)
    if guest is None:
        return private("maillage/applying/guest.html", 404, what="over")
    if request.method != "POST":
        return private("maillage/applying/guest.html", what="confirm")
    guests.confirm(guest)
    session().commit()
    return redirect(url_for("maillage.guest_application_write", token=links.token(guest, links.OWN)), code=303)


def _as_whom(member: Any) -> Any:
    form = AsWhomForm()
    actors = actors_to_publish_for(member)
    form.actor.choices = [SelectChoice(str(actor.id), actor.name or actor.address) for actor in actors]
    if request.method != "POST" and len(actors) == 1:
        form.actor.data = str(actors[0].id)
    return form


def _begun(call: TheCall, form: Any, member: Any) -> Response:
    actor = next(one for one in actors_to_publish_for(member) if str(one.id) == form.actor.data)
    try:
        draft = drafts.begin(call.row, actor, author_of(member), language=current_language())
    except NotPossible as error:
        form.actor.errors = [str(error)]
        return _page(call, form, member, 422)
    session().commit()
    return redirect(url_for("maillage.application_write", identifier=draft.identifier), code=303)


def _by_mail(call: TheCall, form: Any) -> Response:
    caller = caller_of(request)
    if not node().rates.allow(queue.BY_CALLER, caller):
        form.email.errors = [_("Too many applications from here: wait an hour, then try again.")]
        response = _page(call, form, None, 429)
        response.headers["Retry-After"] = str(node().rates.seconds_until_free(queue.BY_CALLER, caller))
        return response
    try:
        guests.ask(call.row, email=form.email.data, language=current_language())
    except NotPossible as error:
        session().rollback()
        form.email.errors = [str(error)]
        return _page(call, form, None, 422)
    session().commit()
    handle, identifier = call.row.actor.page_handle, call.row.identifier
    return redirect(url_for("maillage.apply_sent", page_handle=handle, identifier=identifier), code=303)


def _page(call: TheCall, form: Any, member: Any, status: int) -> Response:
    with reading():
        refusal = sending.closed(call)
        actors = actors_to_publish_for(member) if member is not None else []
        begun = [one for actor in actors for one in drafts.of_actor(call.row, actor)]
        return private(
            "maillage/applying/apply.html",
            status,
            call=call,
            form=in_readers_language(form),
            is_member=member is not None,
            takes_guests=guests.are_welcome(call),
            begun=begun,
            readers=standing.readers_of(call),
            closed=in_words(refusal, call.row, current_language()) if refusal else "",
            back=page_path(call.row),
            sign_in_path=sign_in_address(request.script_root + request.path),
        )
