"""Peers on real sockets of loopback that answer byte by byte as a test says, and resolvers that lead to them."""

import ipaddress
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation import keys
from federation.signatures import Received, Signer

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


def endless(peer, request):
    yield HEAD + b"\r\n"
    while not peer.stopped.is_set():
        yield b"x" * 65536


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
