"""Clean HTML as Markdown that renders to it again: what a program sends as HTML, a member goes on writing in a form."""

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote

from federation.markdown import render
from federation.markup import BLOCKS

MARKED = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "code": "`"}
HEADINGS = {"h2": "## ", "h3": "### ", "h4": "#### "}
SAFE = ":/?#@!$&'+,;=%~.-_"
"""What stands in an address as it is; brackets would end it."""
_BLOCK = re.compile(rf"</?(?:br|{'|'.join(sorted(BLOCKS))})>")
_TAG = re.compile(r"<[^>]*>")
_MEANT = re.compile(r"([\\`*_\[\]<>~|])")
_BEGINNING = re.compile(r"^(\s*\d*)([-+#=.)])", re.MULTILINE)


def to_markdown(html: str) -> str:
    """Return HTML that `clean_html` made as Markdown; what Markdown has no sign for keeps its text.

    No word is lost and no sign added: where emphasis or lists stand so that Markdown would be read otherwise, as marks
    in the middle of words, they are left out.
    """
    wanted = _words(html)
    for signs in (MARKED, {}):
        reader = _Reader(signs)
        reader.feed(html)
        reader.close()
        if _words(render(text := reader.text())) == wanted:
            return text
    return _escaped(unescape(_TAG.sub("", _BLOCK.sub("\n\n", html))))


def _words(html: str) -> str:
    return "".join(unescape(_TAG.sub("", html)).split())


def _escaped(text: str) -> str:
    text = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n") if part.strip())
    return _BEGINNING.sub(r"\1\\\2", _MEANT.sub(r"\\\1", text))


class _Reader(HTMLParser):
    """Writes block after block; knows in which lists and quotations it is."""

    def __init__(self, signs: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.signs = signs
        self.blocks: list[str] = []
        """Each with the line ends that part it from the one before."""
        self.line = ""
        self.prefixes: list[str] = []
        """What stands before each line of a block: of quotations and list items around it."""
        self.item = ""
        """The sign of a list item that has not begun its first block yet."""
        self.counters: list[int | None] = []
        """The number of the next item of each list that is open; None where items are not numbered."""
        self.is_first = False
        self.is_loose = False
        self.links: list[str] = []
        self.preformatted = False
        self.is_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element: of a line, or of a block, which ends the one before."""
        if tag == "br":
            self.line = self.line.rstrip() + "\\\n"
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.line += "["
        elif tag in MARKED:
            self.line += "" if self.preformatted else self.signs.get(tag, "")
        else:
            self._end_block()
            self._begin_block(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag == "a":
            address = self.links.pop() if self.links else ""
            self.line += f"]({quote(address, safe=SAFE)})" if address else "]"
        elif tag in MARKED:
            self.line += "" if self.preformatted else self.signs.get(tag, "")
        elif tag == "pre":
            self._end_preformatted()
        else:
            self._end_block()
            self._leave(tag)

    def handle_data(self, data: str) -> None:
        """Take over text; in it, no character is a sign of Markdown."""
        if self.preformatted:
            self.line += data
        else:
            plain = re.sub(r"\s+", " ", data)
            self.line += _MEANT.sub(r"\\\1", plain if self.line.strip() else plain.lstrip())

    def text(self) -> str:
        """Return what was read."""
        self._end_block()
        return "".join(self.blocks).strip("\n")

    def _begin_block(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self.is_first = not self.counters
            self.counters.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self.prefixes.append("> ")
        elif tag == "hr":
            self._write("---")
        self.line, self.is_heading = HEADINGS.get(tag, ""), tag in HEADINGS
        self.preformatted = tag == "pre"
        self.is_loose = tag == "p"

    def _leave(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.counters:
            self.counters.pop()
        elif tag in ("li", "blockquote") and self.prefixes:
            self.prefixes.pop()
        if tag == "li":
            self.item = ""

    def _begin_item(self) -> None:
        number = self.counters[-1] if self.counters else None
        self.item = "- " if number is None else f"{number}. "
        if number is not None:
            self.counters[-1] = number + 1
        self.prefixes.append(" " * len(self.item))

    def _end_block(self) -> None:
        text, self.line = self.line.strip().removesuffix("\\"), ""
        if self.is_heading and text.strip("# "):
            self._write(text)
        elif text and not self.is_heading:
            self._write(_BEGINNING.sub(r"\1\\\2", text))
        self.is_heading = False

    def _end_preformatted(self) -> None:
        text, self.line, self.preformatted = self.line.strip("\n"), "", False
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
        self._write(f"{fence}\n{text}\n{fence}")

    def _write(self, text: str) -> None:
        before = "".join(self.prefixes)
        first = before[: len(before) - len(self.item)] + self.item if self.item else before
        lines = text.split("\n")
        is_tight = bool(self.item) and not self.is_first and not self.is_loose
        block = "\n".join([first + lines[0], *(before + line for line in lines[1:])]).rstrip()
        self.blocks.append(("\n" if is_tight else "\n\n") + block)
        self.item, self.is_first = "", False
