"""The form of news: a few words, with a title where one helps."""

from typing import Any, ClassVar

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from flask_maillage.publications.forms.base import PublicationForm, _, stripped
from flask_maillage.publications.forms.translations import TranslationFields
from flask_maillage.publications.texts import EMPTY, NEWS_LIMIT, NEWS_TOO_LONG


class NewsForm(TranslationFields, PublicationForm):
    """Short news: what one tells between calls and events."""

    essential: ClassVar[tuple[str, ...]] = ("text", "name", "tags")
    groups: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("More about it", ("organisers", "language")),
        PublicationForm.enclosing,
        TranslationFields.translation_group,
        PublicationForm.addressing,
    )

    name = StringField(_("Title"), filters=[stripped], description=_("May be left out: short news needs none."))
    text = TextAreaField(
        _("Text"),
        [
            InputRequired(EMPTY),
            Length(max=NEWS_LIMIT, message=NEWS_TOO_LONG),
        ],
        description=_("Markdown: an empty line begins a paragraph, “- ” a list, “## ” a heading."),
    )

    def validate_name(self, field: Any) -> None:
        """Take no title for one, and refuse one that peers would refuse."""
        if field.data:
            super().validate_name(field)
