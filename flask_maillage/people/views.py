"""Signing in and out of a node that has its own members, and changing one's password."""

import math
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors import database
from flask_maillage.people import accounts, other_keys, recovering, signing_up
from flask_maillage.people.account_page import step, what_ended
from flask_maillage.people.attempts import blocked_for
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.destination import safe_path
from flask_maillage.people.forms import PasswordForm, SignInForm, SignOutForm
from flask_maillage.people.openid.provider import configured
from flask_maillage.people.session import sign_in, sign_out
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


@pages.route("/sign-in", methods=["GET", "POST"], endpoint="sign_in")
def show_sign_in() -> Response:
    """Let somebody sign in, and take them where they were going."""
    require_own_sign_in()
    destination = safe_path(request.values.get("next")) or url_for("maillage.account")
    if request.method == "GET" and current_member() is not None:
        return redirect(destination, code=303)
    form: Any = SignInForm()
    form.next.data = safe_path(request.values.get("next"))
    if request.method == "GET":
        return _sign_in_page(form)
    if not form.validate():
        return _unfinished(form)
    return _try_to_sign_in(form, destination)


def _try_to_sign_in(form: Any, destination: str) -> Response:
    """Check the password before the write lock is taken: it costs some 50 ms, which nobody else should wait for."""
    blocked = blocked_for(form.email.data)
    if blocked is not None:
        message = _(
            "Too many attempts to sign in. Wait %(count)d minutes, then try again.", count=math.ceil(blocked / 60)
        )
        form.form_errors.append(message)
        response = _sign_in_page(form, 429)
        response.headers["Retry-After"] = str(blocked)
        return response
    with database.reading():
        known = accounts.authenticate(form.email.data, form.password.data)
        email = known.email if known else ""
    member = accounts.find(email) if email else None
    if member is None:
        form.form_errors.append(_("The e-mail address or the password is wrong."))
        return _sign_in_page(form, 422)
    accounts.note_sign_in(member, form.password.data)
    sign_in(member)
    database.session().commit()
    return redirect(destination, code=303)


def _unfinished(form: Any) -> Response:
    if "csrf_token" in form.errors:
        form.csrf_token.errors = []
        form.form_errors.append(_("This page had been open for long. Sign in once more."))
        return _sign_in_page(form, 400)
    return _sign_in_page(form, 422)


def _sign_in_page(form: Any, status: int = 200) -> Response:
    with database.reading():
        html = render_template("maillage/sign_in.html", form=in_readers_language(form), signs_up=signing_up.is_open())
    return keep_private(make_response(html, status))


@pages.post("/sign-out", endpoint="sign_out")
def end_session() -> Response:
    """Sign out; without the proof that a page of ours asked, ask again."""
    require_own_sign_in()
    if not SignOutForm().validate():
        return redirect(url_for("maillage.account"), code=303)
    sign_out()
    database.session().commit()
    provider = configured()
    flash(_("You are signed out."))
    if provider is not None:
        flash(_("If you are signed in at %(name)s, you still are.", name=provider.name))
    return redirect(url_for("maillage.sign_in"), code=303)


@pages.route("/account/password", methods=["GET", "POST"], endpoint="change_password")
def change_password() -> Response:
    """Give oneself a new password; every session but this one ends, and what else opens the account if one says so."""
    require_own_sign_in()
    with database.reading():
        member = current_member()
        email, has_password = (member.email, member.has_password) if member else ("", False)
        keys = other_keys.of(member) if member else None
    if member is None:
        return to_sign_in()
    if not has_password:
        return step("no-password")
    form: Any = PasswordForm()
    if request.method == "GET":
        return _password_page(form, keys)
    if not form.validate():
        return _password_page(form, keys, 400 if "csrf_token" in form.errors else 422)
    blocked = blocked_for(email)
    if blocked is not None:
        form.form_errors.append(
            _("Too many attempts. Wait %(count)d minutes, then try again.", count=math.ceil(blocked / 60))
        )
        return _password_page(form, keys, 429)
    return _try_to_change(form, member, email, keys)


def _try_to_change(form: Any, member: Any, email: str, keys: Any) -> Response:
    """Check the old password before the write lock is taken, as at signing in."""
    with database.reading():
        known = accounts.authenticate(email, form.current.data)
    if known is None:
        form.current.errors = [_("This is not your password.")]
        return _password_page(form, keys, 422)
    ends_keys = form.ends_keys.data
    try:
        keys = recovering.take_password(member, form.new.data, ends_keys=ends_keys)
    except accounts.AccountRefused as refusal:
        form.new.errors = [_(str(refusal))]
        return _password_page(form, keys, 422)
    sign_in(member)
    database.session().commit()
    flash(_("Your password is changed, and all your other sessions have ended."))
    for sentence in what_ended(keys) if ends_keys else ():
        flash(sentence)
    return redirect(url_for("maillage.account"), code=303)


def _password_page(form: Any, keys: Any, status: int = 200) -> Response:
    with database.reading():
        html = render_template("maillage/change_password.html", form=in_readers_language(form), keys=keys)
    return keep_private(make_response(html, status))
