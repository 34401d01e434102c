"""What others' letters do to publications: Create, Update, Delete, Announce."""

from typing import Any

from actors import followers, iris, policy, tombstones
from actors.models import NODE, Actor
from federation.activities import Document, alone, id_of, same_origin, type_of, visibility
from federation.errors import Refused
from flask_maillage.publications import audience, communecter, keeping, reactions, replies, unsolicited
from flask_maillage.publications.kinds import recognise
from flask_maillage.publications.models import PUBLISHED, Publication, Share
from inboxes.registry import Context, Ignored, on, on_departure

CARRIERS = ("Create", "Update")


@on("Create")
def create(context: Context) -> str:
    """Somebody published: keep it where one of ours follows its author, or where it is for one of ours alone.

    To address us is not enough for what is for everyone: what is kept is shown on the node's first page.
    """
    document = _own_object(context)
    if (publication := replies.answered(document)) is not None:
        return replies.keep(document, context.sender, publication)
    _check_interest(document, context)
    return _keep(document, context)


@on("Update")
def update(context: Context) -> str:
    """An author changed a publication of which we have a copy, or one that we should have had."""
    document = _own_object(context)
    if (reply := replies.find(document["id"])) is not None:
        return replies.keep(document, context.sender, reply.publication)
    if keeping.find(document["id"]) is None:
        _check_interest(document, context)
    return _keep(document, context)


@on("Delete")
def delete(context: Context) -> str:
    """An author took a publication back; by the stored owner, whatever the letter says."""
    iri = context.activity.object_id
    if iri is None or not same_origin(iri, context.sender.iri):
        raise Ignored("not the sender's to delete")
    publication = keeping.find(iri)
    if publication is not None:
        if publication.actor_id != context.sender.id:
            raise Refused(f"{iri} belongs to {publication.actor.iri}")
        keeping.erase(publication)
    reply = replies.find(iri)
    if reply is not None:
        if reply.actor_id != context.sender.id:
            raise Refused(f"{iri} belongs to {reply.actor.iri}")
        replies.erase(reply)
    if publication is None and reply is None and not followers.follows_from_here(context.sender):
        # The letter's own row is remembered for as long as a Create may still arrive (`keeping.was_deleted`).
        raise Ignored("deletes nothing that is here")
    thing = context.activity.object
    former = thing.get("formerType") or thing.get("type") if isinstance(thing, dict) else ""
    tombstones.bury(iri, context.sender, former if isinstance(former, str) else "")
    return "copy erased" if publication is not None or reply is not None else "remembered as deleted"


@on_departure
def forget_actor(actor: Actor) -> None:
    """A remote actor left for good: nothing of it stays."""
    keeping.erase_all_of(actor)


@on("Announce")
def announce(context: Context) -> str:
    """Somebody shares a publication: it is read from its own server, never from the letter."""
    iri = _announced(context)
    publication = keeping.find(iri)
    if publication is None:
        if iris.is_ours(iri):
            raise Ignored("there is no such publication here")
        if not followers.follows_from_here(context.sender):
            raise Ignored("nobody here follows the one who shares it")
        publication = _fetch(context, iri)
    if not reactions.has_room(Share, publication, context.sender):
        raise Ignored(f"too many shares from {context.sender.host}")
    if publication.state != PUBLISHED or not keeping.share(publication, context.sender, context.activity.id):
        raise Ignored("shared before, or not public")
    return f"shares {publication.name}"


def _own_object(context: Context) -> Document:
    """Return the object of a Create or Update, which has to be the sender's own; fetched where only named."""
    activity = context.activity
    iri = activity.object_id
    if iri is None or not same_origin(iri, context.sender.iri):
        raise Refused("the object is not of the sender's server")
    document: Document = activity.object if isinstance(activity.object, dict) else communecter.fetched(context, iri)
    document = communecter.understood(document, context)
    if document.get("id") != iri or keeping.author_of(document) != context.sender.iri:
        raise Refused(f"{iri} is not the sender's")
    return document


def _check_interest(document: Document, context: Context) -> None:
    """Pass over what is for nobody here: one of ours follows its author, or it is addressed to one of ours by name.

    To name us is not enough for what everybody would see, and a host whom nobody here follows writes to few. Notes of
    strangers are no news to anybody: whoever has an account anywhere can write one.

    Raises:
        Ignored: it is for nobody here, or there is enough from that host.
    """
    if followers.follows_from_here(context.sender):
        return
    if _is_news(document):
        raise Ignored("news of somebody whom nobody here follows")
    visibility, named = audience.stated(document, context.activity.document, context.sender)
    if visibility in audience.OPEN or not audience.ours_among(named):
        raise Ignored("nobody here follows the author")
    if not unsolicited.has_room(context.sender):
        raise Ignored(f"enough letters from {context.sender.host} whom nobody here follows")


def _keep(document: Document, context: Context) -> str:
    actor = context.sender
    known = keeping.find(document["id"]) is not None
    readers = [one.actor for one in context.letter.readers if followers.follows(one.actor_id, actor)]
    publication = _kept(document, actor, activity=context.activity.document, readers=readers)
    if publication is None:
        if known and keeping.find(document["id"]) is None:
            return "for nobody here any more: copy erased"
        raise Ignored(f"{type_of(document)} is not shown here, or is for nobody here")
    return f"{publication.kind}: {publication.name}"


def _kept(document: Document, actor: Actor, **more: Any) -> Publication | None:
    if actor.gone_at is not None or actor.suspended_at is not None:
        raise Ignored("its author is gone or suspended")
    if keeping.was_deleted(document["id"], actor):
        raise Ignored("it was deleted before")
    return keeping.keep(document, actor, **more)


def _announced(context: Context) -> str:
    """Return the id of what is announced: given as an id, as an object, or wrapped in its Create.

    Groups of FEP-1b12 wrap everything that happens in them: a wrapped Like or Delete is no publication, and nobody's
    word but its own actor's.
    """
    thing = alone(context.activity.object)
    if isinstance(thing, dict) and _is_activity(thing):
        thing = _wrapped(thing)
    iri = id_of(thing)
    if iri is None or policy.is_blocked(iri):
        raise Ignored("announces nothing that has an address, or something on a blocked host")
    return iri


def _is_activity(document: Document) -> bool:
    return type_of(document) in CARRIERS or ("actor" in document and "object" in document)


def _wrapped(activity: Document) -> Any:
    if type_of(activity) not in CARRIERS:
        raise Ignored(f"wraps a {type_of(activity)}")
    return alone(activity.get("object"))


def _fetch(context: Context, iri: str) -> Publication:
    document = context.document(iri)
    if _is_activity(document):
        inner = id_of(_wrapped(document))
        if inner is None or inner == iri or not same_origin(inner, iri):
            raise Ignored("announces an activity that does not name its object")
        iri, document = inner, context.document(inner)
    if id_of(document) != iri:
        raise Ignored("the object has another id than its address")
    if visibility(document) == "limited":
        raise Ignored("announces what is not public")
    author = context.actor(keeping.author_of(document))
    if _is_news(document) and context.sender.kind != NODE and not followers.follows_from_here(author):
        raise Ignored("shares a note of somebody whom nobody here follows")
    publication = _kept(document, author, brought_by=context.sender)
    if publication is None:
        raise Ignored("not shown here")
    return publication


def _is_news(document: Document) -> bool:
    kind = recognise(document)
    return kind is not None and kind.name == "news"
