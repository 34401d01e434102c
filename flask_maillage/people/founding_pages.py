"""The page by which a member founds an organisation, or asks to."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from actors import database
from flask_maillage.people import founding, signed_out
from flask_maillage.people.account_page import account_page, unfinished
from flask_maillage.people.current import current_member, require_own_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.territory import organisations
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as translated

PAGE = "found.html"


def _(message: str) -> str:
    return message


class FoundingForm(CheckedForm):
    """What is founded."""

    name = StringField(
        _("Name of the organisation"),
        [
            InputRequired(_("Write the name by which people know the organisation.")),
            Length(max=founding.NAME_LIMIT),
        ],
    )
    handle = StringField(
        _("Handle"),
        [InputRequired(_("Write the handle that you would like.")), Length(max=31)],
        description=_("Its address in the network, as our_union: small letters, digits and _. It never changes."),
    )
    organisation_kind = SelectField(_("What sort of organisation it is"), choices=organisations.choices(), default="")
    summary = TextAreaField(
        _("What it is, in a sentence or two"), [Optional(), Length(max=founding.SUMMARY_LIMIT)], default=""
    )
    website = StringField(_("Website"), [Optional(), Length(max=founding.WEBSITE_LIMIT)], default="")


class AskingForm(FoundingForm):
    """What a member asks the admins to let them found."""

    reason = TextAreaField(
        _("Who you are in it"),
        [InputRequired(_("Say in a sentence what you do in it.")), Length(max=founding.REASON_LIMIT)],
        description=_("Those who run this node read it, and answer by mail."),
    )


@pages.route("/account/found", methods=["GET", "POST"], endpoint="found_organisation")
def show_founding() -> Response:
    """Let a member found an organisation, or ask to."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return signed_out.answer(AskingForm if "reason" in request.form else FoundingForm)
    if not founding.may_ask(member):
        abort(404)
    asks = founding.needs_approval(member)
    form: Any = AskingForm() if asks else FoundingForm()
    if request.method == "GET":
        if founding.has_enough(member):
            form.form_errors.append(founding.ENOUGH)
        return account_page(PAGE, form=form, asks=asks)
    if not form.validate():
        return unfinished(PAGE, form, asks=asks)
    try:
        made = founding.found(
            member,
            handle=form.handle.data,
            name=form.name.data,
            summary=form.summary.data or "",
            website=(form.website.data or "").strip(),
            reason=form.reason.data if asks else "",
            organisation_kind=form.organisation_kind.data,
        )
    except founding.FoundingRefused as refusal:
        database.session().rollback()
        message = translated(str(refusal))
        if refusal.field in form:
            form[refusal.field].errors = [message]
        else:
            form.form_errors.append(message)
        return account_page(PAGE, 422, form=form, asks=asks)
    database.session().commit()
    if made is None:
        flash(translated("Your request is on its way: those who run this node answer by mail."))
        return redirect(url_for("maillage.account"), code=303)
    flash(translated("It is founded, and you administer it: invite others here."))
    return redirect(url_for("maillage.people_of", page_handle=made.page_handle), code=303)
