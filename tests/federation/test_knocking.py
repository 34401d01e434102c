"""A document that is not given for one way of signing is asked for once more in the other, within the same time."""

import json
from datetime import UTC, datetime

import pytest

from federation import keys
from federation.errors import BadSignature, Gone, NotFound, Rejected
from federation.signatures import Received, Signer, verify
from tests.federation.test_keys import KEYS
from tests.fediverse import Answer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ALICE = keys.load_private((KEYS / "alice.pem").read_text())
SIGNER = Signer("https://us.test/actors/relay#main-key", ALICE)


@pytest.fixture
def address(fediverse):
    return fediverse.address("a.test", "/users/alice")


def asked(fediverse):
    """Return in which ways of signing was asked, after verifying each."""
    ways = []
    for one in fediverse.arrived:
        base = fediverse.address(one.host).rstrip("/")
        verify(Received(one.method, one.path, one.headers, one.body, base), ALICE.public_key(), now=NOW)
        ways.append("rfc9421" if "signature-input" in one.headers else "cavage")
    return ways


def only(way, fediverse, address, refusal=401, taken=None):
    """Let a server give a document for one way of signing alone."""
    document = Answer(body=json.dumps({"id": address, "type": "Note"}).encode())

    def answer(arrived):
        came = "rfc9421" if "signature-input" in arrived.headers else "cavage"
        return (taken or document) if came == way else Answer(refusal)

    fediverse.answer(address, answer)


@pytest.mark.parametrize("refusal", [400, 401])
def test_server_that_reads_rfc9421_alone_is_asked_so(fediverse, address, refusal):
    only("rfc9421", fediverse, address, refusal)
    fetched = fediverse.client(lambda: NOW).fetch_activity(address, signer=SIGNER)
    assert fetched.document["id"] == address
    assert asked(fediverse) == ["cavage", "rfc9421"]


def test_server_that_reads_cavage_is_asked_once(fediverse, address):
    only("cavage", fediverse, address)
    fediverse.client(lambda: NOW).fetch_activity(address, signer=SIGNER)
    assert asked(fediverse) == ["cavage"]


@pytest.mark.parametrize(("status", "error"), [(404, NotFound), (410, Gone), (403, Rejected)])
def test_what_the_second_way_is_told_counts(fediverse, address, status, error):
    only("rfc9421", fediverse, address, taken=Answer(status))
    with pytest.raises(error, match=str(status)):
        fediverse.client(lambda: NOW).fetch_activity(address, signer=SIGNER)


@pytest.mark.parametrize("second", [400, 401, 500, 503])
def test_second_refusal_leaves_the_first(fediverse, address, second):
    only("rfc9421", fediverse, address, taken=Answer(second))
    with pytest.raises(Rejected, match="401"):
        fediverse.client(lambda: NOW).fetch_activity(address, signer=SIGNER)
    assert len(fediverse.arrived) == 2


@pytest.mark.parametrize("status", [403, 404, 410, 500, 503])
def test_other_answers_end_it_at_once(fediverse, address, status):
    fediverse.answer(address, Answer(status))
    with pytest.raises(Exception, match=str(status)):
        fediverse.client(lambda: NOW).fetch_activity(address, signer=SIGNER)
    assert len(fediverse.arrived) == 1


def test_request_without_a_signature_is_not_repeated(fediverse, address):
    fediverse.answer(address, Answer(401))
    with pytest.raises(Rejected):
        fediverse.client(lambda: NOW).fetch_activity(address)
    assert len(fediverse.arrived) == 1


def test_redirect_is_followed_after_either_way(fediverse, address):
    elsewhere = fediverse.address("b.test", "/users/alice")
    only("rfc9421", fediverse, address, taken=Answer(302, headers={"Location": elsewhere}))
    only("rfc9421", fediverse, elsewhere)
    assert fediverse.client(lambda: NOW).fetch_activity(elsewhere, signer=SIGNER).url == elsewhere
    assert fediverse.client(lambda: NOW).fetch_activity(address, signer=SIGNER).url == elsewhere


def test_signature_of_the_second_knock_is_good_for_nothing_else(fediverse, address):
    only("rfc9421", fediverse, address)
    fediverse.client(lambda: NOW).fetch_activity(address, signer=SIGNER)
    second = fediverse.arrived[1]
    base = fediverse.address(second.host).rstrip("/")
    with pytest.raises(BadSignature):
        verify(Received("GET", "/users/bob", second.headers, b"", base), ALICE.public_key(), now=NOW)
