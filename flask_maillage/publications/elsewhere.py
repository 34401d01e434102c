"""How other servers show what we publish, told from the very object that they get.

Mastodon (from 4.3) shows neither the content of an `Article` or an `Event` nor their facts: it makes a post of the
name as a heading, the summary and the address, and drops the HTML that it does not know
(`reference/events.md` §3.1). GoToSocial, feed readers and mail show the content.
"""

import re
from typing import NamedTuple

from federation.activities import Document, as_list, id_of, text_of, type_of
from federation.sanitising import clean_html
from flask_maillage.publications.content import HTML_LIMIT
from flask_maillage.publications.kinds.reading import escape_text

CONVERTED = frozenset({"Article", "Audio", "Event", "Image", "Page", "Video"})
MOST_PICTURES = 4
_KEPT = frozenset(
    ("a", "b", "blockquote", "br", "code", "del", "em", "i", "li", "ol", "p", "pre", "s", "strong", "u", "ul")
)
_HEADING = re.compile(r"<(/?)h[1-6]\b[^>]*>")
_TAG = re.compile(r"</?([a-z][a-z0-9]*)\b[^>]*>")


class Elsewhere(NamedTuple):
    """What readers elsewhere see; both are clean HTML."""

    mastodon: str
    warning: str
    """What they read first, where the rest is folded away behind it."""
    pictures: tuple[str, ...]
    """What is shown of pictures to those who do not see them; empty for one that nobody described."""
    content: str


def shown_elsewhere(document: Document) -> Elsewhere:
    """Return how an object of ours, without `@context`, is shown elsewhere."""
    is_converted = type_of(document) in CONVERTED
    summary, content = (text_of(document.get(key), HTML_LIMIT) for key in ("summary", "content"))
    post = content
    if is_converted:
        name, url = escape_text(text_of(document.get("name"), 1_000)), escape_text(id_of(document.get("url")) or "")
        post = f'<h2>{name}</h2>{summary}<p><a href="{url}">{url}</a></p>'
    return Elsewhere(
        mastodon=as_post(post),
        warning="" if is_converted else clean_html(summary, limit=HTML_LIMIT),
        pictures=tuple(_pictures(document)),
        content=clean_html(content, limit=HTML_LIMIT),
    )


def as_post(html: str) -> str:
    """Return what Mastodon leaves of HTML: headings become bold paragraphs, tables and lines their text."""
    bold = _HEADING.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", clean_html(html, limit=HTML_LIMIT))
    kept = _TAG.sub(lambda tag: tag[0] if tag[1] in _KEPT else " ", bold)
    return clean_html(kept, limit=HTML_LIMIT)


def _pictures(document: Document) -> list[str]:
    media = [one for one in as_list(document.get("attachment")) if isinstance(one, dict)]
    pictures = [one for one in media if str(one.get("mediaType", "")).startswith("image/")]
    return [text_of(one.get("summary"), 1_500) or text_of(one.get("name"), 1_500) for one in pictures][:MOST_PICTURES]
