"""Others' HTML as a stream of pieces, made regular in time proportional to its length.

nh3 decides what is safe (`sanitising`), but it builds the tree that the HTML standard asks for, and that tree can be
far larger than the text: measured with nh3 0.3.8, 32 kB of `<p><b a=1><b a=2>…<p>x<p>x…` become 40 MB in five seconds,
and time grows with the square of nested lists. So attributes (except a link's address), nesting and unclosed elements
are dealt with here first, and the parser behind nh3 sees nothing that it would have to repair.
"""

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import Literal, NamedTuple

MAX_DEPTH = 50
VOID = frozenset({"br", "hr"})
BLOCKS = frozenset(
    {"blockquote", "caption", "dd", "div", "dl", "dt", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre"}
    | {"table", "tbody", "td", "th", "thead", "tr", "ul"}
)
INLINE = frozenset({"a", "b", "br", "code", "del", "em", "i", "s", "strong", "sub", "sup", "u"})
ALLOWED = BLOCKS | INLINE

_SECTIONS = (
    "address",
    "article",
    "aside",
    "center",
    "figcaption",
    "figure",
    "footer",
    "header",
    "main",
    "nav",
    "section",
)
_RENAMED = {
    "h1": "h2",  # the page has its own first heading
    "h5": "h4",
    "h6": "h4",
    "strike": "s",
    **dict.fromkeys(_SECTIONS, "div"),
}
_ENDED_BY_THE_NEXT = {"li": {"li"}, "dd": {"dd", "dt"}, "dt": {"dd", "dt"}}
_PARENTS = {
    "caption": {"table"},
    "thead": {"table"},
    "tbody": {"table"},
    "tr": {"table", "thead", "tbody"},
    "td": {"tr"},
    "th": {"tr"},
}
_ROWS = frozenset({"table", "thead", "tbody", "tr"})
_CELLS = frozenset({"caption", "td", "th"})

# Possessive repeats and alternatives that cannot fail at the end of the text keep this linear.
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[!?][^>]*+>?"
    r"|<(?P<raw>script|style|iframe|title|textarea|noembed|noframes|xmp)(?=[\s/>]).*?(?:</(?P=raw)(?=[\s/>])[^>]*+>?|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-z][^\s/<>]*+)(?P<rest>[^<>]*+)>"
    r"|</?[a-z][^<>]*+\Z"
    r"|(?P<stray><)",
    re.IGNORECASE | re.DOTALL,
)
_HREF = re.compile(r"""(?:^|[\s"'/])href\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)


class Piece(NamedTuple):
    """One piece of HTML: text (still with its character references), or the start or end of an element."""

    kind: Literal["text", "start", "end"]
    value: str
    attributes: str = ""


def pieces(html: str) -> Iterator[Piece]:
    """Cut HTML into text, starts and ends of elements.

    Comments, declarations, scripts, styles and other elements whose content is not text for people are left out; a `<`
    that begins no element is given as the text `&lt;`.
    """
    position = 0
    for match in _PIECE.finditer(html):
        if match.start() > position:
            yield Piece("text", html[position : match.start()])
        position = match.end()
        if match["stray"]:
            yield Piece("text", "&lt;")
        elif match["name"]:
            name = match["name"].lower()
            yield Piece("end" if match["end"] else "start", _RENAMED.get(name, name), match["rest"])
    if position < len(html):
        yield Piece("text", html[position:])


def straighten(html: str, *, link: Callable[[str], str | None]) -> str:
    """Return HTML in which every element is allowed, closed in order, without attributes and at most 50 deep.

    Args:
        html: anything.
        link: given the `href` of a link, returns the address to keep, or None to keep only the link's text.
    """
    tree = _OpenElements(link)
    for piece in pieces(html):
        if piece.kind == "text":
            tree.written.append(piece.value)
        elif piece.kind == "start":
            tree.start(piece.value, piece.attributes)
        else:
            tree.end(piece.value)
    tree.end_above(-1)
    return "".join(tree.written)


class _OpenElements:
    """The elements that are open at one place of the text, and what was written before it."""

    def __init__(self, link: Callable[[str], str | None]) -> None:
        self.link = link
        self.open: list[str] = []
        self.written: list[str] = []

    def start(self, name: str, attributes: str) -> None:
        if name not in ALLOWED:
            return
        tag = name
        if name == "a":
            address = self.link(_href(attributes))
            if address is None:
                return
            tag = f'a href="{escape(address)}"'
        if not self._make_room(name):
            return
        if name in VOID:
            self.written.append(f"<{name}>")
        elif len(self.open) < MAX_DEPTH:
            self.open.append(name)
            self.written.append(f"<{tag}>")

    def end(self, name: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] == name:
                self.end_above(index - 1)
                return
            if name not in _PARENTS and name != "table" and self.open[index] in _CELLS | _ROWS:
                return  # what began outside of a table does not end inside of it

    def end_above(self, index: int) -> None:
        """End what is open above the place `index`; -1 ends everything."""
        while len(self.open) > index + 1:
            self.written.append(f"</{self.open.pop()}>")

    def _make_room(self, name: str) -> bool:
        """End what a browser would end before `name` begins; tell whether it may begin here."""
        if name == "a":
            self.end("a")
        if name in BLOCKS:
            self.end("p")
        if self.open and self.open[-1] in _ENDED_BY_THE_NEXT.get(name, ()):
            self.end_above(len(self.open) - 2)
        if name not in _PARENTS:
            return not self.open or self.open[-1] not in _ROWS
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index] in _PARENTS[name]:
                self.end_above(index)
                return True
            if self.open[index] == "table":
                return False
        return False


def _href(attributes: str) -> str:
    match = _HREF.search(attributes)
    return unescape(match[1] or match[2] or match[3] or "") if match else ""
