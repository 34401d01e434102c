"""One plain spelling for all the ways in which people write a name, so that any of them finds it.

Only the standard library: `scripts/gazetteer.py` loads this file by its path before anything is installed.
"""

import re
import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"})
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_CEDEX = re.compile(r"\bcedex( \d+)?$")


def plain(name: str) -> str:
    """Return words of small letters and digits with single spaces: "St-Étienne" becomes "saint etienne"."""
    words = _words(name)
    return " ".join(_SAINTS.get(word, word) for word in words)


def plain_beginning(text: str) -> str:
    """Return the same of a name that is still being typed: its last word may be the beginning of a longer one."""
    words = _words(text)
    finished, last = words[:-1], words[-1:]
    if text[-1:].isspace():
        finished, last = words, []
    return " ".join([*(_SAINTS.get(word, word) for word in finished), *last])


def without_cedex(name: str) -> str:
    """Return a town's plain name without the office that distributes the letters of firms ("Paris Cedex 13")."""
    return _CEDEX.sub("", plain(name)).strip()


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return "".join(
        letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter)
    ).split()
