"""What an actor says of itself besides its name: where it is based, where it acts, and its links.

Ours are written by those who administer the actor and sent to its followers; others' are read from their documents, to
be shown and searched, and believed in nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from sqlalchemy import delete, select

from actors import documents, moving, remote
from actors.database import session
from actors.models import COALITION, ORGANISATION, PERSON, PROJECT, TERRITORY, Actor
from actors.node import now
from federation import links, markdown
from federation.activities import Document, as_list, text_of, type_of
from federation.sanitising import clean_text, clean_url
from flask_maillage.territory import gazetteer, organisations, zones
from flask_maillage.territory.models import ACTS, BASED, ActorZone, Profile
from flask_maillage.territory.places import Place
from inboxes.registry import on_departure

KINDS = frozenset({ORGANISATION, PROJECT, COALITION, TERRITORY})
MAX_AREAS, MAX_LINKS, LABEL_LIMIT = 20, 8, 60


@dataclass(frozen=True)
class Link:
    """A link of an actor; `verified_at` is when its page was last seen to link back."""

    label: str
    address: str
    verified_at: datetime | None = None


@dataclass(frozen=True)
class Area:
    """A zone by name, and by code where it is known."""

    name: str
    code: str = ""


@dataclass(frozen=True)
class Said:
    """All that a profile says, as pages show it."""

    based_in: Area | None = None
    acts_in: tuple[Area, ...] = ()
    links: tuple[Link, ...] = ()
    organisation_kind: str | None = None
    """One of `organisations.KINDS`."""


def has_one(actor: Actor) -> bool:
    """Tell whether an actor of ours has a profile that people write."""
    return actor.local and actor.kind in KINDS and actor.gone_at is None


def of(actor: Actor, language: str) -> Said:
    """Return what an actor says of itself, zones by their names in `language` where we know them."""
    row = session().get(Profile, actor.id)
    code = row.based_in if row else None
    place = Place.model_validate(actor.place) if actor.place else None
    name = zones.name_of(code, language) if code else place.in_words if place else ""
    stored = [Link(one["label"], one["address"], _moment(one.get("verified_at"))) for one in (row.links if row else ())]
    if not stored and actor.website:
        stored = [Link(actor.website.partition("://")[2].rstrip("/"), actor.website)]
    return Said(
        based_in=Area(name, code or "") if name else None,
        acts_in=tuple(
            Area(zones.name_of(one["code"], language) if one["code"] else one["name"], one["code"])
            for one in (row.acts_in if row else ())
        ),
        links=tuple(stored),
        organisation_kind=row.organisation_kind if row else None,
    )


def write(
    actor: Actor,
    *,
    name: str,
    summary: str,
    based_in: Area | None,
    acts_in: Sequence[Area],
    addresses: Sequence[tuple[str, str]],
    organisation_kind: str | None = None,
) -> None:
    """Write down what an actor of ours says of itself, and send it to its followers where it says something else.

    Args:
        actor: one of ours that has a profile.
        name: what people read; not empty.
        summary: Markdown.
        based_in: a zone that the gazetteer knows, a name without a code where nobody knows which one is meant, or None.
        acts_in: the same.
        addresses: links by label and address; the first is its website.
        organisation_kind: one of `organisations.KINDS`, or None; of organisations alone.
    """
    row = _row(actor)
    html = markdown.render(summary)
    known = {one["address"]: one for one in row.links}
    said = [{"label": label, "address": address} for label, address in addresses[:MAX_LINKS]]
    areas = [_stored(area) for area in dict.fromkeys(acts_in)][:MAX_AREAS]
    kind = organisations.read(organisation_kind) if organisations.has_one(actor) else None
    bare = [_bare(one) for one in row.links]
    before = (actor.name, actor.summary, row.based_in, actor.place, row.acts_in, row.organisation_kind, bare)
    row.organisation_kind = kind
    actor.name, actor.summary = clean_text(name, limit=200) or actor.name, html
    actor.website = said[0]["address"] if said else None
    row.acts_in = areas
    row.links = [known.get(one["address"], {}) | one for one in said]
    row.check_links_at = now() if said else None
    if based_in is None or based_in.code:
        base(actor, based_in.code if based_in else None)
    else:
        _base_as_typed(actor, based_in.name)
    if before != (actor.name, actor.summary, row.based_in, actor.place, row.acts_in, kind, said):
        moving.tell_followers(actor)


def base(actor: Actor, code: str | None) -> None:
    """Let an actor of ours be based in a zone, or say nothing of where it is."""
    row = _row(actor)
    if code != row.based_in or code is None:
        actor.place = _place_of(code).model_dump(mode="json") if code else None
    row.based_in = code
    lay_out(actor, row)


def _base_as_typed(actor: Actor, text: str) -> None:
    """Let an actor of ours be based where somebody typed whom the gazetteer does not understand; the same stays."""
    row = _row(actor)
    known = Place.model_validate(actor.place) if actor.place and row.based_in is None else None
    if known is None or known.in_words != text:
        actor.place = Place(name=text).model_dump(mode="json")
    row.based_in = None
    lay_out(actor, row)


def be(actor: Actor, organisation_kind: str | None) -> None:
    """Let an organisation of ours be of a sort; nobody is told."""
    if organisations.has_one(actor) and (kind := organisations.read(organisation_kind)) is not None:
        _row(actor).organisation_kind = kind
        session().flush()


def act_in(actor: Actor, codes: Iterable[str]) -> None:
    """Let an actor of ours act in zones; nobody is told."""
    row = _row(actor)
    row.acts_in = [_stored(Area("", code)) for code in codes]
    lay_out(actor, row)


def lay_out_anew(actor: Actor) -> None:
    """Lay out an actor by what it said before."""
    lay_out(actor, _row(actor))


def lay_out(actor: Actor, row: Profile) -> None:
    """Write down in which zones an actor is based and acts: those it names, and all that contain them."""
    place = Place.model_validate(actor.place) if actor.place else None
    based = zones.lies_in(None, [row.based_in]) if row.based_in else zones.lies_in(place)
    acting = zones.lies_in(None, [one["code"] for one in row.acts_in])
    wanted = {(BASED, code) for code in based} | {(ACTS, code) for code in acting}
    rows = session().scalars(select(ActorZone).where(ActorZone.actor_id == actor.id)).all()
    for known in rows:
        if (known.relation, known.code) not in wanted:
            session().delete(known)
    missing = wanted - {(known.relation, known.code) for known in rows}
    session().add_all(ActorZone(actor_id=actor.id, relation=relation, code=code) for relation, code in sorted(missing))
    session().flush()


@on_departure
def forget(actor: Actor) -> None:
    """Keep nothing of what an actor said of itself that left for good."""
    session().execute(delete(ActorZone).where(ActorZone.actor_id == actor.id))
    session().execute(delete(Profile).where(Profile.actor_id == actor.id))


@documents.describes
def described(actor: Actor) -> Document:
    """Return what the document of an actor of ours says of its profile."""
    row = session().get(Profile, actor.id) if actor.kind in KINDS else None
    if row is None and not (actor.place and actor.kind in KINDS):
        return {}
    found: Document = {}
    if row and row.organisation_kind:
        found["organisationKind"] = row.organisation_kind
    if actor.place:
        code = {"code": row.based_in} if row and row.based_in else {}
        found["location"] = Place.model_validate(actor.place).to_object(None) | code
    if row and row.acts_in:
        found["areaServed"] = [
            {"type": "Place"} | {part: one[part] for part in one if one[part]} for one in row.acts_in
        ]
    if row and row.links:
        others = [one for one in row.links if one["address"] != actor.website]
        found["attachment"] = [_property(one["label"], one["address"]) for one in others]
    return found


@remote.on_remembering
def remember(actor: Actor, document: Document) -> None:
    """Keep what a group elsewhere says of where it is and acts, and its links; of persons nothing is kept."""
    is_person = actor.kind == PERSON
    location = document.get("location")
    place = None if is_person else Place.from_object(location)
    areas = [] if is_person else list(_areas_in(document.get("areaServed")))
    found = [] if is_person else list(_links_in(document.get("attachment")))
    actor.place = place.model_dump(mode="json") if place else None
    kind = organisations.read(document.get("organisationKind")) if organisations.has_one(actor) else None
    row = session().get(Profile, actor.id)
    if row is None:
        if not (place or areas or found or kind):
            return
        row = _row(actor)
    row.organisation_kind = kind
    code = location.get("code") if isinstance(location, dict) else None
    row.based_in = zones.canonical(code) if place and isinstance(code, str) else None
    row.acts_in, row.links, row.check_links_at = areas, found, None
    lay_out(actor, row)


def _row(actor: Actor) -> Profile:
    row = session().get(Profile, actor.id)
    if row is None:
        row = Profile(actor_id=actor.id, based_in=None, acts_in=[], links=[])
        session().add(row)
        session().flush()
    return row


def _bare(link: Any) -> dict[str, str]:
    return {"label": link["label"], "address": link["address"]}


def _stored(area: Area) -> dict[str, str]:
    return {"name": _called(area.code) if area.code else area.name, "code": area.code}


def _called(code: str) -> str:
    """Return the name under which a zone travels; each reader has it in their own language by its code."""
    return zones.name_of(code, "en")


def _place_of(code: str) -> Place:
    zone = gazetteer.named(code)
    if zone is None:
        return Place(name=_called(code), country=code if len(code) == 2 else "")
    latitude, longitude = (zone.latitude, zone.longitude) if zone.exact else (None, None)
    return Place(name=_called(code), country=zone.country, latitude=latitude, longitude=longitude)


def _property(label: str, address: str) -> Document:
    shown = address.partition("://")[2].rstrip("/")
    value = f'<a href="{escape(address)}" rel="me nofollow noopener">{escape(shown)}</a>'
    return {"type": "PropertyValue", "name": label or shown, "value": value}


def _areas_in(value: Any) -> Iterable[dict[str, str]]:
    for item in as_list(value)[:MAX_AREAS]:
        facts = item if isinstance(item, dict) else {"name": item}
        code = zones.canonical(text_of(facts.get("code"), zones.LONGEST_CODE)) or ""
        name = clean_text(facts.get("name"), limit=200)
        if name or code:
            yield {"name": name or _called(code), "code": code}


def _links_in(value: Any) -> Iterable[dict[str, str]]:
    listed = [one for one in as_list(value)[:50] if isinstance(one, dict) and type_of(one) == "PropertyValue"]
    for one in listed[:MAX_LINKS]:
        markup = text_of(one.get("value"), 2000)
        address = next((clean_url(found.get("href")) for found in links.elements(markup.encode(), "a")), None)
        if address is not None:
            yield {"label": clean_text(one.get("name"), limit=LABEL_LIMIT), "address": address}


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
