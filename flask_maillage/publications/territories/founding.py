"""Territories that are actors: an admin founds one for a zone, and may close it for good."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from actors import local
from actors.database import session
from actors.models import TERRITORY, Actor
from actors.node import node, now
from federation import markdown
from flask_maillage.publications import leaving, listing, matching
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.territories import announcing
from flask_maillage.territory import profiles, zones
from flask_maillage.territory.models import Territory
from flask_maillage.web.language import translate

SUMMARY = _(
    "Calls, events, initiatives and news in %(name)s: this account shares what is published here, from %(node)s and "
    "its partners."
)
MOST_AT_FOUNDING = 200
"""How many publications a new territory announces that were there before it."""


class TerritoryRefused(ValueError):
    """A territory that cannot be founded or closed; the text says why, to a person."""

    def __init__(self, message: str, field: str = "code") -> None:
        """Keep the sentence, and which part of what was written it is about."""
        super().__init__(message)
        self.field = field


def found(code: str, handle: str, *, name: str = "", summary: str = "", with_open: bool = False) -> Territory:
    """Give a zone an actor that anybody may follow; it announces what is published in the zone from now on.

    Args:
        code: the zone's, as the gazetteer has it or people write it.
        handle: of the actor; never to be given again.
        name: what it is called; the zone's name where it is empty.
        summary: Markdown; what it does, in the node's language, where it is empty.
        with_open: announce also what was published before and is open or still to come.

    Raises:
        TerritoryRefused: there is no such zone, it has an actor already, or the handle cannot be given.
    """
    known = zones.canonical(code)
    if known is None:
        raise TerritoryRefused(_("There is no territory with this code: look for it on the page of the territories."))
    if of_zone(known) is not None:
        raise TerritoryRefused(_("This territory has an actor already."))
    language = node().language
    called = name.strip() or zones.name_of(known, language)
    said = summary.strip() or translate(language, SUMMARY, name=called, node=node().name)
    try:
        actor = local.create(
            handle.strip().lstrip("@").lower(), TERRITORY, called, summary=markdown.render(said), language=language
        )
    except local.HandleRefused as error:
        raise TerritoryRefused(str(error), "handle") from None
    row = Territory(actor=actor, code=known, founded_at=now())
    try:
        with session().begin_nested():
            session().add(row)
    except IntegrityError:
        raise TerritoryRefused(_("This territory has an actor already.")) from None
    profiles.base(actor, known)
    if with_open:
        _announce_open(row)
    return row


def close(territory: Territory) -> None:
    """Close a territory for good: its actor is deleted on every server, its page goes on as the zone's.

    Raises:
        TerritoryRefused: it was closed before.
    """
    if territory.closed_at is not None:
        raise TerritoryRefused(_("This territory was closed before."))
    leaving.delete_actor(territory.actor)


@leaving.on_parting
def end(actor: Actor) -> None:
    """Note that the actor of a territory left, whichever way."""
    profiles.forget(actor)
    row = of_actor(actor)
    if row is not None and row.closed_at is None:
        row.closed_at = now()
        announcing.forget(actor)


def of_zone(code: str) -> Territory | None:
    """Return the territory of ours that a zone has now, or None."""
    return session().scalar(select(Territory).where(Territory.code == code, Territory.closed_at.is_(None)))


def of_actor(actor: Actor) -> Territory | None:
    """Return which territory an actor is, closed ones too, or None."""
    return session().get(Territory, actor.id) if actor.local and actor.kind == TERRITORY else None


def listed() -> Sequence[Territory]:
    """Return the territories of ours that are open, by name."""
    query = select(Territory).join(Territory.actor).where(Territory.closed_at.is_(None)).order_by(Actor.name, Actor.id)
    return session().scalars(query.options(joinedload(Territory.actor))).all()


def _announce_open(territory: Territory) -> None:
    query = listing.visible().where(listing.going_on(), matching.lying_in(territory.code))
    for publication in reversed(listing.first(listing.newest(query), MOST_AT_FOUNDING)):
        announcing.settle(publication, at_founding=territory)
