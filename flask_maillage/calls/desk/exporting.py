"""The comparison of applications, as rows of a page and as a table (CSV, RFC 4180)."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from flask_maillage.calls.desk.entries import Entry
from flask_maillage.calls.desk.opinions import Judged
from flask_maillage.publications.feeds.table import BYTE_ORDER_MARK, cell
from flask_maillage.publications.kinds.call_details import CallDetails

COLUMNS = (
    "id", "name", "applicant", "organisation", "territory", "state", "version", "incomplete",
    "own_opinion", "needed", "given", "admissible", "not_admissible", "abstain", "comes_to", "score",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One application with what the reader sees of its opinions."""

    entry: Entry
    judged: Judged

    def own_points(self, key: str) -> int | None:
        """Return the points that the reader gave for a criterion."""
        given = self.entry.given
        points = given.scores.get(key) if given is not None and self.entry.opinion else None
        return points if isinstance(points, int) else None


def table(rows: Iterable[Row], details: CallDetails) -> str:
    """Return one application to a line; of each criterion the reader's own points and the mean of all."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    criteria = [name for one in details.criteria for name in (f"own {one.label}", f"mean {one.label}")]
    writer.writerow([*COLUMNS, *map(cell, criteria)])
    for row in rows:
        writer.writerow([cell(value) for value in (*_line(row), *_points(row, details))])
    return BYTE_ORDER_MARK + written.getvalue()


def _line(row: Row) -> tuple[object, ...]:
    one, said = row.entry, row.judged
    counts = said.opinions or {}
    return (
        one.dossier or one.agreement,
        one.name,
        one.applicant_name,
        one.organisation,
        one.territory,
        one.state,
        one.version,
        "; ".join(f"{key} {code}" for key, code in one.incomplete),
        one.opinion,
        said.needed,
        said.given,
        *(counts.get(word) for word in ("admissible", "not_admissible", "abstain")),
        said.comes_to,
        said.score,
    )


def _points(row: Row, details: CallDetails) -> list[object]:
    return [value for one in details.criteria for value in (row.own_points(one.key), row.judged.mean(one.key))]
