"""Who is in the sample network, and one initiative of its members."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from federation import markdown
from flask_maillage.publications.content import ActorRef, Content
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.initiative_details import Area, InitiativeDetails
from flask_maillage.publications.kinds.news import NewsDetails
from flask_maillage.publications.topics import NAMESPACE
from flask_maillage.territory.places import Place

Addresses = Mapping[str, str]


@dataclass(frozen=True)
class SampleActor:
    """An organisation or project to create: its handle, its name, what it is in a sentence or two."""

    handle: str
    name: str
    kind: Literal["organisation", "project"]
    summary: str
    place: Place
    website: str | None = None
    based_in: str = ""
    acts_in: tuple[str, ...] = ()


IN_PARIS, IN_BRUSSELS = "insee:75056", "BE-BRU"
"""The zones of the two places, as the gazetteer has them."""
TERRITORIES = ((IN_PARIS, "paris"), (IN_BRUSSELS, "brussels"))
"""Zones that have an actor on each node, with its handle."""
PARIS = Place(name="Paris", locality="Paris", region="Île-de-France", country="FR", latitude=48.8566, longitude=2.3522)
BRUSSELS = Place(
    name="Brussels", locality="Brussels", region="Brussels-Capital", country="BE", latitude=50.8503, longitude=4.3517
)

_ORGANISATIONS = (
    SampleActor(
        "ires",
        "IRES",
        "organisation",
        "A research institute at the service of the French trade unions: economy, work and employment relations.",
        PARIS,
        "https://ires.fr/",
        IN_PARIS,
        ("FR",),
    ),
    SampleActor(
        "astrees",
        "ASTREES",
        "organisation",
        "An association that studies work and brings those who change it to one table.",
        PARIS,
        "https://astrees.org/",
        IN_PARIS,
        ("FR", "BE"),
    ),
    SampleActor(
        "etuc",
        "ETUC",
        "organisation",
        "The European Trade Union Confederation: the voice of organised workers in Europe.",
        BRUSSELS,
        "https://etuc.org/",
        IN_BRUSSELS,
    ),
)


def organisations() -> tuple[SampleActor, ...]:
    """Return the organisations of the network."""
    return _ORGANISATIONS


def project() -> SampleActor:
    """Return the project that publishes the call."""
    return SampleActor(
        "platform_workers",
        "Platform workers",
        "project",
        "Establishing the representation of workers and social dialogue in the platform and app economy: a project of "
        "ETUC with the Sharers & Workers network, which IRES and ASTREES lead.",
        BRUSSELS,
        based_in=IN_BRUSSELS,
        acts_in=("BE", "FR"),
    )


def named(names: tuple[tuple[str, str], ...], addresses: Addresses | None) -> tuple[ActorRef, ...]:
    """Return references to actors given as handle and name, with their ids where `addresses` has them."""
    known = addresses or {}
    return tuple(ActorRef(iri=known.get(handle), name=name) for handle, name in names)


def finished(kind: str, source: str, **fields: Any) -> Content:
    """Return the content of a kind, its HTML and summary made as for a form."""
    content = Content(kind=kind, source=source, html=markdown.render(source), language="en", **fields)
    return content.model_copy(update={"summary": kind_named(kind).summary(content)})


def news(now: datetime, addresses: Addresses | None = None) -> Content:
    """Return a few invented words from the network.

    Args:
        now: not used yet; all sample publications are made alike.
        addresses: the ids of actors by handle.
    """
    return finished(
        "news",
        "The minutes of our last meeting are out: three coalitions told how a union and a cooperative came to sit at "
        "one table. #SocialDialogue",
        name="What we learned in spring",
        tags=("SocialDialogue",),
        status="active",
        organisers=named((("etuc", "ETUC"),), addresses),
        details=NewsDetails(titled=True),
    )


def initiative(now: datetime, addresses: Addresses | None = None) -> Content:
    """Return an invented initiative such as the call looks for.

    Args:
        now: not used yet; the three sample publications are made alike.
        addresses: the ids of actors by handle.
    """
    source = (
        "Couriers of four delivery platforms share a room, a repair bench and a notebook in which they write down what "
        "they are paid. Out of the notebook grew a small application that compares the pay of a ride with the "
        "minimum wage.\n\n"
        "We now want to turn the figures into something that can be negotiated."
    )
    return finished(
        "initiative",
        source,
        name="A pay log kept by couriers",
        place=PARIS,
        status="active",
        organisers=named((("ires", "IRES"),), addresses),
        details=InitiativeDetails(
            stage="emerging",
            needs=("A lawyer for labour agreements", "A union to negotiate with", "Translation into English"),
            offers=("The application, as free software", "A room to meet on Mondays"),
            topics=(NAMESPACE + "digital-tools", NAMESPACE + "agreements"),
            sectors=("Delivery",),
            workers=(NAMESPACE + "local-work",),
            acts_in=(Area(name="Île-de-France", code="FR-IDF"),),
            outcomes=("Three hundred rides written down, by forty couriers",),
        ),
    )
