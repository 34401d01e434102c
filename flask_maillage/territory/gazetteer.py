"""The gazetteer, as other rooms use it: zones by code, by name, by place, by point. Nobody else is asked."""

from flask_maillage.territory.atlas import (
    KINDS,
    Zone,
    box_around,
    called,
    containing,
    edition,
    inside,
    is_built,
    kilometres,
    named,
    nearest,
    parts,
)
from flask_maillage.territory.completing import complete, described
from flask_maillage.territory.locating import fitting, of_place

__all__ = [
    "KINDS",
    "Zone",
    "box_around",
    "called",
    "complete",
    "containing",
    "described",
    "edition",
    "fitting",
    "inside",
    "is_built",
    "kilometres",
    "named",
    "nearest",
    "of_place",
    "parts",
]
