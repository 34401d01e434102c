"""What a mail says: paragraphs and links, in the reader's language, as plain text and as simple HTML."""

from dataclasses import dataclass
from html import escape

from actors.node import node
from federation.sanitising import clean_text
from flask_maillage.web.language import translate

LONGEST_SUBJECT = 200


def _(message: str) -> str:
    return message


@dataclass(frozen=True)
class Link:
    """A link on a line of its own; `label` says what it does."""

    label: str
    url: str


Part = str | Link


@dataclass(frozen=True)
class Message:
    """A mail before it has a recipient; its words are in `language` already."""

    subject: str
    parts: tuple[Part, ...]
    language: str

    @property
    def line(self) -> str:
        """The subject: one line, whatever stands in the names it is made of."""
        return " ".join(clean_text(self.subject, limit=LONGEST_SUBJECT).split())

    def text(self) -> str:
        """Return it as plain text."""
        paragraphs = [part if isinstance(part, str) else self._with_colon(part) for part in self.parts if part]
        return "\n\n".join([*paragraphs, f"-- \n{node().name}\n{node().base_url}"]) + "\n"

    def _with_colon(self, link: Link) -> str:
        return f"{translate(self.language, _('%(words)s:'), words=link.label)}\n{link.url}"

    def html(self) -> str:
        """Return it as HTML that loads nothing from anywhere."""
        body = "\n".join(_as_html(part) for part in self.parts if part)
        home = escape(node().base_url)
        foot = f'<p style="color:#555">{escape(node().name)}<br><a href="{home}">{home}</a></p>'
        return (
            f'<!DOCTYPE html>\n<html lang="{escape(self.language)}"><head><meta charset="utf-8">'
            f"<title>{escape(self.line)}</title></head>\n"
            f'<body style="font-family:sans-serif;max-width:38em">\n{body}\n{foot}\n</body></html>\n'
        )


def _as_html(part: Part) -> str:
    if isinstance(part, Link):
        return f'<p><a href="{escape(part.url)}">{escape(part.label)}</a></p>'
    return "<p>" + escape(part).replace("\n", "<br>") + "</p>"
