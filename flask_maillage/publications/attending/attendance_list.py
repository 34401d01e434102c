"""Who comes, as a table for the event's editors (CSV, RFC 4180), and who was there.

It holds what strangers wrote, so no cell begins as a formula does; and a byte order mark, without which Excel takes
UTF-8 for the alphabet of the machine. LibreOffice and Python (`utf-8-sig`) read it as well.
"""

import csv
import io
from collections.abc import Iterator

from actors.node import now
from flask_maillage.publications.attending import registering
from flask_maillage.publications.attending.counting import registration_of
from flask_maillage.publications.attending.locking import lock
from flask_maillage.publications.feeds.table import BYTE_ORDER_MARK, cell
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.models import Attendance, Publication
from flask_maillage.publications.rules import NotPossible

COLUMNS = ("name", "address", "state", "number", "registered", "was_there", "message")


def table(event: Publication) -> str:
    """Return everybody who has or had to do with an event, one to a line, with their answers."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    parts = registering.attendances(event)
    asked = list(dict.fromkeys([ask.question for ask in registration_of(event).asks] + list(_answered(parts))))
    writer.writerow([*COLUMNS, *map(cell, asked)])
    for part in parts:
        answers = {one["question"]: one["answer"] for one in part.answers}
        writer.writerow([cell(value) for value in (*_row(part), *(answers.get(question, "") for question in asked))])
    return BYTE_ORDER_MARK + written.getvalue()


def check_in(attendance: Attendance, *, is_there: bool) -> None:
    """Note that somebody who has a place came, or that this was noted by mistake.

    Raises:
        NotPossible: they have no place.
    """
    lock(attendance.publication_id)
    if attendance.state != "accepted":
        raise NotPossible(_("They have no place at this event."))
    attendance.checked_in_at = now() if is_there else None


def _row(part: Attendance) -> tuple[object, ...]:
    was_there = part.checked_in_at.isoformat() if part.checked_in_at else ""
    registered = part.created_at.isoformat(timespec="seconds")
    return part.name, part.address, part.state, part.queue_number, registered, was_there, part.message


def _answered(parts: list[Attendance]) -> Iterator[str]:
    return (one["question"] for part in parts for one in part.answers)
