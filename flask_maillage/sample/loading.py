"""Put the sample network into nodes: actors, territories, and one member who may publish for them."""

from collections.abc import Iterable

from actors import local
from actors.models import Actor
from flask_maillage.people import accounts, roles
from flask_maillage.people.models import EDITOR
from flask_maillage.publications.territories import founding
from flask_maillage.sample.network import TERRITORIES, SampleActor
from flask_maillage.territory import profiles, zones

PASSWORD = "three strands in a knot"  # noqa: S105
"""The password of the invented members, whose nodes listen on this machine only."""


def add_actors(samples: Iterable[SampleActor]) -> list[Actor]:
    """Create actors of the sample on this node."""
    created = []
    for sample in samples:
        actor = local.create(
            sample.handle, sample.kind, sample.name, summary=f"<p>{sample.summary}</p>", website=sample.website
        )
        actor.place = sample.place.model_dump(mode="json")
        if zones.canonical(sample.based_in):
            profiles.base(actor, sample.based_in)
        profiles.act_in(actor, sample.acts_in)
        created.append(actor)
    return created


def add_territories() -> None:
    """Give the zones of the sample an actor each; where no gazetteer was built there are none."""
    for code, handle in TERRITORIES:
        if zones.canonical(code):
            founding.found(code, handle)


def add_member(email: str, name: str, handle: str, actors: Iterable[Actor]) -> None:
    """Create an invented member who may publish for these actors."""
    member = accounts.add(email, name, handle, PASSWORD)
    for actor in actors:
        roles.grant(member, actor, EDITOR)
