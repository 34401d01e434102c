"""A trap on a private address, and every form of address that could lead there."""

import socket
import threading
from typing import Any

TARGETS = {
    "name": "http://trap.test:{port}/x",
    "name with a dot": "http://trap.test.:{port}/x",
    "upper case": "http://TRAP.test:{port}/x",
    "public and private": "http://mixed.test:{port}/x",
    "literal": "http://127.0.0.2:{port}/x",
    "mapped": "http://[::ffff:127.0.0.2]:{port}/x",
    "decimal": "http://2130706434:{port}/x",
    "hexadecimal": "http://0x7f000002:{port}/x",
    "short": "http://127.2:{port}/x",
    "octal": "http://0177.0.0.2:{port}/x",
    "circled": "http://①②⑦.0.0.②:{port}/x",
    "userinfo": "http://a.test@127.0.0.2:{port}/x",
    "backslash": "http://127.0.0.2:{port}\\@a.test/x",
    "fragment before an @": "http://127.0.0.2:{port}#@a.test/x",
    "scope": "http://[fe80::1%25lo]:{port}/x",
    "NUL": "http://127.0.0.2%00.a.test:{port}/x",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.2:{port}/x",
}


class Trap:
    """A socket on a private address that counts who connects, and hangs up."""

    def __init__(self, port: int) -> None:
        self.caught = 0
        self._last: Any = None
        self._listener = socket.create_server(("127.0.0.2", port))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            sock, caller = self._listener.accept()
            sock.close()
            if caller == self._last:
                return
            self.caught += 1

    def close(self) -> None:
        """Stop listening; whoever waits to be accepted is counted first."""
        with socket.socket() as last:
            last.bind(("127.0.0.1", 0))
            self._last = last.getsockname()
            last.connect(self._listener.getsockname())
            self._thread.join(5)
        assert not self._thread.is_alive()
        self._listener.close()


def resolver(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
    """Resolve the planted names, and what looks like a number as the system does."""
    planted = {"trap.test": ["127.0.0.2"], "mixed.test": ["127.0.0.1", "127.0.0.2"]}
    name = str(host).rstrip(".").lower()
    if name in planted:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in planted[name]]
    if name.endswith(".test"):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
