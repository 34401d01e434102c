"""The warning before a place expires that a selection gave and nobody confirmed yet."""

from datetime import timedelta

from sqlalchemy import select

from actors.database import reading, session
from actors.node import now
from flask_maillage.calls.applying import drafts, outcomes, telling, the_call
from flask_maillage.calls.models import Draft
from flask_maillage.calls.models.drafts import WITHDRAWN
from inboxes.chores import chore

WARNED_BEFORE = timedelta(days=3)


def plan(draft: Draft) -> None:
    """Note until when a place has to be confirmed, by the decision that holds."""
    call = the_call.find(draft.call_iri)
    decided = outcomes.decision_of(draft, call) if call is not None else None
    waits = decided is not None and decided.outcome == "selected" and decided.answer is None
    moment = decided.confirm_by if decided is not None and waits and draft.state != WITHDRAWN else None
    if moment != draft.confirm_by:
        draft.confirm_by, draft.confirm_told_at = moment, None


@chore
def warn_before_confirmations_end() -> int:
    """Tell the people of one selected application that its place expires soon; return how many were looked at."""
    with reading():
        moment = now()
        due = select(Draft.id).where(Draft.confirm_by > moment, Draft.confirm_by <= moment + WARNED_BEFORE)
        number = session().scalar(due.where(Draft.confirm_told_at.is_(None)).order_by(Draft.confirm_by).limit(1))
    if number is None:
        return 0
    draft = session().get(Draft, number)
    draft = drafts.lock(draft) if draft is not None else None
    if draft is not None and draft.confirm_by is not None and draft.confirm_told_at is None:
        draft.confirm_told_at = now()
        telling.tell(draft, "confirm", once=draft.confirm_by.isoformat())
    session().commit()
    return 1
