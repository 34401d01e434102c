"""What the outbound client believes of the documents that peers answer."""

import json

import pytest

from federation.errors import Gone, NotFound, Rejected, Unreachable
from tests.federation.raw_peers import SIGNER, note, reply


def test_document_is_fetched_with_the_headers_that_peers_want(peers, client):
    peer = peers(note)
    fetched = client().fetch_activity(peer.url + "/notes/1#fragment")
    assert fetched.url == peer.url + "/notes/1"
    assert fetched.document == {"id": peer.url + "/notes/1", "type": "Note"}
    assert fetched.content_type == "application/activity+json"
    headers = peer.requests[0].headers
    assert headers["user-agent"] == "Maillage/test"
    assert headers["host"] == f"a.test:{peer.port}"
    assert headers["accept-encoding"] == "identity"
    assert "application/activity+json" in headers["accept"]
    assert 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"' in headers["accept"]
    assert "signature" not in headers


@pytest.mark.parametrize(
    "kind",
    [
        "application/activity+json; charset=utf-8",
        "Application/Activity+JSON",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'application/ld+json;charset=utf-8;profile="https://w3id.org/x https://www.w3.org/ns/activitystreams"',
    ],
)
def test_activity_types_are_believed(peers, client, kind):
    peer = peers(lambda peer, request: reply(json.dumps({"id": f"{peer.url}/1"}).encode(), kind=kind))
    assert client().fetch_activity(f"{peer.url}/1").content_type == kind


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/html",
        "application/octet-stream",
        "",
        "application/ld+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreamsx"',
        "application/activity+jsonx",
        "text/plain; x=application/activity+json",
    ],
)
def test_other_types_are_not_believed(peers, client, kind):
    peer = peers(lambda peer, request: reply(json.dumps({"id": f"{peer.url}/1"}).encode(), kind=kind))
    with pytest.raises(Rejected):
        client().fetch_activity(f"{peer.url}/1")


@pytest.mark.parametrize("claimed", ["https://b.test/1", "http://a.test/1", "", None, 1, {"id": "x"}])
def test_document_with_another_id_is_refused_unless_asked_for(peers, client, claimed):
    peer = peers(lambda peer, request: reply(json.dumps({"id": claimed}).encode()))
    with pytest.raises(Rejected):
        client().fetch_activity(f"{peer.url}/1")
    assert client().fetch_activity(f"{peer.url}/1", expect_id=False).document == {"id": claimed}


def test_fragment_of_the_id_is_ignored(peers, client):
    peer = peers(lambda peer, request: reply(json.dumps({"id": f"{peer.url}/1#main-key"}).encode()))
    assert client().fetch_activity(f"{peer.url}/1#main-key").url == f"{peer.url}/1"


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff", b"[" * 100_000])
def test_what_is_no_strict_json_object_is_refused(peers, client, body):
    peer = peers(lambda peer, request: reply(body))
    with pytest.raises(Rejected):
        client().fetch_activity(f"{peer.url}/1", expect_id=False)


@pytest.mark.parametrize("kind", ["application/jrd+json", "application/json", "application/json; charset=utf-8"])
def test_json_of_other_kinds_is_fetched(peers, client, kind):
    peer = peers(lambda peer, request: reply(b'{"subject":"acct:a@a.test"}', kind=kind))
    fetched = client().fetch_json(
        f"{peer.url}/.well-known/webfinger?resource=acct:a@a.test", accept="application/jrd+json"
    )
    assert fetched.document == {"subject": "acct:a@a.test"}
    assert peer.requests[0].headers["accept"] == "application/jrd+json"
    assert peer.requests[0].target == "/.well-known/webfinger?resource=acct:a@a.test"


def test_html_is_no_json(peers, client):
    peer = peers(lambda peer, request: reply(b"{}", kind="text/html"))
    with pytest.raises(Rejected):
        client().fetch_json(peer.url, accept="application/json")


def test_bytes_are_fetched_as_they_are(peers, client):
    peer = peers(lambda peer, request: reply(b"\x00\xff", kind="image/png"))
    assert client().fetch_bytes(f"{peer.url}/x", accept="image/*") == (f"{peer.url}/x", "image/png", b"\x00\xff")


def test_chunked_body_is_put_together(peers, client):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    peer = peers(lambda peer, request: head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert client().fetch_bytes(peer.url, accept="*/*")[2] == b"abcde"


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (410, Gone)]
    + [(status, Rejected) for status in (304, 400, 401, 403, 406, 418, 451)]
    + [(status, Unreachable) for status in (429, 500, 502, 503, 599)],
)
def test_status_decides_the_error(peers, client, status, error):
    peer = peers(lambda peer, request: reply(b"{}", status=f"{status} x"))
    with pytest.raises(error) as caught:
        client().fetch_bytes(f"{peer.url}/1", accept="*/*")
    assert type(caught.value) is error


RETRY_AFTER = [
    ("120", 120),
    ("0", 30),
    ("29", 30),
    ("9" * 400, 86400),
    ("Sat, 21 Nov 2026 12:10:00 GMT", 600),
    ("Sat, 21 Nov 2020 12:10:00 GMT", 30),
    ("Sat, 21 Nov 2036 12:10:00 GMT", 86400),
    ("", None),
    ("soon", None),
    ("-5", None),
    ("1.5", None),
    ("²", None),
]


@pytest.mark.parametrize(("value", "seconds"), RETRY_AFTER)
def test_retry_after_is_read_and_clamped(peers, client, value, seconds):
    peer = peers(lambda peer, request: reply(status="503 x", Retry_After=value))
    with pytest.raises(Unreachable) as caught:
        client().fetch_activity(f"{peer.url}/1")
    assert caught.value.retry_after == seconds
    assert client().post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER).retry_after == seconds
