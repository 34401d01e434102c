"""What others answered to a publication: how many like and shared it, their replies, and who may show or hide these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect
from markupsafe import Markup
from werkzeug.wrappers import Response

from actors.database import session
from flask_maillage.people.current import current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import EDIT
from flask_maillage.publications import replies
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.items import ActorItem, actor_item
from flask_maillage.publications.models import Publication, Reply
from flask_maillage.publications.views.finding import SLUG, find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _


class JudgeForm(CheckedForm):
    """Nothing but the proof that the page asked (its CSRF token); the button says what is to be done."""


@dataclass(frozen=True)
class ReplyItem:
    """A reply as a page shows it; `html` is clean."""

    number: int
    author: ActorItem
    html: Markup
    language: str | None
    published_at: datetime
    original_url: str | None
    state: str
    is_public: bool


def responses(publication: Publication, *, to_its_people: bool) -> list[ReplyItem]:
    """Return the replies that a reader sees: all for those who may edit the publication, else what is shown."""
    found = replies.for_its_people(publication) if to_its_people else replies.shown(publication)
    return _items(found)


def _items(found: Sequence[Reply]) -> list[ReplyItem]:
    return [
        ReplyItem(
            number=reply.id,
            author=actor_item(reply.actor),
            html=Markup(reply.html),  # noqa: S704 - cleaned when it was received
            language=reply.language,
            published_at=reply.published_at,
            original_url=replies.link_of(reply),
            state=reply.state,
            is_public=reply.public,
        )
        for reply in found
    ]


@pages.post(f"/@<page_handle>/<{SLUG}:slug>/<identifier>/replies/<int:number>/<any(shown,hidden):state>")
def judge_reply(page_handle: str, slug: str, identifier: str, number: int, state: str) -> Response:
    """Show a reply to everybody, or hide it; for those who may edit the publication."""
    publication, member = find_publication(page_handle, slug, identifier), current_member()
    if member is None:
        return to_sign_in()
    if not may(member, EDIT, publication):
        abort(403)
    form: Any = JudgeForm()
    if not form.validate() or number > replies.MAX_NUMBER or replies.judge(publication, number, state) is None:
        abort(400 if form.errors else 404)
    session().commit()
    flash(_("The reply is shown to everybody now.") if state == replies.SHOWN else _("The reply is hidden now."))
    return redirect(f"{page_path(publication)}#replies", code=303)
