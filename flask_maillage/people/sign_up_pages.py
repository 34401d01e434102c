"""The pages by which one gets an account: the form, and the link in the mail."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import database
from flask_maillage.people import accounts, invitations, signing_up
from flask_maillage.people.account_forms import ConfirmForm, ReasonedSignUpForm, SignUpForm
from flask_maillage.people.account_page import account_page, step, too_many, unfinished
from flask_maillage.people.attempts import blocked_for, mails_blocked_for
from flask_maillage.people.current import current_member, require_own_sign_in
from flask_maillage.people.session import sign_in
from flask_maillage.people.signing_up import SignUpRefused
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

FORM, CONFIRMING = "sign_up.html", "sign_up_confirm.html"


@pages.route("/sign-up", methods=["GET", "POST"], endpoint="sign_up")
def show_sign_up() -> Response:
    """Let somebody ask for an account; who is a member is led to theirs."""
    require_own_sign_in()
    secret = request.args.get("invitation", "")
    with database.reading():
        invitation = invitations.with_secret(secret) if secret else None
        if not signing_up.is_open(invitation):
            return step("invited-over", 404) if secret else abort(404)
        if current_member() is not None:
            return redirect(url_for("maillage.account"), code=303)
        asks_why = signing_up.asks_why(invitation)
    form: Any = ReasonedSignUpForm() if asks_why else SignUpForm()
    if request.method == "GET":
        form.language.data = current_language()
        return account_page(FORM, form=form)
    if not form.validate():
        return unfinished(FORM, form)
    seconds = mails_blocked_for()
    return _ask(form, secret) if seconds is None else too_many(FORM, form, seconds)


def _ask(form: Any, secret: str) -> Response:
    """Check and hash before the write lock is taken; what is told afterwards is the same for every address."""
    name, email, handle = form.name.data, form.email.data, (form.handle.data or "").strip().lower().lstrip("@")
    try:
        with database.reading():
            signing_up.check(email=email, name=name, handle=handle, password=form.password.data)
        signing_up.ask(
            email=email,
            name=name,
            handle=handle,
            password_hash=accounts.hashed(form.password.data),
            language=form.language.data,
            reason=form.reason.data if "reason" in form else "",
            invitation=invitations.with_secret(secret) if secret else None,
        )
    except SignUpRefused as refusal:
        return _refused(FORM, form, refusal)
    database.session().commit()
    return redirect(url_for("maillage.sign_up_sent"), code=303)


@pages.get("/sign-up/sent", endpoint="sign_up_sent")
def tell_sign_up_sent() -> Response:
    """Tell somebody that a mail is on its way: the same whatever we know of the address."""
    require_own_sign_in()
    return step("sign-up-sent")


@pages.route("/sign-up/confirm/<token>", methods=["GET", "POST"], endpoint="confirm_sign_up")
def confirm_sign_up(token: str) -> Response:
    """Let somebody say that the address is theirs, with the password that they chose."""
    require_own_sign_in()
    with database.reading():
        applicant = signing_up.applicant_shown(token)
        if applicant is None:
            return step("over", 404, again=url_for("maillage.sign_up") if signing_up.is_open() else None)
        email, known_hash, handle = applicant.email, applicant.password_hash, applicant.handle
    form: Any = ConfirmForm()
    if request.method == "GET":
        form.handle.data = handle
        return account_page(CONFIRMING, form=form, email=email)
    if not form.validate():
        return unfinished(CONFIRMING, form, email=email)
    seconds = blocked_for(email)
    if seconds is not None:
        return too_many(CONFIRMING, form, seconds, email=email)
    if not accounts.is_password(known_hash, form.password.data):
        form.password.errors = [_("This is not the password that you chose when you signed up.")]
        return account_page(CONFIRMING, 422, form=form, email=email)
    return _confirm(token, form, email, known_hash)


def _confirm(token: str, form: Any, email: str, known_hash: str) -> Response:
    """Confirm what the reader of the page saw; who pressed twice is answered as if once."""
    applicant = signing_up.applicant_with(token)
    try:
        if applicant is not None:
            member = signing_up.confirm(applicant, form.handle.data.strip().lower().lstrip("@"))
        else:
            member = signing_up.confirmed_already(email, known_hash)
    except SignUpRefused as refusal:
        return _refused(CONFIRMING, form, refusal, email=email)
    except signing_up.NotConfirmed:
        return step("over", 404)
    if member is None:
        database.session().commit()
        return step("waiting")
    accounts.note_sign_in(member, form.password.data)
    sign_in(member)
    database.session().commit()
    flash(_("Welcome: your account is open."))
    return redirect(url_for("maillage.account"), code=303)


def _refused(template: str, form: Any, refusal: SignUpRefused, **values: Any) -> Response:
    database.session().rollback()
    message = _(str(refusal))
    if refusal.field in form:
        form[refusal.field].errors = [message]
    else:
        form.form_errors.append(message)
    return account_page(template, 422, form=form, **values)
