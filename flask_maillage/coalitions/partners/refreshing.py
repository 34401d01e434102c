"""What partners say of themselves is looked at again: soon after they asked, and now and then."""

from datetime import timedelta

from sqlalchemy import or_, select

from actors import remote
from actors.database import reading, session
from actors.node import now
from federation.errors import FederationError
from flask_maillage.coalitions.partners import discovering
from flask_maillage.coalitions.partners.facts import Facts
from flask_maillage.coalitions.partners.models import ENDED, Partner
from inboxes.chores import chore

AGAIN = timedelta(days=7)


@chore
def look_at_partners() -> int:
    """Look at one partner that nobody has looked at for long, and return how many that were."""
    due = Partner.state != ENDED, or_(Partner.checked_at.is_(None), Partner.checked_at <= now() - AGAIN)
    with reading():
        number = session().scalar(select(Partner.id).where(*due).order_by(Partner.id).limit(1))
    if number is None:
        return 0
    claimed = session().scalar(
        select(Partner).where(Partner.id == number, *due).with_for_update(of=Partner, skip_locked=True)
    )
    if claimed is None:
        session().rollback()
        return 0
    claimed.checked_at = now()
    iri = claimed.actor.iri
    session().commit()
    look(number, iri)
    return 1


def look(number: int, iri: str) -> bool:
    """Read anew what a node says of itself, and keep it; False where it does not answer, and what is known stays.

    Args:
        number: the row of the partner.
        iri: the id of its Application.
    """
    try:
        document = remote.fetch_actor(iri)
        found = discovering.facts_of(document)
    except FederationError:
        return False
    partner = session().get(Partner, number, with_for_update={"of": Partner})
    if partner is None:
        session().rollback()
        return False
    remote.remember(document)
    keep(partner, found)
    session().commit()
    return True


def keep(partner: Partner, found: Facts) -> None:
    """Write down what a node says of itself."""
    partner.facts, partner.checked_at = found.to_row(), now()
    session().flush()
