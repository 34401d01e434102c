"""The links at the end of mails by which a member gets no more of their kind, without signing in.

Opening the link changes nothing: programs that read mail open links. A button says so, and programs that offer to
unsubscribe press it for their readers (RFC 8058).
"""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from actors.database import session
from flask_maillage.people.models import Member
from flask_maillage.people.notifying import preferences, quiet_links
from flask_maillage.people.notifying.kinds import KINDS, MAIL
from flask_maillage.people.notifying.models import NEVER
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

DIGEST_MAILS = "digest"


@pages.route("/unsubscribe/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> Response:
    """Let who has the link say that they want no more mails of its kind; it works as often as one likes."""
    found = quiet_links.read(token)
    words = _words_for(found[1]) if found is not None else None
    if found is None or words is None:
        return _page(404)
    member, what = found
    if request.method == "POST":
        stop(member, what)
        session().commit()
    return _page(200, words=words, is_done=not _comes(member, what))


def stop(member: Member, what: str) -> None:
    """Let mails of a kind come no more: `digest`, or `mail-` and the name of a kind of notification."""
    said = preferences.made_for(member)
    if what == DIGEST_MAILS:
        said.digest, said.digest_due_at = NEVER, None
    else:
        preferences.leave_out(said, KINDS[what.removeprefix(f"{MAIL}-")], MAIL)
    session().flush()


def _comes(member: Member, what: str) -> bool:
    said = preferences.of(member)
    if what == DIGEST_MAILS:
        return said is not None and said.digest != NEVER
    return MAIL in preferences.channels(said, KINDS[what.removeprefix(f"{MAIL}-")])


def _words_for(what: str) -> str | None:
    """Say which mails a link is about; None for a kind that there is no more."""
    if what == DIGEST_MAILS:
        return _("The mail that tells what is new")
    kind = KINDS.get(what.removeprefix(f"{MAIL}-"))
    return _(kind.label) if kind is not None and what.startswith(f"{MAIL}-") else None


def _page(status: int, words: str = "", *, is_done: bool = False) -> Response:
    html = render_template("maillage/unsubscribe.html", words=words, is_done=is_done)
    response = keep_private(make_response(html, status))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
