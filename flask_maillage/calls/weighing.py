"""What the seats said of applications, read from rows at once, and what it comes to: computed, stored nowhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from actors.database import session
from flask_maillage.calls import arithmetic, conflicts
from flask_maillage.calls.arithmetic import RECUSED, Standing
from flask_maillage.calls.models import Dossier, Review
from flask_maillage.calls.states import ADMISSIBLE, NOT_ADMISSIBLE, SUBMITTED
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import Publication


@dataclass(frozen=True)
class Opinions:
    """What was said of some applications to one call: by dossier and seat the last review, and who is of which."""

    call: Publication
    reviews: Mapping[int, Mapping[str, Review]]
    involved: Mapping[int, frozenset[str]]

    @cached_property
    def details(self) -> CallDetails:
        """What the call says of its committee."""
        return details_of(self.call.content)

    def of(self, dossier: Dossier) -> Mapping[str, Review]:
        """Return the last review of each seat."""
        return self.reviews.get(dossier.id, {})

    def is_own(self, dossier: Dossier, iris: Iterable[str | None]) -> bool:
        """Tell whether one of these actors is of an application (FC-44)."""
        return not self.involved.get(dossier.id, frozenset()).isdisjoint(iri for iri in iris if iri)

    def has_recused(self, dossier: Dossier, key: str) -> bool:
        """Tell whether a seat declared a conflict of interest."""
        review = self.of(dossier).get(key)
        return review is not None and review.opinion == RECUSED

    def standing(self, dossier: Dossier) -> Standing:
        """Return what the opinions come to, by the committee as it is now."""
        seats = self.details.committee
        return arithmetic.weigh(
            (seat.key for seat in seats),
            (seat.key for seat in seats if self.is_own(dossier, [seat.actor])),
            {key: (review.opinion, review.scores) for key, review in self.of(dossier).items()},
            quorum=self.details.quorum,
            criteria=self.details.criteria,
        )

    def state(self, dossier: Dossier) -> str:
        """Return the state of a dossier with what the opinions come to, as the audit log and coordinators see it."""
        comes_to = self.standing(dossier).comes_to if dossier.state == SUBMITTED else ""
        return comes_to if comes_to in (ADMISSIBLE, NOT_ADMISSIBLE) else dossier.state


def opinions(call: Publication, dossiers: Sequence[Dossier]) -> Opinions:
    """Read what the seats said of these applications to a call of ours."""
    found: dict[int, dict[str, Review]] = {}
    query = select(Review).where(Review.dossier_id.in_([one.id for one in dossiers])).order_by(Review.number)
    for review in session().scalars(query):
        found.setdefault(review.dossier_id, {})[review.seat_key] = review
    return Opinions(call, found, conflicts.involved(dossiers))


def standing(dossier: Dossier) -> Standing:
    """Return what the opinions of an application come to."""
    return opinions(dossier.call, [dossier]).standing(dossier)


def state_of(dossier: Dossier) -> str:
    """Return the state of a dossier, with `admissible` and `not_admissible` where opinions come to that."""
    return opinions(dossier.call, [dossier]).state(dossier)
