"""A wire between two nodes that a test may cut: every request passes through `between` before its answer goes back."""

import socket
import socketserver
import threading
from collections.abc import Callable


class Proxy:
    """Carries each request to another port, whole, and its answer back unless `cut` says that the wire breaks."""

    def __init__(self, cut: Callable[[bytes], bool]) -> None:
        self.cut = cut
        self.target = 0
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                request = read_message(self.request)
                if not request:
                    return
                head, _, body = request.partition(b"\r\n\r\n")
                request = head + b"\r\nConnection: close\r\n\r\n" + body
                with socket.create_connection(("127.0.0.1", proxy.target), timeout=20) as peer:
                    peer.sendall(request)
                    answer = b"".join(iter(lambda: peer.recv(65536), b""))
                if not proxy.cut(request):
                    self.request.sendall(answer)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

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
