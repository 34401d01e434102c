"""What stands in the links of mails: a row's number, the second at which the link ends where it does, and our mark.

A mark is made with the node's secret, of a purpose and of what it is for; nobody else makes one, and none serves for
anything else. What a room signs has to hold for that row and for no later one that gets its number.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta

from actors.node import node, now

_BYTES = 18
_TOKEN = re.compile(r"([0-9a-f]{1,8})((?:\.[A-Za-z0-9_-]{1,64})*)\.([A-Za-z0-9_-]{24})")
_ROWS = 2**31


@dataclass(frozen=True)
class Token:
    """What a link carries, as somebody sent it: nothing of it is proved before `holds`."""

    number: int
    words: tuple[str, ...]
    mark: str

    @property
    def ends(self) -> int:
        """The second that is the last word; 0, long over, where that is no number."""
        try:
            return int(self.words[-1], 16)
        except ValueError:
            return 0

    @property
    def is_over(self) -> bool:
        """Whether that second has come."""
        return self.ends <= now().timestamp()

    def holds(self, purpose: str, *said: object) -> bool:
        """Tell whether the mark is ours, for this purpose and of this."""
        return hmac.compare_digest(self.mark, _mark(purpose, said))


def written(number: int, words: tuple[str, ...], purpose: str, *said: object) -> str:
    """Return what a link carries: the number of a row, what else it names, our mark of what is said."""
    return ".".join((f"{number:x}", *words, _mark(purpose, said)))


def read(text: str, words: int = 0) -> Token | None:
    """Return what a link carries that names so many words between number and mark; None for what is none of ours."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    number, named = int(found[1], 16), tuple(found[2].split(".")[1:])
    return Token(number, named, found[3]) if 0 < number < _ROWS and len(named) == words else None


def end_of(lifetime: timedelta) -> int:
    """Return the second at which a link that is written now ends; it stands in it in hexadecimal, as its last word."""
    return int((now() + lifetime).timestamp())


def _mark(purpose: str, said: tuple[object, ...]) -> str:
    text = "\n".join(str(one) for one in said)
    whole = hmac.digest(node().secret.derive(purpose), text.encode(), "sha256")
    return base64.urlsafe_b64encode(whole[:_BYTES]).decode("ascii")
