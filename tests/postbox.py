"""A real SMTP server on a socket of this machine, and what arrived there; over TLS with a certificate of its own."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

USER, PASSWORD = "node", "a password of the tests"


class _AnyPort(Controller):
    """Knows its port before it knocks at its own door, to see whether it is open."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Postbox:
    """Takes mail, or refuses it as the next of `refusals` says for each command `RCPT` or `DATA`."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.refusals: dict[str, list[str]] = {}
        self.signed_in: list[bool] = []
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if refusal := self._refusal("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if refusal := self._refusal("DATA"):
            return refusal
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        self.raw.append(content)
        self.recipients += envelope.rcpt_tos
        self.signed_in.append(bool(session.authenticated))
        return "250 OK"

    def _refusal(self, command: str) -> str | None:
        waiting = self.refusals.get(command)
        return waiting.pop(0) if waiting else None

    def last(self) -> EmailMessage:
        """Return what arrived last; a method, since aiosmtpd looks at every attribute."""
        return self.arrived[-1]

    def text(self, number: int = -1) -> str:
        """Return the plain text of a mail."""
        body = self.arrived[number].get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


def certificate(folder: Path) -> Path:
    """Make a certificate for 127.0.0.1, and return the file that holds it with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(alternative, critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "postbox.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


@contextmanager
def postbox(pem: Path | None = None, *, from_the_first_byte: bool = False) -> Iterator[Postbox]:
    """Open a postbox on a free port; with a certificate it takes mail over TLS alone.

    Over STARTTLS from who signs in alone; aiosmtpd knows no sign-in over TLS from the first byte.
    """
    box, more, context = Postbox(), {}, None
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        if not from_the_first_byte:
            more = {"tls_context": context, "require_starttls": True}
            more |= {"authenticator": _authenticate, "auth_required": True}
    controller = _AnyPort(
        box, hostname="127.0.0.1", port=0, ssl_context=context if from_the_first_byte else None, **more
    )
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()))
