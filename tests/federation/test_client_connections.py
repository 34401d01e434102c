"""Connections that are kept, TLS to the vetted address, the environment ignored: row N15 of the adversarial table."""

import json
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from federation.errors import Forbidden, Unreachable
from tests.federation.raw_peers import ALICE, BOB, KEYS, SHORT, SIGNER, SLOW, note, planted, quickly, redirect, reply


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
