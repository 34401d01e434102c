"""The two inboxes, and the one place where an error of federation is answered."""

import logging

from flask import Blueprint, Response, request
from sqlalchemy.exc import OperationalError

from actors import iris, local
from actors.database import reading, session
from actors.requests import caller_of, received
from federation.errors import Busy, FederationError, Gone, NotFound
from inboxes.receiving import receive

log = logging.getLogger(__name__)
BUSY_SECONDS = 60
inboxes = Blueprint("maillage_inboxes", __name__)


@inboxes.post("/inbox")
def shared_inbox() -> Response:
    """Take a letter for anyone here."""
    return _take(None)


@inboxes.post("/actors/<handle>/inbox")
def personal_inbox(handle: str) -> Response:
    """Take a letter for one actor; 404 where there is none, 410 where there was one."""
    with reading():
        owner = local.find(handle)
        if owner is None or not iris.HANDLE.fullmatch(handle) or not owner.federated:
            raise NotFound(f"no actor {handle}")
        if owner.gone_at is not None:
            raise Gone(f"{handle} is deleted")
        number = owner.id
    return _take(number)


def _take(owner_id: int | None) -> Response:
    outcome = receive(received(request), address=caller_of(request), owner_id=owner_id)
    log.debug("letter %s", outcome)
    return Response(status=202)


@inboxes.errorhandler(OperationalError)
def answer_busy(error: OperationalError) -> Response:
    """Answer 503 while the database is locked or away: the peer keeps the letter and tries again."""
    session().rollback()
    log.warning("%s %s: %s", request.method, request.path, error)
    return answer_error(Busy("the database is not available", retry_after=BUSY_SECONDS))


@inboxes.errorhandler(FederationError)
def answer_error(error: FederationError) -> Response:
    """Answer an error with its status and its safe sentence; the details stay in the log."""
    log.info("%s %s refused: %s: %s", request.method, request.path, type(error).__name__, error)
    response = Response(error.safe + "\n", status=error.status, mimetype="text/plain")
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
