"""What the gazetteer knows of France: regions, departments, inter-communal bodies, communes, districts of three cities.

Etalab's packages have no coordinates; those of a commune come from GeoNames, by its name within its department. What
GeoNames does not have gets the middle of its neighbours, and is marked as not exact.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from gazetteer_file import Zone, middle
from geonames import Town
from plain_spelling import plain
from subdivisions import FRENCH_OVERSEAS, FRENCH_REGIONS

BODIES = {
    "CC": "Communauté de communes",
    "CA": "Communauté d'agglomération",
    "CU": "Communauté urbaine",
}
TOO_WIDE = {"FR", "GF", "NC", "PF", "TF", "WF", *FRENCH_REGIONS.values()}
"""What is no neighbourhood: from one island of Polynesia to the next it may be a thousand kilometres."""
Records = list[dict[str, Any]]


def department_code(number: str) -> str:
    """Return the code of the department with INSEE's number: ISO 3166-1 overseas, and 75C for Paris."""
    return FRENCH_OVERSEAS.get(number) or ("FR-75C" if number == "75" else f"FR-{number}")


def france(data: Path, towns: list[Town]) -> list[Zone]:
    """Gather all zones of France, those overseas included; countries, theirs too, come from elsewhere."""
    read = {name: _read(data, name) for name in ("regions", "departements", "communes", "epci", "ept")}
    regions = [
        Zone(FRENCH_REGIONS[one["code"]], "region", one["nom"], "FR", ["FR"])
        for one in read["regions"]
        if one["code"] in FRENCH_REGIONS
    ]
    departments = {
        one["code"]: Zone(
            department_code(one["code"]), "department", one["nom"], "FR", [FRENCH_REGIONS[one["region"]], "FR"]
        )
        for one in read["departements"]
        if one["region"] in FRENCH_REGIONS
    }
    bodies = {one["code"]: one for one in [*read["ept"], *read["epci"]]}
    communes = _communes(read["communes"], bodies, departments)
    _place(communes, read["communes"], towns)
    _place_merged(communes, towns)
    epci = _bodies(bodies, communes)
    _place_the_rest(communes, towns)
    found = [*regions, *departments.values(), *epci, *communes.values()]
    _sum_up([*regions, *departments.values(), *epci], list(communes.values()))
    return [*found, *_districts(read["communes"], communes, towns)]


def _read(data: Path, name: str) -> Records:
    records: Records = json.loads((data / f"{name}.json").read_text(encoding="utf-8"))
    return records


def _outer(number: str, departments: dict[str, Zone]) -> list[str]:
    """Return what a department lies in, itself first."""
    if number in departments:
        return [departments[number].code, *departments[number].within]
    return [code for code in (FRENCH_OVERSEAS.get(number), "FR") if code]


def _communes(records: Records, bodies: dict[str, Any], departments: dict[str, Zone]) -> dict[str, Zone]:
    member_of = defaultdict(list)
    for siren, body in bodies.items():
        for member in body["membres"]:
            member_of[member["code"]].append(f"siren:{siren}")
    communes = {}
    for one in records:
        if one["type"] == "commune-actuelle":
            number = one.get("departement") or one["code"][:3]
            communes[one["code"]] = Zone(
                f"insee:{one['code']}",
                "commune",
                one["nom"],
                FRENCH_OVERSEAS.get(number, "FR"),
                [*member_of[one["code"]], *_outer(number, departments)],
                one.get("codesPostaux", []),
                population=one.get("population", 0),
            )
    for one in records:
        if one.get("chefLieu") in communes and one["type"] in ("commune-deleguee", "commune-associee"):
            communes[one["chefLieu"]].spellings.append(one["nom"])
    return communes


def _place(communes: dict[str, Zone], records: Records, towns: list[Town]) -> None:
    """Give each commune the point of the town of GeoNames that has its name in its department or, alone, its region."""
    region_of = {f"insee:{one['code']}": one.get("region", "") for one in records}
    by_department, by_region = defaultdict(list), defaultdict(list)
    for zone in communes.values():
        department = next((code for code in zone.within if code[:3] == "FR-" or code in FRENCH_OVERSEAS.values()), "")
        by_department[department, plain(zone.name)].append(zone)
        by_region[region_of[zone.code], plain(zone.name)].append(zone)
    for town in sorted(towns, key=lambda town: -town.population):
        overseas = town.country in FRENCH_OVERSEAS.values()
        department = town.country if overseas else department_code(town.division)
        names = [plain(town.name), *(plain(name) for name in town.spellings)]
        found = next((by_department[department, name] for name in names if (department, name) in by_department), [])
        if not found and not town.division and not overseas:
            found = by_region.get((town.region, names[0]), [])
        if len(found) == 1 and found[0].latitude is None:
            found[0].latitude, found[0].longitude, found[0].exact = town.latitude, town.longitude, True
            found[0].spellings += town.spellings


