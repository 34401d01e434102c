"""What a program may do with the publications of one actor: publish, change, withdraw (ActivityPub §6).

The rules are those of the forms and of letters: everything goes through `publishing`.
"""

from dataclasses import dataclass
from typing import Any

from actors import iris, outbox
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation.activities import PUBLIC as EVERYONE
from federation.activities import Document, as_list, id_of, recipients, type_of, visibility
from flask_maillage.publications import audience, publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _, say
from flask_maillage.publications.models import DIRECT, DRAFT, FOLLOWERS, PUBLISHED, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.submitting.reading import check_nothing_lost, read, told_at_its_place, unknown

VERBS = ("Create", "Update", "Delete")
ADDRESSING = ("to", "cc", "bto", "bcc", "audience")


@dataclass(frozen=True)
class Outcome:
    """What came of something that was sent: the publication, the activity that tells of it, what was not understood."""

    publication: Publication
    verb: str
    activity_iri: str | None
    """None where nobody is told: of a draft."""
    ignored: tuple[str, ...] = ()


ON_THE_WIRE = {
    **{"text": "content", "starts": "startTime", "opens_on": "startTime", "deadline": "endTime"},
    **{"readers": "to", "audience": "to", "cohorts": "call.cohorts", "documents": "attachment"},
}
"""What is a field of a form, by the name that it has in an object."""


def submit(document: Any, actor: Actor, *, author: Actor | None = None, drafts_only: bool = False) -> Outcome:
    """Do what an activity says, or publish an object that comes without one.

    Args:
        document: `Create`, `Update` or `Delete`, or an object of one of our kinds.
        actor: in whose name; one of ours.
        author: the member who sends it.
        drafts_only: whether nothing may be published: what is created is a draft, and only drafts are changed.

    Raises:
        NotPossible: it cannot be read, or a rule forbids it; nothing may be committed then.
    """
    try:
        return _done(document, actor, author, drafts_only=drafts_only)
    except NotPossible as error:
        raise NotPossible(str(error), ON_THE_WIRE.get(error.field or "", error.field)) from None


def _done(document: Any, actor: Actor, author: Actor | None, *, drafts_only: bool) -> Outcome:
    if not isinstance(document, dict):
        raise NotPossible(_("An activity or an object is needed."))
    verb = type_of(document)
    _check_speaker(document, actor)
    if verb == "Create" or (verb not in VERBS and "object" not in document):
        return _create(document, actor, author, drafts_only=drafts_only)
    if verb not in VERBS:
        raise NotPossible(say(_("Only %(verbs)s are done here."), verbs=", ".join(VERBS)), "type")
    found = _of_this_actor(document.get("object"), actor)
    if drafts_only and found.state != DRAFT:
        raise NotPossible(_("With this token only drafts can be changed."))
    return _update(found, document) if verb == "Update" else _delete(found)


def _create(document: Document, actor: Actor, author: Actor | None, *, drafts_only: bool) -> Outcome:
    thing: Any = document.get("object") if type_of(document) == "Create" else document
    identifier = new_identifier(now())
    content = read(thing, f"{actor.iri}/{identifier}")
    readers = readers_of(document, thing, actor)
    made = publishing.draft(actor, content, author=author, identifier=identifier, readers=readers)
    check_nothing_lost(thing, publishing.document(made))
    if not drafts_only:
        with told_at_its_place():
            publishing.publish(made)
    return _outcome(made, "Create", thing)


def _update(found: Publication, document: Document) -> Outcome:
    """Change what was sent and keep the rest (ActivityPub §6.3); null takes a property away."""
    sent: Document = document["object"] if isinstance(document["object"], dict) else {}
    if not set(sent) - {"id", "type"}:
        raise NotPossible(_("Say what is to change: an object with its id and what is new."), "object")
    content = _changed(found, sent)
    names_readers = any(key in one for one in (document, sent) for key in ADDRESSING)
    readers = readers_of(document, sent, found.actor) if names_readers else None
    with told_at_its_place():
        publishing.revise(found, content, readers)
    check_nothing_lost(sent, publishing.document(found))
    return _outcome(found, "Update", sent)


