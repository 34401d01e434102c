"""The forms of a roster of experts: what an expert knows, which languages they speak, when they have time."""

from functools import cache
from typing import Any

from babel import Locale
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from flask_maillage.mail.addresses import deliverable
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.forms.base import Lines, say, stripped, written_lines
from flask_maillage.publications.forms.call_rows import ActorField
from flask_maillage.publications.forms.languages import language_choices
from flask_maillage.web.language import LANGUAGES, own_name_of, word

MOST_COMPETENCES, LONGEST_COMPETENCE, MOST_LANGUAGES = 20, 100, 10


class LanguagesField(StringField):
    """Languages by their names or codes, between commas."""

    def tags(self) -> list[str]:
        """Return the codes of a valid field."""
        known = _known_languages()
        return list(dict.fromkeys(known[name] for name in self._names() if name in known))

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no language that is known here, and too many."""
        known = _known_languages()
        for name in self._names():
            if name not in known:
                raise ValidationError(say(word("“%(name)s” is no language known here."), name=name[:60]))
        if len(self._names()) > MOST_LANGUAGES:
            raise ValidationError(say(word("Write at most %(count)d languages."), count=MOST_LANGUAGES))

    def _names(self) -> list[str]:
        return [name.strip().casefold() for name in (self.data or "").split(",") if name.strip()]


class OfferForm(CheckedForm):
    """What an expert says of themselves."""

    competences = TextAreaField(
        word("What you know"),
        [InputRequired(word("Write at least one thing.")), Lines(MOST_COMPETENCES, LONGEST_COMPETENCE)],
        description=word("One per line, in few words, as people look for it: “cooperative law”."),
    )
    languages = LanguagesField(
        word("Languages"),
        [InputRequired(word("Write at least one language.")), Length(max=300)],
        description=word("Between commas: French, Italian."),
    )
    availability = StringField(
        word("When and how often"), [Length(max=300)], filters=[stripped], description=word("If you know it already.")
    )

    def said(self) -> dict[str, Any]:
        """Return what a valid form says."""
        return {
            "competences": list(dict.fromkeys(written_lines(self.competences.data))),
            "languages": self.languages.tags(),
            "availability": self.availability.data or "",
        }


class ExpertForm(OfferForm):
    """What an organisation says of an expert who agreed."""

    name = StringField(
        word("Name"), [InputRequired(word("Write a name: a person, or an organisation.")), Length(max=200)],
        filters=[stripped],
    )  # fmt: skip
    organisation = StringField(word("Organisation"), [Length(max=200)], filters=[stripped])
    actor = ActorField(
        word("Handle"),
        [Length(max=2000)],
        filters=[stripped],
        description=word("As @name@host, where they have one: then they are invited there."),
    )
    email = StringField(word("E-mail address"), [Length(max=254)], filters=[stripped])
    competences = TextAreaField(
        word("What they know"),
        [InputRequired(word("Write at least one thing.")), Lines(MOST_COMPETENCES, LONGEST_COMPETENCE)],
        description=word("One per line, in few words, as people look for it: “cooperative law”."),
    )
    consent = StringField(
        word("How they agreed"),
        [InputRequired(word("Nobody stands here who did not agree: say how they did.")), Length(max=300)],
        filters=[stripped],
        description=word("As “by mail, 3 March”. They are told by mail and can leave at any time."),
    )

    def validate_email(self, field: Any) -> None:
        """Refuse what is no address, and who cannot be reached at all."""
        if field.data and deliverable(field.data) is None:
            raise ValidationError(word("This is no e-mail address."))
        if not field.data and not self.actor.data:
            raise ValidationError(word("Give a handle or an e-mail address: else nobody can invite them."))

    def said(self) -> dict[str, Any]:
        """Return what a valid form says."""
        return super().said() | {
            "name": self.name.data,
            "organisation": self.organisation.data or "",
            "actor_iri": self.actor.iri(),
            "email": self.email.data or None,
        }


class EntryForm(CheckedForm):
    """Which expert."""

    who = HiddenField(validators=[InputRequired(), Length(max=60)])


@cache
def _known_languages() -> dict[str, str]:
    """Return the codes of the languages by whatever somebody may write: code, English, French or own name."""
    found: dict[str, str] = {}
    for tag in (choice.value for choice in language_choices()):
        names = (tag, *(Locale.parse(one).languages.get(tag, "") for one in LANGUAGES), own_name_of(tag))
        found |= {name.casefold(): tag for name in names if name}
    return found
