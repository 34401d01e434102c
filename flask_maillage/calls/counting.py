"""How long a text is (FC-14): two nodes, and the page on which it is written, come to the same number.

The page counts in `static/counting.js`; both are held to `tests/federated_calls/counting.json`.
"""

import unicodedata
from collections.abc import Iterable

BLANK = " \t\n"
"""What is taken off at both ends; a no-break space stays."""


def length(text: str) -> int:
    """Return the length of a text in code points, after line ends, composition and blank ends are made equal."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return len(unicodedata.normalize("NFC", whole).strip(BLANK))


def written(texts: Iterable[str]) -> int:
    """Return the length of all written answers together (FC-23)."""
    return sum(map(length, texts))
