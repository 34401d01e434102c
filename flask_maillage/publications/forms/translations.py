"""The rows of a form in which the same is said in other languages: title and text; all facts are shared."""

from collections.abc import Iterable
from typing import Any, ClassVar

from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from federation import markdown
from federation.sanitising import clean_html
from flask_maillage.publications.content import HTML_LIMIT, MOST_TRANSLATIONS, Translation
from flask_maillage.publications.forms.base import _, stripped
from flask_maillage.publications.forms.languages import other_language_choices
from flask_maillage.publications.forms.rows import Row, Rows
from flask_maillage.publications.texts import NAME_ROOM, TEXT_LIMIT, TOO_LONG


class TranslationRow(Row):
    """The same in another language."""

    language = SelectField(_("Language of this translation"), choices=other_language_choices, default="")
    name = StringField(_("Title in that language"), [Length(max=NAME_ROOM)], filters=[stripped])
    text = TextAreaField(
        _("Text in that language"),
        [Length(max=TEXT_LIMIT, message=TOO_LONG)],
    )

    def validate_language(self, field: Any) -> None:
        """Refuse a translation of which nobody knows the language."""
        if not field.data:
            raise ValidationError(_("Choose the language of this translation."))


class TranslationFields:
    """What is said in other languages; a mixin for forms."""

    translation_group: ClassVar[tuple[str, tuple[str, ...]]] = (_("Other languages"), ("translations",))

    translations = Rows(
        TranslationRow,
        _("Translations"),
        most=MOST_TRANSLATIONS,
        title=_("Translation %(number)d"),
        spare=1,
        description=_("Facts, dates and names are shared. For another row, press “Preview” or “Save as draft”."),
    )


def translations_in(form: Any) -> tuple[Translation, ...]:
    """Return what a valid form says in other languages."""
    rows = form.translations.rows if "translations" in form else ()
    return tuple(_translation(row) for row in rows)


def rows_of(translations: Iterable[Translation]) -> list[dict[str, str]]:
    """Return the data that makes a form show translations again."""
    return [{"language": one.language, "name": one.name, "text": one.source} for one in translations]


def _translation(row: Any) -> Translation:
    source = (row.text.data or "").strip().replace("\0", "")
    html = clean_html(markdown.render(source), limit=HTML_LIMIT)
    return Translation(language=row.language.data, name=row.name.data, source=source, html=html)
