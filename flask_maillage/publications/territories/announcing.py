"""What the territories and groups of this node announce, ours and partners', once: a territory all that lies in it.

A group announces what its members let it (`entitles`). One function brings what is announced in line with what a
publication is now (`settle`), whatever happened to it: publishing, a change, a narrower audience, a copy that arrived.
Whoever takes a publication away calls `take_back`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from actors import followers, outbox, policy
from actors.database import reading, session
from actors.models import TERRITORY, Actor
from actors.node import now
from federation.activities import PUBLIC as EVERYONE
from flask_maillage.publications.models import PUBLIC, PUBLISHED, Publication, TerritoryShare
from flask_maillage.territory.models import Territory
from inboxes.chores import chore
from inboxes.consequences import on_enforcing

BATCH = 50
"""How many announcements the worker undoes at once."""
Entitled = Iterable[tuple[Actor, datetime]]
_entitling: list[Callable[[Publication], Entitled]] = []


def entitles(function: Callable[[Publication], Entitled]) -> Callable[[Publication], Entitled]:
    """Register a function of a higher room that tells who else announces a publication, and what is new to each."""
    _entitling.append(function)
    return function


def settle(publication: Publication, *, at_founding: Territory | None = None) -> None:
    """Let those announce a publication who are to, as the territories in which it lies, and the others take it back.

    Args:
        publication: ours or a copy, as it is from now on.
        at_founding: a territory that announces it although it was published before that had an actor.
    """
    shares = {row.actor_id: row for row in _shares_of(publication)}
    entitled = _entitled(publication)
    for number in shares.keys() - entitled.keys():
        _take_back(publication, shares[number])
    for number in sorted(entitled.keys() - shares.keys()):
        actor, since = entitled[number]
        is_new = publication.published_at is not None and publication.published_at >= since
        if is_new or (at_founding is not None and number == at_founding.actor_id):
            _announce(publication, actor)
    session().flush()


def take_back(publication: Publication) -> None:
    """Undo every announcement of a publication that goes: it was withdrawn, or its owner deleted it."""
    for row in _shares_of(publication):
        _take_back(publication, row)
    session().flush()


@on_enforcing
def revoke() -> None:
    """Mark the announcements of what is listed no more, after a decision about hosts; the worker undoes them."""
    unlisted = select(Publication.id).join(Publication.actor).where(~Actor.local, ~policy.listed())
    marked = update(TerritoryShare).where(
        TerritoryShare.revoked_at.is_(None), TerritoryShare.publication_id.in_(unlisted)
    )
    session().execute(marked.values(revoked_at=now()), execution_options={"synchronize_session": False})


def revoke_between(announcer: Actor, author: Actor) -> None:
    """Mark what an actor of ours announced of another's, who may not let it any more; the worker undoes them."""
    of_author = select(Publication.id).where(Publication.actor_id == author.id)
    marked = update(TerritoryShare).where(
        TerritoryShare.actor_id == announcer.id,
        TerritoryShare.revoked_at.is_(None),
        TerritoryShare.publication_id.in_(of_author),
    )
    session().execute(marked.values(revoked_at=now()), execution_options={"synchronize_session": False})


@chore
def undo_announcements() -> int:
    """Undo some announcements of what is not to be announced any more; where it is again, the announcement stands."""
    due = TerritoryShare.revoked_at.is_not(None)
    with reading():
        if session().scalar(select(TerritoryShare.publication_id).where(due).limit(1)) is None:
            return 0
    rows = session().scalars(select(TerritoryShare).where(due).limit(BATCH).with_for_update(skip_locked=True)).all()
    for row in rows:
        if row.actor_id in _entitled(row.publication):
            row.revoked_at = None
        else:
            _take_back(row.publication, row)
    session().commit()
    return len(rows)


def inboxes_of_readers(publication: Publication) -> set[str]:
    """Return where a publication is read because one of ours announced it: changes of ours go there too."""
    sharing = [row.actor for row in _shares_of(publication)]
    return followers.inboxes_of_followers(*sharing) if sharing else set()


def forget(actor: Actor) -> None:
    """Keep nothing of what an actor announced that is closed: its own Delete says all."""
    session().execute(delete(TerritoryShare).where(TerritoryShare.actor_id == actor.id))


def _is_for_all(publication: Publication) -> bool:
    """Tell whether a publication may be announced: public, listed, and of somebody whom we list."""
    is_listed = publication.state == PUBLISHED and publication.visibility == PUBLIC and not publication.looked_up
    actor = publication.actor
    return is_listed and actor.federated and actor.kind != TERRITORY and policy.is_listed(actor)


def _entitled(publication: Publication) -> dict[int, tuple[Actor, datetime]]:
    """Return by its number who is to announce a publication, and since when what is published is new to each."""
    if not _is_for_all(publication):
        return {}
    found = [(row.actor, row.founded_at) for row in _around(publication)]
    for function in _entitling:
        found += function(publication)
    return {actor.id: (actor, since) for actor, since in found}


def _around(publication: Publication) -> Sequence[Territory]:
    codes = [row.code for row in publication.zones]
    query = (
        select(Territory)
        .join(Territory.actor)
        .where(Territory.code.in_(codes), Territory.closed_at.is_(None), policy.welcome())
    )
    return session().scalars(query).all() if codes else ()


def _shares_of(publication: Publication) -> Iterable[TerritoryShare]:
    return session().scalars(select(TerritoryShare).where(TerritoryShare.publication_id == publication.id)).all()


def _announce(publication: Publication, territory: Actor) -> None:
    posted = outbox.post(
        territory,
        "Announce",
        publication.iri,
        to=[EVERYONE],
        cc=[territory.followers or territory.iri, publication.actor.iri],
        inboxes=followers.inboxes_of_followers(territory),
    )
    session().add(TerritoryShare(publication_id=publication.id, actor_id=territory.id, iri=posted.iri))


def _take_back(publication: Publication, row: TerritoryShare) -> None:
    """Undo one announcement where it was sent, as far as rows still tell, else where it may have been."""
    territory, inboxes = row.actor, set[str]()
    for announce in outbox.about(territory, "Announce", publication.iri):
        announce.public = False
        inboxes |= outbox.inboxes_of(announce) if announce.iri == row.iri else set()
    outbox.post(
        territory,
        "Undo",
        {"id": row.iri, "type": "Announce", "actor": territory.iri, "object": publication.iri},
        to=[territory.followers or territory.iri],
        inboxes=inboxes or followers.inboxes_of_followers(territory),
    )
    session().delete(row)
