"""A place became free: a person fills it, so the coordinators are told, and nobody is moved up by code (FC-54)."""

from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from flask_maillage.calls import cohorts
from flask_maillage.calls.deciding import arranging, stating, telling
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.states import RESERVE
from flask_maillage.publications.models import Publication


def first_of_reserve(call: Publication) -> Dossier | None:
    """Return who comes next: the lowest number of the reserve."""
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.state == RESERVE)
    return session().scalar(query.order_by(Dossier.rank).limit(1))


def tell(call: Publication) -> None:
    """Tell the coordinators of a call that a place is free, and which number of the reserve comes next."""
    following = first_of_reserve(call)
    telling.opened(call, following.rank if following is not None else None)


def after_withdrawal(call: Publication, dossier: Dossier, held: bool, *, by: Actor) -> None:
    """Do what follows a withdrawal, in its transaction, once the dossier is `withdrawn`.

    What was pending for it is let go; where it was in a cohort, a `Remove` says that it is no longer; where it held a
    place, the coordinators hear of it.

    Args:
        call: its call, whose row is locked.
        dossier: the application, whose place and slot are free already.
        held: whether it had held a place.
        by: who withdrew it.
    """
    arranging.forget(dossier)
    cohorts.remove(call, dossier, by=by.iri)
    if held and stating.last_of(dossier) is not None:
        tell(call)
