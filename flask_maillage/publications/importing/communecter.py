"""Projects of Communecter as initiatives: its own JSON export, or the `Project`s that it federates.

Its export (`reference/network.md` §2) lists elements under `entities`, `data` or `results`, as a list or by id; places
lie in `address` and `geo`, stages in `avancement`.
"""

from typing import Any

from federation.activities import as_list, type_of
from federation.errors import Malformed
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.importing import rows
from flask_maillage.publications.importing.geojson import loaded, text_under
from flask_maillage.publications.importing.rows import Note, Reading, Settings, Unfit, Unreadable
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails, stage_of
from flask_maillage.publications.texts import wrong_title
from flask_maillage.territory.places import country_code

LISTS = ("entities", "results", "data", "orderedItems", "items", "projects")


def read(data: bytes, settings: Settings) -> Reading:
    """Return a row for each project.

    Raises:
        Unreadable: it holds no list of them, or too much.
    """
    found = _elements(loaded(data))
    if not found:
        raise Unreadable(_("No projects of Communecter are in this file."))
    return rows.numbered(found, lambda element: _read(element, settings))


def _elements(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return []
    for name in LISTS:
        value = document.get(name)
        if isinstance(value, dict):
            return [{"_id": key, **one} if isinstance(one, dict) else one for key, one in value.items()]
        if isinstance(value, list):
            return value
    return [document] if document.get("name") else []


def _read(element: Any, settings: Settings) -> tuple[str, Content, tuple[Note, ...]]:
    if not isinstance(element, dict):
        raise Unfit(_("It is no project."))
    if type_of(element) == "Project" and "id" in element:
        return _federated(element)
    address, position = _under(element, "address"), _under(element, "geo")
    place = rows.place(
        street=text_under(address, "streetAddress")[:200],
        postal_code=text_under(address, "postalCode")[:20],
        locality=text_under(address, "addressLocality", "level4Name")[:200],
        region=text_under(address, "regionName", "level3Name", "addressRegion")[:200],
        country=country_code(text_under(address, "addressCountry")),
        latitude=position.get("latitude"),
        longitude=position.get("longitude"),
    )
    progress = text_under(_under(element, "properties"), "avancement") or text_under(element, "avancement", "progress")
    website = rows.web_address(text_under(element, "url", "website"))
    content = rows.initiative(
        settings,
        name=text_under(element, "name"),
        text=text_under(element, "description", "shortDescription"),
        details=InitiativeDetails(stage=stage_of(progress), website=website),
        place=place,
        tags=[tag for tag in as_list(element.get("tags")) if isinstance(tag, str)][:50],
    )
    key = element.get("_id")
    key = text_under(key, "$id", "$oid") if isinstance(key, dict) else key
    return str(key) if isinstance(key, str | int) else text_under(element, "id", "slug"), content, ()


def _federated(element: dict[str, Any]) -> tuple[str, Content, tuple[Note, ...]]:
    try:
        content = kind_named("initiative").from_object(element)
    except Malformed:
        raise Unfit(wrong_title("")) from None
    return str(element["id"]), content.model_copy(update={"source": content.source or ""}), ()


def _under(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
