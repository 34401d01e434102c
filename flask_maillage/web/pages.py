"""What happens around every page of ours, and only ours: words for its template, headers, errors."""

from typing import Any

from flask import Response, request
from werkzeug.exceptions import HTTPException

from actors.negotiation import wants_activity
from actors.readers import require_signature
from actors.views import answer_error
from federation.errors import FederationError
from flask_maillage.web import context, errors, language, negotiation, same_origin, static_files
from flask_maillage.web.blueprint import pages


@pages.context_processor
def words_of_pages() -> dict[str, Any]:
    """Give templates their words."""
    return context.page_context()


@pages.before_request
def take_head_as_get() -> None:
    """Let a HEAD do what a GET does, and be no press of a button: programmes that look at links in mails send it.

    The server leaves out the body by `REQUEST_METHOD`, which stays as it is.
    """
    if request.method == "HEAD":
        request.method = "GET"


@pages.before_request
def refuse_foreign_forms() -> None:
    """Take forms from our own pages only."""
    same_origin.refuse_foreign_forms()


@pages.before_request
def ask_servers_to_sign() -> Response | None:
    """Lead only servers that sign to a document, where the node asks for that: no page is a way around it."""
    if not wants_activity(request):
        return None
    try:
        require_signature()
    except FederationError as error:
        return answer_error(error)
    return None


@pages.errorhandler(HTTPException)
def show_error(error: HTTPException) -> Response:
    """Show an error as a page."""
    return errors.show_error(error)


@pages.after_request
def finish(response: Response) -> Response:
    """Put the headers that every answer of ours has."""
    if not negotiation.is_framed(response):
        response = language.remember_choice(response)
    return negotiation.secure(static_files.keep_for_ever(response))
