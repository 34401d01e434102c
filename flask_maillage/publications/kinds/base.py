"""What every kind of publication has, and how to add one: one file with one subclass of `Kind`, listed in `KINDS`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, ClassVar

from federation import markdown
from federation.activities import PUBLIC, Document
from federation.errors import Missing
from federation.sanitising import clean_html, text_of_html
from flask_maillage.publications import tags
from flask_maillage.publications.content import (
    HTML_LIMIT,
    NAME_LIMIT,
    SUMMARY_LIMIT,
    ActorRef,
    Content,
    Details,
    Envelope,
)
from flask_maillage.publications.forms.base import PublicationForm
from flask_maillage.publications.forms.translations import translations_in
from flask_maillage.publications.kinds import attachments, page_text
from flask_maillage.publications.kinds.reading import content_of, escape_text, name_of
from flask_maillage.publications.kinds.words import words
from flask_maillage.territory.filling import with_country

CLOSING_SOON = timedelta(days=7)
CANCELLED = "[CANCELLED] "
MARKS = {"cancelled": CANCELLED, "postponed": "[POSTPONED] "}
"""What stands before the name of what does not take place as it was said: readers of every server see that."""
PREFIXES = {
    "cancelled": (CANCELLED, "[ANNULÉ] ", "[CANCELED] "),
    "postponed": (MARKS["postponed"], "[REPORTÉ] "),
}


class Kind(ABC):
    """One kind of publication: its form, our document of it, our reading of theirs."""

    name: ClassVar[str]
    slug: ClassVar[str]
    label: ClassVar[str]
    plural: ClassVar[str]
    as2_type: ClassVar[str]
    statuses: ClassVar[tuple[str, ...]]
    details: ClassVar[type[Details]]
    expendable: ClassVar[tuple[tuple[str, ...], ...]] = (("organizers", "items"),)
    assumed: ClassVar[Document] = {}
    """What an object of ours means where the program that sends it does not say."""

    @abstractmethod
    def form(self) -> type[PublicationForm]:
        """Return the class of the form in which a member writes one."""

    @abstractmethod
    def content_from_form(self, form: Any, *, language: str | None) -> Content:
        """Return what a valid form says; `language` counts where the form states none."""

    @abstractmethod
    def fill_form(self, content: Content) -> dict[str, Any]:
        """Return the data that makes the form show `content` again."""

    @abstractmethod
    def summary(self, content: Content) -> str:
        """Return the HTML that Mastodon shows: when, where, how many; at most 500 characters of text."""

    @abstractmethod
    def facts(self, content: Content) -> str:
        """Return as HTML what the details say, for readers of plain `content`."""

    @abstractmethod
    def matches(self, document: Any) -> bool:
        """Tell whether a document of any origin is one of this kind; never raises."""

    @abstractmethod
    def from_object(self, document: Any) -> Content:
        """Read an object of any origin; sanitised, every part limited.

        Raises:
            Malformed: it cannot be shown at all: no id, no name, no start of an event.
        """

    @abstractmethod
    def state(self, content: Content, now: datetime) -> str:
        """Return the word for where it stands at `now`, which pages translate and colour."""

    @abstractmethod
    def own_properties(self, content: Content, envelope: Envelope) -> Document:
        """Return the properties that only this kind's object has."""

    def concerned(self, content: Content) -> tuple[str, ...]:
        """Return the codes of the zones that it says it is about, besides the one where it takes place."""
        return ()

    def as_received(self, content: Content) -> Content:
        """Return what of `content` arrives at a node that reads our object: not the Markdown it was written in.

        Of coordinates that say no country it knows which one that is.
        """
        bare = [one.model_copy(update={"source": "", "summary": ""}) for one in content.translations]
        place = with_country(content.place) if content.place else None
        return content.model_copy(update={"source": "", "translations": tuple(bare), "place": place})

    def differences(self, ours: Content, theirs: Content) -> list[str]:
        """Return the names of the facts in which what a peer holds differs from what was published here."""
        mine, received = self.as_received(ours), self.as_received(theirs)
        names = [f"details.{name}" for name in self.details.model_fields]
        found = [name for name in Content.model_fields if name != "details" and _of(mine, name) != _of(received, name)]
        return found + [name for name in names if _of(mine, name) != _of(received, name)]

    def body(self, content: Content) -> str:
        """Return the complete readable HTML: the author's text with the facts below it."""
        return page_text.join(content.html, self.facts(content))

    def to_object(self, content: Content, envelope: Envelope) -> Document:
        """Return the AS2 object, without `@context`, below 60 KB.

        Where all languages are too much, the texts of the last ones are left out first, not their titles and summaries.
        """
        versions = [content.in_language(one.language) for one in content.translations]
        bodies = [self.body(one) if said.html else "" for one, said in zip(versions, content.translations, strict=True)]
        maps = self._maps([content, *versions]) if content.language and versions else {}

        def build(html: str, count: int) -> Document:
            document = self._common(content, envelope, html) | self.own_properties(content, envelope) | maps
            if maps:
                texts = {one.language: body for one, body in zip(versions[:count], bodies, strict=False) if body}
                document["contentMap"] = {content.language: html, **texts}
            return document

        for count in range(len(versions), 0, -1):
            whole = build(self.body(content), count)
            if page_text.size(whole) <= page_text.OBJECT_LIMIT:
                return whole
        return page_text.fit(
            lambda html: build(html, 0),
            content.html,
            self.facts(content),
            url=envelope.url,
            language=content.language,
            expendable=(*self.expendable, ("summaryMap",), ("nameMap",)),
        )

    def _maps(self, versions: list[Content]) -> Document:
        """Return titles and summaries by language, the original first."""
        return {
            "nameMap": {one.language: titled(one) for one in versions},
            "summaryMap": {one.language: one.summary or self.summary(one) for one in versions},
        }

    def location(self, content: Content, envelope: Envelope) -> Document | None:
        """Return where it is: one `Place`."""
        return content.place.to_object(envelope.place) if content.place else None

    def at(self, content: Content, moment: datetime) -> Content:
        """Return what `content` says at a moment: of an event that comes again, its next occurrence."""
        return content

    def moves_on_at(self, content: Content) -> datetime | None:
        """Return when `at` will say something else; None for what stays as it is."""
        return None

    def revised(self, old: Content, new: Content, now: datetime, note: str) -> Content:
        """Return what a publication says after `new` took the place of `old`, which was published; `note` says why."""
        return new

    def _common(self, content: Content, envelope: Envelope, html: str) -> Document:
        summary = self.summary(content)
        document: Document = {
            "id": envelope.iri,
            "type": self.as2_type,
            "attributedTo": envelope.actor,
            "actor": envelope.application,
            "context": envelope.context,
            "to": list(envelope.to),
            "cc": list(envelope.cc),
            "url": envelope.url,
            "name": titled(content),
            "published": timestamp(envelope.published),
            "updated": timestamp(max(envelope.updated, envelope.published)),
            "summary": summary,
            "content": html,
            "mediaType": "text/html",
            "contentMap": {content.language: html} if content.language else None,
            "inLanguage": content.language,
            "preview": {"type": "Note", "content": self._preview(content, summary)},
            "timezone": content.timezone,
            "location": self.location(content, envelope),
            "image": attachments.image_of(content) if self.as2_type == "Article" else None,
            "attachment": [*attachments.write(content), website_link(content.online_url or envelope.url)],
            "tag": [hashtag(tag, envelope) for tag in content.tags],
            "replies": envelope.replies,
            "likes": envelope.likes,
            "shares": envelope.shares,
            "alsoKnownAs": [envelope.formerly] if envelope.formerly else None,
            "searchableBy": PUBLIC if PUBLIC in envelope.to else None,
        }
        if content.organisers:
            document["organizers"] = organizers(content.organisers, envelope)
        return {key: value for key, value in document.items() if value is not None}

    def _preview(self, content: Content, summary: str) -> str:
        label = words(content.language, self.label)
        return f"<p><strong>{label}: {escape_text(titled(content))}</strong></p>{summary}"


