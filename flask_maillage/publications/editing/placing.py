"""What is said to a writer of what we added to a place."""

from typing import Any

from flask_maillage.territory.gazetteer import of_place
from flask_maillage.web.dates import country_name
from flask_maillage.web.language import gettext as _


def said_of_place(form: Any) -> str | None:
    """Say which parts of the place come from its town; None where the writer gave them all, or nothing is known."""
    typed = form.place_as_typed() if hasattr(form, "place_as_typed") else None
    place = form.place() if typed else None
    if typed is None or place is None or place == typed:
        return None
    added = [place.region] if place.region != typed.region else []
    added += [country_name(place.country)] if place.country and place.country != typed.country else []
    added += [f"{place.latitude}, {place.longitude}"] if place.latitude and place.latitude != typed.latitude else []
    if not any(added):
        return None
    town = of_place(place)
    sentence = _("Completed from the town: %(parts)s.", parts=" · ".join(part for part in added if part))
    if town is None or town.exact:
        return sentence
    return f"{sentence} {_('The point is near the town: correct the coordinates if you know them better.')}"
