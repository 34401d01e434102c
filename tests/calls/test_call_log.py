"""The log of a call for who coordinates it: in words, checked, and a file that a stranger verifies by the document."""

import hashlib
import json

import pytest
from sqlalchemy import update

from actors.database import session
from flask_maillage.calls import audit, states
from flask_maillage.calls.afterwards import log_words
from flask_maillage.calls.models import AuditRecord, Dossier
from tests.calls import committee, decided, making

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@pytest.fixture
def call(app, fediverse):
    """A call of which two applications were decided; Boss coordinates it, Ires and Mallory are members here."""
    iri = decided.call_of(app, fediverse, 2)
    with app.app_context():
        decided.publish(making.found(iri), "selected", "declined")
        committee.coordinator()
        committee.member("ires")
        committee.member("mallory")
        session().commit()
    return iri


def path_of(call):
    return call.replace("http://localhost/actors/", "/@") + "/manage/log"


def test_who_did_what_when_and_from_where_stands_there_in_words(app, call):
    boss = committee.sign_in(app, "boss")
    page = boss.get(path_of(call))

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "2 records, as they were written" in page.text
    assert "published a decision" in page.text
    assert "“Application 1”: registered, admissible by the opinions → selected, not confirmed yet" in page.text
    assert "from localhost" in page.text
    with app.app_context():
        assert audit.head(making.found(call))["hash"] in page.text
    assert path_of(call) in boss.get(path_of(call).removesuffix("/log")).text


def test_of_what_was_erased_the_log_stays_and_no_name(app, call):
    with app.app_context():
        session().execute(update(Dossier).values(purged_at=Dossier.registered_at))
        session().commit()
    page = committee.sign_in(app, "boss").get(path_of(call)).text

    assert "Application 1" not in page
    assert "an application that is erased: registered, admissible by the opinions → selected, not confirmed yet" in page


def test_newest_records_come_first_and_older_ones_on_further_pages(app, call):
    with app.app_context():
        found = making.found(call)
        for _ in range(59):
            audit.append(found, "review", by=decided.UNION, at=found.published_at, after="submitted")
        session().commit()
    boss = committee.sign_in(app, "boss")
    first, second = boss.get(path_of(call)).text, boss.get(f"{path_of(call)}?page=2").text

    assert ('start="61"' in first, 'start="11"' in second) == (True, True)
    assert ('rel="next"' in first, 'rel="next"' in second) == (True, False)
    assert [boss.get(f"{path_of(call)}?page={page}").status_code for page in ("3", "0", "x", "9" * 30)] == [404] * 4


@pytest.mark.parametrize("changed", ['{"number":1}', "no record at all", "[]", None])
def test_log_that_was_changed_is_shown_as_such(app, call, changed):
    with app.app_context():
        first = session().query(AuditRecord).order_by(AuditRecord.number).first()
        text = changed or first.record.replace("decide", "review")
        session().execute(update(AuditRecord).where(AuditRecord.id == first.id).values(record=text))
        session().commit()
    page = committee.sign_in(app, "boss").get(path_of(call))

    assert page.status_code == 200
    assert "This log is not as it was written" in page.text
    assert "record 1" in page.text


def test_nobody_else_finds_the_log(app, call):
    for address in (path_of(call), f"{path_of(call)}.jsonl"):
        assert app.test_client().get(address).status_code == 303
        for who in ("ires", "mallory"):
            answer = committee.sign_in(app, who).get(address)
            assert (answer.status_code, "Application" in answer.text) == (404, False)


def test_every_state_has_its_words(app):
    with app.test_request_context():
        assert {*states.STATES, "draft"} <= set(log_words.states_in_words())


def canonical(document):
    """RFC 8785, as far as records need it: names in order, whole numbers, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data):
    """The multibase form of a SHA-256, written by hand from the document alone."""
    rest, text = int.from_bytes(b"\x12\x20" + hashlib.sha256(data).digest(), "big"), ""
    while rest:
        rest, place = divmod(rest, 58)
        text = ALPHABET[place] + text
    return f"z{text}"


def test_stranger_verifies_the_file_by_the_document_alone(app, call):
    answer = committee.sign_in(app, "boss").get(f"{path_of(call)}.jsonl")
    records = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["Content-Disposition"] == 'attachment; filename="log-of-a-call.jsonl"'
    previous = digest(call.encode())
    for number, record in enumerate(records, 1):
        said = record.pop("hash")
        assert (record["number"], record["previous"], digest(canonical(record))) == (number, previous, said)
        previous = said
    with app.app_context():
        assert audit.head(making.found(call)) == {"number": 2, "hash": previous}
