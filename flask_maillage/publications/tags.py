"""Hashtags: what counts as one, which ones a text holds, and how they are compared.

A tag is kept as it was written, without `#`, and compared folded: without case and accents, as Mastodon compares them.
Mobilizon refuses tags of fewer than 2 or more than 39 characters with their whole object.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from federation.sanitising import clean_html

MAX_TAGS = 20
MAX_LINKS = 100
"""How many words of one text become links: a link is longer than the word."""
SHORTEST, LONGEST = 2, 39
_WORD = re.compile(rf"\w{{{SHORTEST},{LONGEST}}}\Z")
_IN_TEXT = re.compile(rf"(?<![\w/&#])#(\w{{{SHORTEST},{LONGEST}}})(?!\w)")
_GAPS = re.compile(r"[\s\-‐-―./·]+")
_MARKS = re.compile("[\u0300-\u036f]")
_PIECE = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)[^>]*>|(?P<text>[^<]+)")
_WITHOUT = frozenset({"a", "pre", "code"})


class _Text(NamedTuple):
    """A piece of the text of a page, or one of its tags of HTML (`inside` is then None)."""

    raw: str
    inside: str | None


def folded(tag: str) -> str:
    """Return the form in which tags are compared and addressed: one for `Réemploi`, `reemploi` and `RÉEMPLOI`."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", tag)).casefold()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", bare)))


def cleaned(value: Any) -> str | None:
    """Return a tag of any origin as we keep it, or None for what is none.

    Mobilizon's and Gancio's may have spaces and hyphens, which `_` takes the place of.
    """
    if not isinstance(value, str) or len(value) > 400:
        return None
    text = unicodedata.normalize("NFKC", value.strip().removeprefix("#").strip())
    text = _GAPS.sub("_", text).strip("_")
    return text if _WORD.match(text) and not text.replace("_", "").isdigit() else None


def is_folded(text: str) -> bool:
    """Tell whether `text` is the folded form of some tag, as it stands in the address of a page."""
    is_word = SHORTEST <= len(text) <= 4 * LONGEST and re.fullmatch(r"\w+", text) is not None
    return is_word and not text.replace("_", "").isdigit() and folded(text) == text


def is_tag(word: str) -> bool:
    """Tell whether a word that somebody typed, with or without `#`, is a tag as it stands."""
    return cleaned(word) == unicodedata.normalize("NFKC", word.removeprefix("#"))


def distinct(values: Iterable[Any]) -> tuple[str, ...]:
    """Return the tags among some values as we keep them, each once, at most `MAX_TAGS`."""
    found: dict[str, str] = {}
    for value in values:
        tag = cleaned(value)
        if tag is not None and len(found) < MAX_TAGS:
            found.setdefault(folded(tag), tag)
    return tuple(found.values())


def in_html(html: str) -> tuple[str, ...]:
    """Return the tags that clean HTML holds in its text: `#words`, as they are or as what a link is made of."""
    return distinct(_words(html))


def linked(html: str, pages: str) -> str:
    """Return clean HTML with its `#words` as links to the pages of their tags; what is linked stays as it is.

    Args:
        html: the text, clean.
        pages: what the addresses of tags' pages begin with.
    """
    known = {folded(tag) for tag in in_html(html)}
    left = MAX_LINKS

    def link(found: re.Match[str]) -> str:
        nonlocal left
        tag = cleaned(found[1])
        if tag is None or folded(tag) not in known or left == 0:
            return found[0]
        left -= 1
        return f'<a href="{address(tag, pages)}">#{found[1]}</a>'

    parts = [_IN_TEXT.sub(link, piece.raw) if piece.inside == "" else piece.raw for piece in _pieces(html)]
    if left == MAX_LINKS:
        return html
    result = "".join(parts)
    return clean_html(result, limit=len(result))


def address(tag: str, pages: str) -> str:
    """Return the address of a tag's page."""
    return pages + quote(folded(tag))


def _words(html: str) -> Iterator[str]:
    for piece in _pieces(html):
        if piece.inside == "":
            yield from (found[1] for found in _IN_TEXT.finditer(piece.raw))
        elif piece.inside == "a" and (found := re.fullmatch(_IN_TEXT, piece.raw.strip())):
            yield found[1]


def _pieces(html: str) -> Iterator[_Text]:
    """Take clean HTML apart; of text, tell the innermost element in which no `#word` is made a link."""
    open_ones: list[str] = []
    for found in _PIECE.finditer(html):
        if found["text"] is not None:
            yield _Text(found[0], open_ones[-1] if open_ones else "")
            continue
        if found["name"] in _WITHOUT and not found["end"]:
            open_ones.append(found["name"])
        elif found["name"] in open_ones and found["end"]:
            open_ones.remove(found["name"])
        yield _Text(found[0], None)
