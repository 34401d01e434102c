"""The outbound client against peers that misbehave, over real sockets on loopback.

Rows N01, N02, N03, N05, N06, N08, N10, N11 and N15 of the adversarial table.
"""

import gzip
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from federation import keys
from federation.client import Answer, Client
from federation.errors import Forbidden, Gone, NotFound, Rejected, Unreachable
from federation.signatures import Received, Signer, verify

KEYS = Path(__file__).parents[1] / "keys"
ALICE = keys.load_private((KEYS / "alice.pem").read_text())
BOB = keys.load_private((KEYS / "bob.pem").read_text())
SIGNER = Signer("https://us.test/relay#main-key", ALICE)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ONE_ADDRESS = (ipaddress.ip_network("127.0.0.1/32"),)
SHORT = 0.4
PATIENCE = 3.0


@dataclass
class Request:
    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def received(self, base_url: str) -> Received:
        return Received(self.method, self.target, self.headers, self.body, base_url)


class Peer:
    """A server on loopback that answers each request with what `answer(peer, request)` returns.

    Bytes are sent as they are; an iterator's pieces are sent one after another, then the connection is closed, as it
    is for None.
    """

    def __init__(self, answer, tls=None):
        self.answer = answer
        self.tls = tls
        self.requests: list[Request] = []
        self.connections = 0
        self.names: list[str | None] = []
        self.stopped = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://a.test:{self.port}"

    def _listen(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            if self.stopped.is_set():
                sock.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock, self.connections))
            self._threads.append(thread)
            self._open.append(sock)
            thread.start()

    def _serve(self, sock, number):
        with suppress(OSError), sock:
            if self.tls is not None:
                with self.tls.wrap_socket(sock, server_side=True) as secured:
                    self._converse(secured, number)
            else:
                self._converse(sock, number)

    def _converse(self, sock, number):
        with sock.makefile("rb") as stream:
            while line := stream.readline():
                method, target, _ = line.decode("latin-1").split()
                headers = {}
                while (field := stream.readline().decode("latin-1").strip()) != "":
                    name, _, value = field.partition(":")
                    headers[name.lower()] = value.strip()
                body = stream.read(int(headers.get("content-length", "0")))
                request = Request(number, method, target, headers, body)
                self.requests.append(request)
                answer = self.answer(self, request)
                if isinstance(answer, bytes):
                    sock.sendall(answer)
                    continue
                for piece in answer or ():
                    sock.sendall(piece)
                return

    def close(self):
        self.stopped.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        self._listener.close()


@pytest.fixture
def peers():
    made = []

    def make(answer, tls=None) -> Peer:
        made.append(Peer(answer, tls))
        return made[-1]

    yield make
    for peer in made:
        peer.close()


