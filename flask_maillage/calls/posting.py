"""The one way out for letters of calls, and the one way in: kept, addressed to persons, handed over on this node."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from markupsafe import escape
from sqlalchemy import select

from actors import outbox, policy
from actors.database import session
from actors.leases import wait_for_turn_at
from actors.models import Actor
from federation import strict_json
from federation.activities import PUBLIC, Activity, Document, activity_of, id_of, recipients
from federation.errors import NotFound
from flask_maillage.calls import bounds, letters
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.models import CallLetter
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject, subject_of
from flask_maillage.calls.taken import Taken, takers_of
from flask_maillage.publications import keeping
from inboxes.registry import Ignored

WITHOUT_PROOF = (Shape.ENTRY, Shape.NOTICE, Shape.PURGE, Shape.ERASURE)
CHECKED_LATER = (Shape.OFFER, Shape.CORRECTION)
"""Their shape is looked at before their proof, and their audience after it (FC-22)."""
BY_MISTAKE = (*CHECKED_LATER, Shape.WITHDRAWAL)
"""What counts, or is answered, though it names nobody here: nobody is held by a mistake in addressing (FC-36)."""


_when_held: list[Callable[[CallLetter], None]] = []


def when_held(function: Callable[[CallLetter], None]) -> Callable[[CallLetter], None]:
    """Register what is done about a letter that is refused and kept all the same (FC-34)."""
    _when_held.append(function)
    return function


class NotForThem(LookupError):
    """A letter cannot be sent to all whom it has to reach, so to none (FC-21); `iris` are those."""

    def __init__(self, iris: Iterable[str]) -> None:
        """Keep whom."""
        self.iris = tuple(iris)
        super().__init__(", ".join(self.iris))


def write(
    actor: Actor,
    verb: str,
    thing: Any,
    *,
    shape: Shape,
    subject: Subject,
    to: Iterable[str],
    cc: Iterable[str] = (),
    result: Document | None = None,
    lost_too: bool = False,
    **more: Any,
) -> CallLetter:
    """Write a letter of one of our actors with its deliveries to the personal inboxes of whom it names (FC-3).

    `hand_over` has to follow, when the rows of its sender say that it was sent. It stands in no outbox and at no
    address.

    Args:
        actor: who writes; one of ours.
        verb: the activity's type.
        thing: its object.
        shape: what it is for; it decides whether there is a proof.
        subject: the call and the application that it is about.
        to: ids of actors that are known here.
        cc: ids of actors that are known here.
        result: the `result`, in a decision that selects: what is confirmed, by its id.
        lost_too: whether who cannot be reached is named all the same, and gets nothing: what was decided is decided.
        more: further properties of the activity; `iri` and `at` as `outbox.post` takes them.

    Raises:
        NotForThem: some of these are unknown, gone, suspended or blocked; nothing was written.
    """
    to, cc = list(to), list(cc)
    known = {found.iri: found for found in session().scalars(select(Actor).where(Actor.iri.in_([*to, *cc])))}
    lost = unreachable([*to, *cc], known)
    if lost and not lost_too:
        raise NotForThem(lost)
    inboxes = [found.inbox for found in known.values() if not found.local and found.iri not in lost]
    proof = shape not in WITHOUT_PROOF
    more = {"result": result, **more}
    posted = outbox.post(actor, verb, thing, to=to, cc=cc, inboxes=inboxes, proof=proof, letter_only=True, **more)
    document = strict_json.loads(posted.body.encode("utf-8"))
    kept = CallLetter(
        sender_iri=actor.iri,
        iri=posted.iri,
        verb=str(shape),
        call_iri=subject.call or "",
        agreement_iri=subject.agreement,
        result_iri=id_of(result),
        sent=True,
        received_at=letters.whole_second(posted.published_at),
        digest=letters.digest_of_document(document),
        document=posted.body,
    )
    session().add(kept)
    session().flush()
    return kept


def unreachable(iris: Iterable[str], known: dict[str, Actor] | None = None) -> list[str]:
    """Return those of these actors to whom this node may not or cannot deliver: unknown, gone, suspended, blocked."""
    iris = list(iris)
    if known is None:
        known = {found.iri: found for found in session().scalars(select(Actor).where(Actor.iri.in_(iris)))}
    return [iri for iri in iris if iri not in known or _is_lost(known[iri])]


def _is_lost(actor: Actor) -> bool:
    if actor.gone_at is not None or actor.suspended_at is not None:
        return True
    return not actor.local and policy.is_blocked(actor.iri)


def hand_over(letter: CallLetter) -> None:
    """Let those of this node take a letter of ours whom it names, as if it had come from elsewhere (FC-29)."""
    activity = activity_of(letters.document_of(letter))
    sender = session().scalars(select(Actor).where(Actor.iri == letter.sender_iri)).one()
    readers = tuple(_ours_in(activity.document))
    if readers:
        with suppress(Ignored):
            _take(Taken(Shape(letter.verb), activity, sender, readers, letter, _nowhere))


def send(actor: Actor, verb: str, thing: Any, **more: Any) -> CallLetter:
    """Write a letter and hand it over; for those whose sender has no rows to write in between (see `write`)."""
    letter = write(actor, verb, thing, **more)
    hand_over(letter)
    return letter


def take_in(
    activity: Activity,
    sender: Actor,
    *,
    shape: Shape,
    received_at: datetime,
    fetch: Callable[[str], Document],
) -> str:
    """Take a letter that came from another server, and return in a few words what was done.

    Letters of one sender are taken one after another, whichever workers have them: an Offer that is tried again and
    the Undo that overtook it would else both look for the other, and neither would find what is not committed.

    Raises:
        Ignored: it is known already (FC-9), written in somebody else's name, for nobody here, or nothing to anybody.
    """
    wait_for_turn_at(CallLetter, sender.iri)
    if letters.find(sender.iri, activity.id) is not None:
        raise Ignored("known already")
    readers = tuple(_ours_in(activity.document))
    _check_author(shape, activity, sender)
    if PUBLIC in recipients(activity.document) and shape not in CHECKED_LATER:
        raise Ignored("a letter of a call is for nobody but those whom it names")
    subject = subject_of(shape, activity)
    is_early = shape is Shape.WITHDRAWAL and bool(readers)
    if (subject.call is None and not is_early) or not (readers or shape in BY_MISTAKE):
        raise Ignored("about no call that is known here, or for nobody here")
    if shape is Shape.ENTRY:
        bounds.check_rate(sender, bounds.ENTRIES)
    kept = CallLetter(
        sender_iri=sender.iri,
        iri=activity.id,
        verb=str(shape),
        call_iri=subject.call or "",
        agreement_iri=subject.agreement,
        result_iri=id_of(activity.document.get("result")) if shape is Shape.DECISION else None,
        sent=False,
        received_at=letters.whole_second(received_at),
        digest=letters.digest_of_document(activity.document),
        document=strict_json.dumps(activity.document).decode("utf-8"),
    )
    session().add(kept)
    session().flush()
    return _take(Taken(shape, activity, sender, readers, kept, fetch))


def _take(taken: Taken) -> str:
    """Ask whoever registered for a letter of this shape; a refusal undoes what they did and goes to the sender."""
    try:
        with session().begin_nested():
            if not taken.vouched and taken.shape not in (*WITHOUT_PROOF, *CHECKED_LATER):
                raise Refused(Refusal("proof-missing"))
            outcomes = [done for taker in takers_of(taken.shape) if (done := taker(taken))]
    except Refused as error:
        if taken.shape is Shape.REFUSAL:
            raise Ignored("a refusal is not refused") from None
        return _refuse(taken, error)
    if not outcomes:
        raise Ignored("nothing to anybody here")
    return "; ".join(outcomes)


def _refuse(taken: Taken, error: Refused) -> str:
    """Tell the sender alone why (FC-41); of a refused letter nothing stays but that it came, unless it is held."""
    refusal = error.refusal
    call = keeping.find(taken.kept.call_iri)
    by = call.actor if call is not None and call.local else (taken.readers[0] if taken.readers else None)
    if by is None:
        raise Ignored(f"refused by nobody here: {refusal.code}")
    taken.kept.refused, taken.kept.held_until = refusal.code, error.held_until
    if taken.kept.held_until is None and not taken.kept.sent:
        letters.erase(taken.kept)
    for function in _when_held if taken.kept.held_until is not None else ():
        function(taken.kept)
    language = _language_of(taken)
    sentence = escape(refusal.sentence(language, timezone=call.timezone if call is not None else None))
    stub = {"id": taken.activity.id, "type": taken.activity.type, "actor": taken.sender.iri}
    send(
        by,
        "Reject",
        stub,
        shape=Shape.REFUSAL,
        subject=Subject(taken.kept.call_iri, taken.kept.agreement_iri),
        to=[taken.sender.iri],
        target=taken.kept.call_iri,
        content=error.content or f"<p>{sentence}</p>",
        **refusal.document(),
    )
    return f"refused: {refusal.code}"


def _language_of(taken: Taken) -> str | None:
    application = taken.thing.get("application")
    language = application.get("language") if isinstance(application, dict) else None
    return language if isinstance(language, str) else taken.sender.language


def _check_author(shape: Shape, activity: Activity, sender: Actor) -> None:
    """Let nobody speak in somebody else's name (FC-2): what they write has to be attributed to them."""
    if shape in (Shape.OFFER, Shape.CORRECTION, Shape.RECEIPT, Shape.REVIEW, Shape.ENTRY, Shape.NOTICE):
        thing = activity.object
        if id_of(thing.get("attributedTo", sender.iri)) != sender.iri:
            raise Ignored("written in somebody else's name")


def _ours_in(document: Document) -> list[Actor]:
    named = recipients(document)
    query = select(Actor).where(Actor.local, Actor.iri.in_(named), Actor.gone_at.is_(None)).order_by(Actor.id)
    return list(session().scalars(query))


def _nowhere(iri: str) -> Document:
    raise NotFound(f"{iri} is not fetched while a letter of this node is handed over")
