"""Write the HTML that travels in `content`: the author's text, then the facts, then nothing that was left out.

Readers of plain `content` (GoToSocial, feeds, mail) get everything in it. The facts stand in one marked block, so that
a reader who has the structured facts can take them off and keep the author's text.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from federation import strict_json
from federation.activities import Document
from federation.sanitising import text_of_html
from flask_maillage.publications.content import one_line
from flask_maillage.publications.kinds.reading import escape_text
from flask_maillage.publications.kinds.words import words

OBJECT_LIMIT = 59_000  # bytes of the serialised object, below the 60 KB that every peer takes
_FACTS = '<div class="maillage-facts">'
_BLOCK_TAG = re.compile(r"<(?P<end>/?)(?:p|pre|h[2-4]|(?P<nests>ul|ol|dl|blockquote|table|div))>")


def heading(text: str) -> str:
    """Return a heading of the second level."""
    return f"<h2>{escape_text(text)}</h2>"


def paragraph(text: str) -> str:
    """Return a paragraph, or nothing for no text."""
    return f"<p>{escape_text(text)}</p>" if text else ""


def plain(html: str) -> str:
    """Return the text of HTML on one line, cut to what a programme's item may say."""
    return one_line(text_of_html(html[:10_000], limit=600), 600)


def listing(items: Iterable[str], *, ordered: bool = False) -> str:
    """Return a list of plain texts, or nothing for none."""
    tag = "ol" if ordered else "ul"
    entries = "".join(f"<li>{escape_text(item)}</li>" for item in items if item)
    return f"<{tag}>{entries}</{tag}>" if entries else ""


def section(title: str, *parts: str) -> str:
    """Return a heading with what belongs under it, or nothing where nothing does."""
    body = "".join(parts)
    return heading(title) + body if body else ""


def join(html: str, facts: str) -> str:
    """Return the author's text with the facts below it."""
    return f"{html}{_FACTS}{facts}</div>" if facts else html


def without_facts(html: str) -> str:
    """Return the author's text of what `join` made; other texts come back as they are."""
    return html.rpartition(_FACTS)[0] if _FACTS in html else html


def fit(
    build: Callable[[str], Document],
    html: str,
    facts: str,
    *,
    url: str,
    language: str | None,
    expendable: Sequence[tuple[str, ...]],
) -> Document:
    """Return the object that `build` makes of its content, below the limit of size.

    The author's text is cut at a paragraph, with a link to the page; then the facts are left out; then the properties
    whose paths are in `expendable`, one after another.
    """
    document = build(join(html, facts))
    if size(document) <= OBJECT_LIMIT:
        return document
    rest = f'<p><a href="{escape_text(url)}">{words(language, "Read the rest")}</a></p>'
    for kept in (facts, ""):
        room = OBJECT_LIMIT - size(build(join(rest, kept)))
        copies = 2 if language else 1
        if room >= 0:
            return build(join(cut(html, room // copies) + rest, kept))
    document = build(rest)
    for path in expendable:
        if size(document) > OBJECT_LIMIT:
            _drop(document, path)
    return document


def size(document: Document) -> int:
    """Return the number of bytes of the serialised object."""
    return len(strict_json.dumps(document))


def cut(html: str, room: int) -> str:
    """Return the whole blocks at the beginning of clean `html` that take at most `room` bytes in JSON."""
    kept, taken, position, depth = 0, 0, 0, 0
    for tag in _BLOCK_TAG.finditer(html):
        depth += (tag["nests"] is not None) * (-1 if tag["end"] else 1)
        if depth > 0 or not tag["end"]:
            continue
        taken += len(strict_json.dumps(html[position : tag.end()])) - 2
        if taken > room:
            break
        kept = position = tag.end()
    return html[:kept]


def _drop(document: Document, path: tuple[str, ...]) -> None:
    *parents, last = path
    for name in parents:
        document = document.get(name) or {}
    document.pop(last, None)
