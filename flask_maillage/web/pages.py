"""What happens around every page of ours, and only ours: words for its template, headers, errors."""

from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from flask_maillage.web import context, errors, language, negotiation, same_origin, static_files
from flask_maillage.web.blueprint import pages


@pages.context_processor
def words_of_pages() -> dict[str, Any]:
    """Give templates their words."""
    return context.page_context()


@pages.before_request
def refuse_foreign_forms() -> None:
    """Take forms from our own pages only."""
    same_origin.refuse_foreign_forms()


@pages.errorhandler(HTTPException)
def show_error(error: HTTPException) -> Response:
    """Show an error as a page."""
    return errors.show_error(error)


@pages.after_request
def finish(response: Response) -> Response:
    """Put the headers that every answer of ours has."""
    return negotiation.secure(static_files.keep_for_ever(language.remember_choice(response)))
