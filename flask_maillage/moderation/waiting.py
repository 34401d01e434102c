"""What waits for those who moderate the node: reports that nobody settled."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from actors.database import session
from actors.models import Actor
from flask_maillage.moderation.models import Report
from flask_maillage.moderation.reports import OPEN
from flask_maillage.people.current import may
from flask_maillage.people.models import Member
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.people.roles import ADMINISTER, MODERATE
from flask_maillage.web.language import ngettext


@waits
def open_reports(member: Any, _actors: Sequence[Actor]) -> Iterable[Waiting]:
    """How many reports wait; to everybody else there are none."""
    is_moderator = isinstance(member, Member) and may(member, MODERATE, None)
    if not (is_moderator or may(member, ADMINISTER, None)):
        return
    count = session().scalar(select(func.count()).select_from(Report).where(Report.state == OPEN)) or 0
    if count:
        yield Waiting(ngettext("%(n)s report to look at", "%(n)s reports to look at", count),
                      url_for("maillage.admin_reports"))  # fmt: skip
