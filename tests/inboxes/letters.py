"""Letters signed by hand, so that one thing at a time can be wrong with them; and what 'nothing happened' means."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from actors.database import BIND, Base, reading
from federation.activities import CONTENT_TYPE
from flask_maillage.territory.models import Zoning
from tests.fediverse import Fediverse, RemoteActor

UNION = "http://localhost/actors/union"
INBOXES = ("/inbox", "/actors/union/inbox")
COVERED = "(request-target) host date digest content-type"


def rows(app: Flask) -> dict[str, int]:
    """Return how many rows every table has, but for how far the worker is with a chore: no letter leads to those."""
    with app.app_context(), reading(), app.extensions["sqlalchemy"].engines[BIND].connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name != Zoning.__tablename__
        }


@contextmanager
def nothing_written(app: Flask, fediverse: Fediverse, *, fetches: int = 0) -> Iterator[None]:
    """Assert that no table gets or loses a row, and that at most `fetches` GETs and nothing else went out."""
    before, sent = rows(app), len(fediverse.arrived)
    yield
    assert rows(app) == before
    out = fediverse.arrived[sent:]
    assert [one for one in out if one.method != "GET"] == []
    assert len(out) <= fetches, [f"{one.host}{one.path}" for one in out]


def imf_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def digest(body: bytes, name: str = "sha256") -> str:
    return base64.b64encode(hashlib.new(name, body).digest()).decode()


@dataclass(frozen=True)
class Draft:
    """A request that is ready to be sent, and may be spoilt first."""

    target: str
    body: bytes
    headers: dict[str, str]

    def but(self, **headers: str | None) -> "Draft":
        """Return it with headers changed after signing; None takes one away."""
        changed = {**self.headers, **{name.replace("_", "-").title(): value for name, value in headers.items()}}
        return replace(self, headers={name: value for name, value in changed.items() if value is not None})

    def rewritten(self, header: str, old: str, new: str) -> "Draft":
        """Return it with a piece of a header replaced after signing."""
        assert old in self.headers[header]
        return replace(self, headers={**self.headers, header: self.headers[header].replace(old, new, 1)})

    def send(self, client: FlaskClient, **environ: Any) -> TestResponse:
        """Post it."""
        return client.post(self.target, data=self.body, headers=self.headers, environ_overrides=environ)


def encoded(document: Any) -> bytes:
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def cavage(
    sender: RemoteActor,
    document: Any,
    target: str,
    now: datetime,
    *,
    covered: str = COVERED,
    algorithm: str | None = "rsa-sha256",
    extra: str = "",
    special: dict[str, Any] | None = None,
    key_id: str | None = None,
    signed_target: str | None = None,
    **headers: str | None,
) -> Draft:
    """Sign by draft-cavage exactly the headers in `covered`."""
    body = encoded(document)
    values: dict[str, str | None] = {
        "Host": "localhost",
        "Date": imf_date(now),
        "Content-Type": CONTENT_TYPE,
        "Digest": f"SHA-256={digest(body)}",
    }
    values |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    sent = {name: value for name, value in values.items() if value is not None}
    lines = {"(request-target)": f"post {signed_target or target}", **(special or {})}
    lines |= {name.lower(): value for name, value in sent.items()}
    text = "\n".join(f"{name}: {lines.get(name, '')}" for name in covered.split()).encode("latin-1")
    signature = base64.b64encode(sender.signer.private_key.sign(text, PKCS1v15(), hashes.SHA256())).decode()
    label = f'algorithm="{algorithm}",' if algorithm else ""
    sent["Signature"] = f'keyId="{key_id or sender.key_id}",{label}{extra}headers="{covered}",signature="{signature}"'
    return Draft(target, body, sent)


def rfc9421(
    sender: RemoteActor,
    document: Any,
    target: str,
    now: datetime,
    *,
    components: tuple[str, ...] = ('"@method"', '"@target-uri"', '"content-digest"'),
    created: Any = None,
    more: str = "",
    label: str = "sig1",
    base_url: str = "http://localhost",
    content_digest: str | None = None,
    special: dict[str, str] | None = None,
) -> Draft:
    """Sign by RFC 9421 exactly these components, each written as it stands in `Signature-Input`."""
    body = encoded(document)
    content_digest = f"sha-256=:{digest(body)}:" if content_digest is None else content_digest
    sent = {"Host": "localhost", "Content-Type": CONTENT_TYPE, "Content-Digest": content_digest}
    values = {
        '"@method"': "POST",
        '"@target-uri"': base_url + target,
        '"@authority"': "localhost",
        '"@path"': target,
        **{f'"{name.lower()}"': value for name, value in sent.items()},
        **(special or {}),
    }
    stamp = int(now.timestamp()) if created is None else created
    parameters = f'({" ".join(components)});created={stamp};keyid="{sender.key_id}"{more}'
    lines = [f"{name}: {values.get(name, '')}" for name in components] + [f'"@signature-params": {parameters}']
    raw = sender.signer.private_key.sign("\n".join(lines).encode(), PKCS1v15(), hashes.SHA256())
    sent["Signature-Input"] = f"{label}={parameters}"
    sent["Signature"] = f"{label}=:{base64.b64encode(raw).decode()}:"
    return Draft(target, body, sent)
