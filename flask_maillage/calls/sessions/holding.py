"""A cohort's session comes into being: an event of the owner for those who are in it, who are invited at once."""

import re

from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CohortSession
from flask_maillage.calls.sessions import inviting, people
from flask_maillage.publications import publishing
from flask_maillage.publications.attending import locking
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.call_parts import Cohort
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.event_details import details_of as event_details_of
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import DIRECT, Publication

_MEANT = re.compile(r"[\\|;,(<]")
"""What has a meaning in a typed programme (`programmes/lines.py`)."""


TEXT = "The initiatives of {cohort} meet."
"""What a session says where its coordinator begins to write it."""


class HeldAlready(ValueError):
    """This cohort has a session."""


def cohort_named(call: Publication, key: str) -> Cohort | None:
    """Return a cohort of a call by its key."""
    return next((one for one in details_of(call.content).cohorts if one.key == key), None)


def hold(
    call: Publication, cohort: Cohort, content: Content, by: Acting, *, author: Actor | None = None
) -> CohortSession:
    """Publish the session of a cohort for those who are in it, and invite its leaders and the committee's coordinators.

    Args:
        call: one of ours, decided.
        cohort: one of its.
        content: the event.
        by: the coordinator.
        author: the member who writes it.

    Raises:
        Refused: whoever wants it does not coordinate this call, or it is not decided.
        HeldAlready: somebody has made it meanwhile.
        NotPossible: such an event cannot be published.
    """
    call = locking.lock(call.id)
    refusal = may(Action.INVITE, by, call, None, now())
    if refusal is not None:
        raise Refused(refusal)
    if people.session_of(call, cohort.key) is not None:
        raise HeldAlready(cohort.key)
    details = event_details_of(content).model_copy(update={"cohort": cohort.id_in(call.iri), "join_mode": "none"})
    content = content.model_copy(update={"details": details})
    readers = Audience(DIRECT, (call.actor,))
    event = publishing.draft(call.actor, content, author=author, readers=readers)
    publishing.publish(event, author=author)
    held = CohortSession(call_id=call.id, cohort=cohort.key, event_id=event.id)
    session().add(held)
    session().flush()
    inviting.invite_leaders(held, people.leaders(call, cohort.key))
    inviting.invite_coordinators(held, people.coordinators(call))
    return held


def programme_of(call: Publication, cohort: str) -> str:
    """Return a programme to begin with, as one types it: the welcome, each initiative of the cohort, the next steps."""
    lines, clock = ["09:00 welcome | " + words(call.language, "Welcome")], 9 * 60 + 30
    for leader in people.leaders(call, cohort):
        lines.append(f"{clock // 60:02}:{clock % 60:02} session | {_MEANT.sub(_escaped, leader.name)}")
        clock += 60
    lines.append(f"{clock // 60 % 24:02}:{clock % 60:02} round_table | " + words(call.language, "Next steps"))
    return "\n".join(lines)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
