"""Letters about common statements: coalitions elsewhere ask members of ours, and members elsewhere answer ours.

They are told by their shape, since they share `Offer`, `Update`, `Accept`, `Reject` and `Undo` with much else.
"""

from datetime import datetime

from sqlalchemy import delete, select

from actors import remote
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import Activity, id_of, ids_of, same_origin, type_of
from flask_maillage.coalitions import claims, history, memberships, moments
from flask_maillage.coalitions.models import Membership
from flask_maillage.coalitions.statements import answers, arriving, listing, signing
from flask_maillage.coalitions.statements.models import DRAFT, OPEN, PUBLISHED, Statement, StatementSignature
from flask_maillage.publications.attending.handlers import check_rate
from flask_maillage.publications.leaving import on_parting
from inboxes.registry import Context, Handler, Ignored, on_claim, on_departure


@on_claim
def claim(activity: Activity, sender: Actor) -> Handler | None:
    """Claim a letter that asks for a signature, tells anew of a statement, or answers one of ours."""
    thing = activity.object
    if activity.type in ("Offer", "Update"):
        return take_statement if arriving.is_statement(thing, sender) else None
    if activity.type in ("Accept", "Reject"):
        return answer if _is_ours(activity.object_id) else None
    if activity.type == "Undo":
        named = id_of(thing.get("object")) if isinstance(thing, dict) and type_of(thing) == "Accept" else None
        return undo if _is_ours(named) or _signed_by(activity.object_id, sender) is not None else None
    return None


def take_statement(context: Context) -> str:
    """Note that a coalition elsewhere asks members of ours to sign, or says anew how its statement stands.

    Raises:
        Ignored: none of ours belongs to it, the text is not what its digest says, or something newer is known.
    """
    sender = context.sender
    check_rate(sender)
    asked = [found for iri in ids_of(context.activity.document.get("to")) if (found := _member_of(iri, sender))]
    if not asked:
        raise Ignored("asks nobody of ours who belongs to it")
    statement = arriving.take(context, asked)
    return f"{sender.handle}: statement {statement.id}, {statement.phase}"


def answer(context: Context) -> str:
    """Take the answer of a member elsewhere to a statement of ours: by its own key, for the version that it names.

    Raises:
        Ignored: it was not asked, names another text, comes too late, or has no proof of its own.
    """
    activity, sender = context.activity, context.sender
    check_rate(sender)
    row = _asked(activity.object_id or "", activity.document.get("digestMultibase"), sender)
    at = moments.said_at(context)
    try:
        if activity.type == "Accept":
            _check_proof(context)
            _check_time(row, context)
            answers.sign(row, activity.id, activity.document, at=at)
        else:
            answers.decline(row, at=at)
    except answers.Outdated as reason:
        raise Ignored(str(reason)) from None
    signing.settled(row)
    return f"{sender.address} and statement {row.statement_id}: {row.state}"


