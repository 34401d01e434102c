"""What changed between two versions, as one reads it: by title, paragraph and fact, added or removed."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from federation.sanitising import text_of_html
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.web.language import gettext as _

MOST_LINES = 1_000
"""Of a section: comparing is slower than what is compared is long."""
LONGEST_LINE = 5_000
_BLOCK = re.compile(r"</?(?:p|pre|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|table|thead|tbody|tr|div|br|hr)\b[^>]*>")
_SECTION = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)


@dataclass(frozen=True)
class Change:
    """A line that one version has and the other has not."""

    is_added: bool
    text: str


@dataclass(frozen=True)
class Section:
    """What changed under a heading, in the order in which it stands there."""

    title: str
    changes: tuple[Change, ...]


def differences(kind: Kind, before: Content, after: Content) -> list[Section]:
    """Return what changed from one version to the next, by section; nothing where readers would see no difference."""
    old, new = _sections(kind, before), _sections(kind, after)
    titles = dict.fromkeys([*new, *old])
    found = (Section(title, _changes(old.get(title, []), new.get(title, []))) for title in titles)
    return [section for section in found if section.changes]


def _changes(old: list[str], new: list[str]) -> tuple[Change, ...]:
    changes: list[Change] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            continue
        changes += [Change(False, line) for line in old[i:j]] + [Change(True, line) for line in new[k:m]]
    return tuple(changes)


def _sections(kind: Kind, content: Content) -> dict[str, list[str]]:
    """Return what a publication says as lines under headings; those of facts are in the publication's language."""
    place = content.place
    where = ", ".join(filter(None, (place.name, place.street, place.postal_code, place.locality) if place else ()))
    sections = {
        _("Title"): [content.name],
        _("In short"): lines_of(kind.summary(content)),
        _("Place"): [line for line in (where, content.online_url or "") if line],
        _("Image"): [content.image.alt or content.image.url] if content.image else [],
        _("Text"): lines_of(content.html),
        _("Documents"): [one.title or one.url for one in content.attachments],
    }
    for one in content.translations:
        sections[f"{_('Text')} ({one.language})"] = [one.name, *lines_of(one.html)]
    parts = _SECTION.split(kind.facts(content))
    for title, html in zip(parts[1::2], parts[2::2], strict=True):
        sections.setdefault(text_of_html(title, limit=200), []).extend(lines_of(html))
    return sections


def lines_of(html: str) -> list[str]:
    """Return the blocks of clean HTML as lines of text."""
    blocks = (
        " ".join(text_of_html(block, limit=LONGEST_LINE).split()) for block in _BLOCK.split(html)[: 10 * MOST_LINES]
    )
    return [block for block in blocks if block][:MOST_LINES]
