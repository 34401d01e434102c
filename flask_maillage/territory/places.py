"""A place, as a form has it, as a row has it and as the wire has it.

One `Place` object is all that Mobilizon takes (it fails on a list) and its coordinates must be JSON floats.
"""

import math
from functools import cache
from typing import Annotated, Any, Self

from babel import Locale
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from federation.activities import as_list, type_of
from federation.sanitising import clean_text

COUNTRY_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
NONE = frozenset({"AC", "CP", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Codes that CLDR names and ISO 3166-1 does not: parts of countries, unions of them, and tests of software."""
PHYSICAL_TYPES = frozenset({"Place", "geojson:Feature", ""})
ADDRESS_PARTS = {
    "street": "streetAddress",
    "postal_code": "postalCode",
    "locality": "addressLocality",
    "region": "addressRegion",
    "country": "addressCountry",
}


def _line(value: str) -> str:
    return " ".join(clean_text(value, limit=200).split())


Line = Annotated[str, AfterValidator(_line)]


class Place(BaseModel):
    """Somewhere one can go: at least a name (its locality where it has none of its own)."""

    model_config = ConfigDict(frozen=True)

    name: Line = ""
    street: Line = ""
    postal_code: Line = ""
    locality: Line = ""
    region: Line = ""
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, values: Any) -> Any:
        """Call a place without a name by its street or locality: Gancio and Mobilizon show the name."""
        if not isinstance(values, dict) or values.get("name"):
            return values
        return {**values, "name": values.get("street") or values.get("locality") or values.get("region") or ""}

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a latitude needs a longitude")
        return self

    @property
    def has_address(self) -> bool:
        """Whether any part of a postal address is known."""
        return any(getattr(self, part) for part in ADDRESS_PARTS)

    @property
    def in_words(self) -> str:
        """The place in one line: its name, and its locality where the name does not say it."""
        where = self.locality or self.region
        return self.name if not where or where.casefold() in self.name.casefold() else f"{self.name}, {where}"

    def to_object(self, iri: str | None) -> dict[str, Any]:
        """Return the AS2 `Place`, with the id `iri` where it has one."""
        place: dict[str, Any] = {"id": iri} if iri else {}
        place |= {"type": "Place", "name": self.name}
        if self.latitude is not None and self.longitude is not None:
            place |= {"latitude": float(self.latitude), "longitude": float(self.longitude)}
        if self.has_address:
            address = {wire: getattr(self, part) for part, wire in ADDRESS_PARTS.items() if getattr(self, part)}
            place["address"] = {"type": "PostalAddress", **address}
        return place

    @classmethod
    def from_object(cls, value: Any) -> "Place | None":
        """Read the first physical place in `value`, or return None.

        Accepts a text, a `Place` whose address is a text (Gancio) or a `PostalAddress` (Mobilizon, Communecter),
        and a list of those (FEP-8a8e: the first supported one counts). Never raises: coordinates that cannot be
        (out of range, not numbers, or exactly 0, 0) are dropped.
        """
        for item in as_list(value)[:20]:
            place = cls(name=item[:200]) if isinstance(item, str) else cls._from_document(item)
            if place is not None and (place.name or place.has_address or place.latitude is not None):
                return place
        return None

    @classmethod
    def _from_document(cls, document: Any) -> "Place | None":
        if not isinstance(document, dict) or type_of(document) not in PHYSICAL_TYPES:
            return None
        address = document.get("address")
        parts: dict[str, Any] = {}
        if isinstance(address, dict):
            parts = {part: _line(_text(address.get(wire))) for part, wire in ADDRESS_PARTS.items()}
            parts["country"] = country_code(parts["country"])
        elif isinstance(address, str):
            parts = {"street": address[:200]}
        latitude = _coordinate(document.get("latitude"), 90)
        longitude = _coordinate(document.get("longitude"), 180)
        if latitude is not None and longitude is not None and (latitude, longitude) != (0.0, 0.0):
            parts |= {"latitude": latitude, "longitude": longitude}
        return cls(name=_line(_text(document.get("name"))), **parts)


def country_code(value: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a code or a country's name, else an empty string.

    Mobilizon writes the name of the country, in the language of whoever looked the address up.
    """
    code = value.strip().upper()
    if code in country_names("en"):
        return code
    return _codes_by_name().get(value.strip().casefold(), "")


@cache
def country_names(language: str) -> dict[str, str]:
    """Return the names of all countries by their two-letter codes, in `language` (as `en`)."""
    territories = Locale.parse(language).territories
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha() and code not in NONE}


@cache
def _codes_by_name() -> dict[str, str]:
    names = (country_names(language) for language in COUNTRY_LANGUAGES)
    return {name.casefold(): code for by_code in names for code, name in by_code.items()}


def _text(value: Any) -> str:
    return value[:1000] if isinstance(value, str) else ""


def _coordinate(value: Any, limit: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -limit <= value <= limit and math.isfinite(value) else None
