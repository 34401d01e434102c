"""Letters at both inboxes: rows S01 to S34 of `protocol.md` §4.4, each one change to a letter that would be taken.

What is refused leaves no row in any table, and no request but the permitted fetch of a key.
"""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from actors import policy
from actors.database import session
from actors.models import Actor
from actors.node import EXTENSION
from actors.rates import Rates
from inboxes.models import Letter
from tests.inboxes.letters import INBOXES, UNION, cavage, digest, imf_date, nothing_written, rfc9421

HS = "(request-target) host (created) digest"


def follow(alice, number=1):
    return alice.activity("Follow", UNION, number)


def created_at(alice, target, now, created, **more):
    return cavage(
        alice,
        follow(alice),
        target,
        now,
        covered=HS,
        algorithm="hs2019",
        extra=f"created={created},",
        special={"(created)": created},
        **more,
    )


def fresh_rates(app, **changes):
    """Stands for the time after which every counter in memory has begun anew."""
    app.extensions[EXTENSION].rates = Rates({name.replace("_", " "): rate for name, rate in changes.items()})


# what is taken

TAKEN = {
    "S01 cavage as Mastodon signs": lambda a, t, n: cavage(a, follow(a), t, n),
    "S01 without a label": lambda a, t, n: cavage(a, follow(a), t, n, algorithm=None),
    "S02 hs2019 with created": lambda a, t, n: created_at(a, t, n, int(n.timestamp()), date=None),
    "S03 query left out of the signed target": lambda a, t, n: cavage(a, follow(a), f"{t}?a=1", n, signed_target=t),
    "S04 RFC 9421": lambda a, t, n: rfc9421(a, follow(a), t, n),
    "S05 RFC 9421 with Fedify's components": lambda a, t, n: rfc9421(
        a,
        follow(a),
        t,
        n,
        components=('"@method"', '"@target-uri"', '"@authority"', '"host"', '"content-digest"'),
        more=';alg="rsa-v1_5-sha256"',
    ),
    "S16 an hour late": lambda a, t, n: cavage(a, follow(a), t, n, date=imf_date(n - timedelta(minutes=60))),
    "ld+json with the profile": lambda a, t, n: cavage(
        a, follow(a), t, n, content_type='application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    ),
    "a charset": lambda a, t, n: cavage(a, follow(a), t, n, content_type="application/activity+json; charset=utf-8"),
    "extras of FEP-8b32": lambda a, t, n: cavage(a, follow(a) | {"proof": {"type": "DataIntegrityProof"}}, t, n),
}


@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize("name", TAKEN)
def test_letter_is_taken(app, client, clock, fediverse, name, target):
    alice = fediverse.actor("alice", "a.test")

    response = TAKEN[name](alice, target, clock()).send(client)

    assert (response.status_code, response.data) == (202, b"")
    with app.app_context():
        (letter,) = session().scalars(select(Letter)).all()
        assert (letter.iri, letter.type, letter.sender.iri, letter.key_iri, letter.state) == (
            f"{alice.iri}/activities/1",
            "Follow",
            alice.iri,
            alice.key_id,
            "waiting",
        )
        assert [reader.actor.handle for reader in letter.readers] == (["union"] if "union" in target else [])
    assert [(one.method, one.host, one.path) for one in fediverse.arrived] == [("GET", "a.test", "/users/alice")]


# what is refused: the letter, the status, and how many fetches of a key it may cost


def hmac_with_the_public_key(a, t, n):
    draft = cavage(a, follow(a), t, n, algorithm="hmac-sha256")
    lines = [
        f"(request-target): post {t}",
        "host: localhost",
        f"date: {draft.headers['Date']}",
        f"digest: {draft.headers['Digest']}",
        f"content-type: {draft.headers['Content-Type']}",
    ]
    pem = a.document["publicKey"]["publicKeyPem"].encode()
    mac = base64.b64encode(hmac.new(pem, "\n".join(lines).encode(), hashlib.sha256).digest()).decode()
    head = draft.headers["Signature"].partition('signature="')[0]
    return draft.but(signature=f'{head}signature="{mac}"')


def other_body(a, t, n):
    draft = cavage(a, follow(a), t, n)
    body = draft.body.replace(b"Follow", b"Delete")
    return type(draft)(t, body, draft.headers)


def other_body_and_digest(a, t, n):
    draft = other_body(a, t, n)
    return draft.but(digest=f"SHA-256={digest(draft.body)}")


def dated(value):
    return lambda a, t, n: cavage(a, follow(a), t, n, date=value(n) if callable(value) else value)


def created(value):
    return lambda a, t, n: created_at(a, t, n, value(n) if callable(value) else value)


def covering(covered, **more):
    return lambda a, t, n: cavage(a, follow(a), t, n, covered=covered, **more)


def labelled(algorithm):
    return lambda a, t, n: cavage(a, follow(a), t, n, algorithm=algorithm)


def component(written, **more):
    return lambda a, t, n: rfc9421(
        a, follow(a), t, n, components=('"@method"', '"@target-uri"', '"content-digest"', written), **more
    )


def content_digest(value):
    return lambda a, t, n: rfc9421(a, follow(a), t, n, content_digest=value(follow(a)))


def signed_as(value):
    return lambda a, t, n: (draft := cavage(a, follow(a), t, n)).but(
        signature=draft.headers["Signature"].partition('signature="')[0] + f'signature="{value}"'
    )


def body_of(document):
    return json.dumps(document).encode()


REFUSED = {
    "S06 no signature": (lambda a, t, n: cavage(a, follow(a), t, n).but(signature=None), 401, 0),
    "S07 body changed": (other_body, 401, 0),
    "S08 body and digest changed": (other_body_and_digest, 401, 1),
    "S08 RFC 9421 body and digest changed": (
        lambda a, t, n: (d := rfc9421(a, follow(a), t, n)).but(content_digest=f"sha-256=:{digest(d.body + b' ')}:"),
        401,
        0,
    ),
    "S09 no digest": (covering("(request-target) host date", digest=None), 401, 0),
    "S09 digest not covered": (covering("(request-target) host date"), 401, 0),
    "S11 RFC 9421 body not covered": (
        lambda a, t, n: rfc9421(a, follow(a), t, n, components=('"@method"', '"@target-uri"')),
        401,
        0,
    ),
    "S11 RFC 9421 method not covered": (
        lambda a, t, n: rfc9421(a, follow(a), t, n, components=('"@target-uri"', '"content-digest"')),
        401,
        0,
    ),
    "S11 RFC 9421 target not covered": (
        lambda a, t, n: rfc9421(a, follow(a), t, n, components=('"@method"', '"content-digest"')),
        401,
        0,
    ),
    "S12 covered digest absent": (lambda a, t, n: rfc9421(a, follow(a), t, n).but(content_digest=None), 401, 1),
    "S12 a second digest is wrong": (
        content_digest(lambda d: f"sha-256=:{digest(body_of(d))}:, sha-512=:{digest(b'', 'sha512')}:"),
        401,
        0,
    ),
    "S12 sha-512 alone": (content_digest(lambda d: f"sha-512=:{digest(body_of(d), 'sha512')}:"), 401, 0),
    "S12 malformed dictionary": (content_digest(lambda d: "sha-256=;;"), 400, 0),
    "S13 target not covered": (covering("host date digest"), 401, 0),
    "S13 host not covered": (covering("(request-target) date digest"), 401, 0),
    "S13 time not covered": (covering("(request-target) host digest"), 401, 0),
    "S13 signed for another path": (
        lambda a, t, n: cavage(a, follow(a), t, n, signed_target="/actors/couriers/inbox"),
        401,
        1,
    ),
    "S15 signed for another host": (
        lambda a, t, n: cavage(a, follow(a), t, n, host="b.test").but(host="localhost"),
        401,
        1,
    ),
    "S15 sent to another host": (lambda a, t, n: cavage(a, follow(a), t, n, host="b.test"), 400, 0),
    "S15 RFC 9421 for another host": (
        lambda a, t, n: rfc9421(a, follow(a), t, n, base_url="http://b.test"),
        401,
        1,
    ),
    "S16 66 minutes old": (dated(lambda n: imf_date(n - timedelta(minutes=66))), 401, 0),
    "S16 66 minutes ahead": (dated(lambda n: imf_date(n + timedelta(minutes=66))), 401, 0),
    "S16 absent": (dated(None), 401, 0),
    "S16 garbage": (dated("garbage"), 401, 0),
    "S16 two dates": (dated(lambda n: f"{imf_date(n)}, {imf_date(n)}"), 401, 0),
    "S16 year 9999": (dated("Fri, 31 Dec 9999 23:59:59 GMT"), 401, 0),
    "S16 RFC 850": (dated("Saturday, 21-Nov-26 12:00:00 GMT"), 401, 0),
    "S16 small letters": (dated(lambda n: imf_date(n).replace("GMT", "gmt")), 401, 0),
    "S17 created in two hours": (created(lambda n: int(n.timestamp()) + 7200), 401, 0),
    "S17 created negative": (created(-5), 400, 0),
    "S17 created huge": (created("1e30"), 400, 0),
    "S17 created a word": (created('"abc"'), 400, 0),
    "S17 created a fraction": (created(lambda n: n.timestamp() + 0.5), 400, 0),
    "S17 expired": (
        lambda a, t, n: cavage(a, follow(a), t, n, algorithm="hs2019", extra=f"expires={int(n.timestamp()) - 1},"),
        401,
        0,
    ),
    "S17 RFC 9421 in two hours": (
        lambda a, t, n: rfc9421(a, follow(a), t, n, created=int(n.timestamp()) + 7200),
        401,
        0,
    ),
    "S17 RFC 9421 a fraction": (lambda a, t, n: rfc9421(a, follow(a), t, n, created="1.5"), 400, 0),
    "S17 RFC 9421 expired": (
        lambda a, t, n: rfc9421(a, follow(a), t, n, more=f";expires={int(n.timestamp()) - 1}"),
        401,
        0,
    ),
    "S18 keyId twice": (lambda a, t, n: cavage(a, follow(a), t, n, extra=f'keyId="{a.key_id}",'), 400, 0),
    "S18 RFC 9421 two signatures": (
        lambda a, t, n: (d := rfc9421(a, follow(a), t, n)).but(
            signature_input=d.headers["Signature-Input"] + ", b" + d.headers["Signature-Input"],
            signature=d.headers["Signature"] + ", b" + d.headers["Signature"],
        ),
        401,
        0,
    ),
    "S20 nothing covered": (covering(""), 401, 0),
    "S20 no headers parameter": (
        lambda a, t, n: cavage(a, follow(a), t, n, covered="date").rewritten("Signature", 'headers="date",', ""),
        401,
        0,
    ),
    "S20 date twice": (covering("(request-target) host date date digest"), 401, 0),
    "S20 unknown header": (covering("(request-target) host date digest x-none"), 401, 0),
    "S21 none": (labelled("none"), 401, 0),
    "S21 rsa-sha1": (labelled("rsa-sha1"), 401, 0),
    "S21 ecdsa": (labelled("ecdsa-sha256"), 401, 0),
    "S21 hmac": (hmac_with_the_public_key, 401, 0),
    "S21 hmac called hs2019": (
        lambda a, t, n: hmac_with_the_public_key(a, t, n).rewritten("Signature", "hmac-sha256", "hs2019"),
        401,
        1,
    ),
    "S22 not base64": (signed_as("%%%"), 400, 0),
    "S22 empty": (signed_as(""), 400, 0),
    "S22 a megabyte": (signed_as("A" * 1_000_000), 400, 0),
    "S25 query-param": (component('"@query-param";name="a"'), 401, 0),
    "S25 req": (component('"host";req'), 401, 0),
    "S25 sf": (component('"content-type";sf'), 401, 0),
    "S25 bs": (component('"content-type";bs'), 401, 0),
    "S25 tr": (component('"content-type";tr'), 401, 0),
    "acct as key id": (lambda a, t, n: cavage(a, follow(a), t, n, key_id="acct:alice@a.test"), 400, 0),
    "a key on a private address": (
        lambda a, t, n: cavage(a, follow(a), t, n, key_id="http://10.0.0.1/alice#main-key"),
        401,
        0,
    ),
    "plain JSON": (lambda a, t, n: cavage(a, follow(a), t, n, content_type="application/json"), 415, 0),
    "a form": (lambda a, t, n: cavage(a, follow(a), t, n, content_type="text/plain"), 415, 0),
    "another profile": (
        lambda a, t, n: cavage(a, follow(a), t, n, content_type='application/ld+json; profile="https://x.test/ns"'),
        415,
        0,
    ),
    "compressed": (lambda a, t, n: cavage(a, follow(a), t, n, content_encoding="gzip"), 415, 0),
    "too large": (lambda a, t, n: cavage(a, follow(a) | {"content": "x" * 262_144}, t, n), 413, 0),
    "S33 chunked": (lambda a, t, n: cavage(a, follow(a), t, n, transfer_encoding="chunked"), 411, 0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_letter_is_refused_without_a_trace(app, client, clock, fediverse, name):
    draft, status, fetches = REFUSED[name]
    alice = fediverse.actor("alice", "a.test")
    for target in INBOXES:
        fresh_rates(app)
        with nothing_written(app, fediverse, fetches=fetches):
            assert draft(alice, target, clock()).send(client).status_code == status


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"RAW_URI": "http://evil.test/inbox"}, 400),
        ({"RAW_URI": "/inbox\u00e9"}, 400),
        ({"CONTENT_LENGTH": ""}, 411),
        ({"CONTENT_LENGTH": "-1"}, 411),
        ({"CONTENT_LENGTH": "9" * 40}, 413),
        ({"CONTENT_LENGTH": "5000"}, 400),
        ({"HTTP_HOST": ""}, 400),
    ],
)
def test_odd_request_line_or_length_is_refused(app, client, clock, fediverse, environ, status):
    """S33 and S34: a length that is missing or lies, a target with another authority."""
    alice = fediverse.actor("alice", "a.test")
    for target in INBOXES:
        with nothing_written(app, fediverse):
            assert cavage(alice, follow(alice), target, clock()).send(client, **environ).status_code == status


