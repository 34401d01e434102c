"""To whom an application has to be addressed: by the version of the committee that its sender saw (FC-19, FC-20)."""

from datetime import datetime

from federation.activities import PUBLIC, Document, id_of, recipients
from flask_maillage.calls import committee
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.committee import Sitting
from flask_maillage.publications.models import Publication


def check(call: Publication, letter: Document, version: int, at: datetime) -> None:
    """Check to whom a letter is addressed, the object in it included.

    Args:
        call: one of ours.
        letter: an `Offer` or an `Update`.
        version: of the committee, as the application says.
        at: the time of receipt.

    Raises:
        Refused: `public-audience`, `committee-changed`, `missing-recipient` or `extra-recipient`.
    """
    check_not_public(letter)
    sitting = committee.version(call, version)
    if sitting is None or not committee.acceptable(call, version, at):
        raise Refused(Refusal("committee-changed", committee_version=committee.current(call).number))
    check_whole(sitting, letter)


def check_not_public(letter: Document) -> None:
    """Check that a letter is not for everybody.

    Raises:
        Refused: `public-audience`.
    """
    if PUBLIC in recipients(letter) | recipients(_within(letter)):
        raise Refused(Refusal("public-audience"))


def check_whole(sitting: Sitting, letter: Document) -> None:
    """Check that a letter and the object in it are for the owner and all seats of a committee, and nobody else.

    Raises:
        Refused: `missing-recipient` or `extra-recipient`.
    """
    within = _within(letter)
    missing, _ = committee.whole(sitting, _in_to(letter) & _in_to(within))
    if missing:
        raise Refused(Refusal("missing-recipient", missing=tuple(missing)))
    _, extra = committee.whole(sitting, recipients(letter) | recipients(within))
    if extra:
        raise Refused(Refusal("extra-recipient"))


def _within(letter: Document) -> Document:
    thing = letter.get("object")
    return thing if isinstance(thing, dict) else {}


def _in_to(document: Document) -> set[str]:
    said = document.get("to")
    values = said if isinstance(said, list) else [said]
    return {iri for value in values if (iri := id_of(value))}