def _of(content: Content, name: str) -> Any:
    return attrgetter(name)(content)


def titled(content: Content) -> str:
    """Return the name as it is emitted: a cancelled one says so, which reaches readers of every server."""
    prefix = words(content.language, MARKS[content.status]) if content.status in MARKS else ""
    return (prefix + content.name)[:NAME_LIMIT]


def untitled(document: Document, status: str) -> str:
    """Return the name of an object without the mark of one that is cancelled or postponed.

    Raises:
        Missing: it has no name.
    """
    name = name_of(document, NAME_LIMIT + max(map(len, MARKS.values())))
    prefix = next((prefix for prefix in PREFIXES.get(status, ()) if name.startswith(prefix)), "")
    if len(name) > len(prefix):
        name = name[len(prefix) :]
    if not name:
        raise Missing("the object has no name", "name")
    return name[:NAME_LIMIT]


def name_or_beginning(document: Document, status: str) -> str:
    """Return the name of an object, or the beginning of its text: proposals of FEP-0837 may be plain notes.

    Raises:
        Malformed: it has neither.
    """
    if name_of(document):
        return untitled(document, status)
    beginning = text_of_html(content_of(document), limit=80)
    return untitled({"name": beginning}, status)


def organizers(organisers: Iterable[ActorRef], envelope: Envelope) -> Document:
    """Return the collection of FEP-8a8e."""
    items = [named(organiser) for organiser in organisers]
    iri = envelope.organizers or f"{envelope.iri}/organizers"
    return {"id": iri, "type": "Collection", "totalItems": len(items), "items": items}


