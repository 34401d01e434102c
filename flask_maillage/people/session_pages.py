"""The page on which members see where they are signed in, and end it."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectChoice, SelectField

from actors import database
from flask_maillage.people import sessions
from flask_maillage.people.account_forms import ButtonForm
from flask_maillage.people.account_page import account_page
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
from flask_maillage.people.session import current_session
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import LANGUAGES
from flask_maillage.web.language import gettext as translated

PAGE = "sessions.html"


def _(message: str) -> str:
    return message


class AccountMailsForm(CheckedForm):
    """What we write to a member about their account, and in which language."""

    tells_sign_ins = BooleanField(_("Write to me when somebody signs in to my account from a new browser"))
    language = SelectField(
        _("Language of our mails"), choices=[SelectChoice(tag, name) for tag, name in LANGUAGES.items()]
    )


@pages.route("/account/sessions", methods=["GET", "POST"], endpoint="sessions")
def show_sessions() -> Response:
    """List where a member is signed in, and take what they want to be told of it."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    form: Any = AccountMailsForm()
    if request.method == "GET":
        form.tells_sign_ins.data, form.language.data = member.tells_sign_ins, member.language
        return _list_page(member, form, 200)
    if not form.validate():
        return _list_page(member, form, 422)
    member.tells_sign_ins, member.language = form.tells_sign_ins.data, form.language.data
    database.session().commit()
    flash(translated("It is noted."))
    return redirect(url_for("maillage.sessions"), code=303)


@pages.post("/account/sessions/end", endpoint="end_sessions")
def end_sessions() -> Response:
    """End one session of the member's own, or all but the one in hand."""
    require_own_sign_in()
    member, here = current_member(), current_session()
    if member is None:
        return to_sign_in()
    if not ButtonForm().validate():
        abort(400)
    chosen = request.form.get("number", "")
    if chosen == "others":
        sessions.end_all(member, but=here)
    elif chosen in {str(one.id) for one in sessions.of(member) if one.id != here}:
        sessions.end(int(chosen))
    else:
        abort(404)
    database.session().commit()
    flash(translated("It has ended."))
    return redirect(url_for("maillage.sessions"), code=303)


def _list_page(member: Member, form: Any, status: int) -> Response:
    return account_page(
        PAGE,
        status,
        form=form,
        sessions=sessions.of(member),
        here=current_session(),
        end_form=ButtonForm(formdata=None),
    )
