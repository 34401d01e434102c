"""What a field asks that completes a place as one types, and where the data about territories come from."""

from typing import Any

from flask import abort, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.database import reading
from actors.node import node
from actors.requests import caller_of
from flask_maillage.territory import zones
from flask_maillage.territory.atlas import KINDS, Zone, called, is_built
from flask_maillage.territory.completing import complete, described
from flask_maillage.territory.filling import facts_of
from flask_maillage.territory.geocoding import addresses
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import LANGUAGES, current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import conditional, current_member, keep_private, page

TOWNS = "commune place district"
DAY = 24 * 3600
MOST = 20


@pages.get("/territory/complete")
def complete_places() -> Response:
    """Return the territories that a beginning of a name, a postal code or a code may mean.

    The same for everybody, so caches may keep it: the language is asked for by `language`, not by a cookie.
    """
    if not node().rates.allow("completions", caller_of(request)):
        abort(429)
    language = _language()
    kinds = [kind for kind in request.args.get("kinds", "").split() if kind in KINDS] or KINDS
    typed = request.args.get("q", "")
    found = complete(
        typed,
        limit=min(request.args.get("limit", 8, type=int), MOST),
        language=language,
        near=_near(request.args.get("near", "")),
        kinds=kinds,
        country=request.args.get("country", "")[:2].upper(),
    )
    return conditional(jsonify([_suggestion(zone, typed, language) for zone in found]), kept=f"max-age={DAY}")


@pages.get("/territory/addresses")
def complete_addresses() -> Response:
    """Return the addresses that a beginning may mean, to members: another server is asked for them."""
    with reading():
        member = current_member()
        who = str(getattr(member, "id", "")) or caller_of(request)
    if member is None or not node().state.get("geocoder"):
        abort(404)
    found = addresses(request.args.get("q", ""), language=_language(), member=who)
    return keep_private(jsonify(found))


@pages.get("/territory/sources")
def territory_sources() -> Response:
    """Name those whose data we use, as their licences ask."""
    geocoder = node().state.get("geocoder")
    return page(render_template("maillage/territory_sources.html", is_built=is_built(), geocoder=geocoder))


@pages.context_processor
def words_of_fields() -> dict[str, Any]:
    """Let templates make a field complete places, and say what a territory is called."""
    return {
        "completes_places": completes_places,
        "completes_addresses": completes_addresses,
        "territory_name": territory_name,
    }


def territory_name(code: str) -> str:
    """Return what a territory is called in the reader's language, or its code where nobody knows its name."""
    return zones.name_of(code, current_language())


def completes_places(fills: str, kinds: str = TOWNS) -> dict[str, str]:
    """Return the attributes that make a field complete places as one types.

    Args:
        fills: the names of the fields of the same form that a choice fills: `code`, `name`, `postal_code`, `locality`,
            `region`, `country`, `latitude`, `longitude`, or `zone` for the code.
        kinds: which territories are proposed.
    """
    return {
        "autocomplete": "off",
        "data-places": url_for("maillage.complete_places"),
        "data-places-kinds": kinds,
        "data-places-fills": fills,
        "data-places-one": _("One place. The arrow keys choose."),
        "data-places-many": _("%(n)s places. The arrow keys choose.", n="{n}"),
        "data-places-none": _("No place that begins so."),
        "data-places-filled": _("Filled in: %(place)s.", place="{place}"),
    }


def completes_addresses(fills: str) -> dict[str, str]:
    """Return the attributes that make a field complete streets, where a geocoder is set; none where it is not."""
    if not node().state.get("geocoder"):
        return {}
    address = url_for("maillage.complete_addresses")
    return completes_places(fills, "") | {"data-places": address, "data-places-rest": "700"}


def _language() -> str:
    chosen = request.args.get("language", "")
    return chosen if chosen in LANGUAGES else next(iter(LANGUAGES))


def _near(value: str) -> tuple[float, float] | None:
    """Read `45.2,5.7`; anything else is nowhere."""
    try:
        latitude, longitude = (round(float(part), 1) for part in value.split(",", 1))
    except ValueError:
        return None
    return (latitude, longitude) if -90 <= latitude <= 90 and -180 <= longitude <= 180 else None


def _suggestion(zone: Zone, typed: str, language: str) -> dict[str, Any]:
    name = zone.spelled or called(zone, language)
    suggestion = {
        "code": zone.code,
        "zone": zone.code,
        "name": name,
        "kind": zone.kind,
        "where": described(zone, language),
        "population": zone.population,
        "exact": zone.exact,
    }
    if zone.kind not in TOWNS.split():
        return suggestion | {"latitude": zone.latitude, "longitude": zone.longitude}
    digits = next((word for word in typed.split() if word.isdigit()), "")
    meant = [code for code in zone.postal_codes if code.startswith(digits)]
    postal_code = meant[0] if len(meant) == 1 else ""
    codes = {"postal_code": postal_code, "postal_codes": zone.postal_codes}
    return suggestion | {"locality": name, **codes, **facts_of(zone)}
