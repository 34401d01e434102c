"""Whom somebody means who is asked to join or to found: here, or read from their own server."""

from actors import local
from actors.database import reading, session
from actors.models import Actor
from federation.errors import FederationError
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.people.current import current_member
from flask_maillage.publications import resolving
from flask_maillage.publications.forms.base import _


class NobodyFound(NotPossible):
    """Nobody is known by that name, here or on its own server."""


def actor_named(text: str) -> Actor:
    """Return the actor that somebody names by a handle or an address; one elsewhere is looked up there.

    The caller has ended its transaction: nothing is locked while another server is asked.

    Raises:
        NobodyFound: nobody is found; the text says why.
    """
    text = text.strip()
    host = local.application().host
    name = text if "@" in text.lstrip("@") or "://" in text else f"@{text.lstrip('@')}@{host}"
    try:
        with reading():
            key = resolving.key_of(current_member())
            here = local.find_page(name.lstrip("@")) if "://" not in name else None
        if here is not None and here.local and here.gone_at is None:
            return session().merge(here)
        resolving.count(key)
        found = resolving.resolve(name)
    except FederationError as error:
        raise NobodyFound(resolving.sentence_for(error)) from None
    if not isinstance(found, Actor):
        raise NobodyFound(_("That is no person and no organisation."))
    return found
