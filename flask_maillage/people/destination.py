"""Where to go after signing in: only ever to a path of this node."""

from urllib.parse import urlsplit

from actors.node import node


def safe_path(text: str | None) -> str | None:
    """Return `text` when it is a path of this node that every browser reads as one, else None.

    Browsers take `//host` and `/\\host` for another host, and leave out tabs and line ends before they look.
    """
    if not text or not text.startswith(urlsplit(node().base_url).path + "/") or len(text) > 2000:
        return None
    if text.startswith("//") or "\\" in text or any(character < " " or character == "\x7f" for character in text):
        return None
    return text
