"""Where the outbound client connects to, and redirects: rows N01, N02, N03, N05, N06, N08 of the adversarial table."""

import json
import socket
import time

import pytest

from federation.errors import Forbidden, Rejected, Unreachable
from federation.signatures import verify
from tests.federation.raw_peers import ALICE, NOW, PATIENCE, SIGNER, drip, note, planted, redirect, reply


def test_signed_get_verifies_at_the_peer(peers, client):
    peer = peers(note)
    client().fetch_activity(f"{peer.url}/%C3%A9?b=1&a=%2f", signer=SIGNER, expect_id=False)
    request = peer.requests[0]
    assert 'headers="(request-target) host date accept"' in request.headers["signature"]
    verify(request.received(peer.url), ALICE.public_key(), now=NOW)


def test_redirects_are_followed_and_each_hop_is_signed_afresh(peers, client):
    second = peers(note)
    first = peers(
        lambda peer, request: redirect("/b") if request.target == "/a" else redirect(f"{second.url}/c", "308 x")
    )
    fetched = client().fetch_activity(f"{first.url}/a", signer=SIGNER)
    assert fetched.url == f"{second.url}/c"
    assert [request.target for request in first.requests] == ["/a", "/b"]
    for peer in (first, second):
        for request in peer.requests:
            verify(request.received(peer.url), ALICE.public_key(), now=NOW)


def test_document_behind_a_redirect_must_have_the_last_address_as_id(peers, client):
    peer = peers(
        lambda peer, request: (
            redirect("/b") if request.target == "/a" else reply(json.dumps({"id": f"{peer.url}/a"}).encode())
        )
    )
    with pytest.raises(Rejected):
        client().fetch_activity(f"{peer.url}/a")


@pytest.mark.parametrize("hops", [3, 4, 50])
def test_more_than_three_redirects_are_refused(peers, client, hops):
    def answer(peer, request):
        number = int(request.target[1:])
        return redirect(f"/{number + 1}") if number < hops else note(peer, request)

    peer = peers(answer)
    if hops == 3:
        assert client().fetch_activity(f"{peer.url}/0").url == f"{peer.url}/3"
    else:
        with pytest.raises(Rejected):
            client().fetch_activity(f"{peer.url}/0")
    assert len(peer.requests) == 4


def test_redirect_to_itself_ends(peers, client):
    peer = peers(lambda peer, request: redirect(request.target))
    with pytest.raises(Rejected):
        client().fetch_activity(f"{peer.url}/1")
    assert len(peer.requests) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/",
        "http://10.0.0.1/",
        "http://[::1]:{port}/",
        "http://2130706434:{port}/",
        "ftp://a.test/",
        "file:///etc/passwd",
        "gopher://a.test/",
        "http://u@a.test:{port}/",
        "//a.test\\@127.0.0.1:{port}/",
    ],
)
def test_redirect_to_where_we_do_not_connect_is_refused(peers, client, location):
    peer = peers(lambda peer, request: redirect(location.format(port=peer.port)))
    with pytest.raises(Forbidden):
        client().fetch_activity(f"{peer.url}/1")
    assert peer.connections == 1


@pytest.mark.parametrize("location", ["", "\xff"])
def test_redirect_to_nowhere_is_refused(peers, client, location):
    peer = peers(lambda peer, request: redirect(location))
    with pytest.raises(Rejected):
        client().fetch_activity(f"{peer.url}/1")
    assert len(peer.requests) == 1


def test_endless_body_of_a_redirect_is_not_read(peers, client):
    target = peers(note)

    def answer(peer, request):
        yield f"HTTP/1.1 302 x\r\nLocation: {target.url}/1\r\n\r\n".encode()
        yield from drip(peer, b"")

    peer = peers(answer)
    begun = time.monotonic()
    assert client().fetch_activity(f"{peer.url}/1").url == f"{target.url}/1"
    assert time.monotonic() - begun < PATIENCE


def test_cookies_are_not_given_back(peers, client):
    peer = peers(lambda peer, request: reply(b"{}", Set_Cookie="a=b; Path=/"))
    one = client()
    for _ in range(2):
        one.fetch_bytes(peer.url, accept="*/*")
    assert "cookie" not in peer.requests[1].headers


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "224.0.0.1",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "fd00::1",
    ],
)
def test_name_that_resolves_to_an_address_that_is_not_public_is_not_connected_to(peers, client, address):
    peer = peers(note)
    one = client(allowed_networks=(), resolver=planted((address, peer.port)))
    with pytest.raises(Forbidden):
        one.fetch_activity("https://a.test/1")
    with pytest.raises(Forbidden):
        one.post_activity("https://a.test/1", b"{}", signer=SIGNER)
    assert peer.connections == 0


def test_name_with_one_bad_address_among_good_ones_is_not_connected_to(peers, client):
    peer = peers(note)
    for addresses in (("127.0.0.1", "127.0.0.2"), ("127.0.0.2", "127.0.0.1")):
        with pytest.raises(Forbidden):
            client(resolver=planted(*addresses)).fetch_activity(f"{peer.url}/1")
    assert peer.connections == 0


def test_address_with_a_scope_or_of_another_family_is_not_connected_to(client):
    for answer in (
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2606:4700::1111", 443, 0, 2)),
        (socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("93.184.216.34", 443)),
    ):
        with pytest.raises(Forbidden):
            client(resolver=lambda *_, answer=answer, **__: [answer]).fetch_activity("https://a.test/1")


def test_name_is_resolved_once_for_a_connection(peers, client):
    peer = peers(note)
    calls = []
    client(resolver=planted(calls=calls)).fetch_activity(f"{peer.url}/1")
    assert calls == ["a.test"]


def test_next_address_is_tried_when_the_first_does_not_answer(peers, client):
    peer = peers(note)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    resolver = planted(("127.0.0.1", port), ("127.0.0.1", peer.port))
    assert client(resolver=resolver).fetch_activity(f"{peer.url}/1").document["type"] == "Note"


@pytest.mark.parametrize(
    "url",
    [
        "http://a.test/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://a.test:8443/",
        "https://a@b.test/",
        "file:///x",
    ],
)
def test_bad_url_is_not_even_resolved(client, url):
    calls = []
    one = client(allowed_networks=(), resolver=planted(calls=calls))
    for call in (
        lambda: one.fetch_activity(url),
        lambda: one.fetch_json(url, accept="*/*"),
        lambda: one.fetch_bytes(url, accept="*/*"),
        lambda: one.post_activity(url, b"{}", signer=SIGNER),
    ):
        with pytest.raises(Forbidden):
            call()
    assert calls == []


def test_name_that_does_not_resolve_is_unreachable(client):
    def resolver(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(Unreachable):
        client(resolver=resolver).fetch_activity("https://a.test/1")
    with pytest.raises(Unreachable):
        client(resolver=lambda *_, **__: []).fetch_activity("https://a.test/1")


def test_name_that_the_resolver_cannot_spell_is_forbidden(client):
    def resolver(*_, **__):
        raise UnicodeError("label too long")

    with pytest.raises(Forbidden):
        client(resolver=resolver).fetch_activity("https://a.test/1")


def test_refused_connection_is_unreachable(client):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable):
        client().fetch_activity(f"http://a.test:{port}/1")
