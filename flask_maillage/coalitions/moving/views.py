"""The page by which those who administer an actor take its archive, and go on from there."""

from datetime import datetime
from typing import Any

from flask import Response as Answer
from flask import abort
from werkzeug.wrappers import Response

from actors import local, remote
from actors.database import reading, session
from actors.models import Actor
from actors.moving import COOLDOWN
from actors.node import node, now
from flask_maillage.coalitions.moving import archive, notices, working
from flask_maillage.coalitions.moving.forms import ArchiveForm, TargetForm
from flask_maillage.people.account_forms import ButtonForm
from flask_maillage.people.account_page import account_page
from flask_maillage.people.current import current_member, gives_roles, require_own_sign_in, to_sign_in
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import keep_private

PAGE = "moving.html"
RATE = "archives of an actor"


@pages.get("/@<page_handle>/moving", endpoint="moving")
def show_moving(page_handle: str) -> Response:
    """Say how an actor leaves for another node, step by step, and what was done of it."""
    with reading():
        actor = administered(page_handle)
    return actor if isinstance(actor, Response) else moving_page(actor)


@pages.post("/@<page_handle>/moving/archive", endpoint="take_archive")
def take_archive(page_handle: str) -> Response:
    """Hand over the archive, packed while it is sent; the others who administer the actor are told."""
    actor = administered(page_handle)
    if isinstance(actor, Response):
        return actor
    if not ButtonForm().validate():
        abort(400)
    if not node().rates.allow(RATE, actor.iri):
        abort(429)
    notices.tell_of_archive(actor, current_member().actor)
    name, pieces = archive.filename(actor), archive.packed(actor)
    session().commit()
    response = Answer(pieces, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return keep_private(response)


def administered(page_handle: str) -> Actor | Response:
    """Return the actor that the member administers; to anybody else there is no such page."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    actor = local.find_page(page_handle)
    if actor is None or not gives_roles(member, actor):
        abort(404)
    return actor


def moving_page(actor: Actor, status: int = 200, **values: Any) -> Response:
    """Return the page about the moving of an actor."""
    values.setdefault("form", ArchiveForm(formdata=None))
    target_form = in_readers_language(values.pop("target_form", None) or TargetForm(formdata=None))
    values |= {"target_form": target_form, "new": _new(actor), "waits_until": _waits_until(actor)}
    return account_page(
        PAGE, status, actor=actor, button=ButtonForm(formdata=None), brought=working.of(actor), **values
    )


def _new(actor: Actor) -> Actor | None:
    """Return the actor that this one moved to."""
    return remote.find(actor.moved_to) if actor.moved_to else None


def _waits_until(actor: Actor) -> datetime | None:
    """Return until when an actor that moved cannot move again, or None."""
    until = actor.moved_at + COOLDOWN if actor.moved_at is not None else None
    return until if until is not None and until > now() else None
