"""What this node says of itself to those who would be partners: where it is, and whether they wait for an admin."""

from flask import Flask

from actors import documents
from actors.models import NODE, Actor
from actors.node import Node, node
from federation.activities import Document
from flask_maillage.coalitions.partners import partnership
from flask_maillage.coalitions.partners.models import Partner
from flask_maillage.territory import gazetteer, zones
from flask_maillage.territory.places import Place

APPROVAL = "approval"
"""The setting by which nodes that follow ours wait for an admin."""


def mount(app: Flask, made: Node) -> None:
    """Keep for an application what its settings say of partners, and let its pages know them."""
    chosen = made.state["settings"]
    made.state["partners_wait"] = chosen.partners == APPROVAL
    made.state["node_place"] = chosen.place
    made.state["partners"] = shown


def shown() -> list[Partner]:
    """Return the partners that pages name."""
    return partnership.shown()


def code() -> str | None:
    """Return the zone that our node is in, by its setting; None where it says none, or none that is known."""
    text = node().state["node_place"]
    found = zones.meant(text, node().language) if text else []
    return found[0] if found else None


def place_in(zone: str, language: str) -> Place:
    """Return a zone as a place, with its middle where the gazetteer knows one."""
    known = gazetteer.named(zone)
    latitude, longitude = (known.latitude, known.longitude) if known else (None, None)
    country = known.country if known else zone if len(zone) == 2 else ""
    return Place(name=zones.name_of(zone, language), country=country, latitude=latitude, longitude=longitude)


@documents.describes
def described(actor: Actor) -> Document:
    """Return what the document of our node's actor says besides."""
    if actor.kind != NODE:
        return {}
    found: Document = {"manuallyApprovesFollowers": True} if node().state["partners_wait"] else {}
    if (zone := code()) is not None:
        found["location"] = place_in(zone, "en").to_object(None) | {"code": zone}
    return found
