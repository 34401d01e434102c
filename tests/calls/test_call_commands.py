"""What admins see of applications on the command line, and that a changed log is found there."""

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from actors.database import session
from flask_maillage.calls.models import AuditRecord
from flask_maillage.cli.checking import doctor
from flask_maillage.cli.deciding import list_applications, publish_decisions
from tests.calls import decided, making


@pytest.fixture
def call(app, fediverse):
    iri = decided.call_of(app, fediverse, 2)
    with app.app_context():
        yield making.found(iri)


def run(command, *words):
    return CliRunner().invoke(command, words)


def test_what_lacks_is_said_and_nothing_is_published(call):
    decided.wish(call, "selected")
    session().commit()
    answer = run(publish_decisions, call.identifier)

    assert answer.exit_code == 1
    assert "“Application 2” has no decision yet." in answer.output
    assert [dossier.state for dossier in decided.dossiers(call)] == ["submitted", "submitted"]


def test_looking_first_publishes_nothing_and_then_all_is_published(call):
    decided.wish(call, "selected", "declined")
    session().commit()
    looked = run(publish_decisions, call.identifier, "--dry-run")
    assert "Nothing lacks: 2 decisions would be published." in looked.output
    assert decided.dossiers(call)[0].state == "submitted"

    assert "Published 2 decisions." in run(publish_decisions, call.identifier).output
    listed = run(list_applications, call.identifier).output.splitlines()
    assert [line.split()[1] for line in listed] == ["selected", "declined"]


def test_the_doctor_finds_a_log_that_was_changed(call):
    decided.publish(call, "selected", "declined")
    session().commit()
    well = run(doctor)
    assert (well.exit_code, "each record follows" in well.output) == (0, True)

    first = session().query(AuditRecord).order_by(AuditRecord.number).first()
    session().execute(
        update(AuditRecord).where(AuditRecord.id == first.id).values(record=first.record.replace("decide", "review"))
    )
    session().commit()
    ill = run(doctor)
    assert ill.exit_code == 1
    assert f"{call.iri}: record 1 was changed" in ill.output