def _place_merged(communes: dict[str, Zone], towns: list[Town]) -> None:
    """Give a commune that others were merged into the point of the largest of those that GeoNames still calls so."""
    former = defaultdict(list)
    for zone in communes.values():
        if not zone.exact:
            first = plain(zone.name.partition("-")[0])
            for name in {first, *(plain(name) for name in zone.spellings)}:
                former[name].extend((code, zone) for code in zone.within if code[:3] == "FR-")
    for town in sorted(towns, key=lambda town: -town.population):
        code = town.country if town.country in FRENCH_OVERSEAS.values() else department_code(town.division)
        found = [zone for department, zone in former.get(plain(town.name), []) if department == code]
        if len(found) == 1 and not found[0].exact:
            found[0].latitude, found[0].longitude, found[0].exact = town.latitude, town.longitude, True
            found[0].spellings.append(town.name)


def _bodies(bodies: dict[str, Any], communes: dict[str, Zone]) -> list[Zone]:
    zones = []
    for siren, body in bodies.items():
        members = [communes[member["code"]] for member in body["membres"] if member["code"] in communes]
        within: dict[str, int] = defaultdict(int)
        for member in members:
            for depth, code in enumerate(code for code in member.within if not code.startswith("siren:")):
                within[code] += 1000 - depth * 100_000
        letters, _, rest = body["nom"].partition(" ")
        name = f"{BODIES[letters]} {rest}" if letters in BODIES else body["nom"]
        outer = sorted(within, key=lambda code: (code == "FR", -within[code]))
        departments = [code for code in outer if any(letter.isdigit() for letter in code) and code != "FR-20R"]
        ordered = [*departments, *(code for code in outer if code not in departments)]
        country = next((code for code in outer if code in FRENCH_OVERSEAS.values()), "FR")
        zones.append(Zone(f"siren:{siren}", "epci", name, country, ordered, spellings=[body["nom"]]))
    return zones


def _place_the_rest(communes: dict[str, Zone], towns: list[Town]) -> None:
    """Put a commune without a point among those that share its postal code, its body or its department."""
    neighbours = defaultdict(list)
    for zone in communes.values():
        if zone.exact:
            for key in _near(zone):
                neighbours[key].append(zone)
    for town in towns:
        if town.country != "FR":
            neighbours[town.country].append(
                Zone("", "", "", "", latitude=town.latitude, longitude=town.longitude, population=town.population)
            )
    middles = {key: middle(zones) for key, zones in neighbours.items()}
    for zone in communes.values():
        if not zone.exact:
            found = next((middles[key] for key in _near(zone) if middles.get(key)), None)
            zone.latitude, zone.longitude = found or (None, None)


def _near(zone: Zone) -> list[str]:
    """Return what a commune shares with its neighbours."""
    return [*zone.postal_codes, *(code for code in zone.within if code not in TOO_WIDE)]


def _sum_up(larger: list[Zone], communes: list[Zone]) -> None:
    inside = defaultdict(list)
    for commune in communes:
        for code in commune.within:
            inside[code].append(commune)
    for zone in larger:
        zone.population = sum(commune.population for commune in inside[zone.code])
        zone.latitude, zone.longitude = middle(inside[zone.code]) or (None, None)


def _districts(records: Records, communes: dict[str, Zone], towns: list[Town]) -> list[Zone]:
    """The districts of Paris, Lyon and Marseille: the postal code of an address tells which."""
    points = {plain(town.name): town for town in towns}
    zones = []
    for one in records:
        if one["type"] == "arrondissement-municipal":
            city = communes[one["commune"]]
            town = points.get(plain(one["nom"]))
            zones.append(
                Zone(
                    f"insee:{one['code']}",
                    "district",
                    one["nom"],
                    "FR",
                    [city.code, *city.within],
                    one["codesPostaux"],
                    town.latitude if town else city.latitude,
                    town.longitude if town else city.longitude,
                    town is not None,
                    one["population"],
                )
            )
    return zones
