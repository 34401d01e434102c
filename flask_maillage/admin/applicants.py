"""The page *Sign-ups*: who asks for an account, and the answer of the node's admins."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from actors.database import session
from actors.models import Actor
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.people import signing_up
from flask_maillage.people.current import may, require_own_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.signed_out import give_back
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext

MAX_NUMBER = 2**63 - 1


class AnswerForm(CheckedForm):
    """A word to who is declined; the button says what is answered."""

    note = TextAreaField("A word to them, if you decline", validators=[Length(max=signing_up.REASON_LIMIT)])


@pages.get("/admin/applicants", endpoint="admin_applicants")
def show_applicants() -> Response:
    """List who waits for an answer."""
    require_own_sign_in()
    require_admin()
    return admin_page("applicants.html", applicants=signing_up.waiting(), answer_form=AnswerForm(formdata=None))


@waits
def applicants_waiting(member: Any, _actors: Sequence[Actor]) -> Iterable[Waiting]:
    """How many ask for an account; to everybody else there are none."""
    if isinstance(member, Member) and may(member, ADMINISTER, None) and (count := len(signing_up.waiting())):
        words = ngettext("%(n)s person asks for an account", "%(n)s people ask for an account", count)
        yield Waiting(words, url_for("maillage.admin_applicants"))


@pages.post("/admin/applicants/<int:number>", endpoint="admin_answer_applicant")
def answer_applicant(number: int) -> Response:
    """Accept or decline somebody."""
    require_own_sign_in()
    require_admin(AnswerForm)
    form: Any = AnswerForm()
    applicant = signing_up.find_waiting(min(number, MAX_NUMBER))
    if applicant is None:
        flash(_("There was an answer already."))
        return redirect(url_for("maillage.admin_applicants"), code=303)
    answer, name = request.form.get("answer"), applicant.name
    if answer not in ("accept", "decline"):
        abort(400)
    if not form.validate():
        return give_back(form)
    try:
        if answer == "accept":
            signing_up.accept(applicant)
        else:
            signing_up.decline(applicant, form.note.data or "")
    except signing_up.SignUpRefused as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(url_for("maillage.admin_applicants"), code=303)
    session().commit()
    flash(
        _("%(name)s has an account now.", name=name) if answer == "accept" else _("%(name)s was declined.", name=name)
    )
    return redirect(url_for("maillage.admin_applicants"), code=303)
