"""What members of this node get who hold seats of committees, here or elsewhere: copies, each confirmed by a receipt.

A copy is taken when the call, as its owner's server gives it, names the member (FC-78), and the letter goes to all
others too (FC-19). The receipt leaves at once, without a person (FC-30). Whether the application counts is for the
owner to say: what the owner refuses here is no copy either.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from actors import followers, iris, remote
from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from federation.errors import FederationError, Unreachable
from flask_maillage.calls import application as wire
from flask_maillage.calls import committee, letters, receipts
from flask_maillage.calls.arithmetic import RECUSED
from flask_maillage.calls.bounds import check_rate
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.models import CallLetter, CommitteeCopy, Dossier, GivenOpinion
from flask_maillage.calls.registering import addressing, arriving, withdrawing
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications import keeping
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.call_states import ARCHIVED
from flask_maillage.publications.models import PUBLISHED, Publication
from inboxes.chores import chore
from inboxes.registry import Ignored

KEPT_FOR = timedelta(days=30)
"""How long copies stay after their call is archived, or gone."""
Held = list[tuple[Actor, Seat]]
AFTER = (arriving, withdrawing)
"""The owner's part is registered before ours, so that a seat here gets what was registered."""


@takes(Shape.OFFER, Shape.CORRECTION)
def keep(taken: Taken) -> str | None:
    """A member who holds a seat gets an application, or a correction of one, and says so to applicant and owner."""
    call = _call(taken)
    held = _held(taken.readers, call) if call is not None else []
    if call is None or not held:
        return None
    if call.local and not _is_registered(call, taken.kept):
        return None
    version = taken.thing["application"]["version"] if call.local else _check(taken, call)
    for actor, seat in held:
        _copy(actor, taken.kept, hide=_is_recused(actor, taken.kept))
        _confirm(actor, seat, taken.kept, call, version)
    receipts.count_those_that_waited(taken.kept)
    undo = _undone(taken)
    if undo is not None:
        _take_back(undo, call, held, version)
    return f"a copy for {len(held)} seats"


@takes(Shape.WITHDRAWAL)
def take_back(taken: Taken) -> str | None:
    """An applicant took an application back: its copies are shown no more, and that it came is confirmed."""
    agreement = taken.kept.agreement_iri
    call = keeping.find(taken.kept.call_iri) if agreement else None
    before = _versions(agreement or "")
    if call is None or not before:
        return None
    if before[0].sender_iri != taken.sender.iri:
        raise Ignored("somebody else's application")
    readers = {actor.id for actor in taken.readers}
    query = select(CommitteeCopy.seat_actor_id).where(CommitteeCopy.letter_id.in_([one.id for one in before]))
    seated = readers & set(session().scalars(query))
    held = _held([actor for actor in taken.readers if actor.id in seated], call)
    return _take_back(taken.kept, call, held, _number(before[-1]))


@takes(Shape.DECISION)
def keep_decision(taken: Taken) -> str | None:
    """The owner decided: who has the application gets that too; nobody else's word of it counts (FC-53)."""
    call = keeping.find(taken.kept.call_iri)
    before = [one.id for one in _versions(taken.kept.agreement_iri or "")]
    if call is None or call.actor_id != taken.sender.id or not before:
        return None
    query = select(CommitteeCopy.seat_actor_id).where(CommitteeCopy.letter_id.in_(before))
    seated = {actor.id for actor in taken.readers} & set(session().scalars(query))
    for actor in taken.readers:
        if actor.id in seated:
            _copy(actor, taken.kept, hide=_is_recused(actor, taken.kept))
    return f"a decision for {len(seated)} seats" if seated else None


def _take_back(undo: CallLetter, call: Publication, held: Held, version: int) -> str | None:
    """Hide what came of an application, whoever of this node has it, and confirm for those whom the letter names."""
    about = [one.id for one in _versions(undo.agreement_iri or "")]
    hidden = (
        update(CommitteeCopy)
        .where(CommitteeCopy.letter_id.in_(about), CommitteeCopy.hidden_at.is_(None))
        .values(hidden_at=undo.received_at)
        .execution_options(synchronize_session="fetch")
    )
    count = int(session().execute(hidden).rowcount)  # type: ignore[attr-defined]
    for actor, seat in held:
        _copy(actor, undo, hide=False)
        _confirm(actor, seat, undo, call, version)
    return f"{count} copies hidden" if count or held else None


def _check(taken: Taken, call: Publication) -> int:
    """Check what a seat's node has to, where it is not the owner's, and return the version that came.

    Raises:
        Refused: `malformed`, `proof-missing`, or by whom it is addressed to.
        Ignored: the call is archived, it is somebody else's, older than what is here, or taken back.
    """
    check_rate(taken.sender)
    said = wire.read(taken.thing)
    is_numbered = taken.shape is Shape.CORRECTION or said.version == 1
    if not is_numbered or wire.envelope_of(taken.thing).call_iri != call.iri:
        raise Refused(Refusal("malformed"))
    if not taken.vouched:
        raise Refused(Refusal("proof-missing"))
    if call.status == ARCHIVED:
        raise Ignored("the call is archived")
    addressing.check_not_public(taken.document)
    sitting = committee.current(call)
    if said.committee_version > sitting.number:
        raise Refused(Refusal("committee-changed", committee_version=sitting.number))
    if said.committee_version == sitting.number:
        addressing.check_whole(sitting, taken.document)
    before = [one for one in _versions(taken.kept.agreement_iri or "") if one.id != taken.kept.id]
    if any(one.sender_iri != taken.sender.iri for one in before):
        raise Ignored("somebody else's application")
    if taken.shape is Shape.CORRECTION:
        if any(_number(one) >= said.version for one in before):
            raise Ignored("a version that is known, or an older one")
        if _undone(taken) is not None:
            raise Ignored("it was taken back")
    return said.version


