"""Pages for what did not work: each says what happened and where to go next."""

from typing import Any

from flask import Response, current_app, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from actors.database import reading, session
from flask_maillage.web.context import context_without_database, page_context
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import PAGE_VARIES, secure


def _(message: str) -> str:
    return message


WORDS = {
    403: (_("This is not open to you"), _("It belongs to others. Sign in with an account that may, or ask its owner.")),
    404: (
        _("There is nothing at this address"),
        _("Perhaps the link is incomplete, or what it led to was never public."),
    ),
    410: (_("This was withdrawn"), _("It was published here, and those who published it took it back.")),
    413: (
        _("Too much at once"),
        _(
            "The files are larger together than this node takes in one go. "
            "Go back, choose fewer, and add them one after another."
        ),
    ),
    429: (_("Too many attempts"), _("Wait a few minutes, then try again.")),
}
OTHERS = (_("This did not work"), _("Go back and try again; if it happens once more, tell those who run this node."))


def show_error(error: HTTPException) -> Response:
    """Answer an error with a page in the reader's language; redirects and answers made elsewhere pass unchanged."""
    if error.code is None or error.code < 400 or error.response is not None:
        return make_response(error.get_response())
    title, advice = WORDS.get(error.code, OTHERS)
    template = "maillage/gone.html" if error.code == 410 else "maillage/error.html"
    words = {"code": error.code, "title": gettext(title), "advice": gettext(advice)}
    response = make_response(_page(template, words), error.code)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            response.headers.add(name, value)
    response.vary.update(PAGE_VARIES)
    response.headers["Cache-Control"] = "private, no-store"
    return secure(response)


def _page(template: str, words: dict[str, Any]) -> str:
    """Render the page, whatever state the error left the transaction in, and without a database that is down."""
    try:
        session().rollback()
        with reading():
            return render_template(template, **page_context() | words)
    except SQLAlchemyError:
        return current_app.jinja_env.get_template(template).render(context_without_database() | words)
