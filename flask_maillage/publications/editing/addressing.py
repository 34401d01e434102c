"""For whom a publication is, as its form says it: a choice, and the handles of those who are named."""

from typing import Any

from sqlalchemy import select

from actors import iris, local, policy
from actors.database import session
from actors.models import NODE, Actor
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.forms.base import written_lines
from flask_maillage.publications.models import DIRECT, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.language import gettext as _


def readers_in(form: Any) -> Audience:
    """Return for whom a valid form says that a publication is.

    Raises:
        NotPossible: it names somebody whom this node does not know.
    """
    if form.audience.data != DIRECT:
        return Audience(form.audience.data)
    return Audience(DIRECT, tuple(dict.fromkeys(_named(line) for line in written_lines(form.readers.data))))


def fill_readers(publication: Publication) -> dict[str, str]:
    """Return the data that makes the form show for whom a publication is."""
    named = "\n".join(row.actor.address for row in publication.audience)
    return {"audience": publication.visibility, "readers": named}


def _named(line: str) -> Actor:
    found = _find(line)
    if found is None or found.kind == NODE or not policy.is_welcome(found):
        message = _("Nobody is known here as “%(handle)s”: write a handle as @name@host.", handle=line)
        raise NotPossible(message, "readers")
    return found


def _find(line: str) -> Actor | None:
    if line.startswith(("https://", "http://")):
        return session().scalar(select(Actor).where((Actor.iri == line) | (Actor.url == line)).limit(1))
    handle, _, host = line.removeprefix("@").partition("@")
    return local.find_page(f"{handle}@{host or iris.host()}")
