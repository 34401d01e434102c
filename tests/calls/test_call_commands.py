"""What admins see of applications on the command line, and that a changed log is found there."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from actors.database import session
from flask_maillage.calls import audit
from flask_maillage.calls.afterwards import chores
from flask_maillage.calls.models import AuditRecord
from flask_maillage.cli.call_logs import print_log, purge_applications
from flask_maillage.cli.checking import doctor
from flask_maillage.cli.deciding import list_applications, publish_decisions
from tests.calls import decided, making


@pytest.fixture
def call(app, fediverse):
    iri = decided.call_of(app, fediverse, 2)
    with app.app_context():
        yield making.found(iri)


def run(command, *words, **more):
    return CliRunner().invoke(command, words, **more)


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


def test_the_log_says_who_when_from_where_and_what(call):
    decided.publish(call, "selected", "declined")
    session().commit()
    first, second = decided.dossiers(call)
    printed = run(print_log, call.identifier).output.splitlines()

    assert len(printed) == 2
    assert f"decide {first.identifier} admissible -> selected {decided.UNION} (localhost)" in printed[0]
    assert run(print_log, call.identifier, "--application", second.identifier).output.splitlines() == printed[1:]
    lines = run(print_log, call.identifier, "--json-lines").output.splitlines()
    assert [json.loads(line) for line in lines] == audit.records(call)


def test_a_log_is_verified_and_its_head_said(call):
    decided.publish(call, "selected", "declined")
    session().commit()
    well = run(print_log, call.identifier, "--verify")
    assert (well.exit_code, audit.head(call)["hash"] in well.output) == (0, True)

    session().execute(delete(AuditRecord).where(AuditRecord.number == 1))
    session().commit()
    ill = run(print_log, call.identifier, "--verify")
    assert (ill.exit_code, "record 1 is missing" in ill.output) == (1, True)


def test_what_is_to_be_erased_is_listed_asked_and_erased(call, clock):
    decided.publish(call, "selected", "declined")
    session().commit()
    nothing = run(purge_applications, call.identifier)
    assert "There is nothing to erase now." in nothing.output
    assert [line.split()[2] for line in nothing.output.splitlines()[:2]] == ["kept", "from"]

    clock.turn(days=350)
    assert chores.warn_before_purge() == 1
    clock.turn(days=31)
    looked = run(purge_applications, call.identifier, "--dry-run")
    assert looked.output.endswith("1 would be erased now.\n")
    assert run(purge_applications, call.identifier, input="n\n").exit_code == 1
    assert [dossier.name for dossier in decided.dossiers(call)] == ["Application 1", "Application 2"]

    done = run(purge_applications, call.identifier, input="y\n")
    assert "Erased 1." in done.output
    session().expire_all()
    assert [dossier.name for dossier in decided.dossiers(call)] == ["Application 1", ""]
    assert audit.records(call)[-1]["act"] == "purge"
    assert "There is nothing to erase now." in run(purge_applications, call.identifier, "--yes").output
