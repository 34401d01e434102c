"""Where partners are: by an admin's word, else by their own."""

from dataclasses import dataclass

from actors.database import session
from actors.models import Actor
from flask_maillage.coalitions.partners.models import Partner
from flask_maillage.territory import gazetteer, zones
from flask_maillage.territory.models import Profile
from flask_maillage.territory.places import Place


@dataclass(frozen=True)
class Spot:
    """A place by its name, and as a point where one is known."""

    name: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def is_on_the_map(self) -> bool:
        """Whether a map can show it."""
        return self.latitude is not None and self.longitude is not None


def of_zone(code: str, language: str) -> Spot:
    """Return a zone as a spot: its middle, where the gazetteer knows one."""
    known = gazetteer.named(code)
    name = zones.name_of(code, language)
    return Spot(name, known.latitude, known.longitude) if known else Spot(name)


def of(partner: Partner, language: str) -> Spot | None:
    """Return where a partner is, or None where nobody says so."""
    if partner.place:
        return of_zone(partner.place["code"], language)
    return of_actor(partner.actor, language)


def of_actor(actor: Actor, language: str) -> Spot | None:
    """Return where an actor is by its own word."""
    place = Place.model_validate(actor.place) if actor.place else None
    if place is not None and place.latitude is not None:
        return Spot(place.in_words, place.latitude, place.longitude)
    profile = session().get(Profile, actor.id)
    if profile is not None and profile.based_in:
        return of_zone(profile.based_in, language)
    return Spot(place.in_words) if place is not None and place.in_words else None