def _call(taken: Taken) -> Publication | None:
    """Return the call, read from its owner's server where what is known here does not name who the letter is for.

    Raises:
        Unreachable: that server does not answer now.
    """
    iri = taken.kept.call_iri
    known = _known(iri)
    if iris.is_ours(iri) or not taken.readers or (known is not None and _is_fresh(known, taken)):
        return known
    check_rate(taken.sender)
    try:
        document = taken.fetch(iri)
        author = keeping.author_of(document)
        owner = remote.find(author) or remote.remember(remote.checked_actor(taken.fetch(author)))
        if document.get("id") == iri and not owner.local:
            keeping.keep(document, owner, looked_up=not followers.follows_from_here(owner))
    except Unreachable:
        raise
    except FederationError:
        return known
    return _known(iri)


def _known(iri: str) -> Publication | None:
    found = keeping.find(iri)
    return found if found is not None and found.kind == "call" and found.state == PUBLISHED else None


def _is_fresh(call: Publication, taken: Taken) -> bool:
    application = taken.thing.get("application")
    stated = application.get("committeeVersion") if isinstance(application, dict) else None
    is_as_new = not isinstance(stated, int) or stated <= committee.current(call).number
    return is_as_new and bool(_held(taken.readers, call))


def _held(actors: Sequence[Actor], call: Publication) -> Held:
    """Return those of these actors who hold a seat; the owner is none, whose own receipt says that it came."""
    found = ((actor, committee.held_by(actor, call)) for actor in actors if actor.id != call.actor_id)
    return [(actor, seat) for actor, seat in found if seat is not None]


def _is_registered(call: Publication, letter: CallLetter) -> bool:
    query = select(Dossier.id).where(Dossier.call_id == call.id, Dossier.agreement_iri == letter.agreement_iri)
    return session().scalar(query) is not None


def _versions(agreement_iri: str) -> list[CallLetter]:
    """Return the letters by which an application and its corrections came; those that were refused are none."""
    found = letters.about(agreement_iri, Shape.OFFER, Shape.CORRECTION) if agreement_iri else ()
    return [one for one in found if one.refused is None]


def _number(letter: CallLetter) -> int:
    said = letters.document_of(letter).get("object", {}).get("application", {})
    number = said.get("version") if isinstance(said, dict) else None
    return number if isinstance(number, int) else 1


def _undone(taken: Taken) -> CallLetter | None:
    """Return the withdrawal of an application that is here already, or came before its Offer."""
    waited = withdrawing.early(taken) if taken.shape is Shape.OFFER else None
    known = letters.about(taken.kept.agreement_iri or "", Shape.WITHDRAWAL)
    return waited or next((one for one in known if one.sender_iri == taken.sender.iri and one.refused is None), None)


def _is_recused(actor: Actor, letter: CallLetter) -> bool:
    query = select(GivenOpinion.id).where(
        GivenOpinion.seat_actor_id == actor.id,
        GivenOpinion.agreement_iri == letter.agreement_iri,
        GivenOpinion.opinion == RECUSED,
        GivenOpinion.sent_at.is_not(None),
    )
    return session().scalar(query) is not None


def _copy(actor: Actor, letter: CallLetter, *, hide: bool) -> None:
    known = select(CommitteeCopy.id).where(
        CommitteeCopy.seat_actor_id == actor.id, CommitteeCopy.letter_id == letter.id
    )
    if session().scalar(known) is None:
        hidden_at = letter.received_at if hide else None
        row = {"seat_actor_id": actor.id, "call_iri": letter.call_iri, "letter_id": letter.id}
        session().add(CommitteeCopy(**row, hidden_at=hidden_at, erase_at=None))
        session().flush()


def _confirm(actor: Actor, seat: Seat, letter: CallLetter, call: Publication, version: int) -> None:
    to = [letter.sender_iri, call.actor.iri]
    receipts.make(actor, letter, to=to, version=version, seat_key=seat.key, lost_too=True)


@chore
def let_copies_go() -> int:
    """Set a day for copies whose call is archived, or not here any more; they are erased on that day (FC-68)."""
    over = (Publication.id.is_(None)) | (Publication.state != PUBLISHED) | (Publication.status == ARCHIVED)
    query = (
        select(CommitteeCopy.id)
        .outerjoin(Publication, Publication.iri == CommitteeCopy.call_iri)
        .where(CommitteeCopy.erase_at.is_(None), over)
        .limit(100)
    )
    with reading():
        numbers = session().scalars(query).all()
    if not numbers:
        return 0
    planned = update(CommitteeCopy).where(CommitteeCopy.id.in_(numbers), CommitteeCopy.erase_at.is_(None))
    session().execute(planned.values(erase_at=now() + KEPT_FOR).execution_options(synchronize_session=False))
    session().commit()
    return len(numbers)
