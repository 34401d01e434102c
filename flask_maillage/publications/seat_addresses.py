"""The e-mail addresses of the seats of a committee: known to this node alone, shown to those who edit the call.

They lie apart from what the call says, so that no document, page, feed, export, version or log can hold one.
"""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base, session
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import Publication


class SeatAddress(Base):
    """Where a seat without an actor, or one with, is written to."""

    __tablename__ = "maillage_seat_addresses"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    seat_key: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]

    def __repr__(self) -> str:
        """Name the seat and not the address: what is logged may be read by others."""
        return f"<SeatAddress {self.publication_id} {self.seat_key}>"


def of(publication: Publication) -> dict[str, str]:
    """Return the addresses of the seats that have one, by the key of the seat."""
    query = select(SeatAddress.seat_key, SeatAddress.email).where(SeatAddress.publication_id == publication.id)
    return {row.seat_key: row.email for row in session().execute(query)}


def put(publication: Publication, addresses: Mapping[str, str]) -> None:
    """Keep these addresses and no other; one of a seat that the call does not have is not kept."""
    details = publication.content.details
    seats = {seat.key for seat in details.committee} if isinstance(details, CallDetails) else set()
    wanted = {key: email for key, email in addresses.items() if email and key in seats}
    if wanted == of(publication):
        return
    forget(publication)
    session().add_all(
        SeatAddress(publication_id=publication.id, seat_key=key, email=email) for key, email in wanted.items()
    )
    session().flush()


def forget(publication: Publication) -> None:
    """Let go of all addresses of a publication."""
    session().execute(delete(SeatAddress).where(SeatAddress.publication_id == publication.id))
