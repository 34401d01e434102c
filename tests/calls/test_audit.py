"""The log of a call is a chain: whoever changes, takes away or adds a record later is found out."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from actors.database import session
from actors.node import now
from flask_maillage.calls import audit
from flask_maillage.calls.models import AuditRecord
from tests.calls import making

FIXTURE = json.loads((Path(__file__).parents[1] / "federated_calls" / "audit.json").read_text(encoding="utf-8"))
UNION = "http://localhost/actors/union"


@pytest.fixture
def logged(app):
    """A call of ours with three records in its log."""
    iri = making.call_of(app)
    with app.app_context():
        call = making.found(iri)
        for act in ("register", "review", "decide"):
            audit.append(call, act, by=UNION, at=now(), subject=f"{iri}/dossiers/1", after="submitted")
        session().commit()
        yield call


def test_the_chain_of_the_specification_holds():
    assert audit.problems_of(FIXTURE[0]["call"], FIXTURE) == []


@pytest.mark.parametrize("name", ["number", "at", "by", "act", "to", "letter", "digest", "previous", "hash"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_record_that_was_changed_is_found(name, place):
    chain = [dict(record) for record in FIXTURE]
    chain[place][name] = 7 if name == "number" else "another"

    assert audit.problems_of(FIXTURE[0]["call"], chain)


@pytest.mark.parametrize("place", [0, 1])
def test_a_record_that_was_taken_out_is_found(place):
    assert audit.problems_of(FIXTURE[0]["call"], FIXTURE[:place] + FIXTURE[place + 1 :])


def test_records_follow_one_another_in_the_database(logged):
    chain = audit.records(logged)

    assert [record["number"] for record in chain] == [1, 2, 3]
    assert audit.verify(logged) == []
    assert audit.head(logged) == {"number": 3, "hash": chain[-1]["hash"]}
    assert chain[0]["node"] == "localhost"
    assert set(chain[0]) == set(FIXTURE[0])


def test_a_row_that_was_changed_by_hand_is_found(logged):
    row = session().query(AuditRecord).filter_by(number=2).one()
    session().execute(
        update(AuditRecord).where(AuditRecord.id == row.id).values(record=row.record.replace("review", "approve"))
    )

    assert audit.verify_all() == {logged.iri: ["record 2 was changed"]}


def test_persons_without_an_actor_act_from_this_node(logged):
    record = audit.append(logged, "confirm", by="urn:uuid:0190b0d2-0000-7000-8000-000000000000", at=now())

    assert '"node":"localhost"' in record.record
