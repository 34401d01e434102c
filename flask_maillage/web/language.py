"""The language of a page: chosen by the reader, spoken from our own catalogues, nothing installed on a host's app.

Messages are the English texts themselves. A catalogue is a `.po` file under `translations/`, read once per process.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Response, has_app_context, has_request_context, request

from actors.node import node

LANGUAGES = {"en": "English", "fr": "Français"}
"""The languages of the pages, each by its own name."""
PARAMETER, COOKIE = "lang", "maillage_language"
FOLDER = Path(__file__).resolve().parent.parent / "translations"
_YEAR = 365 * 24 * 3600
_ANSWERED_IN = "maillage.language"
_spoken: ContextVar[str | None] = ContextVar("maillage_spoken_language", default=None)


def current_language() -> str:
    """Return the language in which the request in hand is answered; English where there is no application.

    The reader's choice counts first (`?lang=fr`, then the cookie that keeps it), then what their browser prefers,
    then the node's own language.
    """
    if (spoken := _spoken.get()) is not None:
        return spoken
    if not has_request_context():
        return _known(node().language) if has_app_context() else "en"
    environ = request.environ  # asked for each word of a page
    if _ANSWERED_IN not in environ:
        environ[_ANSWERED_IN] = _chosen() or _preferred() or _known(node().language)
    return str(environ[_ANSWERED_IN])


def word(message: str) -> str:
    """Mark a message for the translator; it is translated where it is shown."""
    return message


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language inside, whoever asks: a mail is in its reader's, not in that of who caused it."""
    token = _spoken.set(_known(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str, **variables: Any) -> str:
    """Return a message in the current language, its `%(named)s` variables filled in."""
    return translate(current_language(), message, **variables)


def ngettext(singular: str, plural: str, n: int, **variables: Any) -> str:
    """Return the form of a message for `n` things in the current language; `%(n)s` is the number."""
    return _catalogue(current_language()).ngettext(singular, plural, n) % {"n": n, **variables}


class Words:
    """The catalogue of the reader's language, as libraries ask it: they fill in the variables themselves."""

    @staticmethod
    def gettext(message: str) -> str:
        """Return a message in the current language."""
        return gettext(message)

    @staticmethod
    def ngettext(singular: str, plural: str, n: int) -> str:
        """Return the form of a message for `n` things in the current language."""
        return _catalogue(current_language()).ngettext(singular, plural, n)


def translate(language: str, message: str, **variables: Any) -> str:
    """Return a message in a given language: feeds speak the node's, whoever reads them."""
    translated = _catalogue(language).gettext(message) if message else ""
    return translated % variables if variables else translated


def best_of(available: Sequence[str]) -> str | None:
    """Return which of the languages of a text the reader wants; None where none of them is asked for.

    Other than a page's, it may be one that we have no words of.
    """
    chosen = request.args.get(PARAMETER) or request.cookies.get(COOKIE)
    if chosen in available:
        return chosen
    wanted = [tag for tag, quality in request.accept_languages if quality > 0]
    return next((found for tag in (*wanted, current_language()) if (found := _like(tag, available))), None)


def _like(tag: str, available: Sequence[str]) -> str | None:
    """Return the language itself, or one that differs in its region alone: `de` for who asks for `de-AT`."""
    same = [one for one in available if one.lower() == tag.lower()]
    return next((one for one in (*same, *available) if one.partition("-")[0] == tag.lower().partition("-")[0]), None)


@cache
def own_name_of(tag: str) -> str:
    """Return a language by the name that it has in itself; the tag where nobody knows it."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(tag.replace("-", "_")) or tag
    except (UnknownLocaleError, ValueError, TypeError):
        return tag


def remember_choice(response: Response) -> Response:
    """Keep the language that the address of the request chose in a cookie."""
    chosen = request.args.get(PARAMETER)
    if chosen in LANGUAGES and response.mimetype == "text/html":
        secure = node().base_url.startswith("https://")
        path = urlsplit(node().base_url).path or "/"
        response.set_cookie(COOKIE, chosen, max_age=_YEAR, path=path, secure=secure, httponly=True, samesite="Lax")
    return response


def _chosen() -> str | None:
    return next((tag for tag in (request.args.get(PARAMETER), request.cookies.get(COOKIE)) if tag in LANGUAGES), None)


def _preferred() -> str | None:
    return request.accept_languages.best_match(LANGUAGES)


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"


@cache
def _catalogue(language: str) -> NullTranslations:
    path = FOLDER / language / "LC_MESSAGES" / "maillage.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
