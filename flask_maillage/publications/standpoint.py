"""From where distances are measured: a place by its name or code, or a point, as it stands in an address."""

from flask_maillage.publications.around import FEWEST, MOST, USUAL, Circle
from flask_maillage.publications.content import one_line
from flask_maillage.territory import gazetteer, zones
from flask_maillage.territory.gazetteer import Zone
from flask_maillage.web.language import LANGUAGES

LONGEST = 200
DECIMALS = 4
"""Of a degree: about ten metres, more than anybody needs of where somebody is."""


def _(message: str) -> str:
    return message


class Unclear(ValueError):
    """What was typed says no point or no distance; `parameter` is where, `sentence` what is wrong in English."""

    def __init__(self, parameter: str, sentence: str) -> None:
        """Keep both."""
        super().__init__(sentence)
        self.parameter, self.sentence = parameter, sentence


def circle(near: str, latitude: str, longitude: str, kilometres: str) -> Circle | None:
    """Return what lies around a place or a point; None where nothing was said, and `near` counts before the point.

    Raises:
        Unclear: there is no such place, point or distance.
    """
    radius = _radius(kilometres)
    if near:
        return _around_place(near, radius)
    if not latitude and not longitude:
        return None
    return Circle(_degrees("lat", latitude, 90), _degrees("lon", longitude, 180), radius)


def _around_place(near: str, radius: int) -> Circle:
    if len(near) > LONGEST or near != one_line(near, LONGEST):
        raise Unclear("near", _("There is no place of that name that we know."))
    zone = place_called(near)
    if zone is None or zone.point is None:
        raise Unclear("near", _("There is no place of that name that we know."))
    return Circle(*zone.point, radius)


def place_called(text: str) -> Zone | None:
    """Return the place that a code, a name or `Name (code)` means, the same for every reader: an address is shared."""
    behind = zones.CODE_BEHIND.fullmatch(text)
    found = gazetteer.named(behind[1] if behind else text)
    for language in LANGUAGES:
        found = found or next(iter(gazetteer.complete(text, limit=1, language=language)), None)
    return found


def _radius(text: str) -> int:
    if not text:
        return USUAL
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and FEWEST <= int(text) <= MOST):
        raise Unclear("km", _("Write a distance from 1 to 500 kilometres."))
    return int(text)


def _degrees(parameter: str, text: str, limit: int) -> float:
    try:
        degrees = float(text[:20].replace(",", "."))
    except ValueError:
        degrees = 1000.0
    if not -limit <= degrees <= limit:
        raise Unclear(parameter, _("There is no such point: write both degrees, as 45.19 and 5.72."))
    return round(degrees, DECIMALS)
