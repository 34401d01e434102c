"""To whom an application has to be addressed: by the version of the committee that its sender saw (FC-19, FC-20)."""

from datetime import datetime

from federation.activities import PUBLIC, Document, id_of, recipients
from flask_maillage.calls import committee
from flask_maillage.calls.codes import Refusal, Refused
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
    thing = letter.get("object")
    within = thing if isinstance(thing, dict) else {}
    named, inside = recipients(letter), recipients(within)
    if PUBLIC in named | inside:
        raise Refused(Refusal("public-audience"))
    sitting = committee.version(call, version)
    if sitting is None or not committee.acceptable(call, version, at):
        raise Refused(Refusal("committee-changed", committee_version=committee.current(call).number))
    missing, _ = committee.whole(sitting, _in_to(letter) & _in_to(within))
    if missing:
        raise Refused(Refusal("missing-recipient", missing=tuple(missing)))
    _, extra = committee.whole(sitting, named | inside)
    if extra:
        raise Refused(Refusal("extra-recipient"))


def _in_to(document: Document) -> set[str]:
    said = document.get("to")
    values = said if isinstance(said, list) else [said]
    return {iri for value in values if (iri := id_of(value))}
