"""All entries of a follow-up as a table for spreadsheets: here and elsewhere the same columns."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from flask_maillage.calls.following import wording
from flask_maillage.calls.following.saying import CONTACT, RESULT
from flask_maillage.calls.following.timeline import Line
from flask_maillage.publications.feeds.table import BYTE_ORDER_MARK, TABLE_CONTENT_TYPE, cell
from flask_maillage.web.negotiation import keep_private

COLUMNS = ("initiative", "applicant", "cohort", "state", "day", "entry", "by", "text", "toward", "due", "replaced")


def response(found: Iterable[tuple[Sequence[str], list[Line]]]) -> Response:
    """Give the table; an initiative about which nothing is written has one line.

    Args:
        found: of each initiative its first four cells, and its entries, the last one first.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for head, lines in found:
        cells = [_cells(line) for line in reversed(lines)] or [("",) * 7]
        writer.writerows([cell(value) for value in (*head, *said)] for said in cells)
    made = Response(BYTE_ORDER_MARK + written.getvalue(), content_type=TABLE_CONTENT_TYPE)
    made.headers["Content-Disposition"] = 'attachment; filename="follow-up.csv"'
    return keep_private(made)


def _cells(line: Line) -> tuple[Any, ...]:
    what = line.what
    day = what.on if what.entry == CONTACT and what.on else line.at.date()
    due = what.due.isoformat() if what.due else ""
    text = line.text if what.entry == RESULT or line.text else wording.outputs_in_words(what)
    return (day.isoformat(), what.entry, line.name, text, what.toward or "", due, "yes" if line.replaced else "")
