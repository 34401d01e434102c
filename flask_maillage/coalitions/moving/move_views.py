"""The pages by which those who administer an actor name its new address, look at it, move it there, and come back."""

from typing import Any

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from actors import iris, moving, remote
from actors.database import reading, session
from actors.documents import count_followers
from actors.models import Actor
from actors.moving import MoveRefused
from federation.activities import Document
from federation.errors import FederationError
from flask_maillage.coalitions.moving import notices, staying
from flask_maillage.coalitions.moving.forms import MoveForm, TargetForm
from flask_maillage.coalitions.moving.views import administered, moving_page
from flask_maillage.people.account_forms import ButtonForm
from flask_maillage.people.account_page import account_page
from flask_maillage.people.current import current_member
from flask_maillage.publications import resolving
from flask_maillage.publications.content import one_line
from flask_maillage.publications.forms.base import _ as word
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _

PAGE = "move.html"
REASONS = {
    moving.UNPROVEN: word(
        "The new one does not say yet that it was this one before: take up the archive there, or name this one as its "
        "alias."
    ),
    moving.GONE_ON: word("The new one moved away itself."),
    moving.SOON: word("It moved less than a week ago: other servers refuse a second move so soon."),
    moving.NODES: word("The node's own actor stays where the node is."),
}
HERE = word("This one lives on this node: one moves from node to node.")


@pages.post("/@<page_handle>/moving/target", endpoint="name_new_address")
def name_new_address(page_handle: str) -> Response:
    """Look up the new address on its own server, and show what moving there means."""
    found = _target(page_handle, TargetForm())
    if isinstance(found, Response):
        return found
    with reading():
        actor = administered(page_handle)
        if isinstance(actor, Response):
            return actor
        return _confirmation(actor, found, MoveForm(formdata=None, address=found["id"]))


@pages.post("/@<page_handle>/moving/move", endpoint="move_actor")
def move_actor(page_handle: str) -> Response:
    """Move an actor, after its new address was looked at once more."""
    form: Any = MoveForm()
    found = _target(page_handle, form)
    if isinstance(found, Response):
        return found
    actor = administered(page_handle)
    if isinstance(actor, Response):
        return actor
    if not form.sure.data:
        form.sure.errors = [_("Tick it if you are sure.")]
        return _confirmation(actor, found, form, 422)
    try:
        moving.move(actor, found)
    except MoveRefused as refusal:
        session().rollback()
        flash(_(REASONS.get(refusal.reason, str(refusal))), "error")
        return redirect(url_for("maillage.moving", page_handle=page_handle), code=303)
    notices.tell_of_move(actor, current_member().actor)
    name = actor.name
    session().commit()
    flash(_("%(name)s moved. Its followers are being told.", name=name))
    return redirect(url_for("maillage.moving", page_handle=page_handle), code=303)


@pages.post("/@<page_handle>/moving/back", endpoint="come_back")
def come_back(page_handle: str) -> Response:
    """Let an actor that moved be here again."""
    actor = administered(page_handle)
    if isinstance(actor, Response):
        return actor
    if not ButtonForm().validate():
        abort(400)
    name = actor.name
    if moving.come_back(actor):
        session().commit()
        flash(_("%(name)s is here again.", name=name))
    return redirect(url_for("maillage.moving", page_handle=page_handle), code=303)


def _target(page_handle: str, form: Any) -> Document | Response:
    """Return the document of the address in a form as its own server gives it now, or why there is none.

    No transaction waits for the other server.
    """
    with reading():
        actor = administered(page_handle)
        if isinstance(actor, Response):
            return actor
        key = resolving.key_of(current_member())
    if not form.validate():
        if "csrf_token" in form.errors:
            abort(400)
        return _refused(page_handle, form)
    name = form.address.data.strip()
    try:
        if iris.is_ours(name) or name.lstrip("@").partition("@")[2] == iris.host():
            raise MoveRefused(moving.ITSELF, HERE)
        resolving.count(key)
        document = remote.look_up(name)
        with reading():
            owner = administered(page_handle)
            if isinstance(owner, Response):
                return owner
            moving.check(owner, document)
    except MoveRefused as refusal:
        form.address.errors = [_(REASONS.get(refusal.reason, HERE))]
    except FederationError as error:
        form.address.errors = [_(resolving.sentence_for(error))]
    else:
        return document
    return _refused(page_handle, form)


def _confirmation(actor: Actor, found: Document, form: Any, status: int = 200) -> Response:
    return account_page(
        PAGE,
        status,
        actor=actor,
        form=form,
        new_name=one_line(str(found.get("name") or found["id"]), 200),
        new_address=found["id"],
        followers=count_followers(actor),
        under_way=[(one.name, one.page) for one in staying.under_way(actor)],
    )


def _refused(page_handle: str, form: Any) -> Response:
    with reading():
        actor = administered(page_handle)
        if isinstance(actor, Response):
            return actor
        shown: Any = TargetForm(formdata=None, address=form.address.data)
        shown.address.errors = form.address.errors
        return moving_page(actor, 422, target_form=shown)