def test_absolute_request_target_of_ours_is_taken(client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    draft = cavage(alice, follow(alice), "/inbox", clock())
    assert draft.send(client, RAW_URI="http://localhost/inbox").status_code == 202


@pytest.mark.parametrize("handle", ["nobody", "Union", "union%00", "x" * 31, "%ff"])
def test_unknown_personal_inbox_is_not_found(app, client, clock, fediverse, handle):
    alice = fediverse.actor("alice", "a.test")
    with nothing_written(app, fediverse):
        assert cavage(alice, follow(alice), f"/actors/{handle}/inbox", clock()).send(client).status_code == 404


def test_deleted_actor_is_gone_at_its_own_inbox_and_never_at_the_shared_one(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        session().scalars(select(Actor).where(Actor.handle == "union")).one().gone_at = clock()
        session().commit()
    with nothing_written(app, fediverse):
        assert cavage(alice, follow(alice), "/actors/union/inbox", clock()).send(client).status_code == 410
    assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 202


@pytest.mark.parametrize("blocked", ["a.test", "test", "A.test"])
@pytest.mark.parametrize("target", INBOXES)
def test_blocked_host_is_refused_before_any_fetch(app, client, clock, fediverse, target, blocked):
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        policy.block(blocked)
        session().commit()
    with nothing_written(app, fediverse):
        assert cavage(alice, follow(alice), target, clock()).send(client).status_code == 403


def test_block_of_another_name_does_not_refuse(app, client, clock, fediverse):
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        policy.block("b.a.test")
        policy.block("aa.test")
        session().commit()
    assert cavage(alice, follow(alice), "/inbox", clock()).send(client).status_code == 202


def test_rate_is_limited_for_each_address(app, client, clock, fediverse):
    fresh_rates(app, inbox="2 per minute")
    alice = fediverse.actor("alice", "a.test")
    for number in (1, 2):
        assert cavage(alice, follow(alice, number), "/inbox", clock()).send(client).status_code == 202
    with nothing_written(app, fediverse):
        response = cavage(alice, follow(alice, 3), "/inbox", clock()).send(client)
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60
    other = cavage(alice, follow(alice, 3), "/inbox", clock()).send(client, REMOTE_ADDR="127.0.0.9")
    assert other.status_code == 202


@pytest.mark.parametrize("verb", ["Delete", "Update"])
@pytest.mark.parametrize("target", INBOXES)
def test_stranger_about_itself_is_answered_without_a_fetch(app, client, clock, fediverse, target, verb):
    alice = fediverse.actor("alice", "a.test")
    with nothing_written(app, fediverse):
        draft = cavage(alice, alice.activity(verb, alice.iri), target, clock())
        assert draft.but(signature=None).send(client).status_code == 202


# replays and keys


def test_locked_database_is_answered_503(app, client, clock, fediverse, monkeypatch):
    """Never 202 without a row, and never a 500."""
    alice = fediverse.actor("alice", "a.test")

    def fail(*args):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr("inboxes.receiving._write", fail)
    with nothing_written(app, fediverse, fetches=1):
        response = cavage(alice, follow(alice), "/inbox", clock()).send(client)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
