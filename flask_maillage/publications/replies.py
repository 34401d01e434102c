"""Replies from elsewhere to publications of ours: held until somebody looks at them, unless one of ours follows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import contains_eager

from actors import followers, policy
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import Document, as_list, id_of, type_of, visibility
from federation.sanitising import clean_html, clean_url, text_of_html
from flask_maillage.people.notifying.writing import notify, people_of
from flask_maillage.publications import keeping
from flask_maillage.publications.kinds.reading import content_of, language_of
from flask_maillage.publications.models import PUBLISHED, Publication, Reply
from flask_maillage.publications.notices import REPLIED
from inboxes.registry import Ignored, on_departure

HELD, SHOWN, HIDDEN = "held", "shown", "hidden"
TYPES = frozenset({"Note", "Article", "Page", "Question"})
HTML_LIMIT = 10_000
MAX_OF_ACTOR = 20
"""How many replies of one actor to one publication are kept."""
MAX_OF_PUBLICATION = 1000
MAX_HELD_OF_HOST = 200
"""How many replies from one host may wait to be looked at, on the whole node."""
PAGE_OF_REPLIES = 200
MAX_NUMBER = 2**63 - 1
"""The highest number of a row: what is higher is the number of nothing, and no question for a database."""


def find(iri: str) -> Reply | None:
    """Return the reply with this id, or None."""
    return session().scalar(select(Reply).where(Reply.iri == iri))


def answered(document: Document) -> Publication | None:
    """Return the publication of ours that an object answers, itself or a reply to it, or None."""
    iri = id_of(next(iter(as_list(document.get("inReplyTo"))), None))
    if iri is None:
        return None
    publication = keeping.find(iri)
    if publication is None and (reply := find(iri)) is not None:
        publication = reply.publication
    return publication if publication is not None and publication.local and publication.state == PUBLISHED else None


def keep(document: Document, author: Actor, publication: Publication) -> str:
    """Keep a reply, or bring the kept one up to date.

    Args:
        document: the object, which is the author's own.
        author: the remote actor who wrote it.
        publication: what it answers.

    Raises:
        Ignored: it says nothing, is no text, was deleted before, or there are too many.
    """
    known = find(document["id"])
    if type_of(document) not in TYPES or keeping.was_deleted(document["id"], author):
        raise Ignored("no reply that is kept here")
    html = clean_html(content_of(document), limit=HTML_LIMIT)
    if not text_of_html(html, limit=10).strip():
        raise Ignored("a reply without words")
    if known is not None:
        return _change(known, document, author, html)
    is_public = visibility(document) != "limited"
    state = SHOWN if _is_trusted(author) else HELD
    _check_room(author, publication, state)
    reply = Reply(
        iri=document["id"],
        publication_id=publication.id,
        actor_id=author.id,
        in_reply_to=id_of(as_list(document["inReplyTo"])[0]) or publication.iri,
        html=html,
        language=language_of(document),
        public=is_public,
        state=state,
        published_at=keeping.moment(document.get("published")) or now(),
        updated_at=keeping.last_change(document),
    )
    session().add(reply)
    session().flush()
    people = people_of(publication.actor)
    notify(REPLIED, people, actor=author, publication_id=publication.id, detail=state)
    return f"reply {state}: {publication.name}"


def _change(reply: Reply, document: Document, author: Actor, html: str) -> str:
    """Take over what its author changed; what somebody let through is looked at again."""
    if reply.actor_id != author.id:
        raise Ignored("the reply is another's")
    changed_at = keeping.last_change(document)
    if changed_at < reply.updated_at:
        raise Ignored("older than what is kept")
    if reply.state == SHOWN and html != reply.html and not _is_trusted(author):
        reply.state = HELD
    reply.html, reply.language, reply.updated_at = html, language_of(document), changed_at
    reply.public = reply.public and visibility(document) != "limited"
    session().flush()
    return f"reply changed, {reply.state}"


def erase(reply: Reply) -> None:
    """Erase a reply, at its author's word."""
    session().delete(reply)
    session().flush()


@on_departure
def forget_replies(actor: Actor) -> None:
    """A remote actor left for good: nothing that it wrote stays."""
    session().execute(delete(Reply).where(Reply.actor_id == actor.id))


def shown(publication: Publication) -> Sequence[Reply]:
    """Return the replies that everybody may read, the oldest first."""
    return _list(publication, Reply.state == SHOWN, Reply.public)


def for_its_people(publication: Publication) -> Sequence[Reply]:
    """Return all replies, held, hidden and direct ones too, for those who may edit the publication."""
    return _list(publication)


def judge(publication: Publication, number: int, state: str) -> Reply | None:
    """Show or hide a reply to a publication; None where there is no such reply.

    Args:
        publication: which the reply answers.
        number: the row of the reply.
        state: `shown` or `hidden`.
    """
    reply = session().get(Reply, number)
    if reply is None or reply.publication_id != publication.id:
        return None
    reply.state = state
    session().flush()
    return reply


def link_of(reply: Reply) -> str | None:
    """Return the address where a reply stands in full, as far as a page may link to it."""
    return clean_url(reply.iri)


def _list(publication: Publication, *conditions: Any) -> Sequence[Reply]:
    query = (
        select(Reply)
        .join(Reply.actor)
        .options(contains_eager(Reply.actor))
        .where(Reply.publication_id == publication.id, policy.welcome(), *conditions)
        .order_by(Reply.published_at, Reply.id)
        .limit(PAGE_OF_REPLIES)
    )
    return session().scalars(query).all()


def _is_trusted(author: Actor) -> bool:
    """Tell whether replies of somebody are shown without a look: one whom we follow, and no admin has silenced."""
    return followers.follows_from_here(author) and not policy.is_silenced(author.iri)


def _check_room(author: Actor, publication: Publication, state: str) -> None:
    """Bound what strangers can make us keep (`reference/protocol.md` §4.4 A11, A15)."""
    to_it = select(func.count()).select_from(Reply).where(Reply.publication_id == publication.id)
    if (session().scalar(to_it) or 0) >= MAX_OF_PUBLICATION:
        raise Ignored("too many replies to it")
    if (session().scalar(to_it.where(Reply.actor_id == author.id)) or 0) >= MAX_OF_ACTOR:
        raise Ignored("too many replies of its author to it")
    held = select(func.count()).select_from(Reply).join(Actor, Actor.id == Reply.actor_id)
    held = held.where(Reply.state == HELD, Actor.host == author.host)
    if state == HELD and (session().scalar(held) or 0) >= MAX_HELD_OF_HOST:
        raise Ignored(f"too many replies from {author.host} wait")
