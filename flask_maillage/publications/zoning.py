"""Publications that were kept before the gazetteer knew their place are laid out anew, by the worker."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from actors.database import session
from flask_maillage.publications.models import WITHDRAWN, Publication
from flask_maillage.territory import zoning
from inboxes.chores import chore


@chore
def lay_out_publications() -> int:
    """Lay out some publications by the data of the gazetteer that is in use; nobody is told."""
    numbers = select(Publication.id).where(Publication.state != WITHDRAWN)
    return zoning.go_on("publications", Publication, numbers, _lay_out)


def _lay_out(numbers: Sequence[int]) -> None:
    query = select(Publication).where(Publication.id.in_(numbers)).options(selectinload(Publication.zones))
    for publication in session().scalars(query):
        publication.lay_out(publication.content)
