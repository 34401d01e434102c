"""Words as they are compared: without capital letters, accents and ligatures, and what somebody's text asks for.

We fold here and not in the databases, so that both find the same and neither needs an extension.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MAX_TERMS = 12
LONGEST_WORD = 60
MOST_CHARACTERS = 100_000
"""How much of all words of one field is kept; PostgreSQL refuses a text whose words are more than a megabyte."""
SHORTEST_BEGINNING = 3
"""From how many letters on a word also finds those that begin with it."""
SHORTEST_PLURAL = 4

_MARKS = re.compile("[\u0300-\u036f]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
_WITHOUT_SPACES = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_WITHOUT_SPACES}]|[^\W_{_WITHOUT_SPACES}]+")
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)['’](?=\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """One word that is looked for: what begins with `beginning`, or one of `exactly`."""

    beginning: str = ""
    exactly: tuple[str, ...] = ()


def folded(text: str) -> str:
    """Return a text as it is compared: one for `Œuvre`, `OEUVRE` and `oeuvre`."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_LIGATURES)
    return _MARKS.sub("", unicodedata.normalize("NFKD", bare))


def words_of(text: str) -> list[str]:
    """Return the words of a text in their order, folded; `l'eau` is `eau`, and each sign of Chinese is a word."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(folded(_ELIDED.sub("", text)))]


def field(texts: Iterable[str]) -> str:
    """Return the distinct words of some texts as the index keeps them, with a space between."""
    distinct = dict.fromkeys(word for text in texts for word in words_of(text))
    kept = " ".join(distinct)
    return kept if len(kept) <= MOST_CHARACTERS else kept[:MOST_CHARACTERS].rpartition(" ")[0]


def terms(text: str) -> list[Term]:
    """Return what somebody's text asks for: all of it must be there, and none of its signs means anything more.

    Single letters count only where there is nothing else.
    """
    words = list(dict.fromkeys(words_of(text)))
    telling = [word for word in words if len(word) > 1 or not word.isascii()] or words
    return [_term(word) for word in telling[:MAX_TERMS]]


def _term(word: str) -> Term:
    if len(word) < SHORTEST_BEGINNING:
        return Term(exactly=(word,))
    is_plural = len(word) >= SHORTEST_PLURAL and word[-1] in "sx"
    return Term(beginning=word, exactly=(word[:-1],) if is_plural else ())
