"""From what somebody types to what is kept here: an actor or a publication of another server, found and read there.

What is found is checked like a letter and kept as a copy. What only a member's search brought here stands in no list
until it comes from somebody whom one of ours follows.
"""

from typing import Any, TypeAlias

from sqlalchemy import and_, or_, select

from actors import followers, local, policy, remote, tombstones
from actors.database import reading, session
from actors.models import Actor
from actors.node import node
from federation import discovery
from federation.activities import Document, host_of, is_web_iri, type_of, visibility
from federation.errors import (
    FederationError,
    Forbidden,
    Gone,
    Malformed,
    NotFound,
    Refused,
    TooMany,
    Unreachable,
)
from federation.lookup import is_actor
from flask_maillage.publications import audience, keeping
from flask_maillage.publications.kinds import recognise
from flask_maillage.publications.models import PUBLISHED, Publication

Found: TypeAlias = Actor | Publication

LONGEST_TEXT = 2048


def _(message: str) -> str:
    return message


SENTENCES: tuple[tuple[type[FederationError], str], ...] = (
    (Gone, _("It was there and is deleted.")),
    (NotFound, _("There is nothing by that name that speaks ActivityPub. Check how it is written.")),
    (
        Forbidden,
        _("That is no address that this node connects to. Write a handle, as @name@host, or an https address."),
    ),
    (Refused, _("This node has nothing to do with that server, or with what was found there.")),
    (Unreachable, _("The server does not answer now. Try again in a while.")),
    (TooMany, _("Too much was asked for. Wait a few minutes, then try again.")),
    (
        Malformed,
        _("What is there is nothing that this node can show: it shows actors, calls, events, initiatives and news."),
    ),
    (FederationError, _("The server does not give it to us, or its answers do not fit together.")),
)


MEMBER_RATE, NODE_RATE = "network searches of a member", "network searches"


class NotForEveryone(Refused):
    """What was found is not public."""


def sentence_for(error: FederationError) -> str:
    """Return what a person is told of a search that failed, in English."""
    if isinstance(error, NotForEveryone):
        return _("It is not for everyone: only what is public can be looked up.")
    return next(sentence for kind, sentence in SENTENCES if isinstance(error, kind))


def key_of(member: Any) -> str:
    """Return what tells members apart, ours and those of a host, who may have nothing but a name."""
    return f"{type(member).__name__} {getattr(member, 'id', None) or getattr(member, 'name', '')}"


def count(member_key: str) -> None:
    """Count that a member lets this node ask others.

    Raises:
        TooMany: they did so too often, or all of them together.
    """
    rates = node().rates
    for name, of in ((MEMBER_RATE, member_key), (NODE_RATE, "all")):
        if not rates.allow(name, of):
            raise TooMany(f"too many searches by {of}", retry_after=rates.seconds_until_free(name, of))


def known(text: str) -> Found | None:
    """Return what is here already under a handle, an id or the address of a page, and may be shown to everybody.

    The address of a page counts where it is of the same host as the id: anybody may write the address of somebody
    else's page into `url`, and would be found in their place.
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST_TEXT or not text.isprintable():
        return None
    handle = discovery.parse_handle(text)
    if handle is not None:
        return _welcome(local.find_page("@".join(handle)))
    if not is_web_iri(text):
        return None
    page_there = Actor.host == host_of(text)
    named = or_(Publication.iri == text, and_(Publication.url == text, page_there))
    publication = session().scalar(
        select(Publication).join(Publication.actor).where(named).order_by(Publication.iri != text).limit(1)
    )
    if publication is not None:
        return publication if _is_shown(publication) else None
    named = or_(Actor.iri == text, and_(Actor.url == text, page_there))
    return _welcome(session().scalar(select(Actor).where(named).order_by(Actor.iri != text).limit(1)))


def resolve(text: str) -> Found:
    """Find what somebody names, here or on its own server, and keep it; the caller commits.

    The network is used before the transaction in which it is kept.

    Raises:
        FederationError: there is no such thing, it cannot be had, or it is not for this node to show.
    """
    if not 0 < len(text.strip()) <= LONGEST_TEXT or not text.isprintable():
        raise Forbidden("nothing that could be a name")
    with reading():
        here = known(text)
        if here is not None and here.local:
            return here
    document = remote.find_document(text)
    if is_actor(document):
        return _keep_actor(remote.checked_actor(document))
    _check(document)
    author = keeping.author_of(document)
    with reading():
        is_known = remote.find(author) is not None
    profile = None if is_known else remote.fetch_actor(author)
    return _keep_publication(document, author, profile)


def _check(document: Document) -> None:
    if recognise(document) is None:
        raise Malformed(f"{type_of(document)} is not shown here")
    if visibility(document) == "limited":
        raise NotForEveryone("not public")


def _keep_actor(document: Document) -> Actor:
    with reading():
        before = remote.find(document["id"])
        if before is not None and before.suspended_at is not None:
            raise Refused(f"{document['id']} is suspended")
    return remote.remember(document)


def _keep_publication(document: Document, author: str, profile: Document | None) -> Publication:
    actor = remote.remember(profile) if profile is not None else remote.find(author)
    if actor is None or actor.local or not policy.is_welcome(actor):
        raise Refused(f"{author} is gone, suspended or on a host that we do not deal with")
    if tombstones.find(document["id"], actor) is not None:
        raise Gone(f"{document['id']} was deleted")
    publication = keeping.keep(document, actor, looked_up=not followers.follows_from_here(actor))
    if publication is None or not audience.is_open(publication):
        raise NotForEveryone("not public")
    return publication


def _is_shown(publication: Publication) -> bool:
    return (
        publication.state == PUBLISHED
        and audience.is_open(publication)
        and publication.actor.federated
        and policy.is_welcome(publication.actor)
    )


def _welcome(actor: Actor | None) -> Actor | None:
    return actor if actor is not None and policy.is_welcome(actor) and actor.federated else None
