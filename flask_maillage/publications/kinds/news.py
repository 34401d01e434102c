"""News: a `Note`, as Mastodon writes and shows them; plain notes and articles of those whom we follow are read as news.

In a `Note`, `summary` is a warning that hides the text (Mastodon and all that follow it), and `name` is shown by
nobody. So ours has no `summary`; a title stands in `name` for us and begins `content` for everybody else. A `Note` with
`inReplyTo` is somebody's part of a conversation, and no news.
"""

from datetime import datetime
from typing import Any

from federation.activities import Document, as_list, type_of
from federation.errors import Missing
from federation.sanitising import clean_html, text_of_html
from flask_maillage.publications.content import HTML_LIMIT, Content, Details, Envelope, Translation, one_line
from flask_maillage.publications.forms.base import OrganisersField, PublicationForm, TagsField
from flask_maillage.publications.forms.enclosures import enclosures_data
from flask_maillage.publications.forms.news import NewsForm
from flask_maillage.publications.forms.translations import rows_of
from flask_maillage.publications.kinds import attachments, page_text, reading
from flask_maillage.publications.kinds.base import Kind, own_text, written
from flask_maillage.publications.kinds.translating import translations_of
from flask_maillage.publications.kinds.words import words

TYPES = frozenset({"Note", "Article"})
BEGINNING = 80
"""How many characters of a text without title stand for one."""


class NewsDetails(Details):
    """Whether the name is a title of its own; else it is how the text begins."""

    titled: bool = False


class News(Kind):
    """The kind `news`."""

    name, slug, label, plural, as2_type = "news", "news", "News", "News", "Note"
    statuses = ("active",)
    details = NewsDetails

    def form(self) -> type[PublicationForm]:
        """Return the form of news."""
        return NewsForm

    def content_from_form(self, form: Any, *, language: str | None) -> Content:
        """Return what a valid form says."""
        fields = written(form, language)
        fields["name"] = form.name.data or beginning(fields["html"]) or words(fields["language"], self.label)
        named = (one.model_copy(update={"name": one.name or beginning(one.html)}) for one in fields["translations"])
        fields["translations"] = tuple(named)
        details = NewsDetails(titled=bool(form.name.data))
        return Content(kind=self.name, status="active", details=details, **fields)

    def fill_form(self, content: Content) -> dict[str, Any]:
        """Return the data that makes the form show `content` again."""
        return {
            **enclosures_data(content.image, content.attachments),
            "name": content.name if details_of(content).titled else "",
            "text": content.source,
            "language": content.language,
            "translations": [
                row if details_of(content).titled else row | {"name": ""} for row in rows_of(content.translations)
            ],
            "organisers": OrganisersField.text_of(content.organisers),
            "tags": TagsField.text_of(content),
        }

    def state(self, content: Content, now: datetime) -> str:
        """Return `published`: no clock changes news."""
        return "published"

    def summary(self, content: Content) -> str:
        """Return nothing: the text is short, and to Mastodon the summary of a note is a warning."""
        return ""

    def facts(self, content: Content) -> str:
        """Return who publishes it together with its actor."""
        names = page_text.listing(who.name for who in content.organisers)
        return page_text.section(words(content.language, "Organised by"), names)

    def to_object(self, content: Content, envelope: Envelope) -> Document:
        """Return the note: its title before its text, nothing in `summary`."""
        titled = details_of(content).titled
        translated = [one.model_copy(update={"html": _heading(one.name) + one.html}) for one in content.translations]
        with_titles = {"html": _heading(content.name) + content.html, "translations": tuple(translated)}
        document = super().to_object(content.model_copy(update=with_titles) if titled else content, envelope)
        unsaid = {"summary", "summaryMap", "preview"} | (set() if titled else {"name", "nameMap"})
        return {key: value for key, value in document.items() if key not in unsaid}

    def own_properties(self, content: Content, envelope: Envelope) -> Document:
        """Return what is attached, without the link to the page: servers of notes know none."""
        return {"attachment": attachments.write(content)}

    def matches(self, document: Any) -> bool:
        """Tell whether a document is a note or an article that says something and answers nothing."""
        if not isinstance(document, dict) or type_of(document) not in TYPES or as_list(document.get("inReplyTo")):
            return False
        return bool(reading.name_of(document) or beginning(reading.content_of(document)))

    def from_object(self, document: Any) -> Content:
        """Read news of any origin; see `Kind.from_object`.

        What a warning says stands for the title, so that the text is not shown without it.
        """
        reading.require_id(document)
        title = reading.name_of(document) or one_line(text_of_html(reading.summary_of(document), limit=200), 200)
        html = _without_heading(own_text(document), title)
        name = title or beginning(html)
        if not name:
            raise Missing("the note says nothing", "content")
        return Content(
            kind=self.name,
            name=name,
            html=html,
            language=reading.language_of(document),
            translations=tuple(_translation(one) for one in translations_of(document, "active")),
            timezone=reading.timezone_of(document),
            place=reading.place_of(document),
            organisers=reading.organisers_of(document),
            tags=reading.tags_of(document),
            status="active",
            **attachments.read(document),
            details=NewsDetails(titled=bool(title)),
        )


def details_of(content: Content) -> NewsDetails:
    """Return the details of news.

    Raises:
        TypeError: the content is of another kind.
    """
    if not isinstance(content.details, NewsDetails):
        raise TypeError("this publication is not news")
    return content.details


def beginning(html: str) -> str:
    """Return how a text begins, cut between words, as what names it where it has no title."""
    text = one_line(text_of_html(html[:HTML_LIMIT], limit=4 * BEGINNING), 2 * BEGINNING)
    if len(text) <= BEGINNING:
        return text
    cut = text[: BEGINNING - 1].rpartition(" ")[0] or text[: BEGINNING - 1]
    return f"{cut.rstrip(' .,;:–')}…"


def _heading(title: str) -> str:
    return f"<p><strong>{reading.escape_text(title)}</strong></p>"


def _without_heading(html: str, title: str) -> str:
    return html.removeprefix(clean_html(_heading(title))).strip() if title else html


def _translation(read: Translation) -> Translation:
    html = _without_heading(read.html, read.name)
    return read.model_copy(update={"html": html, "name": read.name or beginning(html), "summary": ""})
