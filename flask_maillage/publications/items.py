"""A publication as pages and feeds show it: everything that a template needs, made from a row in one place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.sanitising import clean_url, displayed_host, text_of_html
from flask_maillage.publications import tags
from flask_maillage.publications.around import Circle
from flask_maillage.publications.call_states import Standing, standing
from flask_maillage.publications.content import ActorRef, Content, Details
from flask_maillage.publications.eligibility import eligible_countries
from flask_maillage.publications.enclosures.portraits import icons_of
from flask_maillage.publications.enclosures.showing import Download, Shown, downloads_of, pictures_of
from flask_maillage.publications.kinds.call_details import CallDetails, Seat
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.event_times import is_of_several_days
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails
from flask_maillage.publications.kinds.news import NewsDetails
from flask_maillage.publications.models import PUBLIC, Publication
from flask_maillage.publications.programmes.programme import Programme, all_items, complete
from flask_maillage.publications.stages import STAGES
from flask_maillage.publications.topics import NamedTopic, label_of, parents_of
from flask_maillage.publications.workers import workers_label
from flask_maillage.territory import organisations, unions, zones
from flask_maillage.territory.places import Place
from flask_maillage.web.language import current_language

DESCRIPTION_LIMIT = 300
_TERRITORIES = unions.LABELS


@dataclass(frozen=True)
class ActorItem:
    """Somebody who publishes: the name, the page of it here and the handle that the fediverse knows."""

    name: str
    url: str
    handle_at_host: str
    host: str
    is_local: bool
    icon: Shown | None = None
    """The picture beside its name, where a list asked for it."""
    sort: str = ""
    """What sort of organisation it is, in the reader's language, where a list asked for it."""


@dataclass(frozen=True)
class Named:
    """Somebody or something that is named, with a page where one is known."""

    name: str
    url: str | None = None


@dataclass(frozen=True)
class SeatItem:
    """A seat of a steering committee, with the page of who holds it where one is known."""

    name: str
    role: str
    organisation: str
    url: str | None = None


@dataclass(frozen=True)
class TopicItem:
    """A topic with the narrower ones that were chosen under it."""

    label: str
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Item:
    """A publication to show. `url` is our page of it, `original_url` the page where it was published.

    `html` and `summary_html` are clean; `state` is the word of its kind for where it stands now; `source_host` is the
    partner it comes from, None for what is ours.
    """

    kind: str
    slug: str
    name: str
    url: str
    iri: str
    original_url: str
    summary_html: Markup
    html: Markup
    actor: ActorItem
    language: str | None
    state: str
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    shown_end: datetime | None
    timezone: str | None
    is_of_several_days: bool
    place: Place | None
    online_url: str | None
    organisers: tuple[Named, ...]
    tags: tuple[Named, ...]
    carried_by: tuple[Named, ...]
    coalition: Named | None
    committee: tuple[SeatItem, ...]
    people: Mapping[str, str]
    """Our pages of those who speak and have an actor that we know, by its id."""
    details: Details
    source_host: str | None
    formerly: str | None
    formerly_host: str | None
    published_at: datetime | None
    updated_at: datetime
    received_at: datetime | None
    is_draft: bool
    visibility: str = PUBLIC
    """Who may read it: a card says so where that is not everybody."""
    standing: Standing | None = None
    """Whether one may apply, for a call."""
    image: Shown | None = None
    downloads: tuple[Download, ...] = ()
    kilometres: float | None = None
    """How far it is from where somebody stands who asks for what is around."""

    @property
    def is_untitled(self) -> bool:
        """Whether its name is only how its text begins."""
        return isinstance(self.details, NewsDetails) and not self.details.titled

    @property
    def line(self) -> str:
        """How its text begins, as plain text, for a card or a description; the summary where it does not take place.

        Of a text without title, what comes after its name.
        """
        if self.is_untitled:
            text = " ".join(text_of_html(str(self.html), limit=2 * DESCRIPTION_LIMIT).split())
            return text.removeprefix(self.name.removesuffix("…")).strip() if self.name.endswith("…") else ""
        html = self.summary_html if self.state in ("cancelled", "postponed") else self.html
        return " ".join(text_of_html(str(html or self.summary_html), limit=DESCRIPTION_LIMIT).split())

    @property
    def was_changed(self) -> bool:
        """Whether it was changed after it was published."""
        return self.published_at is not None and (self.updated_at - self.published_at).total_seconds() > 60

    @property
    def programme(self) -> Programme:
        """The programme with the end of each entry; empty for what has none."""
        return complete(self.details.programme, self.ends_at) if isinstance(self.details, EventDetails) else ()

    @property
    def minutes(self) -> Markup:
        """What was said at an event, written down afterwards: clean HTML."""
        return Markup(getattr(self.details, "minutes", ""))  # noqa: S704 - cleaned when it was written or received

    @property
    def contacts(self) -> tuple[Named, ...]:
        """Whom to ask about an event: an actor with its address, or somebody by name and number."""
        who = self.details.contacts if isinstance(self.details, EventDetails) else ()
        return tuple(_named(reference, {}) for reference in who)

    @property
    def topics(self) -> tuple[TopicItem, ...]:
        """The topics, narrower ones under the broader ones that were chosen too."""
        return _topic_tree(getattr(self.details, "topics", ()), getattr(self.details, "topic_labels", ()))

    @property
    def territories(self) -> tuple[str, ...]:
        """Where those who may answer a call live, in English words that pages translate."""
        return tuple(_TERRITORIES.get(code, code) for code in getattr(self.details, "territories", ()))

    @property
    def trail(self) -> tuple[Named, ...]:
        """The pages of the territories that its place lies in, from the country to the town."""
        return tuple(_territory(code) for code in zones.trail(self.place)) if self.place else ()

    @property
    def areas(self) -> tuple[Named, ...]:
        """Where an initiative acts, with the page of each territory that is known."""
        areas = self.details.acts_in if isinstance(self.details, InitiativeDetails) else ()
        known = [(area, zones.canonical(area.code)) for area in areas]
        return tuple(Named(area.name or area.code, _territory_page(code)) for area, code in known)

    @property
    def workers(self) -> tuple[str, ...]:
        """Whose work an initiative is about, in English words that pages translate."""
        return tuple(workers_label(kind) for kind in getattr(self.details, "workers", ()))

    @property
    def eligible(self) -> dict[str, tuple[str, ...]]:
        """The countries of each territory whose people may answer a call, as on its day; an English name for each."""
        if not isinstance(self.details, CallDetails):
            return {}
        return {_TERRITORIES[code]: found for code, found in eligible_countries(self.details).items()}

    @property
    def stage(self) -> str:
        """How far an initiative is, in an English word that pages translate; empty where it is not known."""
        return STAGES.get(getattr(self.details, "stage", ""), "")


