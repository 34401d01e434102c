"""The log of a call for its coordinators: in words, checked at each look, and as a file that a stranger can verify."""

from flask import Response, abort, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from actors.database import reading
from flask_maillage.calls import audit
from flask_maillage.calls.acting import of_member
from flask_maillage.calls.afterwards import log_words
from flask_maillage.calls.sight import Thing, sees
from flask_maillage.people.current import current_member, to_sign_in
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import keep_private

AT_ONCE = 50
LOG = "/@<page_handle>/calls/<identifier>/manage/log"


@pages.get(LOG)
def call_log(page_handle: str, identifier: str) -> AnyResponse:
    """Show a page of the log, the newest records first, and whether each follows from the one before."""
    with reading():
        if current_member() is None:
            return to_sign_in()
        call = _find(page_handle, identifier)
        number, count = _page_number(), audit.count(call)
        last = count - (number - 1) * AT_ONCE
        if number > 1 and last < 1:
            abort(404)
        first = max(last - AT_ONCE, 0)
        rows = audit.written(call, after=first, limit=last - first)
        html = render_template(
            "maillage/call_log.html",
            call=call,
            back=page_path(call),
            count=count,
            lines=log_words.lines(call, rows[::-1]),
            problems=audit.verify(call),
            head=audit.head(call),
            number=number,
            more=first > 0,
        )
    return keep_private(make_response(html))


@pages.get(f"{LOG}.jsonl")
def call_log_file(page_handle: str, identifier: str) -> AnyResponse:
    """Give the whole log as it was written: one record in each line, in canonical form."""
    with reading():
        if current_member() is None:
            return to_sign_in()
        call = _find(page_handle, identifier)
        text = "".join(f"{row}\n" for row in audit.written(call))
    response = Response(text, content_type="application/jsonl; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="log-of-a-call.jsonl"'
    return keep_private(response)


def _find(page_handle: str, identifier: str) -> Publication:
    """Return a call of ours for a member who coordinates it; for everybody else there is none (FC-66)."""
    call = find_publication(page_handle, "calls", identifier, limited=True)
    is_there = call.local and call.state == PUBLISHED
    if not is_there or not sees(of_member(call, current_member()), Thing.AUDIT, call):
        abort(404)
    return call


def _page_number() -> int:
    asked = request.args.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= 1_000_000):
        abort(404)
    return int(asked)
