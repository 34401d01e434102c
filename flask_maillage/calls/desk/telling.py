"""What members of a committee are told, and find on their own page: an application came, opinions wait, it is decided.

Nothing of an application is said: its words stand on its page alone.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from actors import iris, policy
from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import committee, copies, states
from flask_maillage.calls.desk.sittings import sittings, sittings_of, waiting_for
from flask_maillage.calls.models import CommitteeCopy
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.people.my_page import Section, Waiting, section, waits
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, notify, people_of
from flask_maillage.publications import keeping
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext, word
from inboxes.chores import chore

AFTER = (copies,)
"""A seat here has its copy before its member is told of it."""
A_WHILE = timedelta(days=7)
"""How long after a deadline members are still told that it is over: a worker may have slept."""


def _call(notification: Notification) -> Publication | None:
    """Return the call that a notification is about, while its reader holds the seat."""
    call, seat = session().get(Publication, notification.publication_id), notification.subject
    is_there = call is not None and call.state == PUBLISHED and policy.is_welcome(call.actor)
    if call is None or seat is None or not is_there or not concerns(notification):
        return None
    return call if committee.held_by(seat, call) is not None else None


def _came(notification: Notification) -> Told | None:
    call = _call(notification)
    return Told(_("An application came to “%(call)s”", call=call.name), _address(call)) if call is not None else None


def _waits(notification: Notification) -> Told | None:
    call = _call(notification)
    if call is None or notification.subject is None:
        return None
    count, _all = waiting_for(notification.subject, call.iri)
    if not count or states.state_of(call, now()) not in ("closed", "deliberating"):
        return None
    text = ngettext("“%(call)s” is closed: %(n)s application waits for your opinion",
                    "“%(call)s” is closed: %(n)s applications wait for your opinion", count,
                    call=call.name)  # fmt: skip
    return Told(text, f"{_address(call)}?show=waiting")


def _decided(notification: Notification) -> Told | None:
    call = _call(notification)
    return Told(_("“%(call)s” is decided", call=call.name), _address(call)) if call is not None else None


CAME = declare("application_came", word("An application comes to a call in whose committee you sit"), _came)
OPINIONS_WAIT = declare("opinions_wait", word("Applications wait for your opinion in a committee"), _waits, mailed=True)
SEAT_DECIDED = declare("committee_decided", word("A call is decided in whose committee you sit"), _decided)


@takes(Shape.OFFER)
def tell_of_application(taken: Taken) -> str | None:
    """Tell the members here who got a copy of an application just now."""
    call = keeping.find(taken.kept.call_iri)
    if call is None:
        return None
    query = select(CommitteeCopy).where(CommitteeCopy.letter_id == taken.kept.id, CommitteeCopy.hidden_at.is_(None))
    for copy in session().scalars(query):
        once = f"{call.id}-{taken.kept.id}"
        notify(CAME, people_of(copy.seat), subject=copy.seat, publication_id=call.id, once=once)
    return None


@takes(Shape.DECISION)
def tell_of_decision(taken: Taken) -> str | None:
    """Tell the members here who hold a seat, once, that the owner published its decisions."""
    call = keeping.find(taken.kept.call_iri)
    if call is None or call.actor_id != taken.sender.id:
        return None
    seats = [one for one in taken.readers if one.id != call.actor_id and committee.held_by(one, call) is not None]
    for seat in seats:
        notify(SEAT_DECIDED, people_of(seat), subject=seat, publication_id=call.id, once=str(call.id))
    return f"a decision for {len(seats)} seats" if seats else None


@chore
def tell_that_opinions_wait() -> int:
    """Tell the members of committees whose call has closed that applications wait for their opinion, each once."""
    moment = now()
    query = (
        select(Publication)
        .where(Publication.kind == "call", Publication.state == PUBLISHED)
        .where(Publication.status.in_(("open", "deliberating")))
        .where(Publication.ends_at <= moment, Publication.ends_at > moment - A_WHILE)
        .order_by(Publication.id)
    )
    with reading():
        if session().scalar(query.limit(1)) is None:
            return 0
    locked = query.with_for_update(of=Publication, skip_locked=True)
    told = sum(_tell_seats(call) for call in session().scalars(locked).all())
    session().commit() if told else session().rollback()
    return told


@waits
def opinions_waiting(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Applications that wait for an opinion of a seat, by their call."""
    for one in (sitting for actor in actors for sitting in sittings_of(actor) if sitting.waiting):
        words = ngettext("%(n)s application waits for your opinion: %(title)s",
                         "%(n)s applications wait for your opinion: %(title)s", one.waiting,
                         title=one.call.name)  # fmt: skip
        yield Waiting(words, f"{_address(one.call)}?show=waiting")


@section
def my_seats(member: Any) -> Section | None:
    """The committees of a member, where there are any."""
    held = sittings(member)
    return Section(_("Your committees"), "maillage/my_seats.html", {"seats": held}) if held else None


def _tell_seats(call: Publication) -> int:
    assert call.ends_at is not None
    once = f"{call.id}-{call.ends_at.isoformat()}"
    told = 0
    iris_of_seats = committee.current(call).actors
    for actor in session().scalars(select(Actor).where(Actor.iri.in_(iris_of_seats), Actor.local).order_by(Actor.id)):
        if committee.held_by(actor, call) is not None and waiting_for(actor, call.iri)[0]:
            told += notify(OPINIONS_WAIT, people_of(actor), subject=actor, publication_id=call.id, once=once)
    return told


def _address(call: Publication) -> str:
    return iris.own(f"@{call.actor.page_handle}/calls/{call.identifier}/committee")
