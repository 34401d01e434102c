"""What sorts of organisation there are, by the word that each says of itself; a term of ours on the wire."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from wtforms import SelectChoice

from actors.database import session
from actors.models import ORGANISATION, Actor
from flask_maillage.territory.models import Profile
from flask_maillage.web.language import gettext, word

KINDS: dict[str, str] = {
    "union": word("Trade union"),
    "institute": word("Research institute"),
    "cooperative": word("Cooperative"),
    "association": word("Association"),
    "authority": word("Local authority"),
    "platform": word("Platform"),
    "collective": word("Collective"),
    "social_partner": word("Social partner"),
    "other": word("Another sort of organisation"),
}
"""Each sort with its label, in English; `other` is for what none of them fits."""


def choices() -> list[SelectChoice]:
    """Return what a form lets one choose from; nothing is said by the first."""
    return [SelectChoice(kind, label) for kind, label in (("", word("Not said")), *KINDS.items())]


def read(value: Any) -> str | None:
    """Return the sort that a document or a form names, None where it names none that we know."""
    if not isinstance(value, str):
        return None
    found = value.removeprefix("maillage:")
    return found if found in KINDS else None


def label(kind: str | None) -> str:
    """Return the label of a sort in the reader's language, an empty text for none."""
    return gettext(KINDS[kind]) if kind in KINDS else ""


def kinds_of(actor_ids: Iterable[int]) -> dict[int, str]:
    """Return the sorts of these actors, of those that say one."""
    query = select(Profile.actor_id, Profile.organisation_kind).where(
        Profile.actor_id.in_(list(actor_ids)), Profile.organisation_kind.is_not(None)
    )
    return {number: kind for number, kind in session().execute(query) if kind is not None}


def has_one(actor: Actor) -> bool:
    """Tell whether an actor is one that says of what sort it is."""
    return actor.kind == ORGANISATION or (actor.kind is None and actor.type == "Organization")
