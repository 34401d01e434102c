"""Members of ours answer a coalition, here or elsewhere, each by an Accept with its proof, a Reject or an Undo."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select

from actors import outbox
from actors.database import session
from actors.models import Actor, Posted
from actors.node import now
from federation.activities import Document
from flask_maillage.coalitions import claims
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.statements import answers, listing, notices, telling
from flask_maillage.coalitions.statements.models import SIGNED, StatementSignature
from flask_maillage.publications.forms.base import _

CLOSED = _("This text cannot be signed any more: it is too late, it was withdrawn, or there is a newer version of it.")
NO_MEMBER = _("Only members sign whose membership both sides confirm, and while it is not suspended.")
NOT_SIGNED = _("There is no signature to take back.")


def sign(row: StatementSignature) -> None:
    """Let a member of ours sign the version that it was asked for.

    Raises:
        NotPossible: it cannot be signed any more, or the membership is not confirmed.
    """
    row = _held(row)
    _check_open(row)
    if row.state == SIGNED:
        return
    posted = _post(row, "Accept", row.statement.iri, digest=row.statement.digest)
    answers.sign(row, posted.iri, json.loads(posted.body), at=posted.published_at)
    settled(row)


def decline(row: StatementSignature) -> None:
    """Let a member of ours say that it does not sign.

    Raises:
        NotPossible: it signed, or the text is not open to signatures any more.
    """
    row = _held(row)
    _check_open(row)
    if row.state == SIGNED:
        raise NotPossible(_("It is signed: take the signature back."))
    if answers.has_answered(row):
        return
    posted = _post(row, "Reject", row.statement.iri, digest=row.statement.digest)
    answers.decline(row, at=posted.published_at)
    settled(row)


def take_back(row: StatementSignature) -> None:
    """Let a member of ours take its signature back, at any time; that it had signed stays to be read.

    Raises:
        NotPossible: there is none.
    """
    row = _held(row)
    if row.state != SIGNED or row.letter_iri is None or not row.member.local:
        raise NotPossible(NOT_SIGNED)
    posted = _post(row, "Undo", signature_of(row))
    answers.take_back(row, row.letter_iri, at=posted.published_at)
    settled(row)


def signature_of(row: StatementSignature) -> Document:
    """Return the Accept as it stands in what takes it back."""
    return {
        "id": row.letter_iri,
        "type": "Accept",
        "actor": row.member.iri,
        "object": row.statement.iri,
        "digestMultibase": row.statement.digest,
    }


def settled(row: StatementSignature) -> None:
    """Tell those whom an answer concerns: the people of a coalition of ours, and readers of its news."""
    notices.answered(row)
    if row.statement.actor.local:
        telling.refresh_news(row.statement)


def _held(row: StatementSignature) -> StatementSignature:
    """Hold the statement and then the row, in the order in which letters and the coalition's people do."""
    listing.hold(row.statement)
    return listing.of_member(row.statement, row.member) or row


def _check_open(row: StatementSignature) -> None:
    statement, member = row.statement, row.member
    if not listing.may_be_signed(statement):
        raise NotPossible(CLOSED)
    belongs = listing.membership(statement.actor, member)
    confirmed = belongs is not None and claims.is_confirmed(belongs) and belongs.suspended_at is None
    if not member.local or not confirmed:
        raise NotPossible(NO_MEMBER)


def _post(row: StatementSignature, verb: str, thing: Document | str, *, digest: str | None = None) -> Posted:
    coalition: Actor = row.statement.actor
    inboxes = [] if coalition.local else [coalition.inbox]
    return outbox.post(
        row.member,
        verb,
        thing,
        to=[coalition.iri],
        inboxes=inboxes,
        proof=True,
        at=_moment(row),
        digestMultibase=digest,
    )


def _moment(row: StatementSignature) -> datetime:
    """Return a moment for a new word that is later than the last one, to the second: letters are put in order by it."""
    present = now().replace(microsecond=0)
    return present if row.said_at is None else max(present, row.said_at + timedelta(seconds=1))


def by_number(number: int) -> StatementSignature | None:
    """Return the row with this number."""
    return session().scalar(select(StatementSignature).where(StatementSignature.id == number))