def item_of(
    publication: Publication,
    known: Mapping[str, Actor] | None = None,
    content: Content | None = None,
    image: Shown | None = None,
) -> Item:
    """Return a publication as it is shown; its actor should be loaded already.

    Args:
        publication: the row.
        known: actors by their ids (`known_actors`), to link those whom the publication names to our pages of them.
        content: what it says, where that is more than its row does (`counting.counted`).
        image: its image, where that can be shown (`showing.pictures_of`).
    """
    known = known or {}
    content, kind = content or publication.content, publication.kind_of_it
    return Item(
        kind=publication.kind,
        slug=kind.slug,
        name=content.name,
        url=_page_here(publication),
        iri=publication.iri,
        original_url=publication.url,
        summary_html=Markup(content.summary or kind.summary(content)),  # noqa: S704 - cleaned when it was written or received
        html=Markup(content.html),  # noqa: S704 - the same
        actor=actor_item(publication.actor),
        language=content.language,
        state=kind.state(content, now()),
        status=content.status,
        starts_at=content.starts_at,
        ends_at=content.ends_at,
        shown_end=_shown_end(content),
        timezone=content.timezone,
        is_of_several_days=content.kind == "event" and is_of_several_days(content),
        place=content.place,
        online_url=content.online_url,
        organisers=tuple(_named(reference, known) for reference in content.organisers),
        tags=tuple(Named(f"#{tag}", url_for("maillage.tag", tag=tags.folded(tag))) for tag in content.tags),
        carried_by=tuple(_named(reference, known) for reference in _carriers(content.details)),
        coalition=_coalition(content.details, known),
        committee=tuple(_seat(seat, known) for seat in _seats(content.details)),
        people=_people(content.details, known),
        details=content.details,
        source_host=None if publication.local else displayed_host(publication.iri),
        formerly=publication.formerly,
        formerly_host=displayed_host(publication.formerly) if publication.formerly else None,
        published_at=publication.published_at,
        updated_at=publication.updated_at,
        received_at=publication.received_at,
        is_draft=publication.published_at is None,
        visibility=publication.visibility,
        image=image,
        downloads=downloads_of(content),
        standing=standing(content, now(), publication.state) if publication.kind == "call" else None,
    )


def _page_here(publication: Publication) -> str:
    return url_for(
        "maillage.publication",
        page_handle=publication.actor.page_handle,
        slug=publication.kind_of_it.slug,
        identifier=publication.identifier,
    )


def _shown_end(content: Content) -> datetime | None:
    """An event whose end is open has one for machines, which people are not shown."""
    is_open = isinstance(content.details, EventDetails) and not content.details.display_end_time
    return None if is_open else content.ends_at


