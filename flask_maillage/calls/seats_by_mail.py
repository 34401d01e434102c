"""Members of a committee without an actor: one mail to all of them for each version, and what their links are (FC-31).

A link is signed for one version and one seat. It is dead once the seat is another's, has an actor or another address,
or the application is erased. No mail holds anything of an application.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.node import node
from flask_maillage.calls import acting, committee, receipts, weighing
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.models import Dossier, Receipt, Version
from flask_maillage.calls.registering import dossiers
from flask_maillage.calls.sight import Thing, sees
from flask_maillage.mail import queue, signed_links
from flask_maillage.mail.composing import Link, Message, Part
from flask_maillage.publications import seat_addresses
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from flask_maillage.web.dates import date_in_words
from flask_maillage.web.language import gettext, speaking

LIFETIME = timedelta(days=500)


def _(message: str) -> str:
    return message


@dataclass(frozen=True)
class MailSeat:
    """Who holds a link: a seat, and the version of an application that it is about."""

    seat: Seat
    version: Version
    acting: Acting

    @property
    def dossier(self) -> Dossier:
        """The application."""
        return self.version.dossier

    @property
    def call(self) -> Publication:
        """The call."""
        return self.version.dossier.call

    @property
    def receipt(self) -> Receipt | None:
        """The receipt of this seat, once it said that it has the version."""
        theirs = Receipt.letter_id == self.version.letter_id, Receipt.seat_key == self.seat.key, Receipt.matches
        return session().scalar(select(Receipt).where(*theirs))


def tell(dossier: Dossier) -> bool:
    """Write the mail about the last version to those whom its committee names without an actor; False for nobody."""
    call, version = dossier.call, dossiers.version_of(dossier)
    addresses = seat_addresses.of(call)
    sitting = committee.version(call, version.committee_version)
    seats = sitting.seats if sitting is not None else ()
    theirs = [(seat, addresses[seat.key]) for seat in seats if not seat.actor and seat.key in addresses]
    if not theirs:
        return False
    with speaking(call.content.language or node().language):
        message = _message(call, version, theirs)
    recipients = [address for _seat, address in theirs]
    return queue.write(recipients, message, purpose="application: committee", about=dossiers.iri_of(dossier))


def address_of(version: Version, seat: Seat, email: str) -> str:
    """Return the link of a seat to a version."""
    return iris.own(f"seats/{token(version, seat, email)}")


def token(version: Version, seat: Seat, email: str) -> str:
    """Return what the link of a seat carries."""
    ends = signed_links.end_of(LIFETIME)
    return signed_links.written(version.id, (seat.key, f"{ends:x}"), *_signed(version, seat.key, email, ends))


def holder_of(text: str) -> MailSeat | None:
    """Return who holds a link; None for one that is over, none of ours, or of somebody who may not read it any more."""
    link = signed_links.read(text, words=2)
    version = session().get(Version, link.number) if link is not None else None
    if link is None or version is None or link.is_over:
        return None
    call, key = version.dossier.call, link.words[0]
    email = seat_addresses.of(call).get(key)
    if email is None or not link.holds(*_signed(version, key, email, link.ends)):
        return None
    seat = next((one for one in details_of(call.content).committee if one.key == key), None)
    by = _acting(call, version.dossier, key)
    if seat is None or not sees(by, Thing.APPLICATION, call, version.dossier):
        return None
    return MailSeat(seat, version, by)


def confirm(holder: MailSeat, at: datetime) -> Receipt | None:
    """Send the owner's receipt for a seat that says that it has a version; None where there is one already.

    The caller holds the call's lock.

    Raises:
        posting.NotForThem: the applicant cannot be written to any more.
    """
    return receipts.make(
        holder.call.actor,
        holder.version.letter,
        to=[holder.dossier.applicant_iri],
        version=holder.version.number,
        seat_key=holder.seat.key,
        via=receipts.BY_MAIL,
        received_at=at,
    )


def _acting(call: Publication, dossier: Dossier, key: str) -> Acting:
    said = weighing.opinions(call, [dossier])
    return acting.of_mail_seat(call, key, recused=said.has_recused(dossier, key))


def _message(call: Publication, version: Version, theirs: list[tuple[Seat, str]]) -> Message:
    moment = date_in_words(version.received_at, call.timezone)
    if version.number == 1:
        subject = gettext(_("An application to “%(title)s”"), title=call.name)
        sentence = gettext(_("An application to “%(title)s” arrived on %(when)s."), title=call.name, when=moment)
    else:
        subject = gettext(_("A corrected application to “%(title)s”"), title=call.name)
        sentence = gettext(
            _("An application to “%(title)s” was corrected on %(when)s: this is its version %(number)s."),
            title=call.name,
            when=moment,
            number=version.number,
        )
    parts: list[Part] = [
        sentence,
        gettext(_("You get this mail, all of you who are in the committee and get applications by mail.")),
        gettext(
            _("Open the link under your name to read the application, and press the button there: so the applicant "
              "knows that it reached you. A link is for one person: give it to nobody.")
        ),
        *(Link(seat.name, address_of(version, seat, email)) for seat, email in theirs),
    ]  # fmt: skip
    return Message(subject, tuple(parts), call.content.language or node().language)


def _signed(version: Version, key: str, email: str, ends: int) -> tuple[str, *tuple[object, ...]]:
    """Return what is signed: for this version and this seat as long as it has this address."""
    return "seats by mail", version.dossier.identifier, version.number, version.digest, key, email, ends
