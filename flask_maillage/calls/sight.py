"""The one function that says who sees what of a call and its applications: the table of FC-66, and nothing else.

Pages, collections, feeds, search, exports and mails ask it. It reads nothing from the database: who reads is made by
`acting`. Whether the call itself can be read by somebody is a matter of its audience, as of every publication.
"""

from collections.abc import Iterator
from enum import StrEnum

from flask_maillage.calls import states
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.states import Call, Dossier


class Thing(StrEnum):
    """What somebody may see; the values are the rows of the document's table."""

    CALL = "the call, its committee, its extensions"
    STATISTICS = "statistics, open data"
    PRESENCE = "that an application is there; how many"
    APPLICATION = "the application, its versions and files"
    RECEIPTS = "receipts, n of N, digests"
    ADDRESSES = "mail addresses of seats and guests"
    REGISTRATION = "registered, incomplete, withdrawn"
    OPINIONS = "opinions, scores, what they come to"
    RECUSALS = "recusals"
    PENDING = "pending decisions"
    DECISION = "the decision and its rank"
    MOTIVES = "motives"
    CONFIRMATION = "the confirmation"
    COHORTS = "cohorts and who is in them"
    CONTACTS = "contacts of leaders"
    FOLLOW_UP = "follow-up, outputs"
    AUDIT = "audit records"


READERS = ("stranger", "member", "other applicant", "applicant", "cohort", "seat", "recused", "coordinator")
SIGHT = {
    Thing.CALL: "yes yes yes yes yes yes yes yes",
    Thing.STATISTICS: "decided decided decided decided decided decided decided decided",
    Thing.PRESENCE: "no no no yes no yes yes yes",
    Thing.APPLICATION: "no no no yes no yes no yes",
    Thing.RECEIPTS: "no no no yes no yes yes yes",
    Thing.ADDRESSES: "no no no no no no no yes",
    Thing.REGISTRATION: "no no no yes no yes yes yes",
    Thing.OPINIONS: "no no no no no own no yes",
    Thing.RECUSALS: "no no no no no yes yes yes",
    Thing.PENDING: "no no no no no no no yes",
    Thing.DECISION: "no no no decided no decided decided yes",
    Thing.MOTIVES: "no no no decided no decided no yes",
    Thing.CONFIRMATION: "no no no yes no yes no yes",
    Thing.COHORTS: "no no no cohort cohort decided decided yes",
    Thing.CONTACTS: "no no no cohort cohort no no yes",
    Thing.FOLLOW_UP: "no no no yes no no no yes",
    Thing.AUDIT: "no no no no no no no yes",
}
"""What the readers of `READERS` see; members and other applicants see what strangers do, and are none of ours here."""

_OF_CALL = {Thing.CALL, Thing.STATISTICS}
_AFTER_PURGE = {*_OF_CALL, Thing.AUDIT}
"""What is left of an application that was purged (FC-68)."""
_NOT_RECUSED = {Thing.OPINIONS, Thing.PENDING, Thing.FOLLOW_UP}
"""What who is recused does not see in any role (FC-45)."""
_COORDINATING = {Thing.FOLLOW_UP, Thing.CONTACTS}
"""What a seat that coordinates sees as a coordinator does."""


def sees(reader: Acting | None, thing: Thing, call: Call, dossier: Dossier | None = None) -> bool:
    """Say whether somebody sees a thing of a call or of one application.

    Args:
        reader: who reads, as they are to this application (`acting`); None for who is unknown.
        thing: what.
        call: the call, a `Publication`.
        dossier: the application; None for what is about all of them, as how many there are.
    """
    reader = reader or Acting()
    if dossier is not None and dossier.purged_at is not None and thing not in _AFTER_PURGE:
        return False
    return any(
        _holds(SIGHT[thing].split()[READERS.index(role)], reader, thing, call, dossier)
        for role in _roles(reader, thing, dossier)
    )


def _roles(reader: Acting, thing: Thing, dossier: Dossier | None) -> Iterator[str]:
    """Yield as what somebody reads a thing: each of their roles, but for those that another one overrules."""
    yield "stranger"
    is_out = reader.recused or reader.own
    if reader.applicant and dossier is not None:
        yield "applicant"
    if reader.cohort:
        yield "cohort"
    if reader.seat:
        yield "recused" if is_out or reader.applicant else "seat"
    if (is_out or reader.applicant) and thing in _NOT_RECUSED:
        return
    reads_as_seat = bool(reader.seat) and thing is Thing.OPINIONS
    if (reader.coordinator and not reads_as_seat) or (reader.coordinates and thing in _COORDINATING):
        yield "coordinator"


def _holds(cell: str, reader: Acting, thing: Thing, call: Call, dossier: Dossier | None) -> bool:
    if cell == "decided":
        return states.is_decided(call) if thing in _OF_CALL or dossier is None else dossier.decided_at is not None
    if cell == "own":
        return reader.reviewed or states.is_decided(call)
    if cell == "cohort":
        leads = reader.cohort or (dossier is not None and dossier.state in states.LED)
        return leads and (thing is not Thing.CONTACTS or reader.shares)
    return cell == "yes"
