"""What Communecter publishes, in common terms: its two spellings of a note, and its Update beside the object."""

from federation.activities import Document, same_origin, type_of
from federation.errors import FederationError, TooMany, Unreachable
from flask_maillage.publications import keeping
from inboxes.registry import Context, Ignored

CHANGED = ("name", "content", "summary", "description", "shortDescription")
"""What an Update carries itself in the place of its object."""
SPELLINGS = {"attachment": ("mediaAttachments", "attachments"), "tag": ("tags",)}
_ITS_OWN = ("author", "spoilerText", "visibility", "mediaAttachments", "attachments", "tags")
_CLOSED = ("private", "direct")


def understood(document: Document, context: Context) -> Document:
    """Return an object of the sender in the common terms; one that is no note of Communecter's stays as it is.

    Args:
        document: the object, by its own id from the sender's server or letter.
        context: the letter that is about it.

    Raises:
        Ignored: it is for a few, and does not say for whom.
    """
    if type_of(document) != "Note" or not any(name in document for name in _ITS_OWN):
        return document
    if document.get("visibility") in _CLOSED and not (document.get("to") or document.get("cc")):
        raise Ignored("is for a few, and does not say for whom")
    found = {"attributedTo": context.sender.iri, **document}
    for name, others in SPELLINGS.items():
        said = (document[other] for other in others if other in document)
        if name not in document and (value := next(said, None)) is not None:
            found[name] = value
    if document.get("sensitive") is True and isinstance(document.get("spoilerText"), str):
        found.setdefault("summary", document["spoilerText"])
    return found


def fetched(context: Context, iri: str) -> Document:
    """Return the object that a letter names; of an Update whose object cannot be read, the copy with what changed.

    Raises:
        FederationError: it cannot be read, and there is nothing to go by.
    """
    try:
        return context.document(iri)
    except (Unreachable, TooMany):
        raise
    except FederationError:
        known, letter = keeping.find(iri), context.activity.document
        changed = {name: letter[name] for name in CHANGED if isinstance(letter.get(name), str)}
        is_own = known is not None and known.actor_id == context.sender.id and same_origin(iri, context.sender.iri)
        if context.activity.type != "Update" or not changed or not is_own or known is None or not known.document:
            raise
        return {**known.document, **changed, "updated": letter.get("published") or known.document.get("updated")}
