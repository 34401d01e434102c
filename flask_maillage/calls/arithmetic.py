"""What opinions and scores come to (FC-48, FC-49): values in, values out, held to the document's own vectors.

`weighing` asks it about rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flask_maillage.calls.states import ADMISSIBLE, NOT_ADMISSIBLE
from flask_maillage.publications.call_parts import Criterion

ABSTAIN, RECUSED, UNDECIDED = "abstain", "recused", "undecided"
GIVING = (ADMISSIBLE, NOT_ADMISSIBLE, ABSTAIN)
"""What counts as an opinion; a recusal is none."""
Points = Mapping[str, int]


@dataclass(frozen=True)
class Standing:
    """How the opinions of an application stand.

    `needed` is None where everybody is recused; `comes_to` is `admissible`, `not_admissible` or `undecided`; `score` is
    between 0 and 1, None where nobody scored all criteria.
    """

    needed: int | None
    given: int
    opinions: dict[str, int]
    comes_to: str
    score: Fraction | None = None
    recused: frozenset[str] = field(default=frozenset())

    @property
    def has_quorum(self) -> bool:
        """Whether as many opinions were given as are needed."""
        return self.needed is not None and self.given >= self.needed


def needed_of(seats: int, recused: int, quorum: int | None) -> int | None:
    """Return how many opinions are needed: ⌈Q · E / N⌉, at least 1; None where nobody is left to give one."""
    left = seats - recused
    if left <= 0:
        return None
    whole = quorum or seats // 2 + 1
    return max(1, -(-whole * left // seats))


def outcome(opinions: Mapping[str, int], needed: int | None) -> str:
    """Return what these numbers of opinions come to."""
    yes, no = opinions.get(ADMISSIBLE, 0), opinions.get(NOT_ADMISSIBLE, 0)
    if needed is None or sum(opinions.get(word, 0) for word in GIVING) < needed or yes == no:
        return UNDECIDED
    return ADMISSIBLE if yes > no else NOT_ADMISSIBLE


def total(points: Points, criteria: Sequence[Criterion]) -> Fraction | None:
    """Return the total of a review that scores all criteria, between 0 and 1; others have none."""
    if not criteria or any(criterion.key not in points for criterion in criteria):
        return None
    weights = sum(criterion.weight for criterion in criteria)
    return sum((Fraction(one.weight * points[one.key], one.maximum) for one in criteria), Fraction()) / weights


def mean(totals: Iterable[Fraction | None]) -> Fraction | None:
    """Return the mean of the totals that there are."""
    known = [one for one in totals if one is not None]
    return sum(known, Fraction()) / len(known) if known else None


def percent(value: Fraction | None) -> str | None:
    """Return a score in percent with one decimal, half to even: `86.7`."""
    if value is None:
        return None
    tenths = round(value * 1000)
    return f"{tenths // 10}.{tenths % 10}"


def weigh(
    seats: Iterable[str],
    recused: Iterable[str],
    reviews: Mapping[str, tuple[str, Points]],
    *,
    quorum: int | None,
    criteria: Sequence[Criterion] = (),
) -> Standing:
    """Weigh what the seats of the current committee said.

    Args:
        seats: the keys of the committee as it is now; who left counts no more.
        recused: the keys of those who may not judge it, whether they said so or are of it.
        reviews: by key the last opinion and the points.
        quorum: as the call says.
        criteria: of the call.
    """
    seats = set(seats)
    out = frozenset(seats.intersection(recused) | {key for key in seats & set(reviews) if reviews[key][0] == RECUSED})
    counted = {key: reviews[key] for key in seats - out if key in reviews}
    opinions = {word: sum(said == word for said, _ in counted.values()) for word in GIVING}
    needed = needed_of(len(seats), len(out), quorum)
    score = mean(total(points, criteria) for _, points in counted.values())
    return Standing(needed, sum(opinions.values()), opinions, outcome(opinions, needed), score, out)
