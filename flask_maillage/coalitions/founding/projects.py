"""What is known of projects beside their actors: read, said in their documents, and read from others' documents."""

from sqlalchemy import func, select

from actors import documents, followers, outbox, remote
from actors.database import session
from actors.documents import actor_document
from actors.leases import wait_for_turn_at
from actors.models import PROJECT, PROPOSED, Actor
from actors.node import now
from federation.activities import PUBLIC, Document, as_list, text_of
from flask_maillage.coalitions.founding.models import CONSENTED, INVITED, PROGRESS, Founder, Project
from flask_maillage.publications.forms.base import _

NEEDED = 3
"""How many distinct persons found a project."""


class NotPossible(ValueError):
    """What was asked for cannot be done with the project as it is; the text says why, to a person."""


def find(actor: Actor) -> Project | None:
    """Return what is known of a project; None where nothing is, or the actor is none."""
    return session().get(Project, actor.id) if actor.kind == PROJECT else None


def hold(actor: Actor) -> Project:
    """Return the row of a project of ours, made where there is none yet, and let nobody else change it till the commit.

    Whatever counts founders, or ends a project, holds it first.

    Raises:
        NotPossible: the actor is no project of ours.
    """
    if not actor.local or actor.kind != PROJECT or actor.gone_at is not None:
        raise NotPossible(_("That is no project of this node."))
    wait_for_turn_at(Project, str(actor.id))
    found = session().get(Project, actor.id, populate_existing=True)
    if found is None:
        found = Project(actor_id=actor.id, progress=PROGRESS[0])
        session().add(found)
        session().flush()
    session().refresh(actor, ["phase"])
    return found


def is_founded_by_node(actor: Actor) -> bool:
    """Tell whether those who run the node founded a project of ours, and not three persons."""
    found = find(actor)
    return actor.local and actor.kind == PROJECT and (found is None or found.proposed_at is None)


def founders(actor: Actor, *states: str) -> list[Founder]:
    """Return who was asked to found a project, with their answers, the first first."""
    query = select(Founder).where(Founder.project_id == actor.id)
    query = query.where(Founder.state.in_(states)) if states else query
    return list(session().scalars(query.order_by(Founder.id)))


def of_person(person: Actor) -> list[Founder]:
    """Return what a person is asked to found, or founds, the newest first."""
    query = select(Founder).join(Founder.project).where(Founder.person_id == person.id, Actor.gone_at.is_(None))
    return list(session().scalars(query.where(Founder.state.in_((INVITED, CONSENTED))).order_by(Founder.id.desc())))


def between(actor: Actor, person: Actor) -> Founder | None:
    """Return what was asked and answered between a project and a person."""
    query = select(Founder).where(Founder.project_id == actor.id, Founder.person_id == person.id)
    return session().scalar(query.with_for_update(of=Founder).execution_options(populate_existing=True))


def is_open(founder: Founder) -> bool:
    """Tell whether a person can still consent."""
    return founder.state == INVITED and founder.expires_at > now()


def count_open(actor: Actor) -> int:
    """Return how many have not answered."""
    query = select(func.count()).where(Founder.project_id == actor.id, Founder.state == INVITED)
    return session().scalar(query) or 0


def distinct(persons: list[Actor]) -> int:
    """Return how many different persons these actors are: other things count for none, two names of one for one.

    Two actors are one person where either names the other as another id of its own, or as the one it moved to.
    """
    groups: list[set[str]] = []
    for person in persons:
        if person.type != "Person" or person.gone_at is not None:
            continue
        names = {person.iri, *person.also_known_as, *as_list(person.moved_to)}
        apart = [group for group in groups if not group & names]
        groups = [*apart, names.union(*(group for group in groups if group & names))]
    return len(groups)


def consenting(actor: Actor) -> int:
    """Return how many distinct persons consent to found a project."""
    return distinct([founder.person for founder in founders(actor, CONSENTED)])


def set_progress(actor: Actor, progress: str) -> None:
    """Say how far a project of ours is; its followers are told once it is active.

    Raises:
        NotPossible: there is no such word, or it is no project of ours.
    """
    if progress not in PROGRESS:
        raise NotPossible(_("A project is an idea, a concept, started, in development, in testing or mature."))
    found = hold(actor)
    if found.progress != progress:
        found.progress = progress
        tell(actor)


def tell(actor: Actor) -> None:
    """Send the document of a project of ours, which changed, to its followers and founders; none that is proposed."""
    actor.updated_at = now()
    session().flush()
    if actor.phase == PROPOSED:
        return
    inboxes = followers.inboxes_of_followers(actor) | {
        founder.person.inbox for founder in founders(actor, CONSENTED) if not founder.person.local
    }
    document = {name: value for name, value in actor_document(actor).items() if name != "@context"}
    outbox.post(actor, "Update", document, to=[PUBLIC], cc=[actor.followers or actor.iri], inboxes=inboxes)


@documents.describes
def described(actor: Actor) -> Document:
    """Return what the document of a project of ours says of its life."""
    if actor.kind != PROJECT:
        return {}
    found = session().get(Project, actor.id)
    said: Document = {"phase": actor.phase}
    if found is not None:
        said["progress"] = found.progress
        if found.outcome:
            said["outcome"] = found.outcome
        if found.network is not None:
            said["network"] = found.network.iri
    return said


@remote.on_remembering
def remember(actor: Actor, document: Document) -> None:
    """Keep how far a project elsewhere says that it is."""
    progress = text_of(document.get("progress"), 20)
    if actor.kind != PROJECT or progress not in PROGRESS:
        return
    known = session().get(Project, actor.id)
    if known is None:
        session().add(Project(actor_id=actor.id, progress=progress))
    else:
        known.progress = progress
    session().flush()
