"""The page on which members say by which name others read them; their handle never changes."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from actors import database, moving
from actors.node import now
from federation.sanitising import clean_text
from flask_maillage.people.account_page import account_page, unfinished
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
from flask_maillage.people.signing_up import NAME_LIMIT
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as translated

PAGE = "change_name.html"


def _(message: str) -> str:
    return message


NEEDED = _("Write the name by which people know you.")


class NameForm(CheckedForm):
    """What a member is called."""

    name = StringField(
        _("Your name"),
        [InputRequired(NEEDED), Length(max=NAME_LIMIT)],
        description=_("As others read it beside what you write."),
    )


def rename(member: Member, name: str) -> None:
    """Call a member something else from now on, and tell the servers of who follows them, if others may find them."""
    actor = member.actor
    if name == actor.name:
        return
    actor.name, actor.updated_at = name, now()
    if actor.federated:
        moving.tell_followers(actor)
    database.session().flush()


@pages.route("/account/name", methods=["GET", "POST"], endpoint="change_name")
def show_change_name() -> Response:
    """Let a member change their name."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    form: Any = NameForm()
    if request.method == "GET":
        form.name.data = member.name
        return account_page(PAGE, form=form)
    if not form.validate():
        return unfinished(PAGE, form)
    name = clean_text(form.name.data, limit=NAME_LIMIT)
    if not name:
        form.name.errors = [NEEDED]
        return account_page(PAGE, 422, form=form)
    rename(member, name)
    database.session().commit()
    flash(translated("Others read you as %(name)s from now on.", name=name))
    return redirect(url_for("maillage.account"), code=303)
