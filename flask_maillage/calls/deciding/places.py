"""The places of a call as rows: who is selected takes one, and where none is free nobody can be selected (FC-63)."""

from sqlalchemy import func, select

from actors.database import session
from flask_maillage.calls.models import Dossier, Place
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication


def maximum(call: Publication) -> int | None:
    """Return how many may be selected at once; None where the call says nothing of it."""
    return details_of(call.content).maximum_selected


def taken(call: Publication) -> int:
    """Return how many places are held now."""
    query = select(func.count()).where(Dossier.call_id == call.id, Dossier.place_id.is_not(None))
    return session().scalar(query) or 0


def free(call: Publication, wanted: int) -> list[Place]:
    """Return so many free places of a call whose row is locked, fewer where there are no more.

    Rows that lack are made up to the maximum; where there is none, as many as are wanted.
    """
    most = maximum(call)
    numbers = set(session().scalars(select(Place.number).where(Place.call_id == call.id)))
    upto = most if most is not None else taken(call) + wanted
    session().add_all(Place(call_id=call.id, number=number) for number in range(1, upto + 1) if number not in numbers)
    session().flush()
    held = select(Dossier.place_id).where(Dossier.place_id.is_not(None), Dossier.call_id == call.id)
    query = select(Place).where(Place.call_id == call.id, Place.id.not_in(held), Place.number <= upto)
    return list(session().scalars(query.order_by(Place.number).limit(wanted).with_for_update()))
