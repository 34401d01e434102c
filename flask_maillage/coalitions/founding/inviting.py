"""Asking persons to found a project: of this node, of others by a letter, and by a link in a mail."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from actors import iris, outbox, policy
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import ACTIVE, PROPOSED, Actor
from actors.node import node, now
from federation.activities import Document
from federation.sanitising import clean_text
from flask_maillage.coalitions import listing
from flask_maillage.coalitions.founding import belonging, mails, notices, projects
from flask_maillage.coalitions.founding.models import CONSENTED, INVITED, WITHDRAWN, Founder, FounderLink
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import deliverable, normal
from flask_maillage.people import invitations, signing_up
from flask_maillage.people.models import MEMBER, Member, RoleInvitation
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.web.language import translate
from inboxes.pruning import on_pruning

GOOD_FOR = timedelta(days=30)
"""How long somebody may think about it."""
QUESTION = _("Will you found %(project)s with us?")
"""What a server shows that knows nothing of founders, where who asks wrote nothing."""
NO_PERSON = _("Only a person founds a project, and one with whom this node deals.")
MOST_OPEN = 50
MESSAGE_LIMIT = 1000
LONGEST_SECRET = 100


def invite(
    project: Actor, person: Actor, *, stands_for: Actor | None = None, message: str = "", quietly: bool = False
) -> Founder:
    """Ask a person to found a project of ours, once until they answer; `quietly` where they ask themselves.

    Raises:
        NotPossible: it is no project that three found, no person, or not one of its network.
    """
    row = projects.hold(project)
    if row.proposed_at is None or project.phase not in (PROPOSED, ACTIVE):
        raise NotPossible(_("It takes no founders: those who run the node founded it, or it is closed."))
    if person.type != "Person" or not policy.is_welcome(person):
        raise NotPossible(NO_PERSON)
    belonging.check(row.network, person, stands_for)
    known = projects.between(project, person)
    if known is not None and (known.state == CONSENTED or projects.is_open(known)):
        return known
    if projects.count_open(project) >= MOST_OPEN:
        raise NotPossible(_("50 people have not answered yet: take some invitations back first."))
    founder = known or Founder(project_id=project.id, person_id=person.id)
    founder.state, founder.message = INVITED, clean_text(message, limit=MESSAGE_LIMIT)
    founder.stands_for_id = stands_for.id if stands_for else None
    founder.invited_at, founder.expires_at = now(), now() + GOOD_FOR
    founder.answered_at = founder.ended_at = founder.document = None
    founder.iri = iris.activity(project.handle, new_identifier(now()))
    session().add(founder)
    session().flush()
    session().refresh(founder)
    _send(founder)
    if not quietly:
        notices.asked(founder)
    return founder


def by_mail(project: Actor, by: Member, email: str, message: str, language: str) -> None:
    """Ask whoever reads an address to found a project of ours; they may have an account, or make one.

    Raises:
        NotPossible: it is no such project, or no mail can go there.
    """
    row = projects.hold(project)
    if row.proposed_at is None or project.phase not in (PROPOSED, ACTIVE):
        raise NotPossible(_("It takes no founders: those who run the node founded it, or it is closed."))
    address = deliverable(email)
    if address is None:
        raise NotPossible(_("That is not an e-mail address: write it as name@example.org."))
    if _count_links(project) >= MOST_OPEN:
        raise NotPossible(_("50 people have not answered yet: take some invitations back first."))
    secret, invitation = secrets.token_urlsafe(24), None
    if signing_up.mode() == signing_up.INVITATION:
        secret, invitation = _to_the_node(by, project)
    link = FounderLink(
        project_id=project.id,
        made_by_id=by.id,
        digest=digest_of(secret),
        email=normal(address),
        message=clean_text(message, limit=MESSAGE_LIMIT),
        invitation=invitation,
        created_at=now(),
        expires_at=now() + GOOD_FOR,
    )
    session().add(link)
    session().flush()
    mail = mails.asked(link, secret, language)
    if not queue.may_be_asked_for(address, "founder") or not queue.write(address, mail, purpose="founder"):
        raise NotPossible(_("No mail can go there now."))


def with_secret(secret: str) -> FounderLink | None:
    """Return the link of a mail while it is good."""
    if len(secret) > LONGEST_SECRET:
        return None
    return _good(select(FounderLink).where(FounderLink.digest == digest_of(secret)))


def links_to(email: str) -> list[FounderLink]:
    """Return the good links that were sent to an address, whose owner has confirmed that it is theirs."""
    query = select(FounderLink).where(FounderLink.email == email, FounderLink.expires_at > now())
    return [link for link in session().scalars(query.order_by(FounderLink.id)) if _takes_founders(link.project)]


def links_of(project: Actor) -> list[FounderLink]:
    """Return the good links of a project."""
    query = select(FounderLink).where(FounderLink.project_id == project.id, FounderLink.expires_at > now())
    return list(session().scalars(query.order_by(FounderLink.id)))


def redeem(link: FounderLink, member: Member) -> Founder:
    """Let a member be asked in the place of the link they opened, which is used up.

    Raises:
        NotPossible: they cannot found it.
    """
    project, message = link.project, link.message
    stands_for = _organisation_in_network(project, member)
    session().delete(link)
    session().flush()
    return invite(project, member.actor, stands_for=stands_for, message=message)


def take_back(founder: Founder) -> None:
    """Take an invitation of a project of ours back.

    Raises:
        NotPossible: it was answered.
    """
    projects.hold(founder.project)
    if founder.state != INVITED:
        raise NotPossible(_("There is nothing to take back: it was answered meanwhile."))
    founder.state, founder.ended_at = WITHDRAWN, now()
    session().flush()
    notices.take_back(founder)
    project, person = founder.project, founder.person
    if not person.local:
        outbox.post(project, "Undo", letter_of(founder), to=[person.iri], inboxes=[person.inbox], proof=True)


def take_link_back(link: FounderLink) -> None:
    """Take the link of a mail back, with what lets its reader sign up."""
    if link.invitation is not None:
        invitations.revoke(link.invitation)
    session().delete(link)
    session().flush()


def take_all_back(project: Actor) -> None:
    """Take back whatever a project asked of people who have not answered."""
    for founder in projects.founders(project, INVITED):
        take_back(founder)
    for link in session().scalars(select(FounderLink).where(FounderLink.project_id == project.id)).all():
        take_link_back(link)


def letter_of(founder: Founder) -> Document:
    """Return the Invite as an Accept carries it, which stands on its own."""
    letter: Document = {
        "id": founder.iri,
        "type": "Invite",
        "actor": founder.project.iri,
        "object": founder.person.iri,
        "target": founder.project.iri,
    }
    return letter | ({"context": founder.stands_for.iri} if founder.stands_for else {})


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(f"founder:{secret}".encode("utf-8", "replace")).hexdigest()


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget links that are over; `limit` is for other rows."""
    over = delete(FounderLink).where(FounderLink.expires_at < now())
    session().execute(over.execution_options(synchronize_session=False))


