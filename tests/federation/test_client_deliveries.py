"""Deliveries: signed, knocked with twice, answered."""

import time

import pytest

from federation.errors import Unreachable
from federation.exchanged import Answer
from federation.signatures import verify
from tests.federation.raw_peers import ALICE, HEAD, NOW, PATIENCE, SHORT, SIGNER, drip, endless, redirect, reply


def statuses(*numbers: int):
    """Return what answers the requests with these statuses, one after the other, and the number of each as body."""

    def answer(peer, request):
        number = len(peer.requests)
        return reply(b"%d" % number, status=f"{numbers[number - 1]} x")

    return answer


def test_delivery_is_signed_over_its_body_and_answered(peers, client):
    peer = peers(lambda peer, request: reply(b"thank you", status="202 Accepted"))
    answer = client().post_activity(f"{peer.url}/inbox?x=1", b'{"type":"Create"}', signer=SIGNER)
    assert answer == Answer(202, None, "cavage", b"thank you")
    request = peer.requests[0]
    assert (request.method, request.target, request.body) == ("POST", "/inbox?x=1", b'{"type":"Create"}')
    assert request.headers["content-type"] == "application/activity+json"
    assert request.headers["user-agent"] == "Maillage/test"
    assert request.headers["content-length"] == "17"
    verify(request.received(peer.url), ALICE.public_key(), now=NOW)


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize(("first", "second"), [("cavage", "rfc9421"), ("rfc9421", "cavage")])
def test_second_knock_uses_the_other_scheme_and_counts_when_it_succeeds(peers, client, status, first, second):
    peer = peers(
        lambda peer, request: reply(
            b"%d" % len(peer.requests), status=f"{status if len(peer.requests) == 1 else 202} x"
        )
    )
    answer = client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER, scheme=first)
    assert answer == Answer(202, None, second, b"2")
    assert ["signature-input" in request.headers for request in peer.requests] == [
        first == "rfc9421",
        second == "rfc9421",
    ]
    assert "digest" not in peer.requests[[first, second].index("rfc9421")].headers
    for request in peer.requests:
        verify(request.received(peer.url), ALICE.public_key(), now=NOW)


@pytest.mark.parametrize("later", [400, 401, 403, 500, 503])
def test_second_knock_that_fails_leaves_the_first_answer(peers, client, later):
    peer = peers(
        lambda peer, request: reply(b"%d" % len(peer.requests), status=f"{401 if len(peer.requests) == 1 else later} x")
    )
    answer = client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)
    assert answer == Answer(401, None, "cavage", b"1")
    assert len(peer.requests) == 2


def test_second_knock_that_breaks_off_leaves_the_first_answer(peers, client):
    peer = peers(lambda peer, request: reply(b"1", status="401 x") if len(peer.requests) == 1 else None)
    assert client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER) == Answer(401, None, "cavage", b"1")
    assert ["signature-input" in request.headers for request in peer.requests] == [False, True, True]


def test_second_knock_has_only_the_time_that_is_left(peers, client):
    def answer(peer, request):
        if len(peer.requests) == 1:
            return reply(b"1", status="401 x")
        return drip(peer, HEAD)

    peer = peers(answer)
    begun = time.monotonic()
    answer = client(deadline=SHORT).post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)
    assert answer.status == 401
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("status", [200, 202, 204, 402, 403, 404, 406, 410, 418, 429, 500, 503])
def test_other_answers_are_returned_after_one_knock(peers, client, status):
    peer = peers(lambda peer, request: reply(status=f"{status} x"))
    assert client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER).status == status
    assert len(peer.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_delivery_follows_no_redirect(peers, client, status):
    peer = peers(lambda peer, request: redirect("/elsewhere", f"{status} x"))
    assert client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER).status == status
    assert len(peer.requests) == 1


def test_answer_keeps_the_first_thousand_bytes_of_a_body(peers, client):
    peer = peers(endless)
    answer = client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)
    assert answer == Answer(200, None, "cavage", b"x" * 1000)


@pytest.mark.parametrize("pieces", [lambda peer: drip(peer, b""), lambda peer: peer.stopped.wait(10) and ()])
@pytest.mark.parametrize("length", ["", "Content-Length: 5000\r\n"], ids=["no length", "length"])
def test_accepted_delivery_whose_answer_never_ends_stays_accepted(peers, client, length, pieces):
    def answer(peer, request):
        yield HEAD + length.encode() + b"\r\n"
        yield from pieces(peer)

    peer = peers(answer)
    begun = time.monotonic()
    answer = client(deadline=SHORT).post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)
    assert answer.status == 200
    assert time.monotonic() - begun < PATIENCE


def test_delivery_to_a_peer_that_hangs_up_is_unreachable(peers, client):
    peer = peers(lambda peer, request: None)
    with pytest.raises(Unreachable):
        client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)


def test_answer_that_is_no_http_is_unreachable(peers, client):
    peer = peers(lambda peer, request: iter([b"220 mail.test ESMTP\r\n"]))
    with pytest.raises(Unreachable):
        client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)
