"""From the parts of an address to what may be shown there; what may not be seen looks like what is not there."""

from typing import Any

from flask import abort, request

from actors import iris, local, policy
from actors.models import Actor
from actors.node import node
from actors.requests import caller_of
from flask_maillage.people.current import actors_of, current_member, may
from flask_maillage.people.roles import EDIT
from flask_maillage.publications import audience, listing
from flask_maillage.publications.kinds import KINDS, kind_with_slug
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.models import DRAFT, WITHDRAWN, Publication
from flask_maillage.territory import zones

SLUG = f"any({','.join(kind.slug for kind in KINDS)})"
"""The converter of routes that takes the slug of a kind."""


def find_actor(page_handle: str) -> Actor:
    """Return the actor of a page; 404 where there is none that we deal with, 410 where it is deleted."""
    actor = local.find_page(page_handle)
    if actor is None:
        abort(404)
    _check_standing(actor)
    return actor


def find_kind(slug: str) -> Kind:
    """Return the kind with that slug; 404 where there is none."""
    return kind_with_slug(slug) or abort(404)


def find_territory(code: str) -> str:
    """Return the code of a territory as we write it, or `zones.NOWHERE`; 404 where there is none."""
    return code if code == zones.NOWHERE else zones.canonical(code) or abort(404)


def may_find() -> None:
    """Count a search of who asks; 429 where they search more often than people do."""
    if not node().rates.allow("finding", caller_of(request)):
        abort(429)


def page_number() -> int:
    """Return the page that was asked for; 404 for what is no number of a page."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= listing.MAX_PAGE):
        abort(404)
    return int(text)


def find_publication(page_handle: str, slug: str, identifier: str, *, limited: bool = False) -> Publication:
    """Return a publication that whoever asks may see; 410 where it was withdrawn, 404 where it is none of theirs.

    Args:
        page_handle: the first part of its page's address.
        slug: the second.
        identifier: the third.
        limited: whether what is for some people only is found too, by those who are signed in and among them. The
            answer is then kept by no cache; feeds, which are the same bytes for everybody, leave this out.
    """
    found = listing.one(find_kind(slug).name, identifier)
    if found is None or not _is_page_of(found.actor, page_handle):
        find_actor(page_handle)
        abort(404)
    if not audience.is_open(found) and not (limited and is_for_member(current_member(), found)):
        find_actor(page_handle)
        abort(404)
    _check_standing(found.actor)
    if found.state == WITHDRAWN:
        abort(410)
    if found.state == DRAFT and not may(current_member(), EDIT, found):
        abort(404)
    return found


def is_for_member(member: Any, found: Publication) -> bool:
    """Tell whether a limited publication is for a member: for one of the actors they read for, or theirs to change."""
    if member is None:
        return False
    return audience.includes(found, {actor.id for actor in actors_of(member)}) or may(member, EDIT, found)


def _is_page_of(actor: Actor, page_handle: str) -> bool:
    """Tell whether a page's handle is this actor's; two actors of a server may have had the same one in turn."""
    handle, _, host = page_handle.partition("@")
    if actor.local:
        return handle.lower() == actor.handle and host.lower() in ("", iris.host())
    return (handle, host.lower()) == (actor.handle, actor.host)


def _check_standing(actor: Actor) -> None:
    if actor.gone_at is not None and actor.suspended_at is None and actor.federated:
        abort(410)
    if not is_standing(actor, known=current_member() is not None):
        abort(404)


def is_standing(actor: Actor, *, known: bool) -> bool:
    """Tell whether what an actor publishes is shown: to those who are signed in (`known`), or to everybody."""
    return policy.is_welcome(actor) and (actor.federated or known)
