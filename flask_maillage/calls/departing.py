"""Who leaves for good, and a call that is withdrawn: what becomes of applications, seats, copies and drafts.

An applicant's applications are withdrawn and erased wherever they went (FC-69), a seat is declined (FC-78) and its
copies go, and with a call goes all that came to it; the log stays. What a member wrote for an organisation's
application stays with it, without their name.
"""

from sqlalchemy import delete, select, update

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import committee, declining, states
from flask_maillage.calls.afterwards import erasing, purging
from flask_maillage.calls.applying import sending
from flask_maillage.calls.models import CallLetter, CommitteeCopy, Draft, Expert, GivenOpinion, PrivateFile, SessionRole
from flask_maillage.publications.call_states import CLOSED, DELIBERATING, OPEN, SCHEDULED
from flask_maillage.publications.changes import on_change
from flask_maillage.publications.content import Content
from flask_maillage.publications.leaving import on_parting
from flask_maillage.publications.models import WITHDRAWN, Publication
from flask_maillage.publications.own import closing
from inboxes.registry import on_departure

UNDER_WAY = (SCHEDULED, OPEN, CLOSED, DELIBERATING)
"""While a call is in these, each seat has to be reached by letters of applicants (FC-21)."""

closing.signed(Draft)


@on_change
def call_withdrawn(publication: Publication, _before: Content | None) -> None:
    """Erase all that came to a call of ours that is withdrawn, alone or with its owner."""
    if publication.kind == "call" and publication.local and publication.state == WITHDRAWN:
        purging.erase_all(publication)


@on_parting
def leave(actor: Actor) -> None:
    """Let an actor of ours go as an applicant, as a seat, and as an organisation that keeps experts."""
    theirs = select(Draft).where(Draft.actor_id == actor.id, Draft.guest_id.is_(None)).order_by(Draft.id)
    for draft in session().scalars(theirs).all():
        sending.ask_to_erase(draft)
        erasing.draft(draft)
    session().execute(update(PrivateFile).where(PrivateFile.uploader_id == actor.id).values(uploader_id=None))
    give_seats_up(actor)
    copied = select(CallLetter.agreement_iri).join(CommitteeCopy, CommitteeCopy.letter_id == CallLetter.id)
    for agreement in session().scalars(copied.where(CommitteeCopy.seat_actor_id == actor.id).distinct()).all():
        erasing.copies(agreement or "", [actor])
    session().execute(delete(GivenOpinion).where(GivenOpinion.seat_actor_id == actor.id))
    experts = select(Expert.id).where(Expert.owner_id == actor.id)
    session().execute(update(SessionRole).where(SessionRole.expert_id.in_(experts)).values(expert_id=None))
    session().execute(delete(Expert).where(Expert.owner_id == actor.id))


@on_departure
def forget_seat(actor: Actor) -> None:
    """Let an actor of another server, which is gone, hold no seat of ours: else nobody could apply (FC-21)."""
    give_seats_up(actor)


def give_seats_up(actor: Actor) -> None:
    """Take an actor who leaves from its seats, and tell the owners of calls elsewhere."""
    for call, _seat in committee.seats_of(actor):
        if states.state_of(call, now()) not in UNDER_WAY:
            continue
        if actor.local:
            declining.decline(actor, call)
        elif call.local:
            declining.give_up(call, actor)
