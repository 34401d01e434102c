"""What a coordinator types about many applications at once: a decision, a rank, motives, a reason, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_maillage.calls.deciding.arranging import (
    ACTIONS,
    MOST_MOTIVES,
    MOST_RANK,
    MOST_REASON,
    RESERVE,
    Line,
    Wish,
)
from flask_maillage.people.forms import CheckedForm
from flask_maillage.web.language import gettext as _

OUTCOME, RANK, MOTIVES, REASON, MARK = "outcome-", "rank-", "motives-", "reason-", "mark-"


class ArrangeForm(CheckedForm):
    """The proof that a page of ours sends it; the rows are read by `typed_in`."""


@dataclass
class Typed:
    """One row as it was typed, with what is wrong in it by the name of the field."""

    outcome: str = ""
    rank: str = ""
    motives: str = ""
    reason: str = ""
    mark: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def wish(self) -> Wish:
        """What it means, once nothing is wrong in it."""
        rank = int(self.rank) if self.outcome == RESERVE and self.rank else None
        return Wish(self.outcome, self.mark, rank, self.motives, self.reason)


def typed_in(form: Mapping[str, str]) -> dict[str, Typed]:
    """Return what was typed by the identifier of the application, with what is wrong."""
    found = {}
    for name in form:
        if name.startswith(OUTCOME):
            one = name.removeprefix(OUTCOME)
            found[one] = _row(*(form.get(f"{part}{one}", "") for part in (OUTCOME, RANK, MOTIVES, REASON, MARK)))
    return found


def as_it_is(line: Line) -> Typed:
    """Return a row as it stands, for the page."""
    one = line.pending
    if one is None:
        return Typed(mark=line.mark)
    return Typed(one.outcome, str(one.rank or ""), one.motives, one.departure, line.mark)


def _row(outcome: str, rank: str, motives: str, reason: str, mark: str) -> Typed:
    said = Typed(outcome.strip(), rank.strip(), _lines(motives), _lines(reason), mark[:64])
    if said.outcome and said.outcome not in ACTIONS:
        said.errors["outcome"] = _("Choose one of the decisions.")
    if said.outcome == RESERVE and said.rank and not _is_rank(said.rank):
        said.errors["rank"] = _("Write a whole number from 1.")
    if len(said.motives) > MOST_MOTIVES:
        said.errors["motives"] = _("These motives are too long: at most %(most)s characters.", most=MOST_MOTIVES)
    if len(said.reason) > MOST_REASON:
        said.errors["reason"] = _("This reason is too long: at most %(most)s characters.", most=MOST_REASON)
    return said


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _is_rank(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= MOST_RANK
