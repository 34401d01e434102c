"""Publications and actors in the words of schema.org, as JSON-LD in their pages: what search engines read.

The vocabulary's context is named and never fetched. Only what everybody may read is described.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from markupsafe import Markup

from actors import iris
from actors.models import COALITION, NODE, PERSON, PROJECT, TERRITORY, Actor
from federation.sanitising import clean_url, text_of_html
from flask_maillage.publications.content import ActorRef, Content
from flask_maillage.publications.enclosures.showing import Shown
from flask_maillage.publications.kinds.base import titled
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes.programme import ProgrammeItem, Speaker, all_items, complete
from flask_maillage.publications.topics import label_of
from flask_maillage.territory.places import Place

Node = dict[str, Any]
SCHEMA = "https://schema.org"
HEADLINE_LIMIT = 110
DESCRIPTION_LIMIT = 5000
TYPES = {
    PERSON: "Person",
    PROJECT: "Project",
    TERRITORY: "AdministrativeArea",
    NODE: "WebSite",
    COALITION: "Consortium",
}
_STATUSES = {
    "cancelled": "EventCancelled",
    "postponed": "EventPostponed",
    "rescheduled": "EventRescheduled",
    "moved_online": "EventMovedOnline",
}


def script(document: Node) -> Markup:
    """Return a document as the block of data of a page: nothing in it can end the block or begin another element.

    Such a block is never executed, so that no Content-Security-Policy has to know it.
    """
    text = json.dumps({"@context": SCHEMA, **document}, sort_keys=True)
    for sign in "<>&'":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup('<script type="{}">{}</script>').format("application/ld+json", Markup(text))  # noqa: S704 - escaped


def of_publication(publication: Publication, content: Content, image: Shown | None = None) -> Node:
    """Describe a publication.

    Args:
        publication: the row.
        content: what it says, in the language of the page, with the places that are left where that is counted.
        image: its image as the page shows it: from here, wherever it comes from.
    """
    content = content if content.summary else _summarised(publication, content)
    text = text_of_html(content.html or content.summary, limit=DESCRIPTION_LIMIT)
    common: Node = {
        "@id": publication.iri,
        "url": publication.page,
        "name": titled(content),
        "description": text,
        "inLanguage": content.language,
        "image": image.url if image else None,
        "keywords": [*content.tags, *_topics(content)],
    }
    details = content.details
    if isinstance(details, EventDetails):
        return _said(common | _event(publication, content, details))
    if isinstance(details, InitiativeDetails):
        return _said(common | _initiative(publication, content, details))
    return _said(common | _article(publication, content))


def of_actor(actor: Actor) -> Node:
    """Describe an actor by what its page shows."""
    return _said(
        {
            "@type": TYPES.get(actor.kind or "", "Organization"),
            "@id": actor.iri,
            "name": actor.name,
            "url": iris.actor_page(actor.page_handle),
            "description": text_of_html(actor.summary or "", limit=DESCRIPTION_LIMIT),
            "sameAs": None if actor.local else clean_url(actor.url),
        }
    )


def _event(publication: Publication, content: Content, details: EventDetails) -> Node:
    zone = content.timezone
    programme = complete(details.programme, content.ends_at)
    speakers = {who.name: _speaker(who) for item in all_items(programme) for who in item.speakers}
    has_end = content.ends_at is not None and details.display_end_time
    return {
        "@type": "Event",
        "startDate": _date(content.starts_at, zone, whole_days=details.all_day),
        "endDate": _date(content.ends_at, zone, whole_days=details.all_day) if has_end else None,
        "previousStartDate": _date(details.previous_starts[-1], zone) if details.previous_starts else None,
        "eventStatus": f"{SCHEMA}/{_STATUSES.get(content.status, 'EventScheduled')}",
        "eventAttendanceMode": f"{SCHEMA}/{_attendance_mode(content)}",
        "location": _locations(content),
        "organizer": [_author(publication.actor), *(_named(who) for who in content.organisers)],
        "performer": list(speakers.values()),
        "maximumAttendeeCapacity": details.capacity,
        "remainingAttendeeCapacity": details.places_left,
        "offers": _offer(publication, details),
        "subEvent": [_item(item, zone) for item in programme if item.starts_at],
    }


def _article(publication: Publication, content: Content) -> Node:
    expires = content.ends_at if isinstance(content.details, CallDetails) else None
    return {
        "@type": "Article",
        "headline": titled(content)[:HEADLINE_LIMIT],
        "abstract": text_of_html(content.summary, limit=DESCRIPTION_LIMIT),
        "genre": words(content.language, publication.kind_of_it.label),
        "datePublished": _date(publication.published_at, None),
        "dateModified": _date(publication.updated_at, None),
        "expires": _date(expires, content.timezone),
        "author": [_author(publication.actor), *(_named(who) for who in content.organisers)],
        "contentLocation": _place(content.place) if content.place else None,
    }


def _initiative(publication: Publication, content: Content, details: InitiativeDetails) -> Node:
    return {
        "@type": "Project",
        "location": _place(content.place) if content.place else None,
        "areaServed": [area.name or area.code for area in details.acts_in],
        "member": [_author(publication.actor), *(_named(who) for who in details.carried_by)],
        "parentOrganization": _named(details.coalition) if details.coalition else None,
        "sameAs": details.website,
        "inLanguage": None,  # an organisation has none
    }


def _item(item: ProgrammeItem, zone: str | None) -> Node:
    return _said(
        {
            "@type": "Event",
            "name": item.name,
            "description": item.description,
            "startDate": _date(item.starts_at, zone),
            "endDate": _date(item.ends_at, zone),
            "location": {"@type": "Place", "name": item.room} if item.room else None,
            "performer": [_speaker(who) for part in all_items([item]) for who in part.speakers],
        }
    )


def _offer(publication: Publication, details: EventDetails) -> Node | None:
    if details.join_mode == "none":
        return None
    availability = "SoldOut" if details.places_left == 0 else "InStock"
    url = details.external_url or publication.page
    return {"@type": "Offer", "url": url, "availability": f"{SCHEMA}/{availability}"}


def _attendance_mode(content: Content) -> str:
    if content.online_url and content.place and content.status != "moved_online":
        return "MixedEventAttendanceMode"
    return "OnlineEventAttendanceMode" if content.online_url else "OfflineEventAttendanceMode"


def _locations(content: Content) -> list[Node]:
    found = [_place(content.place)] if content.place else []
    return found + ([{"@type": "VirtualLocation", "url": content.online_url}] if content.online_url else [])


def _place(place: Place) -> Node:
    address = {
        "@type": "PostalAddress",
        "streetAddress": place.street,
        "postalCode": place.postal_code,
        "addressLocality": place.locality,
        "addressRegion": place.region,
        "addressCountry": place.country,
    }
    geo = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    return _said(
        {
            "@type": "Place",
            "name": place.name,
            "address": _said(address) if place.has_address else None,
            "geo": geo if place.latitude is not None else None,
        }
    )


def _speaker(who: Speaker) -> Node:
    organisation = {"@type": "Organization", "name": who.organisation} if who.organisation else None
    return _said({"@type": "Person", "name": who.name, "jobTitle": who.role, "affiliation": organisation})


def _author(actor: Actor) -> Node:
    kind = "Person" if actor.kind == PERSON else "Organization"
    return {"@type": kind, "@id": actor.iri, "name": actor.name, "url": iris.actor_page(actor.page_handle)}


def _named(who: ActorRef) -> Node:
    return _said({"@type": "Organization", "@id": who.iri, "name": who.name})


def _topics(content: Content) -> Iterable[str]:
    """Return what its topics are called in its language."""
    named = getattr(content.details, "topic_labels", ())
    topics = getattr(content.details, "topics", ())
    return (words(content.language, label_of(topic, named, content.language)) for topic in topics)


def _summarised(publication: Publication, content: Content) -> Content:
    return content.model_copy(update={"summary": publication.kind_of_it.summary(content)})


def _date(moment: datetime | None, zone: str | None, *, whole_days: bool = False) -> str | None:
    if moment is None:
        return None
    local = wall_clock(moment, zone)
    return local.date().isoformat() if whole_days else local.isoformat()


def _said(node: Node) -> Node:
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}