@pytest.fixture
def client():
    """Make clients that resolve every name to 127.0.0.1, and close them."""
    made = []

    def make(**options) -> Client:
        options = {"allowed_networks": ONE_ADDRESS, "resolver": planted(), "clock": lambda: NOW, **options}
        made.append(Client(user_agent="Maillage/test", **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def planted(*addresses, calls=None):
    """Return a resolver that answers every name with `addresses`, each alone or with a port to divert to."""

    def resolve(host, port, **_):
        if calls is not None:
            calls.append(host)
        answers = []
        for item in addresses or ("127.0.0.1",):
            address, number = item if isinstance(item, tuple) else (item, port)
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            end = (address, number, 0, 0) if ":" in address else (address, number)
            answers.append((family, socket.SOCK_STREAM, 6, "", end))
        return answers

    return resolve


def reply(body=b"", status="200 OK", kind="application/activity+json", length=None, **headers) -> bytes:
    length = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def note(peer, request) -> bytes:
    return reply(json.dumps({"id": peer.url + request.target, "type": "Note"}).encode())


def redirect(location: str, status="302 Found") -> bytes:
    return reply(b"moved", status=status, kind="text/html", Location=location)


def drip(peer, data: bytes, pace=0.02) -> Iterator[bytes]:
    """Yield one byte at a time, for ever after the end with `x`, until the test is over."""
    for byte in data:
        yield bytes([byte])
        peer.stopped.wait(pace)
    while not peer.stopped.is_set():
        yield b"x"
        peer.stopped.wait(pace)


def quickly(call, error):
    """Check that `call` fails so, within the patience of a test though the peer never ends."""
    begun = time.monotonic()
    with pytest.raises(error) as caught:
        call()
    assert time.monotonic() - begun < PATIENCE
    return caught.value


# documents


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


# signed GETs and redirects


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


# addresses


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


# time


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"
SLOW = {
    "nothing": lambda peer, request: peer.stopped.wait(10) and (),
    "status line": lambda peer, request: drip(peer, b""),
    "headers": lambda peer, request: drip(peer, HEAD + b"X-Long: "),
    "body without a length": lambda peer, request: drip(peer, HEAD + b"\r\n", 0.005),
    "body with a length": lambda peer, request: drip(peer, HEAD + b"Content-Length: 5000\r\n\r\n", 0.005),
    "chunks": lambda peer, request: drip(peer, HEAD + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n", 0.005),
    "early hints": lambda peer, request: drip(peer, b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0.002),
}


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


# size


def test_body_of_the_longest_length_is_read_and_one_more_byte_is_not(peers, client):
    peer = peers(lambda peer, request: reply(b"x" * int(request.target[1:])))
    one = client(max_bytes=1000)
    assert len(one.fetch_bytes(f"{peer.url}/1000", accept="*/*")[2]) == 1000
    with pytest.raises(Rejected):
        one.fetch_bytes(f"{peer.url}/1001", accept="*/*")


def endless(peer, request):
    yield HEAD + b"\r\n"
    while not peer.stopped.is_set():
        yield b"x" * 65536


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


# the environment, connections


def test_proxy_and_netrc_of_the_environment_are_ignored(peers, client, monkeypatch, tmp_path):
    proxy, peer = peers(note), peers(note)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing"))
    (tmp_path / "netrc").write_text("machine a.test login us password secret\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    one = client()
    one.fetch_activity(f"{peer.url}/1")
    one.post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)
    assert proxy.connections == 0
    assert len(peer.requests) == 2
    assert not any("authorization" in request.headers for request in peer.requests)


def test_connection_is_kept_in_a_thread(peers, client):
    peer = peers(note)
    one = client()
    for _ in range(3):
        one.fetch_activity(f"{peer.url}/1")
        one.post_activity(f"{peer.url}/inbox", b"{}", signer=SIGNER)
    assert [request.connection for request in peer.requests] == [1] * 6


def test_threads_do_not_share_a_connection(peers, client):
    both = threading.Barrier(2, timeout=10)

    def answer(peer, request):
        both.wait()
        return note(peer, request)

    peer = peers(answer)
    one = client()
    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(lambda _: one.fetch_activity(f"{peer.url}/1"), range(2)):
            pass
    assert {request.connection for request in peer.requests} == {1, 2}


def test_connection_that_the_peer_closed_is_replaced(peers, client):
    peer = peers(lambda peer, request: iter([note(peer, request)]))
    one = client()
    for _ in range(3):
        assert one.fetch_activity(f"{peer.url}/1").document["type"] == "Note"
    assert peer.connections == 3


def test_request_on_a_kept_connection_that_breaks_is_made_again_on_a_new_one(peers, client):
    peer = peers(lambda peer, request: None if len(peer.requests) == 2 else note(peer, request))
    one = client()
    for _ in range(2):
        assert one.fetch_activity(f"{peer.url}/1").document["type"] == "Note"
    assert [request.connection for request in peer.requests] == [1, 1, 2]


def test_request_on_a_new_connection_that_breaks_is_made_once(peers, client):
    peer = peers(lambda peer, request: None)
    with pytest.raises(Unreachable):
        client().fetch_activity(f"{peer.url}/1")
    assert len(peer.requests) == 1


def test_client_that_was_closed_connects_anew(peers, client):
    peer = peers(note)
    one = client()
    one.fetch_activity(f"{peer.url}/1")
    one.close()
    one.fetch_activity(f"{peer.url}/1")
    assert peer.connections == 2


# deliveries


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


# TLS


def certificate(name: str, key, issuer_key, *, authority: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    )
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture
def bundle(tmp_path) -> str:
    path = tmp_path / "authority.pem"
    path.write_bytes(certificate("authority", ALICE, ALICE, authority=True).public_bytes(Encoding.PEM))
    return str(path)


@pytest.fixture
def tls(tmp_path) -> ssl.SSLContext:
    path = tmp_path / "server.pem"
    path.write_bytes(certificate("a.test", BOB, ALICE, authority=False).public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, KEYS / "bob.pem")
    return context


def secure_note(peer, request) -> bytes:
    return reply(json.dumps({"id": f"https://a.test{request.target}", "type": "Note"}).encode())


def test_tls_goes_to_the_vetted_address_under_the_name(peers, client, tls, bundle):
    names = []
    tls.sni_callback = lambda _, name, __: names.append(name)
    peer = peers(secure_note, tls)
    one = client(resolver=planted(("127.0.0.1", peer.port)), ca_bundle=bundle)
    for _ in range(2):
        assert one.fetch_activity("https://a.test/1").document["type"] == "Note"
    assert names == ["a.test"]
    assert peer.requests[0].headers["host"] == "a.test"


def test_certificate_of_another_name_is_refused(peers, client, tls, bundle):
    peer = peers(secure_note, tls)
    one = client(resolver=planted(("127.0.0.1", peer.port)), ca_bundle=bundle)
    with pytest.raises(Unreachable):
        one.fetch_activity("https://b.test/1")
    assert peer.requests == []


def test_certificate_of_an_unknown_authority_is_refused(peers, client, tls):
    peer = peers(secure_note, tls)
    with pytest.raises(Unreachable):
        client(resolver=planted(("127.0.0.1", peer.port))).fetch_activity("https://a.test/1")
    assert peer.requests == []


def test_redirect_from_https_to_http_is_refused(peers, client, tls, bundle):
    plain = peers(note)
    peer = peers(lambda peer, request: redirect(f"{plain.url}/1"), tls)
    one = client(
        resolver=lambda host, port, **_: planted(("127.0.0.1", peer.port if port == 443 else port))(host, port),
        ca_bundle=bundle,
    )
    with pytest.raises(Forbidden):
        one.fetch_activity("https://a.test/1")
    assert plain.connections == 0


def test_slow_headers_over_tls_are_left_when_the_time_is_over(peers, client, tls, bundle):
    peer = peers(SLOW["headers"], tls)
    one = client(resolver=planted(("127.0.0.1", peer.port)), ca_bundle=bundle, deadline=SHORT)
    quickly(lambda: one.fetch_activity("https://a.test/1"), Unreachable)
    assert len(peer.requests) == 1


def test_slow_body_over_tls_is_left_when_the_time_is_over(peers, client, tls, bundle):
    peer = peers(SLOW["body without a length"], tls)
    one = client(resolver=planted(("127.0.0.1", peer.port)), ca_bundle=bundle, deadline=SHORT)
    quickly(lambda: one.fetch_activity("https://a.test/1"), Unreachable)


def test_slow_handshake_is_left_when_the_time_is_over(client, bundle):
    # A TLS record of the greatest length, a byte at a time: each read succeeds, the handshake never ends.
    stopped = threading.Event()

    def serve():
        with suppress(OSError), listener.accept()[0] as sock:
            sock.sendall(b"\x16\x03\x03\x3f\xff")
            while not stopped.wait(0.02):
                sock.sendall(b"\x02")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        one = client(resolver=planted(("127.0.0.1", listener.getsockname()[1])), ca_bundle=bundle, deadline=SHORT)
        try:
            quickly(lambda: one.fetch_activity("https://a.test/1"), Unreachable)
        finally:
            stopped.set()
            thread.join(10)
