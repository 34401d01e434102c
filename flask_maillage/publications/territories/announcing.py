"""What the territories of this node announce: every public publication that lies in them, ours and partners', once.

One function brings what is announced in line with what a publication is now (`settle`), whatever happened to it:
publishing, a change, a narrower audience, a copy that arrived. Whoever takes a publication away calls `take_back`.
"""

from collections.abc import Iterable, Sequence

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


def settle(publication: Publication, *, at_founding: Territory | None = None) -> None:
    """Let the territories in which a publication lies announce it, and those take it back in which it does not.

    Args:
        publication: ours or a copy, as it is from now on.
        at_founding: a territory that announces it although it was published before that had an actor.
    """
    shares = {row.actor_id: row for row in _shares_of(publication)}
    entitled = {row.actor_id: row for row in _around(publication)} if _is_for_all(publication) else {}
    for number in shares.keys() - entitled.keys():
        _take_back(publication, shares[number])
    for number in sorted(entitled.keys() - shares.keys()):
        territory = entitled[number]
        is_new = publication.published_at is not None and publication.published_at >= territory.founded_at
        if is_new or territory is at_founding:
            _announce(publication, territory.actor)
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


@chore
def undo_announcements() -> int:
    """Undo some announcements of what is listed no more; where it is listed again, the announcement stands."""
    due = TerritoryShare.revoked_at.is_not(None)
    with reading():
        if session().scalar(select(TerritoryShare.publication_id).where(due).limit(1)) is None:
            return 0
    rows = session().scalars(select(TerritoryShare).where(due).limit(BATCH).with_for_update(skip_locked=True)).all()
    for row in rows:
        if _is_for_all(row.publication):
            row.revoked_at = None
        else:
            _take_back(row.publication, row)
    session().commit()
    return len(rows)


def inboxes_of_readers(publication: Publication) -> set[str]:
    """Return where a publication is read because a territory of ours announced it: changes of ours go there too."""
    sharing = [row.actor for row in _shares_of(publication)]
    return followers.inboxes_of_followers(*sharing) if sharing else set()


def forget(actor: Actor) -> None:
    """Keep nothing of what a territory announced that is closed: its own Delete says all."""
    session().execute(delete(TerritoryShare).where(TerritoryShare.actor_id == actor.id))


def _is_for_all(publication: Publication) -> bool:
    """Tell whether a publication may be announced: public, listed, and of somebody whom we list."""
    is_listed = publication.state == PUBLISHED and publication.visibility == PUBLIC and not publication.looked_up
    actor = publication.actor
    return is_listed and actor.federated and actor.kind != TERRITORY and policy.is_listed(actor)


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
