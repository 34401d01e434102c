"""The search: what is known here, for everybody; what other servers have, for members who ask for it.

A page of somebody else must not make this node ask other servers, so only a form of ours does: a POST with its token.
"""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import or_, select
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from actors import policy
from actors.database import reading, session
from actors.models import AS2_TYPES, PERSON, Actor
from federation import discovery
from federation.errors import FederationError, TooMany
from flask_maillage.people.current import current_member, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications import listing, resolving
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.items import actor_items, items_of
from flask_maillage.publications.matching import contains
from flask_maillage.publications.models import Publication
from flask_maillage.publications.searching import index
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private, page

SHORTEST = 2
SHOWN = 20


class NetworkForm(CheckedForm):
    """What to look for on other servers."""

    q = StringField(validators=[InputRequired(), Length(max=resolving.LONGEST_TEXT)])


@pages.get("/search")
def search() -> Response:
    """Show what is known here by its words, a name, a handle or an address."""
    return page(_html(_asked(request.args.get("q", "")), None))


@pages.post("/search")
def search_network() -> Response:
    """Ask other servers for what a member names, keep it, and show its page."""
    with reading():
        member = current_member()
        key = resolving.key_of(member)
    if member is None:
        return to_sign_in()
    form = NetworkForm()
    text = _asked(form.q.data or "")
    if not form.validate():
        return _failed(text, _("Write what you look for, and send it once more."), 422)
    try:
        resolving.count(key)
        path = _path_of(resolving.resolve(text))
        session().commit()
    except FederationError as error:
        session().rollback()
        status = 429 if isinstance(error, TooMany) else 422
        return _failed(text, _(resolving.sentence_for(error)), status)
    return redirect(path, code=303)


def _asked(text: str) -> str:
    """Return what was typed as one line that any database takes."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[: resolving.LONGEST_TEXT]


def _path_of(found: resolving.Found) -> str:
    if isinstance(found, Publication):
        return page_path(found)
    return url_for("maillage.actor", page_handle=found.page_handle)


def _failed(text: str, sentence: str, status: int) -> Response:
    with reading():
        html = _html(text, sentence)
    return keep_private(make_response(html, status))


def _html(text: str, failure: str | None) -> str:
    exact = resolving.known(text) if text else None
    searched = text if len(text) >= SHORTEST else ""
    actors = list(session().scalars(_actors(searched).limit(SHOWN))) if searched else []
    titles = listing.first(_titles(searched), SHOWN) if searched else []
    if isinstance(exact, Actor) and exact not in actors:
        actors.insert(0, exact)
    if isinstance(exact, Publication) and exact not in titles:
        titles = [exact, *titles]
    member = current_member()
    return render_template(
        "maillage/search.html",
        text=text,
        actors=actor_items(actors),
        items=items_of(titles),
        failure=failure,
        names_elsewhere=_names_elsewhere(text),
        network_form=NetworkForm(q=text) if member is not None else None,
    )


def _names_elsewhere(text: str) -> bool:
    """Tell whether a text can name something on another server: a handle, an address, a domain."""
    return bool(
        discovery.parse_handle(text) or discovery.parse_domain(text) or text.startswith(("https://", "http://"))
    )


def _titles(text: str) -> listing.Query:
    return index.most_telling(listing.visible().where(index.holds(text)), text)


def _actors(text: str) -> Any:
    """Return who is known by a name or a handle: no person, since who follows whom here is nobody's business."""
    return (
        select(Actor)
        .where(policy.presented(), Actor.federated, Actor.type != AS2_TYPES[PERSON])
        .where(or_(contains(Actor.name, text), contains(Actor.handle, text)))
        .order_by(Actor.local.desc(), Actor.name, Actor.id)
    )
