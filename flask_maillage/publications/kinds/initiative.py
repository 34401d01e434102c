"""An initiative: an `Article` with `initiative` facts; Communecter's `Project` is read as one."""

from datetime import datetime
from typing import Any

from federation.activities import Document, type_of
from federation.sanitising import clean_url
from flask_maillage.publications.content import Content, Envelope
from flask_maillage.publications.forms.base import (
    OrganisersField,
    PublicationForm,
    TagsField,
    written_lines,
)
from flask_maillage.publications.forms.enclosures import enclosures_data
from flask_maillage.publications.forms.initiative import InitiativeForm
from flask_maillage.publications.forms.places import place_data
from flask_maillage.publications.forms.translations import rows_of
from flask_maillage.publications.kinds import attachments, page_text, reading
from flask_maillage.publications.kinds.base import Kind, own_text, summarised, untitled, website_link, written
from flask_maillage.publications.kinds.initiative_details import (
    MAX_LINES,
    MAX_TOPICS,
    Area,
    InitiativeDetails,
    details_from_object,
    initiative_object,
)
from flask_maillage.publications.kinds.translating import translations_of
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.stages import STAGES
from flask_maillage.publications.topics import label_of, parents_of
from flask_maillage.publications.workers import WORKERS, workers_label

_LINES = ("needs", "offers", "sectors", "outcomes")