def named(reference: ActorRef) -> str | Document:
    """Return somebody as an id, as an actor with id and name, or as an organisation that has only a name."""
    if reference.iri is None:
        return {"type": "Organization", "name": reference.name}
    return {"id": reference.iri, "type": "Group", "name": reference.name} if reference.name else reference.iri


def hashtag(tag: str, envelope: Envelope) -> Document:
    """Return a tag as every server reads it; Mastodon finds its link in the text by the `#` that it begins with."""
    href = {"href": tags.address(tag, envelope.tags)} if envelope.tags else {}
    return {"type": "Hashtag", "name": f"#{tag}", **href}


def website_link(url: str) -> Document:
    """Return the attached link that Mobilizon reads as the web page; Gancio fails on one without `mediaType`."""
    return {"type": "Link", "mediaType": "text/html", "href": url, "name": "Website"}


def own_text(document: Document) -> str:
    """Return the author's clean HTML, without the facts that came as data too."""
    return clean_html(page_text.without_facts(content_of(document)), limit=HTML_LIMIT)


def written(form: Any, language: str | None) -> dict[str, Any]:
    """Return the fields of `Content` that every form has."""
    source = form.text.data.strip().replace("\0", "")
    html = clean_html(markdown.render(source), limit=HTML_LIMIT)
    return {
        "name": form.name.data,
        "source": source,
        "html": html,
        "language": form.language.data or language,
        "translations": translations_in(form),
        "organisers": form.organisers.references(),
        "image": form.image.data,
        "attachments": form.documents.data,
        "tags": (*form.tags.tags(), *tags.in_html(html)),
    }


def summarised(*sentences: str, emphasised: str = "") -> str:
    """Return one paragraph of the sentences that are not empty, the emphasised one first, at most 500 characters."""
    text = " ".join(sentence for sentence in sentences if sentence)
    room = SUMMARY_LIMIT - len(emphasised) - 1
    if len(text) > room:
        text = text[: room - 1] + "…"
    first = f"<strong>{escape_text(emphasised)}</strong> " if emphasised else ""
    return clean_html(f"<p>{(first + escape_text(text)).strip()}</p>") if first or text else ""


def timestamp(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
