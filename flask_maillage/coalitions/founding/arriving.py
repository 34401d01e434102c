"""Letters about founding: projects elsewhere ask persons of ours, and persons elsewhere answer projects of ours.

Invite, Accept, Reject and Undo are shared with memberships (`coalitions/inviting.py`, `coalitions/answers.py`), which
ask here first; None says that a letter is none of founding's.
"""

from datetime import datetime

from sqlalchemy import delete, or_, select, update

from actors import iris, remote
from actors.database import session
from actors.models import PROJECT, Actor
from actors.node import now
from federation.activities import id_of, text_of
from flask_maillage.coalitions import moments
from flask_maillage.coalitions.founding import consenting, inviting, notices, projects
from flask_maillage.coalitions.founding.models import CONSENTED, INVITED, WITHDRAWN, Founder, FounderLink, Project
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.publications.attending import handlers as events
from flask_maillage.publications.leaving import on_parting
from inboxes.registry import Context, Ignored, on_departure

MOST_OPEN_OF_HOST = 50


def is_founders(context: Context) -> bool:
    """Tell whether an Invite asks somebody to found something: `instrument: {"as": "founder"}`."""
    instrument = context.activity.document.get("instrument")
    return isinstance(instrument, dict) and instrument.get("as") == consenting.FOUNDER


def invite(context: Context, person: Actor, project: Actor) -> str:
    """Note that a project elsewhere asks a person of ours to found it; they answer.

    Raises:
        Ignored: it is no project of the sender's own, no person, or too much of one server waits.
    """
    sender = context.sender
    if project.id != sender.id or project.kind != PROJECT or person.type != "Person":
        raise Ignored("only a project asks persons to found it")
    known = projects.between(project, person)
    if known is not None and known.state == CONSENTED:
        raise Ignored("founds it already")
    if known is not None and known.iri == context.activity.id:
        raise Ignored("was answered, or waits")
    if _open_of_host(person, sender.host) >= MOST_OPEN_OF_HOST:
        raise Ignored(f"too many invitations from {sender.host}")
    founder = known or Founder(project_id=project.id, person_id=person.id)
    founder.state, founder.iri = INVITED, context.activity.id
    founder.message = events.message_of(context)[: inviting.MESSAGE_LIMIT]
    organisation = _organisation(context)
    founder.stands_for_id = organisation.id if organisation is not None else None
    founder.invited_at, founder.expires_at = now(), _until(context)
    founder.answered_at = founder.ended_at = founder.document = None
    session().add(founder)
    session().flush()
    session().refresh(founder)
    notices.asked(founder)
    return f"asks {person.handle} to found {project.handle}"


def answer(context: Context) -> str | None:
    """Take the answer of a person elsewhere to an Invite as founder; it counts once, in time, from them alone.

    Raises:
        Ignored: it is late, doubled, or not theirs.
    """
    founder = session().scalar(select(Founder).where(Founder.iri == (context.activity.object_id or "")))
    if founder is None or not founder.project.local:
        return None
    if founder.person_id != context.sender.id:
        raise Ignored("answers what somebody else was asked")
    projects.hold(founder.project)
    session().refresh(founder)
    if not projects.is_open(founder):
        raise Ignored("was answered or taken back, or is too late")
    try:
        if context.activity.type == "Accept":
            consenting.take(founder, context.activity.document, at=moments.said_at(context))
        else:
            consenting.take_refusal(founder)
    except NotPossible as error:
        raise Ignored(str(error)) from None
    return f"{founder.person.address} and {founder.project.handle}: {founder.state}"


def take_back(context: Context) -> str | None:
    """Take note that a project elsewhere takes its Invite back."""
    founder = session().scalar(select(Founder).where(Founder.iri == (context.activity.object_id or "")))
    if founder is None or founder.project.local or founder.project_id != context.sender.id:
        return None
    if founder.state != INVITED:
        raise Ignored("was answered already")
    founder.state, founder.ended_at = WITHDRAWN, now()
    session().flush()
    notices.take_back(founder)
    return f"asks {founder.person.handle} no more"


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good, ours or from elsewhere: it founds nothing, and nobody founds it any more."""
    theirs = select(Founder.project_id).where(Founder.person_id == actor.id, Founder.state == CONSENTED)
    founded = session().scalars(select(Actor).where(Actor.local, Actor.gone_at.is_(None), Actor.id.in_(theirs))).all()
    session().execute(delete(FounderLink).where(FounderLink.project_id == actor.id))
    session().execute(update(Founder).where(Founder.stands_for_id == actor.id).values(stands_for_id=None))
    session().execute(delete(Founder).where(or_(Founder.project_id == actor.id, Founder.person_id == actor.id)))
    session().execute(update(Project).where(Project.network_id == actor.id).values(network_id=None))
    session().execute(update(Project).where(Project.proposed_by_id == actor.id).values(proposed_by_id=None))
    session().execute(delete(Project).where(Project.actor_id == actor.id))
    for project in founded:
        if project.id != actor.id:
            consenting.count_again(project)


def _organisation(context: Context) -> Actor | None:
    """Return the organisation for which one of ours is to stand: one of ours, or one that is known here."""
    iri = id_of(context.activity.document.get("context"))
    found = remote.find(iri) if iri else None
    if iri and found is None and iris.is_ours(iri):
        raise Ignored("names an organisation that is not here")
    return found


def _until(context: Context) -> datetime:
    """Return until when the letter says that one may answer; never longer than we would let somebody think."""
    longest = now() + inviting.GOOD_FOR
    try:
        said = datetime.fromisoformat(text_of(context.activity.document.get("endTime"), 40))
    except ValueError:
        return longest
    return min(said, longest) if said.tzinfo is not None else longest


def _open_of_host(person: Actor, host: str) -> int:
    query = select(Founder.id).join(Founder.project).where(Founder.person_id == person.id, Founder.state == INVITED)
    return len(session().scalars(query.where(Actor.host == host).limit(MOST_OPEN_OF_HOST)).all())
