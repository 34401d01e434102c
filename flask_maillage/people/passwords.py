"""Which passwords are guessed first: what everybody chooses, what anybody knows of the person, keys in a row.

No service is asked, since a password is told to nobody. Ten characters already leave out most of the lists that
guessers begin with; what is left of them is a common word with something added, a walk over the keyboard, repetition.
"""

import re
import unicodedata
from collections.abc import Iterable

FEWEST_DIFFERENT = 5
SHORTEST_WORD, SHORTEST_OWN_PART = 3, 4
"""Of what is left of a password without the common word in it: less than four letters add nothing to guess."""
LONGEST_NUMBER = 15
"""Of figures alone: dates, telephone and card numbers."""
_WORDS = """
abricot admin administrateur administrator amour amoure anniversaire arsenal association azerty baseball batman
bienvenue bonjour bordeaux bretagne cacahuete camille caroline changeme charlie cheese chelsea chocolat
chocolate computer connexion coucou dauphin default diamond doudou dragon elephant famille federation flower
football formation france freedom fromage garden grenoble guitare hello hunter iloveyou internet jesus jetaime
jordan killer letmein liberte liverpool loulou love lyon maillage maison marseille master michael michelle
minecraft monkey motdepasse musique naruto nantes nicolas ninja orange ordinateur papillon paris passe passwort
password pepper pokemon prince princess princesse qwerty qwertz samsung secret service shadow sharers soleil
starwars strasbourg summer sunshine superman syndicat tartine test tigger toulouse trustno union unicorn user
vacances welcome whatever winter
"""
COMMON = frozenset(_WORDS.split())
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiop",
)
LONGEST_WALK = 4
_UNDONE = str.maketrans("013457@$!€", "oieastasie")
_NO_LETTER = re.compile(r"[^a-z]+")
_REPEATED = re.compile(r"(.{1,5}?)\1+")


def is_guessable(password: str, names: Iterable[str] = ()) -> bool:
    """Tell whether a password is among the first that anybody would try.

    Args:
        password: what somebody chose, long enough already.
        names: what is known of them: name, handle, e-mail address, what the node is called.
    """
    plain = _plain(password)
    if plain.isdigit() and len(plain) <= LONGEST_NUMBER:
        return True
    if len(set(plain)) < FEWEST_DIFFERENT or _REPEATED.fullmatch(plain) or not _without_walks(plain):
        return True
    words = COMMON | {part for name in names for part in _parts(name)}
    return any(_adds_little(text, words) for text in (plain, plain.translate(_UNDONE)))


def _adds_little(text: str, words: Iterable[str]) -> bool:
    """Tell whether common words, walks over the keyboard and a few figures or signs are all there is."""
    left = text
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            left = left.replace(word, " ")
    if left == text:
        return False
    return len(_NO_LETTER.sub("", _without_walks(left))) < SHORTEST_OWN_PART


def _without_walks(text: str) -> str:
    """Return a text without keys that follow one another, four or more, forwards or backwards."""
    left, start = "", 0
    while start < len(text):
        end = start + 1
        while end < len(text) and any(text[start : end + 1] in row for row in (*ROWS, *(row[::-1] for row in ROWS))):
            end += 1
        left += "" if end - start >= LONGEST_WALK else text[start:end]
        start = end
    return left


def _parts(name: str) -> set[str]:
    """Return a name whole and in its parts; of `ann@example.org` the parts are `ann` and `example`."""
    plain = _plain(name)
    return {plain, _NO_LETTER.sub("", plain), *(part for part in _NO_LETTER.split(plain) if part)} - {""}


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()
