"""From a page of ours to a reader's own server and back: `/interact` leads there, `/authorize_interaction` is reached
from there by members of ours.

Only our own form makes this node ask another server. A strict `form-action` forbids browsers to follow a redirect from
a form to another host, so the answer is a page that leads on at once, and says where to.
"""

from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from actors.database import reading
from actors.models import Actor
from actors.requests import caller_of
from federation import intents
from federation.activities import host_of
from federation.errors import FederationError, TooMany
from flask_maillage.people.current import current_member, sign_in_address
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import leading, resolving
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.resolving import Found
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import keep_private

OF_ACTORS, OF_PUBLICATIONS = (intents.FOLLOW,), (intents.OBJECT, intents.CREATE)


def _(message: str) -> str:
    return message


class ServerForm(CheckedForm):
    """Where a reader is at home, and what they want to do there; the button says which."""

    uri = HiddenField()
    server = StringField(
        _("Your handle, or the name of your server"),
        [
            InputRequired(_("Write your handle, as @me@server.example, or the name of your server.")),
            Length(max=leading.LONGEST),
        ],
        description=_("As @me@server.example or server.example. It is asked where this is done there, and not kept."),
    )
    do = HiddenField(validators=[AnyOf([*OF_ACTORS, *OF_PUBLICATIONS])])


@pages.get("/interact", endpoint="interact")
def ask() -> Response:
    """Ask on which server a reader wants to follow an actor, or to open or share a publication."""
    thing = _thing(request.args.get("uri", ""))
    form: Any = ServerForm(uri=thing.iri)
    return _page(form, thing)


@pages.post("/interact", endpoint="lead_on")
def lead_on() -> Response:
    """Ask that server where its people do that, and lead there."""
    form: Any = ServerForm()
    with reading():
        thing = _thing(form.uri.data or "")
        if not form.validate():
            return _page(form, thing, 422)
    try:
        leading.count(caller_of(request))
        address = leading.address_on(form.server.data, thing, form.do.data)
    except FederationError as error:
        form.server.errors = [gettext(leading.sentence_for(error))]
        with reading():
            return _page(form, _thing(form.uri.data or ""), 429 if isinstance(error, TooMany) else 422)
    with reading():
        html = render_template("maillage/leaving.html", address=address, host=host_of(address))
    return keep_private(make_response(html))


@pages.get("/authorize_interaction", endpoint="authorize_interaction")
def arrive() -> Response:
    """Lead a member who comes from another server to our page of what they saw there, or to the search for it."""
    uri = " ".join(request.args.get("uri", "").split())[: resolving.LONGEST_TEXT]
    if current_member() is None:
        here = request.script_root + request.full_path.rstrip("?")
        return redirect(sign_in_address(here) or abort(403), code=303)
    found = resolving.known(uri)
    if found is not None:
        return redirect(_path_of(found), code=303)
    return redirect(url_for("maillage.search", q=uri.removeprefix("acct:")), code=303)


def _thing(uri: str) -> Found:
    """Return an actor or a publication that everybody may see; 404 for all else."""
    return resolving.known(uri) or abort(404)


def _path_of(found: Found) -> str:
    if isinstance(found, Actor):
        return url_for("maillage.actor", page_handle=found.page_handle)
    return page_path(found)


def _page(form: Any, thing: Found, status: int = 200) -> Response:
    html = render_template(
        "maillage/interact.html",
        form=in_readers_language(form),
        thing=thing,
        is_actor=isinstance(thing, Actor),
        back=_path_of(thing),
        handle=thing.address if isinstance(thing, Actor) else thing.actor.address,
    )
    return keep_private(make_response(html, status))
