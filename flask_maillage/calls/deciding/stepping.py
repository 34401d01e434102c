"""A call is decided by publishing what is decided, and by no other way while applications wait for it (FC-18)."""

from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.states import SUBMITTED
from flask_maillage.publications.call_states import DECIDED
from flask_maillage.publications.changes import on_change
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _, say
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible


@on_change
def leave_nobody_undecided(call: Publication, before: Content | None) -> None:
    """Let no call become decided while an application waits for a decision, whoever says so in whatever way.

    Raises:
        NotPossible: one does.
    """
    if call.kind != "call" or call.status != DECIDED or before is None or before.status == DECIDED:
        return
    waiting = select(Dossier.id).where(Dossier.call_id == call.id, Dossier.state == SUBMITTED).limit(1)
    if session().scalar(waiting) is not None:
        message = _("Applications wait for a decision: the call is decided when the decisions are published.")
        raise NotPossible(say(message))
