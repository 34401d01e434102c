"""From the parts of an address to what may be shown there; what may not be seen looks like what is not there."""

from flask import abort

from actors import local
from actors.models import Actor
from flask_maillage.people.current import current_member, may
from flask_maillage.people.roles import EDIT
from flask_maillage.publications import listing
from flask_maillage.publications.kinds import KINDS, kind_with_slug
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.models import DRAFT, LIMITED, WITHDRAWN, Publication

SLUG = f"any({','.join(kind.slug for kind in KINDS)})"
"""The converter of routes that takes the slug of a kind."""


def find_actor(page_handle: str) -> Actor:
    """Return the actor of a page; 404 where there is none, 410 where it is deleted."""
    actor = local.find_page(page_handle)
    if actor is None or actor.suspended_at is not None:
        abort(404)
    if actor.gone_at is not None:
        abort(410)
    return actor


def find_kind(slug: str) -> Kind:
    """Return the kind with that slug; 404 where there is none."""
    return kind_with_slug(slug) or abort(404)


def find_publication(page_handle: str, slug: str, identifier: str) -> Publication:
    """Return a publication that whoever asks may see; 410 where it was withdrawn, 404 where it is none of theirs."""
    actor, kind = find_actor(page_handle), find_kind(slug)
    found = listing.one(actor, kind.name, identifier)
    if found is None or found.visibility == LIMITED:
        abort(404)
    if found.state == WITHDRAWN:
        abort(410)
    if found.state == DRAFT and not may(current_member(), EDIT, found):
        abort(404)
    return found
