"""The map of the site for search engines: what is public and ours; copies of others' are found where they come from."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree

from flask import Response
from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.models import NODE, PERSON, PROPOSED, Actor
from flask_maillage.publications import listing
from flask_maillage.publications.kinds import KINDS, kind_named
from flask_maillage.publications.models import Publication, PublicationZone
from flask_maillage.publications.territories import founding
from flask_maillage.standing.writing import all_pages
from flask_maillage.territory import zones
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import conditional

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
SIZE = 10_000
"""How many publications it names, the newest; the protocol allows 50,000 addresses."""
MOST_ACTORS = 5_000
MOST_ZONES, AMONG = 5_000, 2_000
"""How many territories it names: those in which the newest publications lie, so many of them."""


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    """Name the first page, the lists, the actors, the territories and what was published here for everybody."""
    root = ElementTree.Element("urlset", xmlns=NAMESPACE)
    for address, changed in _addresses():
        entry = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(entry, "loc").text = address
        if changed is not None:
            ElementTree.SubElement(entry, "lastmod").text = changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return conditional(Response(body, content_type="application/xml; charset=utf-8"), kept="max-age=3600")


def _addresses() -> Iterator[tuple[str, datetime | None]]:
    yield iris.home(), None
    for kind in KINDS:
        yield f"{iris.home()}{kind.slug}", None
    yield from ((f"{iris.home()}pages/{one.slug}", one.updated_at) for one in all_pages() if one.published_at)
    for handle in session().scalars(_actors()):
        yield iris.actor_page(handle), None
    yield from ((f"{iris.home()}territories/{code}", None) for code in sorted(_zones()))
    columns = (Publication.kind, Publication.identifier, Publication.updated_at, Actor.handle)
    ours = listing.newest(listing.visible().where(Publication.local)).with_only_columns(*columns).limit(SIZE)
    for kind_name, identifier, changed, handle in session().execute(ours):
        yield iris.publication_page(handle, kind_named(kind_name).slug, identifier), changed


def _zones() -> set[str]:
    """Return the codes of the territories that have an actor, or in which something lies that everybody may see."""
    newest = listing.newest(listing.visible()).with_only_columns(Publication.id).limit(AMONG)
    lying = select(PublicationZone.code).where(PublicationZone.publication_id.in_(newest)).distinct().limit(MOST_ZONES)
    lying = lying.where(PublicationZone.code != zones.NOWHERE)
    return {row.code for row in founding.listed()} | set(session().scalars(lying))


def _actors() -> listing.Query:
    """Return the query of the handles of those who publish here; people are left alone."""
    return (
        select(Actor.handle)
        .where(Actor.local, Actor.federated, Actor.gone_at.is_(None), Actor.suspended_at.is_(None))
        .where(Actor.kind.not_in((PERSON, NODE)), Actor.phase != PROPOSED)
        .order_by(Actor.id)
        .limit(MOST_ACTORS)
    )
