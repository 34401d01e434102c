"""Letters that somebody else relays: a hint that something is new at an address, and nothing more."""

from actors import iris, policy
from actors.models import Actor
from federation.activities import Activity, Document, id_of, type_of
from federation.errors import Gone, NotFound
from flask_maillage.publications import keeping, replies
from flask_maillage.publications.models import PUBLIC, UNLISTED, Publication, Reply
from inboxes.registry import RELAYED, Context, Ignored, handler_for, on


@on("Create", RELAYED)
@on("Update", RELAYED)
def look_anew(context: Context) -> str:
    """Somebody whom we follow brings what another wrote: it is read where it lives, and goes the way of all letters."""
    iri = _hinted(context)
    document = context.document(iri)
    if id_of(document) != iri:
        raise Ignored("there is something else at that address")
    author = context.actor(keeping.author_of(document))
    if not policy.is_welcome(author) or author.local:
        raise Ignored("its author is gone, suspended, blocked or ours")
    verb = "Update" if _kept(iri) is not None else "Create"
    return _hand_over(context, verb, author, document)


@on("Delete", RELAYED)
def look_whether_gone(context: Context) -> str:
    """Somebody whom we follow says that another's object is no more: we let go of ours if its own server says so.

    A 404 may mean as well that we may not read it: it counts for what everybody could read.
    """
    iri = _hinted(context)
    kept = _kept(iri)
    if kept is None:
        raise Ignored("there is no copy of it here")
    try:
        document = context.document(iri)
    except Gone:
        document = {"id": iri, "type": "Tombstone"}
    except NotFound:
        if not _was_for_everybody(kept):
            raise Ignored("not there, or not for us") from None
        document = {"id": iri, "type": "Tombstone"}
    if type_of(document) != "Tombstone":
        raise Ignored("it is still there")
    return _hand_over(context, "Delete", kept.actor, document)


def _hinted(context: Context) -> str:
    iri = context.activity.object_id
    if iri is None or iris.is_ours(iri):
        raise Ignored("says nothing about an object elsewhere")
    return iri


def _kept(iri: str) -> Publication | Reply | None:
    return keeping.find(iri) or replies.find(iri)


def _was_for_everybody(kept: Publication | Reply) -> bool:
    return kept.public if isinstance(kept, Reply) else kept.visibility in (PUBLIC, UNLISTED)


def _hand_over(context: Context, verb: str, author: Actor, document: Document) -> str:
    """Let the verb's own function go on, as if the author had sent what its server shows."""
    activity = Activity(context.activity.id, verb, author.iri, document, {"type": verb, "object": document})
    handler = handler_for(verb, type_of(document))
    if handler is None:
        raise Ignored(f"{verb} of {type_of(document)} is not handled here")
    return handler(Context(context.letter, activity, author, context.fetched))
