"""The languages in which one may publish: all that Babel has the words of, by their names in the reader's."""

from functools import cache

from babel import Locale
from babel.localedata import locale_identifiers
from wtforms import SelectChoice

from flask_maillage.web.language import current_language


def language_choices() -> list[SelectChoice]:
    """Return the languages in which one may publish."""
    return [SelectChoice(tag, name) for tag, name in _names(current_language())]


def other_language_choices() -> list[SelectChoice]:
    """Return the same, and none of them first."""
    return [SelectChoice("", "–"), *language_choices()]


@cache
def _names(language: str) -> list[tuple[str, str]]:
    known = {tag for tag in locale_identifiers() if "_" not in tag and len(tag) <= 3}
    names = Locale.parse(language).languages
    found = [(tag, names[tag][0].upper() + names[tag][1:]) for tag in known if tag in names]
    return sorted(found, key=lambda pair: pair[1])