def items_of(publications: Iterable[Publication], around: Circle | None = None) -> list[Item]:
    """Return publications as lists show them, without programmes; how far each is where they lie `around` a point."""
    found = list(publications)
    pictures = pictures_of(found)
    icons = icons_of(one.actor_id for one in found) if found else {}
    items = [
        _with_icon(item_of(one, content=one.brief, image=pictures.get(one.id)), icons.get(one.actor_id))
        for one in found
    ]
    return [_with_distance(item, around) for item in items] if around else items


def _with_icon(item: Item, icon: Shown | None) -> Item:
    return replace(item, actor=replace(item.actor, icon=icon)) if icon else item


def _with_distance(item: Item, around: Circle) -> Item:
    if item.place is None or item.place.latitude is None or item.place.longitude is None:
        return item
    return replace(item, kilometres=around.kilometres_to(item.place.latitude, item.place.longitude))


def actor_items(actors: Sequence[Actor]) -> list[ActorItem]:
    """Return actors as a list of them shows them: with what sort of organisation each is."""
    kinds = organisations.kinds_of(actor.id for actor in actors) if actors else {}
    return [replace(actor_item(actor), sort=organisations.label(kinds.get(actor.id))) for actor in actors]


def actor_item(actor: Actor) -> ActorItem:
    """Return an actor as it is shown beside what it publishes."""
    return ActorItem(
        name=actor.name,
        url=_page_of(actor),
        handle_at_host=actor.address,
        host=actor.host,
        is_local=actor.local,
    )


def known_actors(publication: Publication) -> dict[str, Actor]:
    """Return the actors whom a publication names and whom we know, by their ids."""
    content = publication.content
    references = [*content.organisers, *_carriers(content.details)]
    if isinstance(content.details, InitiativeDetails) and content.details.coalition:
        references.append(content.details.coalition)
    wanted = {reference.iri for reference in references} | {seat.actor for seat in _seats(content.details)}
    wanted |= _speaking(content.details)
    wanted.discard(None)
    if not wanted:
        return {}
    query = select(Actor).where(
        Actor.iri.in_(wanted), Actor.gone_at.is_(None), Actor.suspended_at.is_(None), Actor.federated
    )
    return {actor.iri: actor for actor in session().scalars(query)}


def _carriers(details: Details) -> tuple[ActorRef, ...]:
    return details.carried_by if isinstance(details, InitiativeDetails) else ()


def _coalition(details: Details, known: Mapping[str, Actor]) -> Named | None:
    coalition = details.coalition if isinstance(details, InitiativeDetails) else None
    return _named(coalition, known) if coalition else None


def _seats(details: Details) -> tuple[Seat, ...]:
    return details.committee if isinstance(details, CallDetails) else ()


def _speaking(details: Details) -> set[str | None]:
    items = all_items(details.programme) if isinstance(details, EventDetails) else ()
    return {speaker.actor for item in items for speaker in item.speakers}


def _people(details: Details, known: Mapping[str, Actor]) -> dict[str, str]:
    return {iri: _page_of(known[iri]) for iri in _speaking(details) if iri and iri in known}


def _named(reference: ActorRef, known: Mapping[str, Actor]) -> Named:
    actor = known.get(reference.iri or "")
    if actor is not None:
        return Named(reference.name or actor.name, _page_of(actor))
    return Named(reference.name or displayed_host(reference.iri or ""), clean_url(reference.iri))


def _seat(seat: Seat, known: Mapping[str, Actor]) -> SeatItem:
    actor = known.get(seat.actor or "")
    name = seat.name or (actor.name if actor else "")
    url = _page_of(actor) if actor else clean_url(seat.actor)
    if not (name or seat.role or seat.organisation):
        name = displayed_host(seat.actor or "")
    return SeatItem(name=name, role=seat.role, organisation=seat.organisation, url=url)


def _page_of(actor: Actor) -> str:
    return url_for("maillage.actor", page_handle=actor.page_handle)


def _territory(code: str) -> Named:
    return Named(zones.name_of(code, current_language()), _territory_page(code))


def _territory_page(code: str | None) -> str | None:
    return url_for("maillage.territory", code=code) if code else None


def _topic_tree(chosen: Iterable[str], named: tuple[NamedTopic, ...]) -> tuple[TopicItem, ...]:
    topics, parents, language = tuple(chosen), parents_of(named), current_language()
    narrower: dict[str, list[str]] = {}
    for topic in topics:
        if (parent := parents.get(topic, "")) in topics:
            narrower.setdefault(parent, []).append(label_of(topic, named, language))
    below = {topic for topic in topics if parents.get(topic, "") in topics}
    return tuple(
        TopicItem(label_of(topic, named, language), tuple(narrower.get(topic, ())))
        for topic in topics
        if topic not in below
    )