def _send(founder: Founder) -> None:
    project, person = founder.project, founder.person
    if person.local:
        return
    outbox.post(
        project,
        "Invite",
        person.iri,
        to=[person.iri],
        inboxes=[person.inbox],
        target=project.iri,
        instrument={"as": "founder"},
        context=founder.stands_for.iri if founder.stands_for else None,
        content=founder.message or translate(project.language or node().language, QUESTION, project=project.name),
        endTime=timestamp(founder.expires_at),
        proof=True,
        iri=founder.iri,
    )


def _to_the_node(by: Member, project: Actor) -> tuple[str, RoleInvitation | None]:
    """Let the reader of a mail sign up, where one needs an invitation; return its secret, which opens both pages."""
    try:
        secret = invitations.by_link(by, project, MEMBER, days=GOOD_FOR.days)
    except invitations.InvitationRefused as refusal:
        raise NotPossible(str(refusal)) from None
    return secret, invitations.with_secret(secret)


def _organisation_in_network(project: Actor, member: Member) -> Actor | None:
    """Return the organisation by which a member is of the project's network, where they are not of it themselves."""
    row = projects.find(project)
    network = row.network if row is not None else None
    if network is None or listing.belongs(network, [member.actor]):
        return None
    theirs = (role.actor for role in member.roles)
    return next((one for one in theirs if listing.belongs(network, [one])), None)


def _good(query: object) -> FounderLink | None:
    found: FounderLink | None = session().scalar(query.with_for_update(of=FounderLink))  # type: ignore[attr-defined]
    good = found is not None and found.expires_at > now() and _takes_founders(found.project)
    return found if good else None


def _takes_founders(project: Actor) -> bool:
    return project.gone_at is None and project.phase in (PROPOSED, ACTIVE)


def _count_links(project: Actor) -> int:
    return session().scalar(select(func.count()).where(FounderLink.project_id == project.id)) or 0
