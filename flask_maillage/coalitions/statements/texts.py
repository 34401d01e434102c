"""What a statement is on the wire: its digest, and the Article that says it."""

from hashlib import sha256
from typing import Any

import rfc8785

from actors import iris
from actors.documents import timestamp
from federation import markdown, multikey
from federation.activities import PUBLIC, Document
from flask_maillage.coalitions.statements.models import PUBLISHED, WITHDRAWN, Statement

SHA256 = b"\x12\x20"
"""The head of a multihash of SHA-256 (32 bytes)."""
TITLE_LIMIT, TEXT_LIMIT, MOST_VERSIONS = 200, 50_000, 1000


def digest_of(iri: str, version: int, title: str, language: str, text: str) -> str:
    """Return what a signature names, as `digestMultibase`: SHA-256 of the canonical form (RFC 8785) of these five.

    Args:
        iri: the statement's id.
        version: its number, from 1.
        title: `name` of the Article.
        language: `inLanguage`.
        text: `content` of its `source`, in Markdown.
    """
    said: dict[str, Any] = {"id": iri, "version": version, "name": title, "inLanguage": language, "content": text}
    return multikey.write_base58(SHA256 + sha256(rfc8785.dumps(said)).digest())


def article(statement: Statement) -> Document:
    """Return a version of a statement of ours, as its coalition says it now."""
    is_public = statement.published_at is not None
    standing: Document = {
        "version": statement.version,
        "digestMultibase": statement.digest,
        "phase": statement.phase,
        "until": statement.until.isoformat() if statement.until else None,
    }
    html = markdown.render(statement.text)
    return {
        "id": statement.iri,
        "type": "Article",
        "attributedTo": statement.actor.iri,
        "to": [PUBLIC] if is_public else [iris.collection(statement.actor.handle, "members")],
        "name": statement.title,
        "inLanguage": statement.language,
        "content": html,
        "contentMap": {statement.language: html},
        "mediaType": "text/html",
        "source": {"content": statement.text, "mediaType": "text/markdown"},
        "published": timestamp(statement.opened_at or statement.said_at),
        "updated": timestamp(statement.said_at),
        "url": statement.url,
        "statement": {name: value for name, value in standing.items() if value is not None},
        "signatures": f"{statement.iri}/signatures",
    }


def is_readable(statement: Statement) -> bool:
    """Tell whether everybody may read a version: it was published, and may have been withdrawn since."""
    return statement.published_at is not None and statement.phase in (PUBLISHED, WITHDRAWN)
