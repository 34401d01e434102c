"""The forms of a cohort's session: when and where it is with its programme, whom to invite, and what one answers."""

from datetime import datetime
from typing import Any

from wtforms import (
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import AnyOf, InputRequired, Length
from wtforms.widgets import HiddenInput

from federation import markdown
from federation.sanitising import clean_html
from flask_maillage.calls.sessions.people import ACCEPTED, COORDINATOR, DECLINED, EXPERT, FACILITATOR, TENTATIVE
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.content import HTML_LIMIT, Content
from flask_maillage.publications.forms.base import WebAddress, choices_of, local_instant, say, stripped, timezone_field
from flask_maillage.publications.forms.call_rows import ActorField
from flask_maillage.publications.forms.event import LOCAL_FORMATS
from flask_maillage.publications.forms.places import PlaceFields
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.programmes.lines import SYNTAX_HELP, ProgrammeError, parse
from flask_maillage.publications.texts import EMPTY, ENDS_BEFORE, TEXT_LIMIT, TOO_LONG
from flask_maillage.web.language import word

ROLES = (
    (EXPERT, word("Expert")),
    (FACILITATOR, word("Facilitator")),
    (COORDINATOR, word("Coordinator")),
)


class SessionForm(PlaceFields, CheckedForm):
    """A session: what, when, where, and its programme."""

    name = StringField(word("Title"), [InputRequired(word("Give it a title.")), Length(max=200)], filters=[stripped])
    text = TextAreaField(
        word("What those invited should know"),
        [InputRequired(EMPTY), Length(max=TEXT_LIMIT, message=TOO_LONG)],
        description=word("How to come, what to prepare. Markdown."),
    )
    starts = DateTimeLocalField(
        word("Start"), [InputRequired(word("Say when it starts, as 2027-01-13 09:00."))], format=LOCAL_FORMATS
    )
    ends = DateTimeLocalField(
        word("End"), [InputRequired(word("Say when it ends, as 2027-01-13 17:00."))], format=LOCAL_FORMATS
    )
    timezone = timezone_field()
    online_url = StringField(word("Address to follow it online"), [Length(max=2000), WebAddress()], filters=[stripped])
    programme = TextAreaField(
        word("Programme"),
        [Length(max=30_000, message=word("This programme is too long: at most 30,000 characters."))],
        description=SYNTAX_HELP,
    )

    def validate_starts(self, field: Any) -> None:
        """Refuse a start that the clocks jump over."""
        local_instant(self, field)

    def validate_ends(self, field: Any) -> None:
        """Refuse an end that is not after the start."""
        ends = local_instant(self, field)
        starts = self._start()
        if starts is not None and ends is not None and ends <= starts:
            raise ValidationError(ENDS_BEFORE)

    def validate_online_url(self, field: Any) -> None:
        """Ask for a place or an address online: people have to know where to go."""
        if not field.data and self.place_as_typed() is None:
            raise ValidationError(word("Say where it is: a place, or an address online, or both."))

    def validate_programme(self, field: Any) -> None:
        """Refuse a programme that cannot be read, with the number of the line."""
        if self._start() is None or not (field.data or "").strip():
            return
        try:
            self._programme()
        except ProgrammeError as error:
            reason = say(error.message, **error.values)
            raise ValidationError(say(word("Line %(line)d: %(reason)s"), line=error.line, reason=reason)) from None

    def content(self, language: str | None) -> Content:
        """Return what a valid form says."""
        kind, source = kind_named("event"), (self.text.data or "").strip().replace("\0", "")
        content = Content(
            kind="event",
            name=self.name.data,
            html=clean_html(markdown.render(source), limit=HTML_LIMIT) if source else "",
            source=source,
            language=language,
            starts_at=self._start(),
            ends_at=local_instant(self, self.ends),
            timezone=self.timezone.data,
            place=self.place(),
            online_url=self.online_url.data or None,
            status="confirmed",
            details=EventDetails(join_mode="none", programme=self._programme()),
        )
        return content.model_copy(update={"summary": kind.summary(content)})

    def _start(self) -> datetime | None:
        try:
            return local_instant(self, self.starts)
        except ValidationError:
            return None

    def _programme(self) -> Any:
        starts = self._start()
        if starts is None:
            return ()
        ends = local_instant(self, self.ends)
        return parse(self.programme.data or "", zone=self.timezone.data, starts_at=starts, ends_at=ends)


class InviteForm(CheckedForm):
    """Whom to invite as what."""

    role = SelectField(word("As"), choices=choices_of(ROLES), default=EXPERT)
    who = ActorField(
        word("Whom"),
        [InputRequired(word("Say whom: a handle, or the address of a profile.")), Length(max=2000)],
        filters=[stripped],
        description=word("Their handle, as @name@host, or the https address of their profile, here or elsewhere."),
    )


class AnswerForm(CheckedForm):
    """Which row, and what is said of it."""

    who = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    answer = HiddenField(validators=[AnyOf([ACCEPTED, TENTATIVE, DECLINED])])


class RowForm(CheckedForm):
    """Which row of a list."""

    who = IntegerField(validators=[InputRequired()], widget=HiddenInput())
