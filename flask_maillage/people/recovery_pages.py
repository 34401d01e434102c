"""The pages by which a member who forgot the password gets into their account again."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import database
from flask_maillage.mail import queue
from flask_maillage.people import accounts, other_keys, recovering
from flask_maillage.people.account_forms import ForgottenForm, NewPasswordForm
from flask_maillage.people.account_page import account_page, step, too_many, unfinished, what_ended
from flask_maillage.people.attempts import mails_blocked_for
from flask_maillage.people.current import require_own_sign_in
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

FORGOTTEN, CHOOSING = "forgotten.html", "new_password.html"


@pages.route("/password/forgot", methods=["GET", "POST"], endpoint="forgotten")
def show_forgotten() -> Response:
    """Let somebody ask for a link by mail; the answer is the same for every address."""
    require_own_sign_in()
    if not queue.is_on():
        return step("no-mail")
    form: Any = ForgottenForm()
    if request.method == "GET":
        return account_page(FORGOTTEN, form=form)
    if not form.validate():
        return unfinished(FORGOTTEN, form)
    seconds = mails_blocked_for()
    if seconds is not None:
        return too_many(FORGOTTEN, form, seconds)
    recovering.ask_password(form.email.data, current_language())
    database.session().commit()
    return redirect(url_for("maillage.password_sent"), code=303)


@pages.get("/password/sent", endpoint="password_sent")
def tell_password_sent() -> Response:
    """Tell somebody that a mail is on its way."""
    require_own_sign_in()
    return step("password-sent")


@pages.route("/password/new/<token>", methods=["GET", "POST"], endpoint="new_password")
def choose_password(token: str) -> Response:
    """Let who has the link choose a new password; then they sign in with it. What else opened the account ends."""
    require_own_sign_in()
    with database.reading():
        member = recovering.member_for_password(token)
        if member is None:
            return step("over", 404, again=url_for("maillage.forgotten"))
        keys = other_keys.of(member)
    form: Any = NewPasswordForm()
    if request.method == "GET":
        return account_page(CHOOSING, form=form, keys=keys)
    if not form.validate():
        return unfinished(CHOOSING, form, keys=keys)
    member = recovering.member_to_change(token)
    if member is None:
        return step("over", 404, again=url_for("maillage.forgotten"))
    try:
        keys = recovering.take_password(member, form.new.data, ends_keys=True)
    except accounts.AccountRefused as refusal:
        database.session().rollback()
        form.new.errors = [_(str(refusal))]
        return account_page(CHOOSING, 422, form=form, keys=keys)
    database.session().commit()
    flash(_("Your password is changed, and every session has ended. Sign in with the new one."))
    for sentence in what_ended(keys):
        flash(sentence)
    return redirect(url_for("maillage.sign_in"), code=303)
