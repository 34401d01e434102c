"""The outbound client against slow and endless peers, on real sockets: rows N10 and N11 of the adversarial table."""

import gzip

import pytest

from federation.errors import Rejected, Unreachable
from tests.federation.raw_peers import HEAD, SHORT, SIGNER, SLOW, drip, endless, note, quickly, redirect, reply


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW.keys())
def test_slow_peer_is_left_when_the_time_is_over(peers, client, answer):
    peer = peers(answer)
    one = client(deadline=SHORT)
    quickly(lambda: one.fetch_bytes(f"{peer.url}/1", accept="*/*"), Unreachable)


@pytest.mark.parametrize("answer", [SLOW["nothing"], SLOW["headers"]], ids=["nothing", "headers"])
def test_delivery_to_a_slow_peer_is_left_when_the_time_is_over(peers, client, answer):
    peer = peers(answer)
    one = client(deadline=SHORT)
    quickly(lambda: one.post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER), Unreachable)


def test_time_goes_on_over_redirects(peers, client):
    def answer(peer, request):
        peer.stopped.wait(SHORT * 0.7)
        return redirect("/again")

    peer = peers(answer)
    one = client(deadline=SHORT)
    quickly(lambda: one.fetch_activity(f"{peer.url}/1"), Unreachable)
    assert len(peer.requests) == 2


def test_body_cut_by_the_deadline_is_not_taken_for_whole(peers, client):
    # Without a length, the end of the connection is the end of the body: ours must not be mistaken for the peer's.
    def answer(peer, request):
        yield HEAD + b'\r\n{"id": "' + f'{peer.url}/1"}}'.encode()
        peer.stopped.wait(10)

    peer = peers(answer)
    one = client(deadline=SHORT)
    quickly(lambda: one.fetch_activity(f"{peer.url}/1"), Unreachable)


def test_kept_connection_is_watched_again(peers, client):
    peer = peers(lambda peer, request: drip(peer, HEAD + b"X: ") if request.target == "/slow" else note(peer, request))
    one = client(deadline=SHORT)
    one.fetch_activity(f"{peer.url}/1")
    quickly(lambda: one.fetch_activity(f"{peer.url}/slow"), Unreachable)
    assert peer.connections == 1
    assert one.fetch_activity(f"{peer.url}/1").document["type"] == "Note"


def test_deadline_that_passes_later_does_not_touch_a_kept_connection(peers, client):
    peer = peers(note)
    one = client(deadline=SHORT)
    one.fetch_activity(f"{peer.url}/1")
    peer.stopped.wait(SHORT * 1.5)
    one.fetch_activity(f"{peer.url}/1")
    assert peer.connections == 1


def test_body_of_the_longest_length_is_read_and_one_more_byte_is_not(peers, client):
    peer = peers(lambda peer, request: reply(b"x" * int(request.target[1:])))
    one = client(max_bytes=1000)
    assert len(one.fetch_bytes(f"{peer.url}/1000", accept="*/*")[2]) == 1000
    with pytest.raises(Rejected):
        one.fetch_bytes(f"{peer.url}/1001", accept="*/*")


def test_endless_body_is_cut(peers, client):
    peer = peers(endless)
    one = client()
    quickly(lambda: one.fetch_bytes(f"{peer.url}/1", accept="*/*"), Rejected)


def test_ten_megabytes_in_chunks_are_cut(peers, client):
    def answer(peer, request):
        yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
        for _ in range(160):
            yield b"10000\r\n" + b"x" * 65536 + b"\r\n"

    peer = peers(answer)
    with pytest.raises(Rejected):
        client().fetch_bytes(f"{peer.url}/1", accept="*/*")


def test_declared_length_over_the_limit_is_refused_unread(peers, client):
    def answer(peer, request):
        yield reply(length=10_000_000)
        peer.stopped.wait(10)

    peer = peers(answer)
    one = client()
    quickly(lambda: one.fetch_bytes(f"{peer.url}/1", accept="*/*"), Rejected)


def test_body_shorter_than_declared_is_not_taken_for_whole(peers, client):
    peer = peers(lambda peer, request: iter([reply(b'{"id":1}', length=100)]))
    with pytest.raises(Unreachable):
        client().fetch_activity(f"{peer.url}/1", expect_id=False)


def test_body_longer_than_declared_ends_where_declared_and_spoils_nothing_after(peers, client):
    more = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nevil"
    peer = peers(lambda peer, request: reply(b"good", length=4) + more)
    one = client()
    for _ in range(2):
        assert one.fetch_bytes(f"{peer.url}/1", accept="*/*")[2] == b"good"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "gzip, gzip", "GZIP", "x"])
def test_compressed_body_is_refused(peers, client, encoding):
    body = gzip.compress(gzip.compress(b'{"id":' + b" " * 1_000_000 + b"1}"))
    peer = peers(lambda peer, request: reply(body, Content_Encoding=encoding))
    with pytest.raises(Rejected):
        client().fetch_bytes(f"{peer.url}/1", accept="*/*")


def test_identity_encoding_is_no_compression(peers, client):
    peer = peers(lambda peer, request: reply(b"x", Content_Encoding="identity"))
    assert client().fetch_bytes(peer.url, accept="*/*")[2] == b"x"
