"""Maps (GeoJSON, RFC 7946) as initiatives: one for each feature, its properties under the names that are common."""

from typing import Any

from federation import strict_json
from federation.activities import as_list
from federation.errors import FederationError
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import rows
from flask_maillage.publications.importing.rows import Note, Reading, Settings, Unreadable
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails
from flask_maillage.territory.places import country_code

NODES = 400_000
NAMES = {
    "name": ("name", "title", "nom", "titre"),
    "text": ("description", "text", "content", "abstract", "summary", "descriptionMore"),
    "street": ("streetAddress", "street", "addr:street", "adresse", "address"),
    "postal_code": ("postalCode", "addr:postcode", "code_postal"),
    "locality": ("addressLocality", "city", "addr:city", "commune", "ville"),
    "country": ("addressCountry", "country", "addr:country", "pays"),
    "website": ("website", "url", "contact:website", "site_web"),
    "uid": ("id", "@id", "uid", "identifier"),
}


def loaded(data: bytes) -> Any:
    """Return what JSON of a file says.

    Raises:
        Unreadable: it is no JSON, or nests too deep.
    """
    try:
        return strict_json.loads(data.removeprefix(b"\xef\xbb\xbf"), nodes=NODES)
    except (FederationError, ValueError, RecursionError):
        raise Unreadable(_("This is no JSON, or too deep or too long for one.")) from None


def read(data: bytes, settings: Settings) -> Reading:
    """Return a row for each feature.

    Raises:
        Unreadable: it is no GeoJSON, or holds too much.
    """
    document = loaded(data)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise Unreadable(_("This is no GeoJSON: it has no features."))
    return rows.numbered(features, lambda feature: _read(feature, settings))


def _read(feature: Any, settings: Settings) -> tuple[str, Content, tuple[Note, ...]]:
    feature = feature if isinstance(feature, dict) else {}
    given = feature.get("properties")
    properties: dict[str, Any] = given if isinstance(given, dict) else {}
    facts = {field: text_under(properties, *names) for field, names in NAMES.items()}
    longitude, latitude = _position(feature.get("geometry"))
    place = rows.place(
        **{part: facts[part][:200] for part in ("street", "postal_code", "locality")},
        country=country_code(facts["country"]),
        latitude=latitude,
        longitude=longitude,
    )
    uid = feature.get("id")
    content = rows.initiative(
        settings,
        name=facts["name"],
        text=facts["text"],
        details=InitiativeDetails(website=rows.web_address(facts["website"])),
        place=place,
        tags=[tag for tag in as_list(properties.get("tags")) if isinstance(tag, str)][:50],
    )
    return str(uid) if isinstance(uid, str | int) else facts["uid"], content, ()


def text_under(document: dict[str, Any], *names: str) -> str:
    """Return the first text, or number, under one of these names."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def _position(geometry: Any) -> tuple[Any, Any]:
    """Return longitude and latitude of a point, or of the first point of anything else."""
    value = geometry.get("coordinates") if isinstance(geometry, dict) else None
    for _depth in range(4):
        if isinstance(value, list) and value and isinstance(value[0], list):
            value = value[0]
    if isinstance(value, list) and len(value) >= 2:
        return value[0], value[1]
    return None, None
