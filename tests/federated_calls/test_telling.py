"""What members who hold seats are told on a node of seats alone: that an application came, and that it is decided."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from flask_maillage.people import accounts
from flask_maillage.people.notifying.models import Notification
from tests.conftest import PASSWORD
from tests.federated_calls.play import staged

KINDS = ("application_came", "committee_decided")
OPEN = ("call", "deadline-extended")


@pytest.fixture
def stage(database_url, tmp_path):
    with staged(database_url, tmp_path, "https://node-b.example") as found:
        yield found


def told(stage):
    with stage.app.app_context():
        found = session().scalars(select(Notification).order_by(Notification.id))
        return [(one.kind, one.member.email) for one in found if one.kind in KINDS]


def test_a_seat_is_told_of_each_application_and_once_of_decisions(stage):
    stage.prepare(*OPEN)
    with stage.app.app_context():
        member = accounts.add("ires@example.org", "Ires", "somebody", PASSWORD)
        member.actor = local.find("ires_seat")
        session().commit()
    for name in ("offer", "correction", "offer-texts"):
        assert stage.deliver(name)["outcome"] == "accepted", stage.last_outcome()
    assert told(stage) == [("application_came", "ires@example.org")] * 2
    for name in ("decision-selected", "decision-declined"):
        stage.deliver(name)
    assert told(stage)[2:] == [("committee_decided", "ires@example.org")]
