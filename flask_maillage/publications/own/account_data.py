"""The pages by which members take along what the node holds of them, and leave."""

from typing import Any

from flask import abort, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from actors import database
from actors.node import node
from flask_maillage.people import accounts, exporting, roles
from flask_maillage.people.account_forms import ButtonForm
from flask_maillage.people.account_page import account_page, too_many, unfinished
from flask_maillage.people.attempts import blocked_for
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.session import sign_out
from flask_maillage.publications.own import closing
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as translated
from flask_maillage.web.negotiation import keep_private

PAGE = "close_account.html"


def _(message: str) -> str:
    return message


class CloseForm(CheckedForm):
    """That it is really they who leave."""

    current = PasswordField(_("Your password"), [InputRequired(_("Write your password."))])


@pages.post("/account/export", endpoint="export_account")
def export_account() -> Response:
    """Hand a member all that the node holds of them, as one file."""
    require_own_sign_in()
    with database.reading():
        member = current_member()
        if member is None:
            return to_sign_in()
        if not ButtonForm().validate():
            abort(400)
        if not node().rates.allow("exports", f"member {member.id}"):
            abort(429)
        whole, handle = exporting.archive(member), member.actor.handle
    response = make_response(whole)
    response.content_type = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="maillage-{handle}.zip"'
    return keep_private(response)


@pages.route("/account/data", methods=["GET", "POST"], endpoint="account_data")
def show_account_data() -> Response:
    """Offer a member what the node holds of them; delete the account of one who gives the password."""
    require_own_sign_in()
    with database.reading():
        member = current_member()
        if member is None:
            return to_sign_in()
        email = member.email
        values: dict[str, Any] = {"alone": closing.administers_alone(member), "export_form": ButtonForm(formdata=None)}
        values["has_password"] = member.has_password
    form: Any = CloseForm()
    if request.method == "GET":
        return account_page(PAGE, form=form, **values)
    if not form.validate():
        return unfinished(PAGE, form, **values)
    seconds = blocked_for(email)
    if seconds is not None:
        return too_many(PAGE, form, seconds, **values)
    with database.reading():
        known = accounts.authenticate(email, form.current.data) is not None
    if not known:
        form.current.errors = [translated("This is not your password.")]
        return account_page(PAGE, 422, form=form, **values)
    try:
        closing.close(current_member())
    except roles.LastAdmin as refusal:
        database.session().rollback()
        names = values["alone"]
        form.form_errors.append(_ALONE if names else str(refusal))
        return account_page(PAGE, 422, form=form, **values)
    database.session().commit()
    sign_out()
    flash(translated("Your account is deleted. Goodbye."))
    return redirect(url_for("maillage.home"), code=303)


_ALONE = _("Nobody else administers it: make somebody else an administrator first.")
