"""Opinions as pages and tables show them, read from a dossier's document: from elsewhere it may be anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from federation.activities import Document, id_of, text_of
from federation.sanitising import clean_html
from flask_maillage.calls import arithmetic
from flask_maillage.calls.arithmetic import GIVING, RECUSED
from flask_maillage.publications.call_parts import Criterion, Seat
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.call_details import CallDetails

OUTCOMES = ("admissible", "not_admissible", "undecided")


@dataclass(frozen=True)
class Shown:
    """One seat's opinion."""

    who: str
    opinion: str
    points: Mapping[str, int]
    html: Markup
    total: Fraction | None

    @property
    def percent(self) -> str | None:
        """The total in percent."""
        return arithmetic.percent(self.total)


@dataclass(frozen=True)
class Judged:
    """What a reader sees of the opinions of one application; `opinions` is None where they may not see them yet."""

    needed: int | None = None
    given: int = 0
    recused: tuple[str, ...] = ()
    opinions: Mapping[str, int] | None = None
    comes_to: str = ""
    reviews: tuple[Shown, ...] = field(default=())

    @property
    def score(self) -> str | None:
        """The application's score in percent: the mean of the totals (FC-49)."""
        return arithmetic.percent(arithmetic.mean(one.total for one in self.reviews if one.opinion != RECUSED))

    def mean(self, key: str) -> str:
        """Return the mean of the points for a criterion, with one decimal; empty where nobody gave any."""
        points = [one.points[key] for one in self.reviews if key in one.points and one.opinion != RECUSED]
        tenths = round(Fraction(sum(points), len(points)) * 10) if points else None
        return "" if tenths is None else f"{tenths // 10}.{tenths % 10}"


def judged(document: Document | None, details: CallDetails) -> Judged:
    """Return what a dossier says of its opinions."""
    said = document or {}
    quorum = said.get("quorum")
    quorum = quorum if isinstance(quorum, dict) else {}
    counts = quorum.get("opinions")
    keys = quorum.get("recused")
    comes_to = text_of(quorum.get("comesTo"), 20)
    recused = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    return Judged(
        needed=_number(quorum.get("needed")),
        given=_number(quorum.get("given")) or 0,
        recused=tuple(seat.in_words for seat in details.committee if seat.key in recused),
        opinions={word: _number(counts.get(word)) or 0 for word in GIVING} if isinstance(counts, dict) else None,
        comes_to=comes_to if comes_to in OUTCOMES else "",
        reviews=tuple(_shown(one, details) for one in _list(said.get("reviews")) if isinstance(one, dict)),
    )


def points_of(review: Mapping[str, Any], criteria: Sequence[Criterion]) -> dict[str, int]:
    """Return the points that a review gives for the criteria that there are."""
    most = {criterion.key: criterion.maximum for criterion in criteria}
    found: dict[str, int] = {}
    for one in (one for one in _list(review.get("scores")) if isinstance(one, dict)):
        key = text_of(one.get("key"), 40)
        points = reading.whole_number_of(one.get("points"), 0, most[key]) if key in most else None
        if points is not None:
            found[key] = points
    return found


def _shown(review: Document, details: CallDetails) -> Shown:
    opinion = text_of(review.get("opinion"), 20)
    points = points_of(review, details.criteria)
    html = Markup(clean_html(text_of(review.get("content"), 100_000)))  # noqa: S704 - cleaned just now
    total = arithmetic.total(points, details.criteria) if opinion != RECUSED else None
    return Shown(_who(review, details.committee), opinion, points, html, total)


def _who(review: Document, committee: Sequence[Seat]) -> str:
    key, iri = review.get("seat"), id_of(review.get("attributedTo"))
    found = next((one for one in committee if one.key == key or (one.actor and one.actor == iri)), None)
    return found.in_words if found is not None else (iri or "")


def _number(value: Any) -> int | None:
    return reading.whole_number_of(value, 0, 1000)


def _list(value: Any) -> list[Any]:
    return value[:100] if isinstance(value, list) else []
