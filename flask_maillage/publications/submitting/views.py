"""An actor's outbox, to which programs of its members post (ActivityPub §6), each with a token of its own."""

import logging
import re
from hashlib import sha256
from typing import Any

from flask import Response, request
from sqlalchemy.exc import IntegrityError

from actors import local
from actors.database import reading, session
from actors.negotiation import ANSWER_TYPE
from actors.node import node, now
from actors.requests import MAX_BODY, check_rate
from actors.views import documents
from federation import strict_json
from federation.activities import CONTENT_TYPE, context
from federation.errors import FederationError, LengthRequired, NotFound, TooLarge, TooMany, UnsupportedMedia
from flask_maillage.people import tokens
from flask_maillage.people.current import may
from flask_maillage.people.models import Submission, Token
from flask_maillage.people.roles import PUBLISH
from flask_maillage.publications import publishing
from flask_maillage.publications.models import DRAFT
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.submitting import seating
from flask_maillage.publications.submitting.submitting import Outcome, submit
from flask_maillage.web.language import gettext as _

log = logging.getLogger(__name__)
TYPES = frozenset({CONTENT_TYPE, "application/ld+json", "application/json"})
PROBLEM = "application/problem+json"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Unauthorised(Exception):
    """No token, or none that works: the program has to be given another."""


@documents.post("/actors/<handle>/outbox")
def post_to_outbox(handle: str) -> Response:
    """Publish, change or withdraw what a program sends; 201 with the activity's address, or a problem (RFC 9457)."""
    try:
        number = _authorised(handle)
        key, document = _key_of_sending(), _document()
        _check_seats(number, key, document)
        return _sent_before(number, key) or _do(session().get_one(Token, number), key, document)
    except Unauthorised:
        answer = _problem(401, _("A token is needed that works: make one on your account page."))
        answer.headers["WWW-Authenticate"] = 'Bearer realm="outbox"'
        return answer
    except NotPossible as error:
        session().rollback()
        return _problem(422, _(str(error)), field=error.field)
    except FederationError as error:
        session().rollback()
        answer = _problem(error.status, error.safe)
        if error.retry_after is not None:
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer


def _authorised(handle: str) -> int:
    """Return the number of the token that came with the request, if its member still may publish for that actor.

    Strangers who try take no lock.

    Raises:
        Unauthorised: there is no token, or none that works.
        NotFound: it is for another actor.
        TooMany: too many were tried, or this one publishes too often.
    """
    scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise Unauthorised
    check_rate(request, "tokens tried")
    with reading():
        token = tokens.find(secret.strip())
        if token is None:
            raise Unauthorised
        actor = local.find(handle)
        if actor is None or token.actor_id != actor.id or not may(token.member, PUBLISH, actor):
            raise NotFound(f"no outbox of {handle} for this token")
        number = token.id
    if not node().rates.allow("publishing by token", str(number)):
        pause = node().rates.seconds_until_free("publishing by token", str(number))
        raise TooMany(f"token {number} publishes too often", retry_after=pause)
    return number


def _key_of_sending() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise NotPossible(_("An Idempotency-Key has at most 200 visible characters."), "Idempotency-Key")
    return key


def _document() -> Any:
    if request.mimetype not in TYPES:
        raise UnsupportedMedia(f"content type {request.mimetype}")
    if request.content_length is None:
        raise LengthRequired("no Content-Length")
    if request.content_length > MAX_BODY:
        raise TooLarge(f"{request.content_length} bytes")
    return strict_json.loads(request.get_data())


def _check_seats(number: int, key: str | None, document: Any) -> None:
    """Ask the servers of who gets a seat; not of what was sent before, nor of drafts: the form asks when one leaves."""
    with reading():
        is_asked = session().get_one(Token, number).scope != tokens.DRAFTING and _sent_before(number, key) is None
    if is_asked:
        seating.check(document, f"token {number}")


def _do(token: Token, key: str | None, document: Any) -> Response:
    number, drafting = token.id, token.scope == tokens.DRAFTING
    outcome = submit(document, token.actor, author=token.member.actor, drafts_only=drafting)
    token.used_at = now()
    if key is not None:
        iri, told = outcome.publication.iri, outcome.activity_iri
        kept = Submission(token_id=number, key=key, fingerprint=_fingerprint(), created_at=now())
        kept.object_iri, kept.activity_iri = iri, told
        session().add(kept)
    log.info("token %s: %s %s", number, outcome.verb, outcome.publication.iri)
    answer = _answer(outcome)
    try:
        session().commit()
    except IntegrityError:
        session().rollback()
        again = _sent_before(number, key)
        if again is None:
            raise
        return again
    return answer


def _answer(outcome: Outcome) -> Response:
    publication = outcome.publication
    if outcome.verb == "Delete":
        body: dict[str, Any] = {"id": publication.iri, "type": "Tombstone"}
    else:
        body = publishing.document(publication)
    status = 201 if outcome.verb == "Create" else 200
    answer = Response(strict_json.dumps({"@context": context(), **body}), status=status, content_type=ANSWER_TYPE)
    answer.headers["Location"] = outcome.activity_iri or publication.iri
    answer.headers["Cache-Control"] = "private, no-store"
    if outcome.verb != "Delete" and publication.state == DRAFT:
        answer.headers["Maillage-State"] = DRAFT
    if outcome.ignored:
        answer.headers["Maillage-Ignored"] = ", ".join(name for name in outcome.ignored if _KEY.fullmatch(name))
    return answer


def _sent_before(number: int, key: str | None) -> Response | None:
    """Answer what was sent under the same key before with its addresses, and do nothing.

    Raises:
        NotPossible: it is something else: a program that forgets to take another key would lose what it sends.
    """
    found = session().get(Submission, (number, key)) if key is not None else None
    if found is None:
        return None
    if found.fingerprint not in (None, _fingerprint()):
        raise NotPossible(_("Something else was sent with this Idempotency-Key: take another."), "Idempotency-Key")
    answer = Response(status=200, content_type=ANSWER_TYPE)
    answer.set_data(strict_json.dumps({"@context": context(), "id": found.object_iri}))
    answer.headers["Location"] = found.activity_iri or found.object_iri
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _fingerprint() -> str:
    return sha256(request.get_data()).hexdigest()


def _problem(status: int, detail: str, field: str | None = None) -> Response:
    body = {"type": "about:blank", "status": status, "detail": detail} | ({"field": field} if field else {})
    answer = Response(strict_json.dumps(body), status=status, content_type=PROBLEM)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
