"""What a publication says, whatever its kind, and where the object that says it stands.

The columns of the table of publications are filled from `Content`; what only one kind has lies in its `details`.
Every text is cleaned and cut here, so that a form, a peer and a row meet the same limits.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny

from federation.activities import id_of
from federation.sanitising import clean_text, clean_url
from flask_maillage.publications import tags as hashtags
from flask_maillage.publications.attached import MOST_ATTACHMENTS, Attachment, Picture
from flask_maillage.territory.places import Place

NAME_LIMIT = 200  # Mobilizon refuses shorter than 3 and longer than 200
SUMMARY_LIMIT = 500  # what Mastodon shows of it
HTML_LIMIT = 100_000
MOST_TRANSLATIONS = 10
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"


def one_line(value: str, limit: int) -> str:
    """Return `value` without control characters, on one line, of at most `limit` characters."""
    return clean_text(value, limit=limit)


def _shorter_than(limit: int) -> AfterValidator:
    return AfterValidator(lambda value: one_line(value, limit))


def _whole_second_in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(microsecond=0)


Name = Annotated[str, _shorter_than(NAME_LIMIT), Field(min_length=1)]
Line = Annotated[str, _shorter_than(200)]
Text = Annotated[str, _shorter_than(600)]
Instant = Annotated[AwareDatetime, AfterValidator(_whole_second_in_utc)]
WebAddress = Annotated[str | None, BeforeValidator(lambda value: clean_url(value) if value else None)]
ActorIri = Annotated[str | None, BeforeValidator(id_of)]
Tags = Annotated[tuple[str, ...], BeforeValidator(hashtags.distinct)]


class Fact(BaseModel):
    """A value of several parts that never changes."""

    model_config = ConfigDict(frozen=True)


class ActorRef(Fact):
    """Somebody who is named in a publication: an actor by its id, or an organisation by its name alone."""

    iri: ActorIri = None
    name: Line = ""


class Details(Fact):
    """What only one kind of publication has; each kind declares its own."""


class Translation(Fact):
    """The same in another language; its facts are those of the publication.

    `summary` is a peer's: of ours, the kind makes it from the facts whenever somebody reads it.
    """

    language: str = Field(pattern=LANGUAGE)
    name: Line = ""
    summary: str = ""
    html: str = ""
    source: str = ""


class Content(Fact):
    """What a publication says.

    `html` is its author's own text; what the kind adds for readers of plain `content` (facts, programme) is made
    from `details` when the object is written and taken off again when it is read. `tags` are hashtags without `#`,
    those of the text among them. Times are kept in UTC, `timezone` says where their wall clock hangs. Give `details`
    as an object of the kind's own class (`kind.details.model_validate(...)`), not as a dictionary.
    """

    kind: str
    name: Line
    """Empty in a draft alone, and in what has none by nature."""
    summary: str = ""
    html: str = ""
    source: str = ""
    language: str | None = Field(default=None, pattern=LANGUAGE)
    """The language in which it was written first."""
    translations: tuple[Translation, ...] = Field(default=(), max_length=MOST_TRANSLATIONS)
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    timezone: Annotated[str | None, AfterValidator(lambda value: value if known_timezone(value) else None)] = None
    place: Place | None = None
    online_url: WebAddress = None
    organisers: tuple[ActorRef, ...] = Field(default=(), max_length=30)
    tags: Tags = ()
    status: str = ""
    image: Picture | None = None
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=MOST_ATTACHMENTS)
    details: SerializeAsAny[Details]

    @property
    def languages(self) -> list[str]:
        """The languages that it can be read in, the one in which it was written first."""
        return [tag for tag in (self.language, *(one.language for one in self.translations)) if tag]

    def in_language(self, language: str | None) -> "Content":
        """Return it as readers of a language see it; in its own words where it was not translated.

        A translation without summary has none here: the kind makes one.
        """
        found = next((one for one in self.translations if one.language == language), None)
        if found is None:
            return self
        own = f'<div lang="{self.language}">{self.html}</div>' if self.language and self.html else self.html
        said = {"name": found.name or self.name, "html": found.html or own, "source": found.source}
        return self.model_copy(update={**said, "summary": found.summary, "language": found.language})


@dataclass(frozen=True)
class Envelope:
    """Where the object of a publication stands: its addresses, its author, its audience and its dates.

    `actor` becomes `attributedTo`, `application` (the node's own actor) becomes `actor`: only so does Mobilizon list
    the object on the group's page. `action_url` is the page where one applies or registers, else the object's own;
    `tags` is what the addresses of the pages of hashtags begin with.
    """

    iri: str
    url: str
    actor: str
    application: str
    followers: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    published: datetime
    updated: datetime
    organizers: str | None = None
    replies: str | None = None
    likes: str | None = None
    shares: str | None = None
    context: str | None = None
    attendees: str | None = None
    place: str | None = None
    action_url: str | None = None
    tags: str | None = None
    formerly: str | None = None
    """The id that it had before its actor moved here."""


def known_timezone(value: Any) -> bool:
    """Tell whether `value` is the name of a time zone in the IANA database."""
    return isinstance(value, str) and value in timezones()


@cache
def timezones() -> tuple[str, ...]:
    """Return the names of the time zones of places (`Europe/Brussels`) and `UTC`, in alphabetical order."""
    regions = {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
    return tuple(sorted(zone for zone in available_timezones() if zone.partition("/")[0] in regions or zone == "UTC"))
