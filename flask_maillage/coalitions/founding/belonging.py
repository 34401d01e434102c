"""Whether a person is of the network whose project they found: themselves, or by an organisation that is one of it.

An organisation is believed to be somebody's where it lives on that person's own server, which would not let them accept
otherwise, or here, where we look.
"""

from collections.abc import Sequence

from sqlalchemy import select

from actors.database import session
from actors.models import COALITION, Actor
from flask_maillage.coalitions import listing, memberships
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.coalitions.models import Membership
from flask_maillage.people.models import Member, Role
from flask_maillage.publications.forms.base import _


def networks_of(actors: Sequence[Actor]) -> list[Actor]:
    """Return the coalitions to which one of these actors belongs, as far as this node knows, by name."""
    belongs = select(Membership.group_id).where(
        Membership.member_id.in_([actor.id for actor in actors]), listing.in_force()
    )
    query = select(Actor).where(Actor.kind == COALITION, Actor.gone_at.is_(None), Actor.id.in_(belongs))
    return list(session().scalars(query.order_by(Actor.name, Actor.id)))


def works_for(person: Actor, organisation: Actor) -> bool:
    """Tell whether a person belongs to an organisation: it lives on their own server, or here it is known."""
    if not organisation.local:
        return not person.local and organisation.host == person.host
    held = select(Role.member_id).join(Member).where(Member.actor_id == person.id, Role.actor_id == organisation.id)
    return session().scalar(held) is not None or listing.belongs(organisation, [person])


def check(network: Actor | None, person: Actor, stands_for: Actor | None) -> None:
    """Refuse a founder who is not of the network, or who names an organisation that is not theirs.

    Raises:
        NotPossible: with what to do.
    """
    if stands_for is not None and not (memberships.is_group(stands_for) and works_for(person, stands_for)):
        raise NotPossible(
            _("One stands for an organisation to which one belongs: it lives on one's own server, or here.")
        )
    if network is None or listing.belongs(network, [person]):
        return
    if stands_for is None or not listing.belongs(network, [stands_for]):
        raise NotPossible(
            _("Founders are members of the network, or of an organisation that is: name that organisation.")
        )
