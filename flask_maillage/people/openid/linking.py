"""The pages on which somebody whom the provider knows gets an account or links theirs, and ends that again."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from actors import database
from flask_maillage.people import accounts, signing_up
from flask_maillage.people.account_forms import ButtonForm
from flask_maillage.people.account_page import account_page, too_many, unfinished
from flask_maillage.people.attempts import blocked_for
from flask_maillage.people.current import current_member, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.openid import attempt as attempts
from flask_maillage.people.openid import identities
from flask_maillage.people.openid.provider import Proof, Provider
from flask_maillage.people.openid.signing_in import required
from flask_maillage.people.session import sign_in
from flask_maillage.people.signing_up import LONGEST_HANDLE, NAME_LIMIT, REASON_LIMIT, SignUpRefused
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as translated

PAGE, LIST = "oidc_account.html", "identities.html"
MAX_NUMBER = 2**63 - 1


def _(message: str) -> str:
    return message


class LinkForm(CheckedForm):
    """That the account is theirs."""

    current = PasswordField(_("Your password"), [InputRequired(_("Write your password.")), Length(max=1000)])


class NewForm(CheckedForm):
    """What is chosen for an account whose address is known."""

    name = StringField(
        _("Your name"),
        [InputRequired(_("Write the name by which people know you.")), Length(max=NAME_LIMIT)],
        description=_("As others read it beside what you write."),
    )
    handle = StringField(
        _("Handle"),
        [InputRequired(_("Write the handle that you would like.")), Length(max=LONGEST_HANDLE)],
        description=_("Your address in the network. It never changes afterwards."),
    )


class ReasonedNewForm(NewForm):
    """The same, where an admin decides."""

    reason = TextAreaField(
        _("Why you wish to join"),
        [InputRequired(_("Say in a sentence who you are and why you wish to join.")), Length(max=REASON_LIMIT)],
        description=_("Those who run this node read it, and answer by mail."),
    )


@pages.route("/sign-in/oidc/account", methods=["GET", "POST"], endpoint="oidc_account")
def show_oidc_account() -> Response:
    """Ask somebody who was at the provider, and is not known here by it, what is to become of it."""
    provider = required()
    kept = attempts.find(attempts.PROOF)
    if kept is None or kept["issuer"] != provider.issuer:
        flash(translated("This took more than ten minutes, or is done already: begin once more."))
        return redirect(url_for("maillage.sign_in"), code=303)
    destination = kept.pop("next")
    proof = Proof(**kept)
    with database.reading():
        if current_member() is not None:
            way, form = "link", ButtonForm()
        else:
            way, form = _way(proof)
    values: dict[str, Any] = {"way": way, "provider": provider, "email": proof.email}
    if way in ("unverified", "refused"):
        return account_page(PAGE, **values)
    if request.method == "GET":
        return account_page(PAGE, form=form, **values)
    if not form.validate():
        return unfinished(PAGE, form, **values)
    answers = {"link": _link, "password": _link_by_password, "sign-up": _sign_up}
    try:
        return answers[way](form, provider, proof, destination, values)
    except identities.TakenAlready:
        database.session().rollback()
        attempts.forget()
        flash(translated("This sign-in at %(name)s is linked already.", name=provider.name))
        return redirect(url_for("maillage.sign_in"), code=303)


def _way(proof: Proof) -> tuple[str, Any]:
    """Return what a stranger can do, and the form for it."""
    if identities.account_with(proof) is not None:
        return "password", LinkForm()
    if identities.may_sign_up(proof):
        form: Any = ReasonedNewForm() if signing_up.asks_why() else NewForm()
        if request.method == "GET":
            form.name.data = proof.name[:NAME_LIMIT]
            form.handle.data = signing_up.proposed_handle(proof.name or "member")
        return "sign-up", form
    return ("unverified" if signing_up.is_open() and not proof.is_verified else "refused"), None


def _link(_form: Any, provider: Provider, proof: Proof, _next: str, _values: dict[str, Any]) -> Response:
    identities.link(current_member(), proof, provider)
    database.session().commit()
    attempts.forget()
    flash(translated("From now on you can sign in with %(name)s.", name=provider.name))
    return redirect(url_for("maillage.identities"), code=303)


def _link_by_password(form: Any, provider: Provider, proof: Proof, next: str, values: dict[str, Any]) -> Response:
    """Check the password before the write lock is taken, as at signing in."""
    seconds = blocked_for(proof.email)
    if seconds is not None:
        return too_many(PAGE, form, seconds, **values)
    with database.reading():
        known = accounts.authenticate(proof.email, form.current.data) is not None
    member = identities.account_with(proof) if known else None
    if member is None:
        form.current.errors = [translated("This is not your password.")]
        return account_page(PAGE, 422, form=form, **values)
    identities.link(member, proof, provider)
    accounts.note_sign_in(member, form.current.data)
    sign_in(member)
    database.session().commit()
    flash(translated("From now on you can sign in with %(name)s.", name=provider.name))
    return redirect(next, code=303)


def _sign_up(form: Any, _provider: Provider, proof: Proof, next: str, values: dict[str, Any]) -> Response:
    try:
        member = identities.sign_up(
            proof,
            name=form.name.data,
            handle=form.handle.data.strip().lower().lstrip("@"),
            language=current_language(),
            reason=form.reason.data if "reason" in form else "",
        )
    except SignUpRefused as refusal:
        database.session().rollback()
        errors = form[refusal.field].errors if refusal.field in form else form.form_errors
        errors.append(translated(str(refusal)))
        return account_page(PAGE, 422, form=form, **values)
    if member is None:
        database.session().commit()
        attempts.forget()
        flash(translated("Your request is on its way: those who run this node answer by mail."))
        return redirect(url_for("maillage.sign_in"), code=303)
    accounts.note_sign_in(member)
    sign_in(member)
    database.session().commit()
    flash(translated("Welcome: your account is open."))
    return redirect(next, code=303)


@pages.route("/account/identities", methods=["GET", "POST"], endpoint="identities")
def show_identities() -> Response:
    """List by whom else a member can sign in, and end one of these."""
    provider = required()
    member = current_member()
    if member is None:
        return to_sign_in()
    form: Any = ButtonForm()
    if request.method == "GET":
        return _list(member, form, provider)
    if not form.validate():
        return _list(member, ButtonForm(formdata=None), provider, 400)
    chosen = request.form.get("number", "")
    if not chosen.isascii() or not chosen.isdigit():
        abort(404)
    try:
        if not identities.unlink(member, min(int(chosen[:20]), MAX_NUMBER)):
            abort(404)
    except identities.LastWayIn:
        form.form_errors.append(translated("You have no password: choose one first, else you could not sign in again."))
        return _list(member, form, provider, 409)
    database.session().commit()
    flash(translated("It is no longer linked."))
    return redirect(url_for("maillage.identities"), code=303)


def _list(member: Any, form: Any, provider: Provider, status: int = 200) -> Response:
    return account_page(LIST, status, form=form, provider=provider, account=member, identities=identities.of(member))
