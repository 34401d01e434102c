"""Which experts fit what the initiatives of a cohort need, and why: values in, values out, the same each time.

A competence fits where an initiative says the same words one after another, in whatever case and with or without
accents: in its topics, its sectors, its application or the needs that a session brought to light.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
SHORTEST = 3
"""A competence of fewer characters is in too many words by chance."""


@dataclass(frozen=True)
class Needing:
    """An initiative: the language in which it works, and every text in which it says what it is about and lacks."""

    key: str
    language: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Offering:
    """An expert: what they know, and which languages they speak, by their codes."""

    key: int
    name: str
    competences: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """An expert who fits: each competence with how many initiatives need it, and the languages that help."""

    key: int
    competences: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    reached: int
    """How many initiatives need something that they know."""


def suggestions(initiatives: Iterable[Needing], experts: Iterable[Offering]) -> list[Suggestion]:
    """Return the experts who know what somebody needs: who helps most initiatives first.

    Of those who help as many, who speaks the language of more comes first, then who knows more of what is needed, then
    by name.
    """
    needing = [(one, tuple(_folded(text) for text in one.texts)) for one in initiatives]
    found = [(one, suggestion) for one in experts if (suggestion := _suggestion(one, needing)) is not None]
    found.sort(key=lambda pair: (*_rank(pair[1]), pair[0].name.casefold(), pair[0].key))
    return [suggestion for _expert, suggestion in found]


def _suggestion(expert: Offering, needing: Sequence[tuple[Needing, tuple[str, ...]]]) -> Suggestion | None:
    competences, helped = [], set()
    for competence in dict.fromkeys(expert.competences):
        words = _folded(competence)
        those = [
            one for one, texts in needing if len(words.strip()) >= SHORTEST and any(words in text for text in texts)
        ]
        if those:
            competences.append((competence, len(those)))
            helped |= {one.key for one in those}
    if not helped:
        return None
    spoken = [
        (tag, sum(_primary(one.language) == _primary(tag) for one, _texts in needing)) for tag in expert.languages
    ]
    languages = tuple((tag, count) for tag, count in spoken if count)
    competences.sort(key=lambda pair: (-pair[1], pair[0].casefold()))
    return Suggestion(expert.key, tuple(competences), languages, len(helped))


def _rank(suggestion: Suggestion) -> tuple[int, int, int]:
    spoken = sum(count for _tag, count in suggestion.languages)
    return -suggestion.reached, -spoken, -len(suggestion.competences)


def _folded(text: str) -> str:
    """Return the words of a text between spaces, without accents and capitals, with a space on each side."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return f" {' '.join(_WORD.findall(plain))} "


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
