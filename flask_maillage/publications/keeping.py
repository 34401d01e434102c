"""Copies of what others publish: kept with their provenance, read-only, changed and erased by their owner alone."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select

from actors import followers, tombstones
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation.activities import Document, as_list, id_of, ids_of, same_origin
from federation.errors import Malformed
from flask_maillage.publications import agreements, audience, changes, journal, media
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.content import Content
from flask_maillage.publications.enclosures import attaching, portraits
from flask_maillage.publications.kinds import recognise
from flask_maillage.publications.kinds.reading import page_of
from flask_maillage.publications.life import revisions
from flask_maillage.publications.models import PUBLISHED, Addressee, Publication, Share
from flask_maillage.publications.territories import announcing
from inboxes.models import RELAYED, Letter

MOST_FORMER_IDS = 5


def find(iri: str) -> Publication | None:
    """Return the publication with this id, ours or a copy, or None."""
    return session().scalar(select(Publication).where(Publication.iri == iri))


def was_deleted(iri: str, actor: Actor) -> bool:
    """Tell whether an actor said that an object of its own is deleted.

    What strangers say of things that we never had makes no tombstone, which would stay; their letter is known for as
    long as another one that was written before it may arrive.
    """
    said = select(Letter.id).where(Letter.object_iri == iri, Letter.sender_id == actor.id, Letter.type == "Delete")
    said = said.where(Letter.way != RELAYED, Letter.state != "waiting")
    return tombstones.find(iri, actor) is not None or session().scalar(said.limit(1)) is not None


def author_of(document: Document) -> str:
    """Return the id of the one actor whose the object is.

    Raises:
        Malformed: nobody, several, or somebody on another server than the object.
    """
    authors = as_list(document.get("attributedTo"))
    author = id_of(authors[0]) if len(authors) == 1 else None
    iri = id_of(document)
    if author is None or iri is None or not same_origin(author, iri):
        raise Malformed("the object is not attributed to one actor of its own server")
    return author


def keep(
    document: Document,
    actor: Actor,
    *,
    activity: Document | None = None,
    readers: Iterable[Actor] = (),
    looked_up: bool = False,
    brought_by: Actor | None = None,
) -> Publication | None:
    """Keep a copy of an object of a remote actor, or bring the copy up to date.

    The stored owner and the kind never change, and the audience never widens, whatever the document says; what is
    older than the copy is passed over, since letters may arrive in another order than they were written.

    Args:
        document: the object.
        actor: whose it is.
        activity: what carried it, for an object that does not say itself for whom it is.
        readers: actors of ours to whom it was delivered, for one that names nobody here (`bto`).
        looked_up: whether a member asked for it, and nobody here follows its actor: then it stands in no list.
        brought_by: who shared it, where its actor did not send it; what is agreed with them (`agreements`) decides
            whether it stands in lists.

    Returns:
        The copy; None where we show no such kind, or where nobody here may read it (any more).

    Raises:
        Malformed: it cannot be shown, is another's, or would change its kind.
    """
    kind = recognise(document)
    if kind is None:
        return None
    if actor.local or author_of(document) != actor.iri:
        raise Malformed("the object is another's")
    document = media.as_taken(document, actor)
    content = kind.from_object(document)
    said = _audience(document, activity or {}, actor, readers)
    publication = find(document["id"]) or _carried_over(document, actor, content.kind, looked_up=looked_up)
    if publication is not None and publication.actor_id == actor.id:
        publication.looked_up = publication.looked_up and not _is_listed(publication, looked_up, brought_by)
    if publication is None:
        if not audience.has_readers(said, actor):
            return None
        publication = _new_copy(document, actor, content.kind, said)
        publication.looked_up = True
    elif publication.actor_id != actor.id or publication.kind != content.kind:
        raise Malformed("an object keeps its owner and its kind")
    elif last_change(document) < publication.updated_at:
        return publication
    elif not _narrow(publication, said):
        return None
    before = publication.content if publication.id is not None and _is_change(publication, content) else None
    publication.content = content
    publication.looked_up = publication.looked_up and not _is_listed(publication, looked_up, brought_by)
    publication.document = document
    publication.url = page_of(document) or publication.iri
    publication.updated_at = last_change(document)
    publication.received_at = now()
    session().add(publication)
    session().flush()
    if before is not None:
        revisions.remember_date(publication, publication.updated_at)
        journal.record_seen(publication, before, content)
        changes.copy_changed(publication, before)
    attaching.attach(publication)
    portraits.copy(actor)
    announcing.settle(publication)
    return publication


def _is_listed(publication: Publication, looked_up: bool, brought_by: Actor | None) -> bool:
    """Tell whether who sent or shared a copy lets it stand in lists."""
    return not looked_up and agreements.lets_in(publication, brought_by or publication.actor)


def _carried_over(document: Document, actor: Actor, kind: str, *, looked_up: bool) -> Publication | None:
    """Return the copy of what an actor published before it moved, under its new id from now on.

    `alsoKnownAs` of an object is the new actor's word; it is believed only where the former one announced the move to
    it and both sides were found to say so (`moved_to`). Of ours the row stays, and the copy takes its place in lists.
    """
    for iri in ids_of(document.get("alsoKnownAs"))[:MOST_FORMER_IDS]:
        former = find(iri)
        if former is None or former.kind != kind or former.actor.moved_to != actor.iri:
            continue
        if former.local:
            former.looked_up = former.looked_up or not looked_up
            continue
        former.iri, former.formerly, former.actor, former.actor_id = document["id"], iri, actor, actor.id
        session().flush()
        return former
    return None


def _is_change(publication: Publication, content: Content) -> bool:
    """Tell whether a copy says something else now: what peers count goes on changing, and is no news."""
    kind = publication.kind_of_it
    return kind.as_received(publication.content) != kind.as_received(content)


def last_change(document: Document) -> datetime:
    """Return when an object was changed last, by its own word."""
    return moment(document.get("updated")) or moment(document.get("published")) or now()


def _audience(document: Document, activity: Document, actor: Actor, readers: Iterable[Actor]) -> Audience:
    visibility, named = audience.stated(document, activity, actor)
    if visibility in audience.OPEN:
        return Audience(visibility)
    return Audience(visibility, audience.ours_among(named) or tuple(readers))


def _narrow(publication: Publication, said: Audience) -> bool:
    """Leave out who may not read a copy any more; False when that is everybody here, and the copy is erased.

    A wider audience is passed over: what was told to few stays with them, whoever asks for more.
    """
    was_open = audience.is_open(publication)
    if audience.WIDTH[said.visibility] <= audience.WIDTH[publication.visibility]:
        left = tuple(one for one in said.named if audience.includes(publication, [one.id]))
        audience.put(publication, Audience(said.visibility, left))
    if was_open and not audience.is_open(publication):
        tombstones.bury(publication.page, publication.actor, publication.kind_of_it.as2_type)
        publication.shares.clear()
        publication.likes.clear()
    if audience.has_readers(audience.of(publication), publication.actor):
        return True
    erase(publication)
    return False


def _new_copy(document: Document, actor: Actor, kind: str, said: Audience) -> Publication:
    return Publication(
        iri=document["id"],
        identifier=new_identifier(now()),
        local=False,
        kind=kind,
        actor_id=actor.id,
        actor=actor,
        state=PUBLISHED,
        visibility=said.visibility,
        audience=[Addressee(actor=one) for one in said.named],
        created_at=now(),
        published_at=moment(document.get("published")) or now(),
    )


def erase(publication: Publication) -> None:
    """Erase a copy, at its owner's word."""
    announcing.take_back(publication)
    session().delete(publication)
    session().flush()