class Initiative(Kind):
    """The kind `initiative`."""

    name, slug, label, plural, as2_type = "initiative", "initiatives", "Initiative", "Initiatives", "Article"
    statuses = ("active",)
    details = InitiativeDetails
    expendable = (
        ("initiative", "outcomes"),
        ("initiative", "offers"),
        ("initiative", "needs"),
        ("organizers", "items"),
    )

    def form(self) -> type[PublicationForm]:
        """Return the form of an initiative."""
        return InitiativeForm

    def content_from_form(self, form: Any, *, language: str | None) -> Content:
        """Return what a valid form says."""
        details = InitiativeDetails(
            stage=form.stage.data or "",
            topics=(*(form.topics.data or ()), *written_lines(form.other_topics.data))[:MAX_TOPICS],
            topic_labels=form.topics_named(),
            workers=(*(form.workers.data or ()), *written_lines(form.other_workers.data))[:MAX_LINES],
            acts_in=tuple(Area(name=name, code=code) for name, code in form.areas()),
            carried_by=form.carried_by.references(),
            coalition=next(iter(form.coalition.references()), None),
            calls=tuple(written_lines(form.calls.data)),
            website=form.website.data or None,
            **{key: tuple(written_lines(form[key].data)) for key in _LINES},
        )
        fields = written(form, language) | {"place": form.place(), "status": "active", "details": details}
        content = Content(kind=self.name, **fields)
        return content.model_copy(update={"summary": self.summary(content)})

    def fill_form(self, content: Content) -> dict[str, Any]:
        """Return the data that makes the form show `content` again."""
        details = details_of(content)
        known = parents_of(details.topic_labels)
        return {
            **place_data(content.place),
            **enclosures_data(content.image, content.attachments),
            "name": content.name,
            "text": content.source,
            "language": content.language,
            "translations": rows_of(content.translations),
            "organisers": OrganisersField.text_of(content.organisers),
            "tags": TagsField.text_of(content),
            "stage": details.stage,
            "topics": [topic for topic in details.topics if topic in known],
            "other_topics": "\n".join(topic for topic in details.topics if topic not in known),
            "workers": [kind for kind in details.workers if kind in WORKERS],
            "other_workers": "\n".join(kind for kind in details.workers if kind not in WORKERS),
            "acts_in": "\n".join(f"{area.name} | {area.code}" if area.code else area.name for area in details.acts_in),
            "carried_by": OrganisersField.text_of(details.carried_by),
            "coalition": OrganisersField.text_of([details.coalition] if details.coalition else []),
            "website": details.website,
            **{key: "\n".join(getattr(details, key)) for key in (*_LINES, "calls")},
        }

    def concerned(self, content: Content) -> tuple[str, ...]:
        """Return the codes of the areas in which it acts."""
        return tuple(area.code for area in details_of(content).acts_in if area.code)

    def state(self, content: Content, now: datetime) -> str:
        """Return the stage, or `active` where none is known; no clock changes it."""
        return details_of(content).stage or "active"

    def summary(self, content: Content) -> str:
        """Return how far it is, what it looks for and where it is."""
        details, language = details_of(content), content.language
        first = " – ".join(part for part in (words(language, self.label), _stage(details, language)) if part)
        needs = words(language, "looks for: {needs}", needs="; ".join(details.needs)) if details.needs else ""
        where = content.place.in_words if content.place else ", ".join(_areas(details))
        sentences = [f"{part[0].upper()}{part[1:].rstrip('.')}." for part in (first, needs, where) if part]
        return summarised(*sentences)

    def facts(self, content: Content) -> str:
        """Return what it needs and offers, and who carries it."""
        details, language = details_of(content), content.language
        listing, named = page_text.listing, details.topic_labels
        topics = (words(language, label_of(topic, named, language)) for topic in details.topics)
        parts = (
            ("Stage", page_text.paragraph(_stage(details, language))),
            ("Needs", listing(details.needs)),
            ("Offers", listing(details.offers)),
            ("Topics", listing(topics)),
            ("Sectors", listing(details.sectors)),
            ("Workers concerned", listing(words(language, workers_label(kind)) for kind in details.workers)),
            ("Acts in", listing(_areas(details))),
            ("Carried by", listing(who.name for who in details.carried_by)),
            ("Coalition", page_text.paragraph(details.coalition.name if details.coalition else "")),
            ("Outcomes", listing(details.outcomes)),
            ("Organised by", listing(who.name for who in content.organisers)),
        )
        return "".join(page_text.section(words(language, title), body) for title, body in parts)

    def own_properties(self, content: Content, envelope: Envelope) -> Document:
        """Return the facts of the initiative; its website is the attached link."""
        details = details_of(content)
        return {
            "initiative": initiative_object(details),
            "attachment": [*attachments.write(content), website_link(details.website or envelope.url)],
        }

    def matches(self, document: Any) -> bool:
        """Tell whether a document is an article with the facts of an initiative, or Communecter's project."""
        if not isinstance(document, dict):
            return False
        is_ours = type_of(document) in {"Article", "Note", "Page"} and isinstance(document.get("initiative"), dict)
        return is_ours or type_of(document) == "Project"

    def from_object(self, document: Any) -> Content:
        """Read an initiative of any origin; see `Kind.from_object`."""
        reading.require_id(document)
        facts = document.get("initiative")
        initiative: Document = facts if isinstance(facts, dict) else {}
        website = reading.link_named(document, "Website")
        return Content(
            kind=self.name,
            name=untitled(document, "active"),
            summary=reading.summary_of(document),
            html=own_text(document),
            language=reading.language_of(document),
            translations=translations_of(document, "active"),
            timezone=reading.timezone_of(document),
            place=reading.place_of(document),
            organisers=reading.organisers_of(document),
            tags=reading.tags_of(document),
            status="active",
            **attachments.read(document),
            details=details_from_object(
                initiative, document, website=None if website == clean_url(document.get("url")) else website
            ),
        )


def details_of(content: Content) -> InitiativeDetails:
    """Return the details of an initiative.

    Raises:
        TypeError: the content is of another kind.
    """
    if not isinstance(content.details, InitiativeDetails):
        raise TypeError("this publication is not an initiative")
    return content.details


def _stage(details: InitiativeDetails, language: str | None) -> str:
    label = STAGES.get(details.stage, "")
    return words(language, label) if label else ""


def _areas(details: InitiativeDetails) -> list[str]:
    return [area.name or area.code for area in details.acts_in]
