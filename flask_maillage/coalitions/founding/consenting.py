"""Consent: a signed Accept of each founder; the third distinct person makes the project active, once.

Everything that counts founders holds the project's row first (`projects.hold`), so that of two third acceptances at the
same moment one activates it and the other finds it active.
"""

import json
from datetime import datetime
from typing import Any

from actors import outbox
from actors.database import session
from actors.models import ACTIVE, PROPOSED, Actor
from actors.node import now
from flask_maillage.coalitions import claims, managing, memberships
from flask_maillage.coalitions.founding import belonging, inviting, notices, projects
from flask_maillage.coalitions.founding.models import CONSENTED, LEFT, REFUSED, Founder
from flask_maillage.coalitions.founding.projects import NEEDED, NotPossible
from flask_maillage.coalitions.models import Membership
from flask_maillage.people import accounts, roles
from flask_maillage.people.models import ADMIN, MEMBER
from flask_maillage.publications.forms.base import _

FOUNDER = "founder"
OVER = _("This invitation was answered or taken back, or it is too late for it: ask for another one.")


def consent(founder: Founder, *, listed: bool = False) -> None:
    """Let a person of ours consent to found a project, here or elsewhere, by an Accept with their proof.

    Raises:
        NotPossible: it was answered or taken back, or it is too late.
    """
    project, person = founder.project, founder.person
    if project.local:
        projects.hold(project)
        session().refresh(founder)
    if not person.local or not projects.is_open(founder):
        raise NotPossible(OVER)
    _check(founder)
    letter, claimed = inviting.letter_of(founder), _belong(founder).member_document
    posted = outbox.post(
        person, "Accept", letter, to=[project.iri], inboxes=[project.inbox], proof=True, result=claimed
    )
    founder.listed = listed
    take(founder, json.loads(posted.body))


def refuse(founder: Founder) -> None:
    """Let a person of ours refuse.

    Raises:
        NotPossible: it was answered or taken back.
    """
    project, person = founder.project, founder.person
    if project.local:
        projects.hold(project)
        session().refresh(founder)
    if not person.local or not projects.is_open(founder):
        raise NotPossible(OVER)
    if not project.local:
        letter = inviting.letter_of(founder)
        outbox.post(person, "Reject", letter, to=[project.iri], inboxes=[project.inbox], proof=True)
    take_refusal(founder)
    member = accounts.by_handle(person.handle)
    if project.local and member is not None and roles.role_of(member, project) == MEMBER:
        roles.revoke(member, project)  # they got it with the account that the link of a mail gave them


def take(founder: Founder, document: dict[str, Any], *, at: datetime | None = None) -> None:
    """Write a consent down whose signature holds, and make the project active where it is the third person's.

    Args:
        founder: who consents.
        document: their Accept.
        at: when they said so, by their own clock; else now.

    Raises:
        NotPossible: the project of ours takes it no more, or they said something newer.
    """
    project = founder.project
    if project.local:
        projects.hold(project)
        session().refresh(founder)
        if not projects.is_open(founder) or project.phase not in (PROPOSED, ACTIVE):
            raise NotPossible(OVER)
        if founder.person.type != "Person":
            raise NotPossible(inviting.NO_PERSON)
        _check(founder)
    if not founder.person.local:
        _belong(founder, at=at, document=document)
    founder.state, founder.answered_at, founder.document = CONSENTED, now(), document
    session().flush()
    notices.take_back(founder)
    if project.local:
        notices.answered(founder)
        _count(project)


def take_refusal(founder: Founder) -> None:
    """Write down that a person does not found a project."""
    founder.state, founder.answered_at = REFUSED, now()
    session().flush()
    notices.take_back(founder)
    if founder.project.local:
        notices.answered(founder)


def leave(founder: Founder) -> None:
    """Let a founder leave: their membership ends by itself or by others' hand, and the project is counted again."""
    founder.state, founder.ended_at = LEFT, now()
    session().flush()
    if founder.project.local:
        count_again(founder.project)


def withdraw(founder: Founder) -> None:
    """Let a founder of ours leave a project, with the role they have for it where it is ours.

    Raises:
        NotPossible: they do not found it.
        LastAdmin: nobody else administers it.
    """
    project, person = founder.project, founder.person
    member = accounts.by_handle(person.handle) if person.local else None
    if member is None or founder.state != CONSENTED:
        raise NotPossible(OVER)
    if project.local:
        projects.hold(project)
        roles.revoke(member, project)
    memberships.leave(person, project)


def count_again(project: Actor) -> None:
    """Flag an active project of ours that fell below three, and take the flag off one that has three again."""
    projects.hold(project)
    _count(project)


@memberships.on_change
def heard(membership: Membership, before: str | None) -> None:
    """A membership ended: who founded the group does so no longer."""
    if before == "member" and membership.state in memberships.ENDED:
        founder = projects.between(membership.group, membership.member)
        if founder is not None and founder.state == CONSENTED:
            leave(founder)


def _check(founder: Founder) -> None:
    """Refuse who is not of the network, or not of the organisation, as far as this node answers for it.

    What is asked by a project elsewhere, its server judges; we know of our own organisations alone who is of them.
    """
    row = projects.find(founder.project)
    stands_for = founder.stands_for
    if founder.project.local:
        belonging.check(row.network if row is not None else None, founder.person, stands_for)
    elif stands_for is not None and stands_for.local:
        belonging.check(None, founder.person, stands_for)


def _belong(founder: Founder, *, at: datetime | None = None, document: dict[str, Any] | None = None) -> Membership:
    """Make the founder a member, and one of ours an administrator of a project of ours: it is theirs.

    The Invite is the project's claim, the Accept the founder's.

    Raises:
        NotPossible: they have left since, by what they wrote later.
    """
    project, person = founder.project, founder.person
    found, moment = memberships.find(project, person), at or now()
    if not person.local and claims.is_outdated(found, project, person, claims.MEMBER, moment):
        raise NotPossible(OVER)
    if found is None or found.state != "member":
        found = memberships.record(project, person, "invited", iri=founder.iri, at=founder.invited_at, quietly=True)
        found.role = FOUNDER
    elif project.local:
        managing.set_terms(found, role=FOUNDER, since=found.since, until=found.until)
    if document is not None:
        claims.take(found, claims.MEMBER, moment, document.get("result"), letter=str(document["id"]))
    memberships.begin(found)
    member = accounts.by_handle(person.handle) if project.local and person.local else None
    if member is not None:
        roles.grant(member, project, ADMIN)
    return found


def _count(project: Actor) -> None:
    row, number = projects.find(project), projects.consenting(project)
    if row is None or row.proposed_at is None:
        return
    if project.phase == PROPOSED and number >= NEEDED:
        project.phase, row.activated_at = ACTIVE, now()
        projects.tell(project)
        notices.started(project)
    elif project.phase == ACTIVE and number < NEEDED and row.short_since is None:
        row.short_since = now()
        projects.tell(project)
        notices.short(project)
    elif project.phase == ACTIVE and number >= NEEDED and row.short_since is not None:
        row.short_since = None
        projects.tell(project)
    session().flush()
