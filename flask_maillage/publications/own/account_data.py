"""The pages by which members take along what the node holds of them, and leave."""

from typing import Any

from flask import Response as Answer
from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from actors import database
from actors.node import node
from flask_maillage.mail import queue
from flask_maillage.people import accounts, exporting, recovering, roles
from flask_maillage.people.account_forms import ButtonForm
from flask_maillage.people.account_page import account_page, step, too_many, unfinished
from flask_maillage.people.attempts import blocked_for, mails_blocked_for
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
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
    """Hand a member all that the node holds of them, as one file: read first, then packed while it is sent."""
    require_own_sign_in()
    with database.reading():
        member = current_member()
        if member is None:
            return to_sign_in()
        if not ButtonForm().validate():
            abort(400)
        if not node().rates.allow("own exports", f"member {member.id}"):
            abort(429)
        collected, handle = exporting.collect(member), member.actor.handle
    response = Answer(exporting.zipped(collected), content_type="application/zip")
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
    refusal = _closed(current_member())
    if refusal:
        form.form_errors.append(refusal)
        return account_page(PAGE, 422, form=form, **values)
    return _goodbye()


@pages.post("/account/delete", endpoint="ask_deletion")
def ask_deletion() -> Response:
    """Send a member who has no password the link that deletes their account."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    if member.has_password:
        return redirect(url_for("maillage.account_data"), code=303)
    if not ButtonForm().validate():
        abort(400)
    if not queue.is_on():
        return step("no-mail")
    if mails_blocked_for() is not None or not recovering.ask_deletion(member):
        database.session().rollback()
        abort(429)
    database.session().commit()
    return step("deletion-sent")


@pages.route("/account/delete/<token>", methods=["GET", "POST"], endpoint="delete_by_link")
def delete_by_link(token: str) -> Response:
    """Delete the account of who has the link, by a button; a link that is looked at alone does nothing."""
    require_own_sign_in()
    form: Any = ButtonForm()
    if request.method == "GET":
        with database.reading():
            asked = recovering.member_to_delete(token, now=False)
            address = asked.actor.address if asked else ""
        return step("delete", form=form, address=address) if address else _over()
    if not form.validate():
        abort(400)
    member = recovering.member_to_delete(token, now=True)
    if member is None:
        return _over()
    address, here = member.actor.address, current_member()
    is_somebody_else = here is not None and here.id != member.id
    refusal = _closed(member)
    if refusal:
        form.form_errors.append(refusal)
        return step("delete", 422, form=form, address=address)
    return _goodbye(stays_in=is_somebody_else)


def _closed(member: Member) -> str:
    """Delete an account, and return nothing, or why it cannot be."""
    alone = closing.administers_alone(member)
    try:
        closing.close(member)
    except roles.LastAdmin as refusal:
        database.session().rollback()
        return _ALONE if alone else str(refusal)
    database.session().commit()
    return ""


def _goodbye(*, stays_in: bool = False) -> Response:
    if not stays_in:
        sign_out()
    flash(translated("Your account is deleted. Goodbye."))
    return redirect(url_for("maillage.home"), code=303)


def _over() -> Response:
    return step("over", 404, again=url_for("maillage.account_data"))


_ALONE = _("Nobody else administers it: make somebody else an administrator first.")
