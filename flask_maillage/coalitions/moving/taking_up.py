"""One publication of an archive becomes one of ours, with its dates and its former id, or is left with a reason."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pydantic import ValidationError

from actors.models import Actor
from actors.node import now
from federation import markdown
from federation.activities import PUBLIC as EVERYONE
from federation.activities import Document, id_of, ids_of, recipients, same_origin
from federation.activities import visibility as said_visibility
from federation.errors import FederationError
from federation.markup_to_markdown import to_markdown
from federation.sanitising import clean_html, clean_url, without_controls
from flask_maillage.coalitions.moving.reading import Archive, Unreadable
from flask_maillage.files import folder, storing
from flask_maillage.files.media_types import DOCUMENT, IMAGE
from flask_maillage.files.refusing import FileRefused
from flask_maillage.files.storing import Prepared
from flask_maillage.publications import resettling
from flask_maillage.publications.attached import Attachment, Media, Picture
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.content import HTML_LIMIT, NAME_LIMIT, Content, one_line
from flask_maillage.publications.editing.uploads import facts_of
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.keeping import moment
from flask_maillage.publications.kinds import recognise
from flask_maillage.publications.models import FOLLOWERS
from flask_maillage.publications.resettling import Past
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.texts import TEXT_LIMIT

Entry = dict[str, Any]
Stored = dict[str, dict[str, Any]]
"""What is known of the files that are stored already, by their former addresses."""
LABELS = {"taken": _("Taken"), "kept": _("Here already"), "left": _("Stays where it was"), "refused": _("Refused")}
"""What may become of a publication."""
A_CALL = _("A call stays where it was answered: its applications, its committee and its record are there.")
REGISTRATION = _("One registers for it on the other node: it stays there until it is over.")
STRANGE = _("It is not of the one whose archive this is.")
UNKNOWN = _("It is of no kind that is published here.")
UNFIT = _("It holds something that cannot be.")
FOR_FEW = _("It was for a few people by name, and stays with them.")


class NotTaken(ValueError):
    """A publication that is not taken up: what became of it, and why, to a person."""

    def __init__(self, outcome: str, reason: str) -> None:
        """Keep both."""
        super().__init__(reason)
        self.outcome, self.reason = outcome, reason


@dataclass(frozen=True)
class Found:
    """What is to be taken up: read, cleaned, its files looked at, and nothing of it written yet."""

    name: str
    page: str
    content: Content | None = None
    past: Past | None = None
    files: dict[str, Prepared] = field(default_factory=dict)
    """By their former addresses."""
    outcome: str = ""
    reason: str = ""


def look(archive: Archive, part: str, own: str) -> Found:
    """Read a publication of an archive, without the database: images take seconds.

    Args:
        archive: where it stands.
        part: its name there.
        own: the id of the actor of ours that takes it up, which stands in it in the place of its former one.
    """
    document: Document = {}
    try:
        document = _renamed(archive.publication(part), archive.origin, own)
        content, past = _read(document, archive, own)
        files = {one.url: file for one in _media(content) if (file := _prepared(archive, one)) is not None}
        return Found(content.name, _page(document), content, past, files)
    except NotTaken as refusal:
        return Found(_name(document), _page(document), outcome=refusal.outcome, reason=refusal.reason)
    except Unreadable as unreadable:
        return Found(part, "", outcome="refused", reason=str(unreadable))
    except (FederationError, ValidationError, ValueError, OverflowError):
        return Found(_name(document), _page(document), outcome="refused", reason=UNFIT)


def take(actor: Actor, found: Found, known: Stored) -> Entry:
    """Take up what was looked at, and return what became of it; the caller commits.

    Args:
        actor: one of ours.
        found: what to take up.
        known: the files that are stored already; more are added.
    """
    if found.content is None or found.past is None:
        return _entry(found, found.outcome, found.reason)
    before = resettling.find(actor, found.past.iri)
    if before is not None:
        return _entry(found, "kept") | {"page": before.page}
    try:
        content = _with_files(actor, found.content, found.files, known)
        publication = resettling.resettle(actor, content, found.past)
    except (NotPossible, ValidationError) as refusal:
        return _entry(found, "refused", str(refusal) if isinstance(refusal, NotPossible) else UNFIT)
    return _entry(found, "taken") | {"page": publication.page}


def _read(document: Document, archive: Archive, own: str) -> tuple[Content, Past]:
    iri, kind = id_of(document), recognise(document)
    if iri is None or not same_origin(iri, archive.origin) or ids_of(document.get("attributedTo")) != [own]:
        raise NotTaken("refused", STRANGE)
    if kind is None:
        raise NotTaken("refused", UNKNOWN)
    if kind.name == "call":
        raise NotTaken("left", A_CALL)
    content = kind.from_object(document)
    is_over = content.ends_at is not None and content.ends_at <= now()
    if getattr(content.details, "join_mode", "none") in ("free", "restricted") and not is_over:
        raise NotTaken("left", REGISTRATION)
    published = moment(document.get("published")) or now()
    past = Past(iri, published, moment(document.get("updated")) or published, _readers(document, archive))
    return _written(content, document), past


def _readers(document: Document, archive: Archive) -> Audience:
    said = said_visibility(document)
    if said != "limited":
        return Audience(said)
    named = recipients(document) - {EVERYONE}
    if archive.followers is None or archive.followers not in named:
        raise NotTaken("left", FOR_FEW)
    return Audience(FOLLOWERS)


def _written(content: Content, document: Document) -> Content:
    """Return what it says with Markdown to go on writing: its own, where it came along, else made of its HTML."""
    source = document.get("source")
    text = source.get("content") if isinstance(source, dict) else None
    said: dict[str, Any] = {"source": to_markdown(content.html), "summary": ""}
    if isinstance(text, str) and text.strip():
        written = without_controls(text).strip()[:TEXT_LIMIT]
        said = {"source": written, "html": clean_html(markdown.render(written), limit=HTML_LIMIT), "summary": ""}
    others = [one.model_copy(update={"source": to_markdown(one.html), "summary": ""}) for one in content.translations]
    return content.model_copy(update={**said, "translations": tuple(others)})


def _renamed(value: Any, former: str, own: str) -> Any:
    """Return a document in which an actor is called by its new id; the depth of documents is bounded."""
    if isinstance(value, dict):
        return {name: _renamed(part, former, own) for name, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, former, own) for part in value]
    return own if value == former else value


def _media(content: Content) -> list[Media]:
    return [*([content.image] if content.image else []), *content.attachments]


def _prepared(archive: Archive, one: Media) -> Prepared | None:
    """Return a file as it is kept; None where the archive has it not, or it is none that is taken: it stays there."""
    family = IMAGE if isinstance(one, Picture) else DOCUMENT
    shelf = folder.shelf()
    limit = shelf.largest_image if family == IMAGE else shelf.largest_document
    data = archive.file(one.url, limit) if same_origin(one.url, archive.origin) else None
    if data is None:
        return None
    title = one.title if isinstance(one, Attachment) else ""
    try:
        return storing.prepare(family, BytesIO(data), f"{title}.{one.url.rpartition('.')[2]}")
    except FileRefused:
        return None


def _with_files(actor: Actor, content: Content, files: dict[str, Prepared], known: Stored) -> Content:
    """Return what it says with its files at their new addresses; what finds no room stays at its former one."""
    image = _moved(actor, content.image, files, known) if content.image else None
    attachments = tuple(_moved(actor, one, files, known) for one in content.attachments)
    return content.model_copy(update={"image": image, "attachments": attachments})


def _moved(actor: Actor, one: Any, files: dict[str, Prepared], known: Stored) -> Any:
    prepared = files.get(one.url)
    if prepared is None:
        return one
    if one.url in known:
        facts = known[one.url]
    else:
        try:
            facts = known[one.url] = facts_of(storing.store(prepared, actor, None))
        except FileRefused:
            return one
    fields = {name: value for name, value in facts.items() if name in type(one).model_fields and name != "title"}
    return type(one).model_validate(one.model_dump() | fields)


def _name(document: Document) -> str:
    return one_line(str(document.get("name") or document.get("id") or ""), NAME_LIMIT)


def _page(document: Document) -> str:
    return clean_url(str(document.get("url") or document.get("id") or "")) or ""


def _entry(found: Found, outcome: str, reason: str = "") -> Entry:
    return {"name": found.name, "outcome": outcome, "reason": reason, "page": found.page}
