"""What is decided about a published call: the next step, a later deadline; by page and by command alike.

Each is a change of what the call says, which `publishing.revise` checks against the rules, writes into the journal and
tells everybody who has the call.
"""

from datetime import datetime

from actors.models import Actor
from actors.node import now
from flask_maillage.publications import publishing
from flask_maillage.publications.call_states import CANCELLED
from flask_maillage.publications.content import one_line
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.rules import NotPossible, check_step


def step(call: Publication, status: str, *, author: Actor | None = None, reason: str = "") -> None:
    """Let a call deliberate, be decided, archived or cancelled; a cancelled one shows why.

    Raises:
        NotPossible: it is no published call of ours, or the step does not follow on where it stands.
    """
    _check(call)
    reason = one_line(reason, 600)
    check_step(call.content, status, reason, now())
    details = call.content.details.model_copy(update={"cancelled_because": reason} if status == CANCELLED else {})
    content = call.content.model_copy(update={"status": status, "details": details})
    publishing.revise(call, content, author=author, note=reason)


def extend(call: Publication, until: datetime, *, author: Actor | None = None, reason: str = "") -> None:
    """Make the deadline of a call later.

    Raises:
        NotPossible: it is no published call of ours, the new deadline is not later or not to come, or what comes after
            the deadline has begun.
    """
    _check(call)
    if call.ends_at is not None and until <= call.ends_at:
        raise NotPossible(_("People count on the published last day: it can be made later, not earlier."), "deadline")
    content = call.content.model_copy(update={"ends_at": until})
    publishing.revise(call, content, author=author, note=one_line(reason, 600))


def _check(call: Publication) -> None:
    if call.kind != "call" or not call.local or call.state != PUBLISHED:
        raise NotPossible(_("This is no published call of this node."))
