"""How long the gazetteer takes at its full size: completing what is typed, placing a place, finding what is near.

Each beside what it cannot do without: one zone read by its code, from the same file.
"""

import itertools
import random

from measure import per_second, show

from flask_maillage.territory import atlas, completing
from flask_maillage.territory.gazetteer import complete, nearest, of_place
from flask_maillage.territory.places import Place

SAMPLE = 400


def main() -> None:
    """Print every figure."""
    chance = random.Random(5)
    numbers = [row[0] for row in atlas.rows("SELECT number FROM zones WHERE kind IN ('commune', 'place')")]
    towns = [atlas.zones("number = ?", (number,))[0] for number in chance.sample(numbers, SAMPLE)]
    base = per_second(_over(lambda zone: atlas.zones("code = ?", (zone.code,)), towns), SAMPLE)
    for letters in (2, 3, 5):
        name = f"completed from {letters} letters"
        show(
            name, per_second(_over(lambda zone, n=letters: _completed(zone.name[:n]), towns), SAMPLE), "one zone", base
        )
    near = _over(lambda zone: _completed(zone.name[:3], near=zone.point), towns)
    show("completed from 3 letters, near", per_second(near, SAMPLE), "one zone", base)
    french = [zone for zone in towns if zone.postal_codes]
    codes = _over(lambda zone: _completed(zone.postal_codes[0][:3]), french)
    show("completed from 3 digits", per_second(codes, len(french)), "one zone", base)
    by_code = _over(lambda zone: of_place(_address(zone)), french)
    show("placed by postal code and town", per_second(by_code, len(french)), "one zone", base)
    by_name = _over(lambda zone: of_place(Place(locality=zone.name, country=zone.country)), towns)
    show("placed by town and country", per_second(by_name, SAMPLE), "one zone", base)
    points = [zone for zone in towns if zone.point is not None]
    by_point = _over(lambda zone: nearest(zone.latitude + 0.01, zone.longitude + 0.01), points)
    show("placed by coordinates", per_second(by_point, len(points)), "one zone", base)


def _completed(text: str, **more: object) -> None:
    """Complete as if nobody had typed the same before."""
    completing._completed.cache_clear()
    complete(text, language="fr", **more)


def _address(zone: atlas.Zone) -> Place:
    return Place(postal_code=zone.postal_codes[0], locality=zone.name, country=zone.country)


def _over(work, zones):
    one_after_another = itertools.cycle(zones)
    return lambda: work(next(one_after_another))


if __name__ == "__main__":
    main()
