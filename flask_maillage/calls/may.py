"""The one function that says what may happen now with a call and its applications: the tables of FC-18 and FC-62.

Page, inbox, API and command ask it, and a use-case asks it again under the lock. It reads nothing from the database:
who acts is made by `acting`, and what it takes beyond these tables (the checks of an Offer, places, ranks) is the
use-case's. A refusal of whoever `is_stranger` is told to nobody: letters are ignored and pages are not there (FC-12).
"""

from datetime import datetime
from enum import StrEnum

from flask_maillage.calls import states
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import Refusal
from flask_maillage.calls.states import Call, Dossier
from flask_maillage.publications.call_states import (
    ARCHIVED,
    CANCELLED,
    CLOSED,
    DECIDED,
    DELIBERATING,
    OPEN,
    SCHEDULED,
)


class Action(StrEnum):
    """What somebody may want to do."""

    APPLY = "apply"
    ADMIT = "admit"
    """Register one that came late here and in time elsewhere (FC-34)."""
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    REVIEW = "review"
    """Give an opinion, or change it."""
    RECUSE = "recuse"
    ARRANGE = "arrange"
    """Keep a pending decision, of whatever outcome; without a dossier: arrange at all."""
    SELECT = "select"
    RESERVE = "reserve"
    DECLINE = "decline"
    PUBLISH = "publish"
    CONFIRM = "confirm"
    REFUSE_PLACE = "refuse place"
    EXPIRE = "expire"
    PLACE = "place"
    """Put into a cohort, or move to another one."""
    INVITE = "invite"
    """Invite to a session of a cohort (FC-58)."""
    FOLLOW_UP = "follow up"
    SHARE_CONTACT = "share contact"
    CLOSE = "close"
    PURGE = "purge"


YES = "yes"
STATES = (SCHEDULED, OPEN, CLOSED, DELIBERATING, DECIDED, ARCHIVED, CANCELLED)
_AFTER = "too-early too-early too-early too-early yes closed cancelled"
_DECIDING = "too-early too-early too-early yes yes closed cancelled"
WHEN = {
    Action.APPLY: "not-open-yet yes late late late late cancelled",
    Action.ADMIT: "too-early too-early yes yes too-late too-late cancelled",
    Action.CORRECT: "not-open-yet yes late late late late cancelled",
    Action.WITHDRAW: "unknown-application yes yes yes yes closed yes",
    Action.ERASE: "yes yes yes yes yes yes yes",
    Action.REVIEW: "too-early too-early yes yes too-late too-late cancelled",
    Action.RECUSE: "unknown-application yes yes yes too-late too-late cancelled",
    Action.ARRANGE: _DECIDING,
    Action.SELECT: _DECIDING,
    Action.RESERVE: _DECIDING,
    Action.DECLINE: _DECIDING,
    Action.PUBLISH: _DECIDING,
    Action.CONFIRM: _AFTER,
    Action.REFUSE_PLACE: _AFTER,
    Action.EXPIRE: _AFTER,
    Action.PLACE: _AFTER,
    Action.INVITE: _AFTER,
    Action.FOLLOW_UP: _AFTER,
    Action.SHARE_CONTACT: _AFTER,
    Action.CLOSE: _AFTER,
    Action.PURGE: "too-early too-early too-early too-early yes yes yes",
}
"""By the state of the call, in the order of `STATES`: FC-18, with a code where its table has a dash."""

_FOLLOWED = {states.IN_COHORT, states.FOLLOWED_UP}
_AGAIN = {states.RESERVE, states.DECLINED, states.EXPIRED, states.REFUSED}
_SELECT = states.UNDECIDED | _AGAIN | {states.SELECTED}
_DECLINE = states.UNDECIDED | {states.SELECTED, states.RESERVE}
FROM = {
    Action.CORRECT: states.UNDECIDED,
    Action.WITHDRAW: states.UNDECIDED | states.DECIDED - {states.CLOSED},
    Action.REVIEW: states.UNDECIDED,
    Action.RECUSE: states.UNDECIDED,
    Action.ARRANGE: _SELECT | _DECLINE,
    Action.SELECT: _SELECT,
    Action.RESERVE: states.UNDECIDED | _AGAIN,
    Action.DECLINE: _DECLINE,
    Action.CONFIRM: {states.SELECTED},
    Action.REFUSE_PLACE: {states.SELECTED},
    Action.EXPIRE: {states.SELECTED},
    Action.PLACE: {states.CONFIRMED, *_FOLLOWED},
    Action.INVITE: {states.CONFIRMED, *_FOLLOWED},
    Action.FOLLOW_UP: _FOLLOWED,
    Action.SHARE_CONTACT: {states.CONFIRMED, *_FOLLOWED},
    Action.CLOSE: _FOLLOWED,
}
"""From which states of a dossier: FC-62; one that is selected may be selected again, with a later day (FC-56)."""

