"""What the forms of all kinds share: fields, checks and the reading of one-thing-per-line fields.

Messages are plain English and are the keys of their translations; `_` marks them for the translator.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from flask import has_request_context
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from federation.activities import is_web_iri
from federation.sanitising import clean_text, clean_url
from flask_maillage.people.wording import SpokenForm
from flask_maillage.publications import tags
from flask_maillage.publications.content import ActorRef, Content, one_line, timezones
from flask_maillage.publications.forms.enclosures import DOCUMENTS, IMAGES, DocumentsField, PictureField
from flask_maillage.publications.forms.languages import language_choices
from flask_maillage.publications.local_time import NoSuchTime, OutsideCalendar, instant
from flask_maillage.publications.texts import EMPTY, TEXT_LIMIT, TOO_LONG, wrong_title
from flask_maillage.publications.topics import TOPICS, NamedTopic
from flask_maillage.territory.places import country_names
from flask_maillage.web.language import current_language, gettext

TAGS_ROOM = 1000


def _(message: str) -> str:
    return message


OUTSIDE_CALENDAR = _("Choose a year from 1900 to 2200.")


def say(message: str, **values: Any) -> str:
    """Return a message with values in it, in the reader's language; in English where nobody reads a page.

    A message with values has to be translated before they are filled in; one without is translated with its form.
    """
    return gettext(message, **values) if has_request_context() else message % values


def stripped(value: Any) -> Any:
    """Take the spaces off both ends of a text."""
    return value.strip() if isinstance(value, str) else value


def written_lines(text: str | None) -> list[str]:
    """Return the lines that say something, each cleaned."""
    return [line for raw in (text or "").splitlines() if (line := one_line(raw.removeprefix("- "), 2000))]


def fields_of(line: str, count: int) -> list[str]:
    """Return the parts of a line between its `|`, exactly `count` of them, missing ones empty."""
    parts = [part.strip() for part in line.split("|")]
    return (parts + [""] * count)[:count]


class Lines:
    """Check that a field holds at most `count` lines of at most `length` characters each."""

    def __init__(self, count: int, length: int = 600) -> None:
        """Keep the two limits."""
        self.count = count
        self.length = length

    def __call__(self, form: Any, field: Any) -> None:
        """Raise wtforms' `ValidationError` with the number of the line that is too long."""
        lines = written_lines(field.data)
        if len(lines) > self.count:
            raise ValidationError(say(_("Write at most %(count)d lines."), count=self.count))
        for number, line in enumerate(lines, start=1):
            if len(line) > self.length:
                message = _("Line %(line)d is longer than %(length)d characters.")
                raise ValidationError(say(message, line=number, length=self.length))


class WebAddress:
    """Check that a field, where filled, holds the address of a web page."""

    def __call__(self, form: Any, field: Any) -> None:
        """Raise wtforms' `ValidationError` for anything that is not http(s)."""
        if field.data and clean_url(field.data) is None:
            raise ValidationError(_("Write the whole address of a web page, beginning with https://."))


class OrganisersField(TextAreaField):
    """Who organises: one per line, a name, a handle, or a name and the address or the handle of an actor."""

    directory: Mapping[str, ActorRef | str] = {}
    """Who has each handle that is typed, or the sentence that says why nobody was found."""

    def handles(self) -> list[str]:
        """Return the handles that are typed."""
        return [handle for name, iri in self._parts() if is_handle(handle := iri or name)]

    def references(self) -> tuple[ActorRef, ...]:
        """Return who is named, each once."""
        return tuple(dict.fromkeys(self._reference(name, iri) for name, iri in self._parts()))

    def pre_validate(self, form: Any) -> None:
        """Refuse a line whose second part is no address, and a handle that nobody has."""
        for number, (name, iri) in enumerate(self._parts(), start=1):
            if iri and not is_handle(iri) and not is_web_iri(iri):
                message = _("Line %(line)d: after “|” write the address or the handle of an actor, or nothing.")
                raise ValidationError(say(message, line=number))
            found = self.directory.get(iri or name)
            if isinstance(found, str):
                raise ValidationError(say(_("Line %(line)d: %(reason)s"), line=number, reason=found))

    def _parts(self) -> list[list[str]]:
        return [fields_of(line, 2) for line in written_lines(self.data)]

    def _reference(self, name: str, iri: str) -> ActorRef:
        found = self.directory.get(iri or name)
        if isinstance(found, ActorRef):
            return ActorRef(iri=found.iri, name=name if iri and name else found.name)
        return ActorRef(iri=iri or None, name=name)

    @staticmethod
    def text_of(references: Iterable[ActorRef]) -> str:
        """Return the lines that read as `references`."""
        return "\n".join(f"{who.name} | {who.iri}" if who.iri else who.name for who in references)


def is_handle(text: str) -> bool:
    """Tell whether a text is meant as a handle, `@name@host` or `@name`; who has it is another question."""
    return text.startswith("@") and len(text) > 1 and not any(sign.isspace() for sign in text)


