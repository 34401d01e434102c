"""The states of an application (FC-62), and what the deciding functions have to know of a call and of a dossier."""

from datetime import datetime
from typing import Protocol

from flask_maillage.calls.models import dossiers
from flask_maillage.calls.models.dossiers import (
    CLOSED,
    CONFIRMED,
    DECLINED,
    EXPIRED,
    FOLLOWED_UP,
    IN_COHORT,
    REFUSED,
    RESERVE,
    SELECTED,
    SUBMITTED,
    WITHDRAWN,
)
from flask_maillage.publications import call_states
from flask_maillage.publications.content import Content

__all__ = [
    "CLOSED",
    "CONFIRMED",
    "DECLINED",
    "EXPIRED",
    "FOLLOWED_UP",
    "IN_COHORT",
    "REFUSED",
    "RESERVE",
    "SELECTED",
    "SUBMITTED",
    "WITHDRAWN",
]

ADMISSIBLE, NOT_ADMISSIBLE = "admissible", "not_admissible"
"""What opinions come to (FC-48): computed, and never stored."""
UNDECIDED = frozenset({SUBMITTED, ADMISSIBLE, NOT_ADMISSIBLE})
DECIDED = frozenset(dossiers.DECIDED)
LED = frozenset({CONFIRMED, IN_COHORT, FOLLOWED_UP, CLOSED})
"""From confirmation on: the applicant is a leader."""
STATES = (*sorted(UNDECIDED), *sorted(DECIDED), WITHDRAWN)
"""All that an application can be in."""


class Call(Protocol):
    """What has to be known of a call: a `Publication` has it."""

    @property
    def state(self) -> str:
        """Return `draft`, `published` or `withdrawn`."""

    @property
    def content(self) -> Content:
        """Return what it says."""


class Dossier(Protocol):
    """What has to be known of a registered application: the row of it has it."""

    @property
    def state(self) -> str:
        """Return one of `STATES`."""

    @property
    def applicant_iri(self) -> str:
        """Return whose it is; of guests, the node's own actor."""

    @property
    def guest_id(self) -> int | None:
        """Return which guest's it is."""

    @property
    def decided_at(self) -> datetime | None:
        """Return when its last decision was published."""

    @property
    def confirm_by(self) -> datetime | None:
        """Return until when a selection can be confirmed."""

    @property
    def purge_at(self) -> datetime | None:
        """Return when it is to be erased."""

    @property
    def purged_at(self) -> datetime | None:
        """Return when it was erased; what is left counts, and is nobody's any more."""


def state_of(call: Call, at: datetime) -> str:
    """Return where a call stands at a moment; a draft is to come, and one that was withdrawn is cancelled."""
    said = call_states.standing(call.content, at, call.state)
    if said.may_apply:
        return call_states.OPEN
    return {"draft": call_states.SCHEDULED, "withdrawn": call_states.CANCELLED}.get(said.reason, said.reason)


def is_decided(call: Call) -> bool:
    """Tell whether decisions about a call were published: people say so, no clock."""
    return call.content.status in (call_states.DECIDED, call_states.ARCHIVED)