def undo(context: Context) -> str:
    """Take a signature back at the word of the member whose it is; it may come before the signature.

    Raises:
        Ignored: it was not asked, or took it back before.
    """
    thing, sender = context.activity.object, context.sender
    check_rate(sender)
    letter = context.activity.object_id
    if letter is None or not same_origin(letter, sender.iri):
        raise Ignored("names no signature of its own")
    row = _signed_by(letter, sender)
    if row is None:
        embedded = thing if isinstance(thing, dict) else {}
        row = _asked(id_of(embedded.get("object")) or "", embedded.get("digestMultibase"), sender)
    else:
        row = _held(row)
    try:
        answers.take_back(row, letter, at=moments.said_at(context))
    except answers.Outdated as reason:
        raise Ignored(str(reason)) from None
    signing.settled(row)
    return f"{sender.address} and statement {row.statement_id}: {row.state}"


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good, ours or from elsewhere: a coalition takes its statements along.

    Of an organisation that signed it stays known that it did; a person's name is taken out.
    """
    theirs = select(Statement.id).where(Statement.actor_id == actor.id)
    gone = delete(StatementSignature).where(StatementSignature.statement_id.in_(theirs))
    session().execute(gone.execution_options(synchronize_session=False))
    session().execute(
        delete(Statement).where(Statement.actor_id == actor.id).execution_options(synchronize_session=False)
    )
    query = select(StatementSignature).where(StatementSignature.member_id == actor.id)
    for row in session().scalars(query).all():
        if row.signed_at is None and not row.past:
            session().delete(row)
            continue
        belongs = listing.membership(row.statement.actor, actor)
        row.left_at = belongs.ended_at if belongs is not None and belongs.ended_at else now()
        if not claims.is_collective(actor):
            row.name, row.document, row.letter_iri = "", None, None
            row.past = [one | {"document": None, "letter": ""} for one in row.past]
    session().flush()


def _is_ours(iri: str | None) -> bool:
    query = select(Statement.id).join(Statement.actor).where(Statement.iri == (iri or ""), Actor.local)
    return iri is not None and session().scalar(query.where(Statement.phase != DRAFT).limit(1)) is not None


def _signed_by(letter: str | None, sender: Actor) -> StatementSignature | None:
    """Return the signature of a sender that an Accept was, of a statement of ours."""
    query = select(StatementSignature).where(
        StatementSignature.letter_iri == (letter or ""), StatementSignature.member_id == sender.id
    )
    found = session().scalar(query.limit(1)) if letter else None
    return found if found is not None and found.statement.actor.local else None


def _asked(iri: str, digest: object, sender: Actor) -> StatementSignature:
    """Return what the sender was asked, of the version whose text it names; held until the end."""
    query = (
        select(StatementSignature)
        .join(StatementSignature.statement)
        .join(Statement.actor)
        .where(Statement.iri == iri, StatementSignature.member_id == sender.id, Actor.local)
        .where(Statement.digest == (digest if isinstance(digest, str) else ""), Statement.phase != DRAFT)
    )
    row = session().scalar(query.limit(1))
    if row is None:
        raise Ignored("was not asked to sign a text with this digest")
    return _held(row)


def _held(row: StatementSignature) -> StatementSignature:
    listing.hold(row.statement)
    return listing.of_member(row.statement, row.member) or row


def _check_proof(context: Context) -> None:
    if not claims.is_proven(context.activity.document, context.sender):
        raise Ignored("has no proof by a key of the member that is known")


def _check_time(row: StatementSignature, context: Context) -> None:
    """Refuse what was signed too late, or by one that was no member any more when it signed.

    What was signed in time and comes late counts: the page says both, when it was signed and when it came.
    """
    statement, at = row.statement, moments.said_at(context)
    withdrawn = statement.withdrawn_at
    if statement.phase not in (OPEN, PUBLISHED) and not (withdrawn is not None and at < withdrawn):
        raise Ignored("is not open to signatures any more")
    if statement.until is not None and at.date() > statement.until:
        raise Ignored("was signed after the last day")
    if statement.opened_at is not None and moments.was_before(context, statement.opened_at):
        raise Ignored("was signed before it was opened")
    belongs = listing.membership(statement.actor, context.sender)
    if not _belonged(belongs, at):
        raise Ignored("was no confirmed member when it signed")


def _belonged(row: Membership | None, at: datetime) -> bool:
    """Tell whether somebody who was asked as a member still was one at a moment of its clock."""
    if row is None or row.began_at is None:
        return False
    if row.state == "member":
        return claims.is_confirmed(row) and (row.suspended_at is None or at < row.suspended_at)
    by_itself = history.ended_by(row.group, row.member, row.member)
    ended = by_itself if row.state == "left" and by_itself is not None else row.ended_at
    return row.state in memberships.ENDED and ended is not None and at < ended


def _member_of(iri: str, coalition: Actor) -> Actor | None:
    """Return the member of ours with this id that belongs to a coalition, or is about to as far as is known here."""
    found = remote.find(iri)
    if found is None or not found.local or found.gone_at is not None:
        return None
    row = listing.membership(coalition, found)
    return found if row is not None and row.state not in memberships.ENDED else None
