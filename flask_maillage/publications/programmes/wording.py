"""What kind of item the words of a printed programme announce, in English and in French."""

import re
from typing import NamedTuple

from flask_maillage.publications.programmes.programme import ItemKind

_FIRST_WORDS: dict[ItemKind, tuple[str, ...]] = {
    "break": (
        "(?:coffee|tea|comfort|short|health) break",
        "break|tea|coffee|intermission",
        "pauses?(?:[ -](?:café|thé|déjeuner))?",
    ),
    "meal": (
        "(?:buffet |networking |working |conference )?(?:lunch|dinner|breakfast)(?: break| buffet)?",
        "(?:petit[ -])?déjeuner(?:[ -]buffet)?|dîner|repas",
        "buffet(?: lunch| déjeuner)?|cocktail|apéritif|apéro|drinks|reception|réception|pot|collation",
        "verre de l['’]amitié",
    ),
    "welcome": (
        "welcome|arrivals?|registration|doors open",
        "café d['’]accueil|accueil|enregistrement|émargement|inscriptions?",
    ),
    "round_table": ("round[ -]?table|tables?[ -]rondes?", "panel(?: discussion| debate)?"),
    "debate": (
        "(?:open |general |plenary |final )?(?:debate|discussion)|q ?(?:&|and|et) ?a",
        "débats?|échanges?|questions?(?:[ -]réponses?)?|temps d['’]échanges?",
    ),
    "introduction": (
        "introductions?|introductory|opening|welcome (?:address|remarks|words)",
        "ouverture|mots? d['’](?:accueil|ouverture|introduction)|mot de bienvenue|bienvenue|allocutions?",
        "propos introductifs?",
    ),
    "recap": (
        "re-?cap|wrap[ -]?up|conclusions?|conclu(?:ding|sive)|closing|summing[ -]up|summary|next steps",
        "clôture|synthèse|bilan|restitution|mot de (?:la )?fin|perspectives",
    ),
    "session": (
        "(?:parallel |plenary |working )?sessions?|(?:parallel )?workshops?|plenary|tracks?",
        "séances? plénières?|séances?|ateliers?|séquence|plénière|axe|module|partie",
    ),
    "talk": (
        "keynotes?(?: speech| address| lecture)?|lecture|talk|presentation",
        "présentation|conférence|exposé|intervention",
    ),
}
_SOONER: tuple[ItemKind, ...] = ("introduction", "recap")
"""Kinds whose words may begin with those of another kind: "Welcome address", "Closing session"."""
_ANYWHERE: dict[ItemKind, str] = {
    "break": r"coffee|break|pause|café",
    "meal": r"lunch|dinner|breakfast|déjeuner|dîner|buffet|cocktail|repas|apéritif",
}
_NUMBER = r"(?:n[°ºo]\.?|no\.|#)?\s?(?:\d{1,2}|[IVX]{1,4}|[A-H])(?![\w'’.]\w)(?!\w)"
_BY_FIRST_WORDS = [
    (kind, re.compile(rf"(?:{words})(?![\w-])", re.IGNORECASE))
    for kind, words in ((kind, "|".join(_FIRST_WORDS[kind])) for kind in (*_SOONER, *_FIRST_WORDS))
]
_LABELS = "|".join("|".join(words) for kind, words in _FIRST_WORDS.items() if kind not in ("break", "meal", "welcome"))
_LABEL = re.compile(
    rf"(?P<words>{_LABELS})"
    rf"(?:\s?(?P<number>{_NUMBER}))?\s*(?P<mark>[:.–—-]?)(?:\s+|$)(?P<rest>.*)$",
    re.IGNORECASE,
)
_TITLED = frozenset({"session", "round_table", "talk", "introduction", "recap", "debate"})
_FRENCH = re.compile(r"\b(?:le|la|les|des|du|une?|et|de|pour|dans|avec|sur|aux?|par|est|qui)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:the|of|and|for|to|in|with|on|by|from|is|at|an?)\b", re.IGNORECASE)
_SMALL = re.compile(
    "an?|and|are|at|aux?|avec|by|dans|des?|du|en|et|for|from|in|las?|les?|new|next|of|on|or|par|pot|pour|qui|sur|tea|the|to|"
    "une?|what|with",
    re.IGNORECASE,
)


class Label(NamedTuple):
    """What a line begins with before its title: "SESSION 1", and the rest of the line."""

    kind: ItemKind
    text: str
    rest: str


def kind_of(title: str) -> ItemKind | None:
    """Return what a title announces, or None where its words announce nothing."""
    found = [(kind, pattern.match(title)) for kind, pattern in _BY_FIRST_WORDS]
    matches = {kind: len(match[0]) for kind, match in found if match}
    if matches:
        return max(matches, key=lambda kind: matches[kind])
    if len(title.split()) <= 5:
        for kind, words in _ANYWHERE.items():
            if re.search(rf"\b(?:{words})\b", title, re.IGNORECASE):
                return kind
    return None


def label_of(line: str) -> Label | None:
    """Return the label that a line begins with: a word with a number or a colon, or nothing else on the line."""
    found = _LABEL.match(line)
    if found is None:
        return None
    kind = kind_of(found["words"])
    if kind not in _TITLED or not (found["number"] or found["mark"] or not found["rest"]):
        return None
    if found["mark"] == "" and found["rest"][:1].islower():
        return None
    text = f"{found['words']} {found['number']}" if found["number"] else found["words"]
    return Label(kind, quiet(text), found["rest"].strip())


def is_french(text: str) -> bool:
    """Tell whether a text is rather French than English."""
    return len(_FRENCH.findall(text)) > len(_ENGLISH.findall(text))


def titled(label: str, title: str, *, french: bool) -> str:
    """Return a title behind its label, as "Session 1: Rights" or "Atelier 2 : Les droits"."""
    return f"{label}{' : ' if french else ': '}{title}" if title else label


def quiet(text: str) -> str:
    """Return a text that is all in capitals as one writes otherwise; short words may be acronyms, and stay."""
    letters = [character for character in text if character.isalpha()]
    if len(letters) < 4 or not all(letter.isupper() for letter in letters):
        return text
    words = [word if _stays(word) else word.lower() for word in re.split(r"(\W+)", text)]
    lowered = "".join(words)
    first = next(place for place, character in enumerate(lowered) if character.isalpha())
    return lowered[:first] + lowered[first].upper() + lowered[first + 1 :]


def _stays(word: str) -> bool:
    return 2 <= len(word) <= 4 and not _SMALL.fullmatch(word) and kind_of(word) is None
