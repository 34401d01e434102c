"""Letters about calls as they are kept: known by their ids, found by what they are about, and erased."""

from collections.abc import Sequence
from datetime import datetime

import rfc8785
from sqlalchemy import select, update

from actors.database import session
from actors.models import Posted
from actors.node import now
from federation import strict_json
from federation.activities import Document
from federation.errors import Malformed
from flask_maillage.calls.models import CallLetter
from flask_maillage.calls.shapes import Shape
from flask_maillage.files.storing import digest_of


def digest_of_document(document: Document) -> str:
    """Return the digest of a letter: of its canonical form, proof included (FC-13).

    Raises:
        Malformed: it has no canonical form.
    """
    try:
        return digest_of(rfc8785.dumps(document))
    except rfc8785.CanonicalizationError as error:
        raise Malformed(f"there is no canonical form: {error}") from None


def whole_second(moment: datetime) -> datetime:
    """Return a moment with fractions of a second cut off, as times of receipt are (FC-11)."""
    return moment.replace(microsecond=0)


def find(sender_iri: str, iri: str) -> CallLetter | None:
    """Return the letter of a sender that is known under an id."""
    return session().scalar(select(CallLetter).where(CallLetter.sender_iri == sender_iri, CallLetter.iri == iri))


def about(agreement_iri: str, *shapes: Shape) -> Sequence[CallLetter]:
    """Return the letters about an application, or those of these shapes, in the order in which they came."""
    query = select(CallLetter).where(CallLetter.agreement_iri == agreement_iri)
    if shapes:
        query = query.where(CallLetter.verb.in_([str(shape) for shape in shapes]))
    return session().scalars(query.order_by(CallLetter.id)).all()


def is_agreement(iri: str, sender_iri: str) -> bool:
    """Tell whether an actor has sent here, or from here, an application with this id."""
    query = select(CallLetter.id).where(CallLetter.agreement_iri == iri, CallLetter.sender_iri == sender_iri).limit(1)
    return session().scalar(query) is not None


def document_of(letter: CallLetter) -> Document:
    """Return what a letter says; nothing where it was erased."""
    found: Document = strict_json.loads(letter.document.encode("utf-8")) if letter.document else {}
    return found


def erase(letter: CallLetter) -> None:
    """Erase what a letter says wherever this node keeps it; its id and its digest stay for the log."""
    letter.document, letter.erased_at = None, letter.erased_at or now()
    session().execute(
        update(Posted).where(Posted.iri == letter.iri).values(body="").execution_options(synchronize_session="fetch")
    )
    session().flush()
