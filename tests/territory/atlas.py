"""A small gazetteer in the place of the real one: Grenoble and Échirolles in their department, a region and France."""

from typing import Any

import pytest

from flask_maillage.territory import gazetteer
from flask_maillage.territory.gazetteer import Zone
from flask_maillage.territory.places import Place

WITHIN = {
    "insee:38185": ("siren:200040715", "FR-38", "FR-ARA", "FR"),
    "insee:38151": ("siren:200040715", "FR-38", "FR-ARA", "FR"),
    "siren:200040715": ("FR-38", "FR-ARA", "FR"),
    "FR-38": ("FR-ARA", "FR"),
    "FR-ARA": ("FR",),
    "FR": (),
    "BE": (),
}
NAMES = {
    "insee:38185": "Grenoble",
    "insee:38151": "Échirolles",
    "siren:200040715": "Grenoble-Alpes-Métropole",
    "FR-38": "Isère",
    "FR-ARA": "Auvergne-Rhône-Alpes",
    "FR": "France",
    "BE": "Belgium",
}
GRENOBLE = Place(name="Maison des associations", locality="Grenoble", country="FR", latitude=45.19, longitude=5.72)
ECHIROLLES = Place(name="La Ponatière", locality="Échirolles", country="FR", latitude=45.14, longitude=5.71)
BRUSSELS = Place(name="Brussels", locality="Brussels", country="BE")
EDITION = "small"


def zone(code: str) -> Zone:
    country = code if code in ("FR", "BE") else "FR"
    kind = "epci" if code.startswith("siren:") else "zone"
    return Zone(0, code, kind, NAMES[code], country, WITHIN[code], latitude=45.19, longitude=5.72, exact=True)


def _of_place(place: Place) -> Any:
    code = next((code for code, name in NAMES.items() if name == place.locality), place.country)
    return zone(code) if code in NAMES else None


def open_atlas(patch: pytest.MonkeyPatch, edition: str = EDITION) -> None:
    """Put the small gazetteer in the place of the real one."""
    patch.setattr(gazetteer, "named", lambda code: zone(code) if code in NAMES else None)
    patch.setattr(
        gazetteer,
        "containing",
        lambda code: tuple(map(zone, (code, *WITHIN[code]))) if code in WITHIN else (),
    )
    patch.setattr(gazetteer, "of_place", _of_place)
    patch.setattr(gazetteer, "edition", lambda: edition)
    patch.setattr(
        gazetteer,
        "complete",
        lambda text, *_, **__: [zone(code) for code, name in NAMES.items() if name.casefold() == text.casefold()],
    )
