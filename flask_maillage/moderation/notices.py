"""What those who moderate the node are told: that something was reported, and by whom it came."""

from actors import iris
from flask_maillage.moderation.models import Report
from flask_maillage.people import roles
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import moderators, notify
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def _reported(notification: Notification) -> Told | None:
    if not roles.may(notification.member, roles.MODERATE, None):
        return None
    return Told(_("Something was reported, from %(host)s", host=notification.detail), iris.own("admin/reports"))


REPORTED = declare("reported", word("Something is reported"), _reported, mailed=True, for_moderators=True)


def tell(report: Report) -> None:
    """Tell who moderates the node."""
    notify(REPORTED, moderators(), detail=report.host)