class TagsField(StringField):
    """Hashtags: words with or without `#`, between spaces or commas."""

    def tags(self) -> tuple[str, ...]:
        """Return them as they are kept."""
        return tags.distinct(self._written())

    def pre_validate(self, form: Any) -> None:
        """Refuse what no server takes as a tag, and more of them than travel."""
        written = self._written()
        if len(written) > tags.MAX_TAGS:
            raise ValidationError(say(_("Write at most %(count)d tags."), count=tags.MAX_TAGS))
        for word in written:
            if not tags.is_tag(word):
                message = _("“%(word)s” cannot be a tag: write 2 to 39 letters, digits and _, not only digits.")
                raise ValidationError(say(message, word=word[:60]))

    @staticmethod
    def text_of(content: Content) -> str:
        """Return the tags of `content` that its text does not hold already."""
        in_text = {tags.folded(tag) for tag in tags.in_html(content.html)}
        return " ".join(f"#{tag}" for tag in content.tags if tags.folded(tag) not in in_text)

    def _written(self) -> list[str]:
        words = re.split(r"[\s,;]+", clean_text(self.data or "", limit=TAGS_ROOM))
        return [word for word in words if word.strip("#")]


AUDIENCES = (
    ("public", _("Everyone")),
    ("unlisted", _("Everyone, but not listed")),
    ("followers", _("Only followers")),
    ("direct", _("Only these people")),
)


def choices_of(pairs: Iterable[tuple[str, str]], empty: str | None = None) -> list[Any]:
    """Return choices for a select field, with an empty one first where `empty` names it."""
    choices = [SelectChoice(value, label) for value, label in pairs]
    return choices if empty is None else [SelectChoice("", empty), *choices]


def topic_choices() -> list[Any]:
    """Return the topics of the shared list."""
    return choices_of((topic.iri, topic.label) for topic in TOPICS)


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by name."""
    return sorted(country_names("en").items(), key=lambda pair: pair[1])


def local_instant(form: Any, field: Any) -> datetime | None:
    """Return the instant of a local date and time in the zone that the form names, or None for no time.

    Raises:
        ValidationError: the clocks of the zone jump over that time, or nobody plans for that year.
    """
    if field.data is None or form.timezone.data not in timezones():
        return None
    try:
        return instant(field.data, form.timezone.data)
    except NoSuchTime:
        message = _("This time does not exist in %(zone)s: the clocks go forward over it.")
        raise ValidationError(say(message, zone=form.timezone.data)) from None
    except OutsideCalendar:
        raise ValidationError(OUTSIDE_CALENDAR) from None


def timezone_field(label: str = "Time zone") -> Any:
    """Return the field in which one chooses a time zone."""
    zones = ((zone, zone.replace("_", " ")) for zone in timezones())
    return SelectField(label, choices=choices_of(zones), default="Europe/Brussels")


class PublicationForm(SpokenForm, FlaskForm):
    """What every publication has.

    `essential` names the fields to show at once; `groups` the others, each with the title of its group.
    """

    enclosing: ClassVar[tuple[str, tuple[str, ...]]] = (_("Image and documents"), ("image", "documents"))
    describing: ClassVar[tuple[str, tuple[str, ...]]] = (_("Language and tags"), ("language", "tags"))
    addressing: ClassVar[tuple[str, tuple[str, ...]]] = (_("Who may read it"), ("audience", "readers"))
    essential: ClassVar[tuple[str, ...]] = ("name", "text")
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()

    name = StringField(
        _("Title"),
        [InputRequired(_("Give it a title."))],
        filters=[stripped],
    )
    text = TextAreaField(
        _("Text"),
        [
            InputRequired(EMPTY),
            Length(max=TEXT_LIMIT, message=TOO_LONG),
        ],
        description=_("Markdown: an empty line begins a paragraph, “- ” a list, “## ” a heading."),
    )
    language = SelectField(_("Language"), choices=language_choices, default="en")
    organisers = OrganisersField(
        _("Organised with"),
        [Lines(30, 700)],
        description=_("One per line: a name, a handle as @name@host, or “Name | https://address-of-its-actor”."),
    )

    image = PictureField(
        _("Image"),
        description=_("JPEG, PNG, WebP, GIF or AVIF. It is made smaller, and where it was taken is removed from it."),
        render_kw={"accept": IMAGES},
    )
    documents = DocumentsField(
        _("Documents"),
        description=_(
            "PDF, LibreOffice, Microsoft Office or text; several at once. Who may read it may download them."
        ),
        render_kw={"accept": DOCUMENTS, "multiple": True},
    )
    tags = TagsField(
        _("Hashtags"),
        [Length(max=TAGS_ROOM)],
        description=_("Words by which others find it, as “#cooperative #Lyon”. Those of the text count too."),
    )
    audience = SelectField(
        _("Who may read it"),
        choices=choices_of(AUDIENCES),
        default="public",
        description=_("What is published can be shown to fewer people later, never to more."),
    )
    readers = TextAreaField(
        _("These people"),
        [Lines(50, 300)],
        description=_(
            "Where only these people may read it: one handle per line, as @name@host, or @name for one here."
        ),
    )

    named_topics: tuple[NamedTopic, ...] = ()
    """The topics that are offered beside those which all nodes share."""

    def offer_topics(self, named: Iterable[NamedTopic]) -> None:
        """Offer topics beside those which all nodes share, where the form asks for topics."""
        if "topics" in self:
            self.named_topics = tuple({one.iri: one for one in named}.values())
            more = ((one.iri, one.label(current_language())) for one in self.named_topics)
            self["topics"].choices = [*topic_choices(), *choices_of(more)]

    def topics_named(self) -> tuple[NamedTopic, ...]:
        """Return what those of the chosen topics are called that not all nodes share."""
        return tuple(one for one in self.named_topics if one.iri in (self["topics"].data or ()))

    def validate_name(self, field: Any) -> None:
        """Refuse a title that peers would refuse: what is stored of it is cut."""
        if wrong := wrong_title(field.data):
            raise ValidationError(wrong)
