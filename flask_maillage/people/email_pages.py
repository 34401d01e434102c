"""The pages by which a member comes to be reached by another e-mail address."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import database
from flask_maillage.mail import queue
from flask_maillage.people import accounts, recovering
from flask_maillage.people.account_forms import ButtonForm, EmailForm
from flask_maillage.people.account_page import account_page, step, too_many, unfinished
from flask_maillage.people.attempts import blocked_for, mails_blocked_for
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _

FORM = "change_email.html"


@pages.route("/account/email", methods=["GET", "POST"], endpoint="change_email")
def show_change_email() -> Response:
    """Let a member name another address; a link goes there, and nothing changes before it is used."""
    require_own_sign_in()
    with database.reading():
        member = current_member()
        email, has_password = (member.email, member.has_password) if member else ("", False)
    if member is None:
        return to_sign_in()
    if not has_password:
        return step("no-password")
    if not queue.is_on():
        return step("no-mail")
    form: Any = EmailForm()
    if request.method == "GET":
        return account_page(FORM, form=form, email=email)
    if not form.validate():
        return unfinished(FORM, form, email=email)
    seconds = blocked_for(email) or mails_blocked_for()
    if seconds is not None:
        return too_many(FORM, form, seconds, email=email)
    with database.reading():
        known = accounts.authenticate(email, form.current.data)
    if known is None:
        form.current.errors = [_("This is not your password.")]
        return account_page(FORM, 422, form=form, email=email)
    try:
        recovering.ask_email(current_member(), form.email.data)
    except accounts.AccountRefused as refusal:
        database.session().rollback()
        form.email.errors = [_(str(refusal))]
        return account_page(FORM, 422, form=form, email=email)
    database.session().commit()
    return step("email-sent")


@pages.route("/account/email/<token>", methods=["GET", "POST"], endpoint="confirm_email")
def confirm_email(token: str) -> Response:
    """Let who has the link use the new address from now on, by a button."""
    require_own_sign_in()
    form: Any = ButtonForm()
    with database.reading():
        asked = recovering.email_asked(token)
    if asked is None:
        return step("over", 404, again=url_for("maillage.change_email"))
    if request.method == "GET":
        return step("use-email", form=form)
    if not form.validate():
        return step("use-email", 400, form=ButtonForm(formdata=None))
    if recovering.change_email(token) is None and not recovering.has_email(*asked):
        database.session().rollback()
        return step("over", 404, again=url_for("maillage.change_email"))
    database.session().commit()
    flash(_("Your new e-mail address is in use; sign in with it from now on."))
    return redirect(url_for("maillage.account"), code=303)
