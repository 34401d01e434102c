"""A wire between two nodes that a test may cut, or hold letters on, to bring them late, twice or in another order."""

import socket
import socketserver
import threading
from collections.abc import Callable

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def never(request: bytes) -> bool:
    """Let every request pass."""
    return False


class Proxy:
    """Carries each request to another port, whole, and its answer back unless `cut` says that the wire breaks.

    While `holds` is true, letters (POST) are told that they were taken, and wait in `held` for `deliver`.
    """

    def __init__(self, cut: Callable[[bytes], bool] = never) -> None:
        self.cut = cut
        self.target = 0
        self.holds = False
        self.held: list[bytes] = []
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                request = read_message(self.request)
                if not request:
                    return
                head, _, body = request.partition(b"\r\n\r\n")
                request = head + b"\r\nConnection: close\r\n\r\n" + body
                if proxy.holds and request.startswith(b"POST "):
                    proxy.held.append(request)
                    self.request.sendall(ACCEPTED)
                    return
                try:
                    answer = proxy.carry(request)
                except ConnectionRefusedError:
                    return  # nobody is there, and who asks sees it
                if not proxy.cut(request):
                    self.request.sendall(answer)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def carry(self, request: bytes) -> bytes:
        """Bring a request to where the wire leads, and return the answer."""
        with socket.create_connection(("127.0.0.1", self.target), timeout=20) as peer:
            peer.sendall(request)
            return b"".join(iter(lambda: peer.recv(65536), b""))

    def deliver(self, *letters: bytes) -> list[int]:
        """Bring letters that were held, in this order, and return the status that each was answered."""
        return [int(self.carry(letter).split(b" ", 2)[1]) for letter in letters]

    def __enter__(self) -> "Proxy":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def read_message(connection: socket.socket) -> bytes:
    """Read one HTTP request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
