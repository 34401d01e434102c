"""A gigabyte sent to the address of a form: when the answer comes, how much was taken by then, what memory it costs."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

import psutil
from measure import ROOT

from actors import local
from actors.database import session
from flask_maillage.app import create_app
from flask_maillage.cli.initialising import prepare
from flask_maillage.people import accounts, roles
from flask_maillage.people.models import EDITOR

GIGABYTE, MEGABYTE = 1024**3, 1024**2
EMAIL, PASSWORD = "ann@example.org", "correct horse battery"
FORM = "/@union/calls/new"
PIECE = b"\0" * 65536
PATIENCE_SECONDS = 120.0


def main() -> None:
    """Measure and print."""
    with web() as (port, process):
        cookie = signed_in(port)
        for who, cookies in (("without a session", ""), ("with a session", cookie)):
            for way in ("its length said", "in chunks"):
                show_one(f"{who}, {way}", port, process, cookies, is_chunked=way == "in chunks")


@contextmanager
def web() -> Iterator[tuple[int, psutil.Process]]:
    """Serve a fresh node with one member by the command that everybody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="maillage-benchmark-") as folder:
        config = {
            "MAILLAGE_BASE_URL": f"http://127.0.0.1:{port}",
            "MAILLAGE_DATA": folder,
            "MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        prepare(config)
        with create_app(config).app_context():
            union = local.create("union", "organisation", "A union")
            roles.grant(accounts.add(EMAIL, "Ann", "ann", PASSWORD), union, EDITOR)
            session().commit()
        command = [sys.executable, "-m", "flask_maillage", "serve", "--no-worker", "--port", str(port)]
        environment = os.environ | config | {"PYTHONPATH": str(ROOT), "TMPDIR": folder}
        served = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            while not answers(port):
                time.sleep(0.1)
            yield port, psutil.Process(served.pid)
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait()


def answers(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def signed_in(port: int) -> str:
    """Sign the member in, and return the cookie."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/sign-in")
    page = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token, "the form of the sign-in has a token"
    typed = urlencode({"csrf_token": token[1], "email": EMAIL, "password": PASSWORD})
    headers = {"Cookie": cookie_of(page), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/sign-in", typed, headers)
    answer = connection.getresponse()
    assert answer.status == 303, answer.status
    return cookie_of(answer)


def cookie_of(answer) -> str:
    """Return what a browser sends back."""
    return "; ".join(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie") or [])


def show_one(name: str, port: int, process: psutil.Process, cookie: str, *, is_chunked: bool) -> None:
    """Send a gigabyte, and print what came of it."""
    before = memory(process)
    peak, over = [before], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            peak.append(memory(process))

    watching = threading.Thread(target=watch)
    watching.start()
    begin = time.perf_counter()
    status, seconds, until_answer, in_all = send(port, cookie, is_chunked=is_chunked)
    ended = time.perf_counter() - begin
    over.set()
    watching.join()
    print(
        f"{name:36} {status} after {seconds:6.2f} s and {until_answer / MEGABYTE:7.1f} MB; "
        f"closed after {ended:6.2f} s and {in_all / MEGABYTE:7.1f} MB; "
        f"memory {before / MEGABYTE:.0f} MB, at most {max(peak) / MEGABYTE:.0f} MB"
    )


def send(port: int, cookie: str, *, is_chunked: bool) -> tuple[str, float, int, int]:
    """Send while it is taken; return the status, when it came, and how many bytes went until then and in all."""
    size = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {GIGABYTE}"
    kept = f"Cookie: {cookie}\r\n" if cookie else ""
    head = f"POST {FORM} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{kept}{size}\r\n"
    head += "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    field = b'--x\r\nContent-Disposition: form-data; name="documents"; filename="a.pdf"\r\n\r\n'
    status, seconds, until_answer, sent = "no answer", 0.0, 0, 0
    begin = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as wire:
        wire.sendall(head.encode() + (framed(field) if is_chunked else field))
        sent = len(field)
        try:
            while True:
                readable, writable, _ = select.select([wire], [wire] if sent < GIGABYTE else [], [], PATIENCE_SECONDS)
                if readable:
                    data = wire.recv(65536)
                    if not data:
                        break
                    if status == "no answer":
                        status = data.split(b" ", 2)[1].decode()
                        seconds, until_answer = time.perf_counter() - begin, sent
                elif writable:
                    piece = PIECE[: GIGABYTE - sent]
                    wire.sendall(framed(piece) if is_chunked else piece)
                    sent += len(piece)
                    if is_chunked and sent == GIGABYTE:
                        wire.sendall(b"0\r\n\r\n")
                else:
                    break
        except (ConnectionError, TimeoutError):
            pass
    return status, seconds, until_answer, sent


def framed(data: bytes) -> bytes:
    """Return data as one chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def memory(process: psutil.Process) -> int:
    """Return the bytes of memory that the largest process of the web holds."""
    return max(one.memory_info().rss for one in process.children(recursive=True))


if __name__ == "__main__":
    main()
