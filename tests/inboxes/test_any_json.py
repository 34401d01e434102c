"""Whatever bytes arrive: rows P01 and P02 of `protocol.md` §4.4, and what Hypothesis thinks of. Never a 500."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from actors.node import EXTENSION
from actors.rates import Rates
from inboxes import worker
from inboxes.models import Letter
from tests.inboxes.letters import INBOXES, UNION, cavage, nothing_written, rfc9421

pytestmark = pytest.mark.later

FEW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
UNLIMITED = Rates({"inbox": "1000000 per second", "key failure": "1000000 per second"})
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["http://localhost/actors/union", "https://[::1", "as:Public", "2026-13-45T99:00:00Z"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
EVENT_FIELDS = (
    "id",
    "type",
    "attributedTo",
    "name",
    "content",
    "summary",
    "startTime",
    "endTime",
    "published",
    "updated",
    "to",
    "cc",
    "url",
    "location",
    "attachment",
    "subEvent",
    "organizers",
    "timezone",
    "maximumAttendeeCapacity",
    "tag",
    "call",
    "initiative",
    "contentMap",
    "status",
    "questions",
)


def letter(document):
    return json.dumps(document).encode()


def valid(**more):
    return {"id": "http://a.test/1", "type": "Follow", "actor": "http://a.test/u", "object": UNION, **more}


UNREADABLE = {
    "P01 brackets": b"[" * 100_000,
    "P01 depth 33": letter(valid(x=json.loads("[" * 40 + "]" * 40))),
    "P01 many keys": letter(valid(**{f"k{number}": 1 for number in range(6000)})),
    "P01 long integer": letter(valid())[:-1] + b',"x":' + b"9" * 5000 + b"}",
    "P01 integer beyond a column": letter(valid(x=2**63)),
    "P01 NaN": letter(valid())[:-1] + b',"x":NaN}',
    "P01 key twice": letter(valid())[:-1] + b',"type":"Undo"}',
    "P01 byte order mark": b"\xef\xbb\xbf" + letter(valid()),
    "P01 UTF-16": json.dumps(valid()).encode("utf-16"),
    "P01 trailing data": letter(valid()) + b"{}",
    "P01 lone surrogate": letter(valid())[:-1] + b',"x":"\\ud800"}',
    "P01 NUL": letter(valid())[:-1] + b',"x":"\\u0000"}',
    "P01 not UTF-8": b"\xff\xfe{}",
    "P02 a list": b"[]",
    "P02 a text": b'"x"',
    "P02 null": b"null",
    "P02 a number": b"1",
    "P02 two types": letter(valid(type=["Follow", "Undo"])),
    "P02 type a number": letter(valid(type=1)),
    "P02 no id": letter({key: value for key, value in valid().items() if key != "id"}),
    "P02 id a word": letter(valid(id="x")),
    "P02 id with credentials": letter(valid(id="http://u:p@a.test/1")),
    "P02 id with a backslash": letter(valid(id="http://localhost\\@a.test/1")),
    "P02 id of another scheme": letter(valid(id="file:///etc/passwd")),
    "P02 actor a number": letter(valid(actor=1)),
    "P02 two actors": letter(valid(actor=["http://a.test/u", "http://a.test/v"])),
    "P02 object null": letter(valid(object=None)),
    "P02 object a number": letter(valid(object=7)),
    "graph": letter(valid(**{"@graph": []})),
    "included, deep": letter(valid(object={"id": "http://a.test/2", "x": [{"@included": []}]})),
    "reverse": letter(valid(**{"@reverse": {}})),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_letter_is_refused_without_a_trace(app, client, clock, fediverse, name):
    alice = fediverse.actor("alice", "a.test")
    for target in INBOXES:
        with nothing_written(app, fediverse):
            assert cavage(alice, UNREADABLE[name], target, clock()).send(client).status_code == 400


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Invented"},
        {"object": []},
        {"object": [UNION, UNION]},
        {
            "object": {
                "type": "Undo",
                "object": {"type": "Undo", "object": {"type": "Undo", "object": {"type": "Like"}}},
            }
        },
        {"type": "Undo", "object": {"type": "Like", "object": UNION}},
        {"type": "Create", "object": {"type": ["Event", 1], "id": 5}},
        {"type": "Announce", "object": {"object": {}}},
    ],
)
def test_odd_but_readable_letter_is_taken_and_changes_nothing(app, client, clock, work, fediverse, document):
    alice = fediverse.actor("alice", "a.test")
    posted = alice.activity("Follow", UNION) | document
    assert alice.post(client, posted, now=clock()).status_code == 202
    work()
    with app.app_context():
        assert session().scalars(select(Letter.state)).one() in ("ignored", "failed")


@FEW
@given(
    body=st.binary(min_size=1, max_size=300) | JSON.map(lambda value: json.dumps(value).encode()),
    target=st.sampled_from(INBOXES),
    sign=st.sampled_from([cavage, rfc9421]),
)
def test_any_bytes_as_a_body_are_answered_below_500(app, client, clock, fediverse, body, target, sign):
    app.extensions[EXTENSION].rates = UNLIMITED
    alice = fediverse.actor("alice", "a.test")
    assert sign(alice, body, target, clock()).send(client).status_code in (202, 400, 401)


@FEW
@given(
    header=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80),
    name=st.sampled_from(
        ["Signature", "Signature-Input", "Digest", "Date", "Host", "Content-Type", "Content-Length", "Content-Encoding"]
    ),
)
def test_any_text_in_a_header_is_answered_below_500(app, client, clock, fediverse, name, header):
    app.extensions[EXTENSION].rates = UNLIMITED
    alice = fediverse.actor("alice", "a.test")
    draft = cavage(alice, alice.activity("Follow", UNION), "/inbox", clock())
    environ = {
        f"HTTP_{name.upper().replace('-', '_')}".replace("HTTP_CONTENT_T", "CONTENT_T").replace(
            "HTTP_CONTENT_L", "CONTENT_L"
        ): header
    }
    assert draft.send(client, **environ).status_code < 500


@FEW
@given(data=st.data())
def test_any_json_in_a_field_of_a_signed_letter_is_answered_and_settled(app, client, clock, fediverse, data):
    app.extensions[EXTENSION].rates = UNLIMITED
    bob = fediverse.actor("bob", "b.test", "bob")
    with app.app_context():
        if remote.find(bob.iri) is None:
            following.follow(local.find("union"), remote.remember(remote.look_up(bob.iri))).state = "accepted"
            session().commit()
    number = data.draw(st.uuids().map(str))
    verb = data.draw(st.sampled_from(["Follow", "Undo", "Accept", "Create", "Update", "Delete", "Announce", "Block"]))
    thing = bob.event(number) | data.draw(st.dictionaries(st.sampled_from(EVENT_FIELDS), JSON, max_size=3))
    document = bob.activity(verb, data.draw(st.just(thing) | JSON), number)
    document |= data.draw(
        st.dictionaries(st.sampled_from(["to", "cc", "object", "audience", "target"]), JSON, max_size=1)
    )

    assert bob.post(client, document, now=clock()).status_code in (202, 400)

    for _ in range(12):
        worker.run_until_idle(app)
        clock.turn(days=1)
    with app.app_context():
        assert "waiting" not in session().scalars(select(Letter.state)).all()
        assert not [one for one in session().scalars(select(Letter.outcome)) if "Error:" in one or "Exception:" in one]
