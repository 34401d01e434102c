"""Who hears of a follow-up: leaders that somebody wrote to them, coordinators that a leader wrote or that time is up.

No notification and no subject of a mail names an application or says what was written: that stands behind the link.
"""

from sqlalchemy import select

from actors import iris, policy
from actors.database import session
from actors.models import Actor
from flask_maillage.calls.applying import drafts
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.desk.roles import desk_of, member_at
from flask_maillage.calls.following import guests, people
from flask_maillage.calls.following.board import followed
from flask_maillage.calls.models import CallLetter, Dossier, Entry
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, members_who_are, notify, people_of
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word

SILENT, NEXT_STEP = "silent", "next step"
REMINDERS = {
    SILENT: word("No contact for 60 days with an initiative of “%(call)s”"),
    NEXT_STEP: word("The next step of an initiative of “%(call)s” is due"),
}


def leader(call: Publication, applicant: Actor, agreement: str, letter: CallLetter) -> None:
    """Tell a leader of this node that a coordinator wrote: a guest by mail, else those who publish for the leader."""
    draft = drafts.of_agreement(agreement)
    if draft is not None and draft.guest_id is not None:
        guests.tell(call, draft)
        return
    notify(
        ENTRY,
        people_of(applicant),
        subject=applicant,
        publication_id=call.id,
        detail=key_of(agreement),
        once=letter.iri[:200],
    )


def coordinators(call: Publication, entry: Entry, *, by: Actor) -> None:
    """Tell those who coordinate a call of ours that somebody else wrote an entry."""
    notify(
        NEWS,
        _coordinating(call, entry.dossier),
        actor=by if by.local else None,
        publication_id=call.id,
        detail=entry.dossier.identifier,
        once=entry.iri[:200],
    )


def seat(call: Publication, actor: Actor, letter: CallLetter) -> None:
    """Tell a member who coordinates a call of another server that somebody wrote an entry."""
    if not call.local:
        notify(NEWS, members_who_are([actor]), subject=actor, publication_id=call.id, once=letter.iri[:200])


def remind(call: Publication, dossier: Dossier, what: str, *, once: str) -> int:
    """Remind those who coordinate a call of ours of an application; `what` is one of `REMINDERS`."""
    detail = f"{what} {dossier.identifier}"
    return notify(DUE, _coordinating(call, dossier), publication_id=call.id, detail=detail, once=once[:200])


def _coordinating(call: Publication, dossier: Dossier) -> list[Member]:
    """Return the owner's people and the members who hold seats that coordinate, each once."""
    holders = [one.actor for one in people.coordinating(call, dossier)]
    actors = session().scalars(select(Actor).where(Actor.local, Actor.iri.in_(holders))).all()
    return list({one.id: one for one in [*people_of(call.actor), *members_who_are(actors)]}.values())


def _call(notification: Notification) -> Publication | None:
    found = session().get(Publication, notification.publication_id)
    is_there = found is not None and found.state == PUBLISHED and policy.is_welcome(found.actor)
    return found if is_there else None


def _address(call: Publication, member: Member, identifier: str) -> str | None:
    """Return where a coordinator reads a follow-up; None where they do not (any more)."""
    desk = desk_of(member_at(call, member), identifier)
    if not followed(desk):
        return None
    return iris.own(f"{_board(call)}/{identifier}")


def _board(call: Publication) -> str:
    return f"@{call.actor.page_handle}/calls/{call.identifier}/manage/follow-up"


def _to_a_leader(notification: Notification) -> Told | None:
    call = _call(notification)
    if call is None or not concerns(notification):
        return None
    return Told(_(guests.CAME, call=call.name), iris.own(f"my/follow-up/{notification.detail}"))


def _news(notification: Notification) -> Told | None:
    call = _call(notification)
    if call is None:
        return None
    text = _("Something was written in a follow-up of “%(call)s”", call=call.name)
    if not call.local:
        seats = {one.actor for one in people.coordinating(call)}
        is_theirs = concerns(notification) and notification.member.actor.iri in seats
        return Told(text, iris.own(_board(call))) if is_theirs else None
    address = _address(call, notification.member, notification.detail)
    return Told(text, address) if address is not None else None


def _due(notification: Notification) -> Told | None:
    call, (what, _space, identifier) = _call(notification), notification.detail.rpartition(" ")
    if call is None or what not in REMINDERS:
        return None
    address = _address(call, notification.member, identifier)
    return Told(_(REMINDERS[what], call=call.name), address) if address is not None else None


WROTE = word("Somebody wrote in the follow-up of an initiative of yours")
ENTRY = declare("follow_up_entry", WROTE, _to_a_leader, mailed=True)
NEWS = declare("follow_up_news", word("Somebody wrote in a follow-up that you coordinate"), _news, mailed=True)
DUE = declare("follow_up_due", word("A follow-up that you coordinate waits for you"), _due, mailed=True)