OF_APPLICANTS = {
    Action.CORRECT,
    Action.WITHDRAW,
    Action.ERASE,
    Action.CONFIRM,
    Action.REFUSE_PLACE,
    Action.SHARE_CONTACT,
}
OF_SEATS = {Action.REVIEW, Action.RECUSE}
DECISIONS = {Action.ARRANGE, Action.SELECT, Action.RESERVE, Action.DECLINE}
OF_THE_CALL = {Action.APPLY, Action.ADMIT, Action.PUBLISH, Action.ARRANGE, Action.INVITE, Action.PURGE}
"""What can be asked without a dossier."""
ALWAYS = {Action.ERASE, Action.PURGE}
"""What may happen to a dossier that is withdrawn or closed."""


def may(action: Action, by: Acting, call: Call, dossier: Dossier | None, at: datetime) -> Refusal | None:
    """Say why something may not happen now, by its code, or None where it may.

    Args:
        action: what is to happen.
        by: who wants it.
        call: the call, a `Publication`.
        dossier: the application that it is about; None where it is about none, or there is none. One that was purged
            is none.
        at: the time of receipt of a letter (FC-11), else now.
    """
    if dossier is not None and dossier.purged_at is not None:
        dossier = None
    code = _why_not(action, by, call, dossier, at)
    if code is None:
        return None
    return Refusal(code, end_time=call.content.ends_at if code == "late" else None)


def _why_not(action: Action, by: Acting, call: Call, dossier: Dossier | None, at: datetime) -> str | None:
    if action in OF_APPLICANTS and dossier is None:
        return "unknown-application"
    if not _is_theirs(action, by):
        return "not-a-seat" if action in OF_SEATS else "not-allowed"
    of_call = WHEN[action].split()[STATES.index(states.state_of(call, at))]
    if action in OF_SEATS and of_call == "too-late":
        return of_call
    if dossier is None:
        return None if of_call == YES and action in OF_THE_CALL else _without_dossier(action, of_call)
    if dossier.state in (states.WITHDRAWN, states.CLOSED) and action not in ALWAYS:
        return dossier.state
    conflict = _conflict(action, by)
    if conflict or of_call != YES:
        return conflict or of_call
    return _of_dossier(action, dossier, at)


def _is_theirs(action: Action, by: Acting) -> bool:
    if action is Action.APPLY:
        return True
    if action in OF_APPLICANTS:
        return by.applicant
    if action in OF_SEATS:
        return bool(by.seat)
    if action is Action.EXPIRE:
        return by.clock
    if action is Action.PURGE:
        return by.clock or by.coordinator
    if action is Action.FOLLOW_UP:
        return by.coordinator or by.coordinates or by.applicant
    return by.coordinator


def _without_dossier(action: Action, of_call: str) -> str:
    return of_call if action in OF_THE_CALL else "unknown-application"


def _conflict(action: Action, by: Acting) -> str | None:
    """Return why who may do it otherwise does not judge this application (FC-44, FC-45): coordinators too."""
    follows = action in (Action.FOLLOW_UP, Action.CLOSE)
    if action not in OF_SEATS | DECISIONS and not follows:
        return None
    if action is Action.FOLLOW_UP and by.applicant:
        return None
    if by.is_of_it:
        return "own-application"
    return "recused" if by.recused else None


def _of_dossier(action: Action, dossier: Dossier, at: datetime) -> str | None:
    if action in (Action.CONFIRM, Action.REFUSE_PLACE) and dossier.state in _AGAIN - {states.REFUSED}:
        return "superseded"
    if action in FROM and dossier.state not in FROM[action]:
        return "too-late" if dossier.state in states.DECIDED else "not-allowed"
    is_over = dossier.confirm_by is not None and at > dossier.confirm_by
    if action in (Action.CONFIRM, Action.REFUSE_PLACE) and is_over:
        return "confirmation-expired"
    if action is Action.EXPIRE and not is_over:
        return "too-early"
    if action is Action.PURGE and (dossier.purge_at is None or at < dossier.purge_at):
        return "too-early"
    return None
