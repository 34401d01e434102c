"""The page of a member's notifications: what they were told, and which of it they have read."""

from contextlib import suppress
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from actors.database import session, writing
from flask_maillage.people.current import current_member, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
from flask_maillage.people.notifying import reading
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from flask_maillage.web.negotiation import keep_private

MOST_PAGES = 10_000
MAX_NUMBER = 2**63 - 1


class ReadForm(CheckedForm):
    """Which notification was read; all of them where none is named."""

    number = IntegerField(validators=[Optional()], widget=HiddenInput())


@pages.get("/my/notifications", endpoint="notifications")
def show_notifications() -> Response:
    """List what a member was told, the newest first."""
    member, number = current_member(), _page_number()
    if member is None:
        return to_sign_in()
    groups, more = reading.page(_own(member), number)
    html = render_template(
        "maillage/notifications.html",
        groups=groups,
        unread=reading.count_unread(member),
        number=number,
        more=more,
        form=ReadForm(formdata=None),
    )
    return keep_private(make_response(html))


@pages.post("/my/notifications/read", endpoint="read_notifications")
def mark_read() -> Response:
    """Note that a member has read one notification of theirs, or all, and go back to the list."""
    member, form = current_member(), ReadForm()
    if member is None:
        return to_sign_in()
    mine: Any = _own(member)
    if not form.validate():
        abort(400)
    if form.number.data is None:
        count = reading.mark_read(mine)
        flash(ngettext("%(n)s notification is marked as read.", "%(n)s notifications are marked as read.", count))
    else:
        if not 0 < form.number.data <= MAX_NUMBER or reading.find(mine, form.number.data) is None:
            abort(404)
        reading.mark_read(mine, [form.number.data])
        flash(_("Marked as read."))
    session().commit()
    return redirect(url_for("maillage.notifications"), code=303)


@pages.get("/my/notifications/<int:number>", endpoint="open_notification")
def open_notification(number: int) -> Response:
    """Lead a member to what a notification of theirs is about; it is read with that, as often as the link is opened."""
    member = current_member()
    if member is None:
        return to_sign_in()
    mine = _own(member)
    found = reading.find(mine, min(number, MAX_NUMBER))
    if found is None:
        abort(404)
    path, is_new, owner = reading.path_of(found), found.read_at is None, mine.id
    if is_new and request.environ["REQUEST_METHOD"] == "GET":  # programmes that look at links send a HEAD
        session().rollback()
        with writing(), suppress(OperationalError):  # where others write just then, it stays new
            reading.mark_read_of(owner, [number])
            session().commit()
    return keep_private(make_response(redirect(path or url_for("maillage.notifications"), code=303)))


def _own(member: Any) -> Member:
    """Return a member of ours; a host tells its own members what it likes, and there is no such page for them."""
    return member if isinstance(member, Member) else abort(404)


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= MOST_PAGES):
        abort(404)
    return int(text)
