"""A seat that its holder does not want, or no more (FC-78): it becomes a seat by mail, or goes, and people are told."""

from actors import outbox
from actors.models import Actor
from actors.node import now
from federation.activities import Activity
from flask_maillage.calls import answering, audit, committee
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import notify, people_of
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from flask_maillage.publications.notices import readable
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word
from inboxes.registry import Context, Handler, Ignored, on_claim


def _told(notification: Notification) -> Told | None:
    who, call = seen(notification.actor), readable(notification)
    if who is None or call is None:
        return None
    text = _("%(who)s declined a seat in the committee of “%(call)s”", who=who.name or who.address, call=call.name)
    return Told(text, f"{call.page}/edit")


SEAT_DECLINED = declare("seat_declined", word("Somebody declines a seat in a committee of yours"), _told, mailed=True)


@on_claim
def claim(activity: Activity, sender: Actor) -> Handler | None:
    """Claim a `Reject` of a call of ours."""
    is_of_call = activity.type == "Reject" and activity.object_id is not None
    return _take if is_of_call and answering.is_our_call(activity.object_id or "") else None


def _take(context: Context) -> str:
    call = keeping.find(context.activity.object_id or "")
    if call is None or committee.current(call).seat_of(context.sender.iri) is None:
        raise Ignored("somebody who holds no seat declines one")
    give_up(call, context.sender)
    return "a seat was declined"


def decline(actor: Actor, call: Publication) -> None:
    """Let an actor of ours decline its seat in a call, of this node or of another; the caller commits.

    From then on `committee.seats_of` names that call no more.
    """
    inboxes = [] if call.local else [call.actor.inbox]
    outbox.post(actor, "Reject", call.iri, to=[call.actor.iri], inboxes=inboxes, letter_only=True)
    if call.local and committee.current(call).seat_of(actor.iri) is not None:
        give_up(call, actor)


def give_up(call: Publication, actor: Actor) -> None:
    """Take an actor from its seat in a call of ours, which makes a new version, and tell the owner's people."""
    details = details_of(call.content)
    seats = [seat.model_copy(update={"actor": None}) if seat.actor == actor.iri else seat for seat in details.committee]
    staying = tuple(seat for seat in seats if seat.in_words)
    quorum = min(details.quorum, len(staying)) or None if details.quorum else None
    said = details.model_copy(update={"committee": staying, "quorum": quorum})
    audit.append(call, "decline seat", by=actor.iri, at=now())
    publishing.revise(call, call.content.model_copy(update={"details": said}))
    notify(SEAT_DECLINED, people_of(call.actor), actor=actor, publication_id=call.id)
