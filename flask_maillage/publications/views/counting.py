"""How often one address asks for files that cost us something; more is answered 429, with `Retry-After`."""

from flask import Response, abort, request

from actors.node import node
from actors.requests import check_rate
from federation.errors import TooMany
from flask_maillage.web.language import translate

FEEDS, EXPORTS = "feeds", "exports"
SHORTEST_WAIT = 1


def _(message: str) -> str:
    return message


WAIT = _("Too many files were asked for from your address: ask again in %(seconds)s seconds.")


def count(name: str) -> None:
    """Count one more under a name of `actors.rates`; what is one too many is answered at once."""
    try:
        check_rate(request, name)
    except TooMany as error:
        seconds = str(max(SHORTEST_WAIT, error.retry_after or 0))
        sentence = translate(node().language, WAIT, seconds=seconds)
        answer = Response(f"{sentence}\n", 429, content_type="text/plain; charset=utf-8")
        answer.headers["Retry-After"] = seconds
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Access-Control-Allow-Origin"] = "*"
        abort(answer)
