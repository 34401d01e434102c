"""Sizes of files in words, in the reader's language."""

from babel.numbers import format_decimal

from flask_maillage.web.language import current_language, gettext


def _(message: str) -> str:
    return message


UNITS = ((1024 * 1024, _("%(size)s MB")), (1024, _("%(size)s KB")))


def size_in_words(size: int) -> str:
    """Return a number of bytes as people say it: "1.2 MB"."""
    for unit, words in UNITS:
        if size >= unit:
            number = round(size / unit, 1)
            shown = round(number) if number >= 10 else number
            return gettext(words, size=format_decimal(shown, locale=current_language()))
    return gettext(_("1 KB"))