def erase_all_of(actor: Actor) -> None:
    """Erase what we keep of a remote actor: its publications with their shares, and what it shared."""
    for publication in session().scalars(select(Publication).where(Publication.actor_id == actor.id)).all():
        announcing.take_back(publication)
        session().delete(publication)
    session().execute(delete(Share).where(Share.actor_id == actor.id))
    session().flush()


def share(publication: Publication, actor: Actor, iri: str) -> bool:
    """Note that an actor announced a publication; False when it had before."""
    if not audience.is_open(publication):
        return False
    query = select(Share.id).where(Share.publication_id == publication.id, Share.actor_id == actor.id)
    if session().scalar(query) is not None:
        return False
    session().add(Share(publication_id=publication.id, actor_id=actor.id, iri=iri, created_at=now()))
    if publication.looked_up and followers.follows_from_here(actor) and agreements.lets_in(publication, actor):
        publication.looked_up = False
        announcing.settle(publication)
    session().flush()
    return True


def moment(value: Any) -> datetime | None:
    """Return a moment that a peer wrote, or None for what is none or lies in the future."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        written = datetime.fromisoformat(value)
        written = written if written.tzinfo else written.replace(tzinfo=UTC)
        return min(written.astimezone(UTC), now())
    except (ValueError, OverflowError):
        return None
