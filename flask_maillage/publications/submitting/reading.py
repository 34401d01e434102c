"""From an object that a program of ours sends to what a publication says: strictly, since its author can mend it.

Others' objects are read as far as they go; what one of ours sends and we would lose is told instead, by its path.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from federation import markdown
from federation.activities import Document, as_list, context
from federation.errors import Malformed, Missing
from federation.markup_to_markdown import to_markdown
from flask_maillage.publications.content import Content, known_timezone
from flask_maillage.publications.forms.base import OUTSIDE_CALENDAR, _, say
from flask_maillage.publications.kinds import recognise
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.kinds.reading import items_of
from flask_maillage.publications.local_time import NoSuchTime, OutsideCalendar, instant, occurs_twice
from flask_maillage.publications.publishing import with_links
from flask_maillage.publications.rules import NotPossible, check_complete
from flask_maillage.publications.texts import TEXT_LIMIT

OURS_TO_SAY = frozenset(
    {"@context", "id", "actor", "attributedTo", "to", "cc", "bto", "bcc", "audience", "published", "updated", "url"}
    | {"context", "replies", "likes", "shares", "attendees", "preview", "summary", "mediaType", "searchableBy"}
    | {"participantCount", "remainingAttendeeCapacity", "source", "draft", "proof", "signature", "type"}
)
"""What the server says of every object, or reads by itself: not compared."""
ALIASES = frozenset({"status", "ical:status", "eventStatus", "nameMap", "contentMap", "summaryMap", "inLanguage"})
"""Two names of one fact: the other one may be what stands in our object."""
GROWING = frozenset({"tag", "attachment"})
"""Lists to which we add something of our own."""
PLACES = {
    "text": "content",
    "starts": "startTime",
    "opens_on": "startTime",
    "ends": "endTime",
    "deadline": "endTime",
    "join_mode": "externalParticipationUrl",
    "status": "virtualLocation",
    "translations": "contentMap",
    "acts_in": "initiative.actsIn",
    "cohorts": "call.cohorts",
    "note_characters": "call.noteLimit.characters",
    "questions": "call.questions",
    "committee": "call.committee",
    "quorum": "call.quorum",
    "criteria": "call.criteria",
    "maximum_selected": "call.maximumSelected",
    "note_pages": "call.noteLimit.pages",
    "territories": "call.eligibility.territory",
    "one_per_applicant": "call.onePerApplicant",
    "audience": "to",
    "readers": "to",
}
"""Where the object says what a form asks for in a field of another name."""
WANTED = {
    "name": _("Give it a title."),
    "content": _("Write at least a sentence."),
    "startTime": _("Say when it starts, as 2027-01-13 09:00."),
}
"""What is said where a part is missing, or is nothing that can be read."""
PLAIN = frozenset(
    {"name", "content", "startTime", "endTime", "location", "attachment", "tag", "image", "icon", "href", "latitude"}
    | {"longitude", "items", "orderedItems"}
)


def read(document: Any, placeholder: str) -> Content:
    """Return what an object says.

    Args:
        document: one object of one of our kinds; its text is HTML in `content`, or Markdown in `source`.
        placeholder: an id of ours for it while it is read; what it calls itself does not matter.

    Raises:
        NotPossible: it is of no kind that is published here, or a part of it cannot be read; the field is its path.
    """
    if not isinstance(document, dict):
        raise NotPossible(_("An object is needed, not its address alone."), "object")
    kind = recognise(document | {"id": placeholder})
    if kind is None:
        raise NotPossible(_("This is no kind of publication that there is here."), "type")
    document = {**kind.assumed, **document}
    _check_clock(document, is_call=kind.name == "call")
    try:
        content = kind.from_object(document | {"id": placeholder})
    except Missing as error:
        raise NotPossible(WANTED[error.part], error.part) from None
    except Malformed as error:
        raise NotPossible(say(_("It cannot be read: %(reason)s."), reason=str(error))) from None
    except ValidationError as error:
        wrong = error.errors()[0]
        raise NotPossible(wrong["msg"], ".".join(map(str, wrong["loc"]))) from None
    for name, moment in (("startTime", content.starts_at), ("endTime", content.ends_at)):
        if document.get(name) is not None and moment is None:
            raise NotPossible(_("This is no time, or the end is not after the start."), name)
    source = _source_of(document, content.html)
    content = content.model_copy(update={"source": source, "html": markdown.render(source)})
    content = _as_ours(with_links(content))
    with told_at_its_place():
        check_complete(content)
    return content.model_copy(update={"summary": kind.summary(content)})


def _as_ours(content: Content) -> Content:
    """Return what a call of ours says: the ids of its cohorts and of its desk are made from its own."""
    details = content.details
    if not isinstance(details, CallDetails):
        return content
    cohorts = tuple(cohort.model_copy(update={"iri": None}) for cohort in details.cohorts)
    return content.model_copy(update={"details": details.model_copy(update={"cohorts": cohorts, "desk": None})})


@contextmanager
def told_at_its_place() -> Iterator[None]:
    """Say of a rule that is broken where in the object that is, not in which field of a form."""
    try:
        yield
    except NotPossible as refusal:
        raise NotPossible(str(refusal), PLACES.get(refusal.field or "", refusal.field)) from None


def _check_clock(document: Document, *, is_call: bool) -> None:
    """Raise `NotPossible` for a local time over which the clocks of its zone jump; of a call, that they show twice."""
    zone = document.get("timezone")
    for name in ("startTime", "endTime"):
        try:
            moment = datetime.fromisoformat(str(document.get(name)))
        except ValueError:
            continue
        if moment.tzinfo is None and known_timezone(zone):
            try:
                instant(moment, str(zone))
            except NoSuchTime:
                message = _("This time does not exist in %(zone)s: the clocks go forward over it.")
                raise NotPossible(say(message, zone=zone), name) from None
            except OutsideCalendar:
                raise NotPossible(OUTSIDE_CALENDAR, name) from None
            if is_call and occurs_twice(moment, str(zone)):
                message = _("This time comes twice in %(zone)s, as the clocks go back: choose another.")
                raise NotPossible(say(message, zone=zone), name)


def _source_of(document: Document, html: str) -> str:
    """Return the text as its author goes on writing it: the Markdown that was sent, else the HTML as Markdown.

    Raises:
        NotPossible: it is too long, or its `source` is in another language than Markdown.
    """
    source = document.get("source")
    text = to_markdown(html)
    if isinstance(source, dict):
        if source.get("mediaType") != "text/markdown" or not isinstance(source.get("content"), str):
            raise NotPossible(_("The source has to be Markdown: “mediaType” text/markdown and “content”."), "source")
        text = source["content"].strip().replace("\0", "")
    if len(text) > TEXT_LIMIT:
        raise NotPossible(_("This is too long: at most 20,000 characters."), "content")
    return text


def check_nothing_lost(sent: Document, kept: Document) -> None:
    """Raise `NotPossible` for the first part of an object that our object of it does not have.

    Args:
        sent: the object as it was sent.
        kept: our object of what was read.
    """
    for path in _lost(sent, kept, ""):
        raise NotPossible(_("This could not be read: look at how it is written, and at its limits."), path)


def unknown(sent: Document) -> list[str]:
    """Return the names of properties that nobody here knows: they are left out, and their author is told."""
    return sorted(str(name)[:60] for name in sent if name not in _known())[:20]


def _lost(sent: Document, kept: Document, path: str) -> Iterator[str]:
    for name, value in sent.items():
        if name in OURS_TO_SAY or value in (None, "", [], {}) or name not in _known():
            continue
        here = f"{path}.{name}" if path else name
        if name not in kept:
            if name not in ALIASES:
                yield here
        else:
            yield from _lost_in(value, kept[name], here, growing=name in GROWING)


def _lost_in(sent: Any, kept: Any, path: str, *, growing: bool) -> Iterator[str]:
    if isinstance(sent, list) or isinstance(kept, list):
        ours, theirs = as_list(kept), as_list(sent)
        if len(ours) < len(theirs):
            yield path
        elif not growing:
            pairs = [(one, other) for one, other in zip(theirs, ours, strict=False)]
            for number, (one, other) in enumerate(pairs):
                yield from _lost_in(one, other, f"{path}.{number}", growing=False)
    elif isinstance(sent, dict) and isinstance(kept, dict):
        if "items" in kept:
            sent, kept = {"items": items_of(sent)}, {"items": items_of(kept)}
        yield from _lost(sent, kept, path)


def _known() -> frozenset[str]:
    terms = next(part for part in context() if isinstance(part, dict))
    return PLAIN | OURS_TO_SAY | ALIASES | frozenset(terms)
