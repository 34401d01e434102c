"""A small OpenID Connect provider on a socket of this machine, which can be told to lie."""

import base64
import hashlib
import hmac
import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT_ID, CLIENT_SECRET = "the node", "a secret: of & the node"
ZOE = {"sub": "zoe-1", "email": "zoe@example.org", "email_verified": True, "name": "Zoé Martin"}


def coded(data: bytes) -> str:
    """Return bytes as JOSE writes them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    """Return a number as a JWK holds it."""
    return coded(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


class IdentityProvider:
    """What it is told to say of whom, and what it was asked."""

    def __init__(self, clock: Any, host: str) -> None:
        self.clock = clock
        self.people: dict[str, dict[str, Any]] = {}
        """Whom somebody at a browser can be, by a name for each."""
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.ed = ed25519.Ed25519PrivateKey.generate()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://{host}:{self.server.server_port}"
        self.reset()

    def reset(self) -> None:
        """Be honest again, about Zoé, and forget what was asked."""
        self.person: dict[str, Any] = dict(ZOE)
        self.claims: dict[str, Any] = {}
        """What the ID token says otherwise than it should; None leaves a claim out."""
        self.algorithm = "RS256"
        self.signer: Any = None
        self.description: dict[str, Any] = {}
        self.redirects: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.user_info: dict[str, Any] | None = None

    def authorise(self, address: str) -> str:
        """Let the person sign in at the address where the node sent them; return the path and query to go back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        back = urlsplit(query["redirect_uri"])
        return f"{back.path}?code={code}&state={query['state']}"

    def choices(self, query: str) -> str:
        """Return the page on which somebody at a browser says who they are."""
        query = html.escape(query)
        links = (f'<a id="{name}" href="/authorize/{name}?{query}">{name}</a>' for name in self.people)
        return f'<!doctype html><html lang="en"><title>Who are you?</title>{" ".join(links)}'

    def chosen(self, name: str, query: str) -> str:
        """Return the address to which somebody goes back who said who they are."""
        asked = {key: values[0] for key, values in parse_qs(query).items()}
        code = f"code-of-{name}-{asked['state']}"
        self.codes[code] = {**asked, "person": name}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def id_token(self, nonce: str, person: dict[str, Any] | None = None) -> str:
        """Return what the provider signs for somebody, for whom it was told of unless another is named."""
        moment = int(self.clock().timestamp())
        honest = {"iss": self.issuer, "aud": CLIENT_ID, "exp": moment + 300, "iat": moment, "nonce": nonce}
        all_claims = {**honest, **(person or self.person), **self.claims}
        claims = {name: value for name, value in all_claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.algorithm, "typ": "JWT"}
        signed = ".".join(coded(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{coded(self._signature(signed.encode()))}"

    def public_pem(self) -> bytes:
        """Return the public RSA key, as anybody can have it."""
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.rsa.public_key().public_bytes(serialization.Encoding.PEM, kind)

    def _signature(self, data: bytes) -> bytes:
        if self.algorithm == "none":
            return b""
        if self.algorithm == "HS256":
            return hmac.new(self.public_pem(), data, hashlib.sha256).digest()
        if self.algorithm == "ES256":
            r, s = decode_dss_signature(self.ec.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.algorithm == "EdDSA":
            return self.ed.sign(data)
        return (self.signer or self.rsa).sign(data, padding.PKCS1v15(), hashes.SHA256())

    def _keys(self) -> dict[str, Any]:
        numbers, point = self.rsa.public_key().public_numbers(), self.ec.public_key().public_numbers()
        raw = self.ed.public_key().public_bytes_raw()
        return {
            "keys": [
                {"kty": "RSA", "kid": "RS256", "use": "sig", "n": number(numbers.n), "e": number(numbers.e)},
                {"kty": "EC", "kid": "ES256", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)},
                {"kty": "OKP", "kid": "EdDSA", "crv": "Ed25519", "x": coded(raw)},
            ]
        }

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Return the status and the document for a request."""
        self.asked.append((path, form, authorization))
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            description = {name: f"{self.issuer}/{end}" for name, end in names.items()}
            return 200, {"issuer": self.issuer, **description, **self.description}
        if path == "/keys":
            return 200, self._keys()
        if path == "/userinfo" and authorization == "Bearer for-the-user-info":
            return 200, self.user_info or {}
        if path == "/token":
            return self._token(form, authorization)
        return 404, {}

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        begun = self.codes.pop(form.get("code", ""), None)
        if begun is None or form["redirect_uri"] != begun["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if coded(hashlib.sha256(form["code_verifier"].encode()).digest()) != begun["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        basic = "Basic " + base64.b64encode(b"the+node:a+secret%3A+of+%26+the+node").decode()
        posted = (form.get("client_id"), form.get("client_secret"))
        if basic != authorization and posted != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        token = {"access_token": "for-the-user-info", "token_type": "Bearer"}
        person = self.people.get(begun.get("person", ""))
        return 200, {**token, "id_token": self.id_token(begun["nonce"], person)}

    def _handler(provider: "IdentityProvider") -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if not address.path.startswith("/authorize"):
                    self._answer({})
                    return
                name = address.path.removeprefix("/authorize").strip("/")
                body = b"" if name else provider.choices(address.query).encode()
                self.send_response(302 if name else 200)
                if name:
                    self.send_header("Location", provider.chosen(name, address.query))
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer({name: values[0] for name, values in parse_qs(body).items()})

            def _answer(self, form: dict[str, str]) -> None:
                path = urlsplit(self.path).path
                status, document = provider.answer(path, form, self.headers.get("Authorization", ""))
                body = json.dumps(document).encode()
                self.send_response(302 if path in provider.redirects else status)
                if path in provider.redirects:
                    self.send_header("Location", f"{provider.issuer}/elsewhere{path}")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


@contextmanager
def running(clock: Any, host: str = "login.test") -> Iterator[IdentityProvider]:
    """Run a provider; `host` is how its issuer is called."""
    provider = IdentityProvider(clock, host)
    thread = threading.Thread(target=provider.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()