def _changed(found: Publication, sent: Document) -> Content:
    """Return what a publication says once that is changed; what reads the same before and after stays as it is stored.

    An object does not carry everything that is stored: what is private, and which file of ours an image is.
    """
    before = publishing.document(found)
    if found.source:
        before["source"] = {"mediaType": "text/markdown", "content": found.source}
    base = dict(before)
    if "content" in sent and "source" not in sent:
        base.pop("source", None)
    if "content" in sent or "inLanguage" in sent:
        base.pop("contentMap", None)
    after = {name: value for name, value in (base | sent).items() if value is not None}
    old, new, stored = read(before, found.iri), read(after, found.iri), found.content
    details = {
        name: getattr(stored.details, name)
        for name in type(stored.details).model_fields
        if getattr(old.details, name) == getattr(new.details, name)
    }
    same = {name for name in Content.model_fields if getattr(old, name) == getattr(new, name)} - {"details"}
    kept = {name: getattr(stored, name) for name in same}
    return new.model_copy(update=kept | {"details": new.details.model_copy(update=details)})


def _delete(found: Publication) -> Outcome:
    was_draft = found.state == DRAFT
    publishing.withdraw(found)
    told = None if was_draft else outbox.about(found.actor, "Delete", found.iri)[-1].iri
    return Outcome(found, "Delete", told)


def _outcome(found: Publication, verb: str, sent: Document) -> Outcome:
    told = outbox.about(found.actor, verb, found.iri) if found.state == PUBLISHED else []
    return Outcome(found, verb, told[-1].iri if told else None, tuple(unknown(sent)))


def readers_of(document: Document, thing: Any, actor: Actor) -> Audience:
    """Return for whom something is, as the activity and its object say it.

    Raises:
        NotPossible: neither says it, or somebody is named whom this node does not know.
    """
    stated = [one for one in (thing, document) if isinstance(one, dict) and any(one.get(key) for key in ADDRESSING)]
    if not stated:
        message = _("Say for whom it is: “to” with %(everyone)s for everyone.")
        raise NotPossible(say(message, everyone=EVERYONE), "to")
    addressed = stated[0]
    unseen = [value for key in ("cc", "bto", "bcc") for value in as_list(addressed.get(key))]
    word, named = visibility(addressed), recipients(addressed | {"cc": unseen}) - {EVERYONE, actor.iri}
    if word != "limited":
        return Audience(word)
    if actor.followers in named:
        return Audience(FOLLOWERS, _known_actors(named - {actor.followers}))
    return Audience(DIRECT, _known_actors(named))


def _known_actors(wanted: set[str]) -> tuple[Actor, ...]:
    found = audience.known_among(wanted)
    missing = wanted - {actor.iri for actor in found}
    if missing:
        message = say(_("Nobody is known here as “%(handle)s”: fetch it first."), handle=min(missing))
        raise NotPossible(message, "to")
    return found


def _check_speaker(document: Document, actor: Actor) -> None:
    for name in ("actor", "attributedTo"):
        stated = [iri for value in as_list(document.get(name)) if (iri := id_of(value))]
        if stated and stated != [actor.iri] and not (name == "actor" and stated == [iris.application()]):
            raise NotPossible(say(_("This is the outbox of %(actor)s alone."), actor=actor.iri), name)


def _of_this_actor(thing: Any, actor: Actor) -> Publication:
    iri = id_of(thing)
    found = publishing.find_by_iri(iri) if iri else None
    if found is None or found.actor_id != actor.id or found.state not in (DRAFT, PUBLISHED):
        raise NotPossible(_("There is no such publication of this actor."), "object")
    return found
