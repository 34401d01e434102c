"""The page *Foundings*: which organisations members ask to found, and the answer of the node's admins."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from flask_maillage.admin.applicants import MAX_NUMBER, AnswerForm
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.people import founding
from flask_maillage.people.current import may, require_own_sign_in
from flask_maillage.people.models import Member
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.signed_out import give_back
from flask_maillage.territory import organisations
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext


@pages.get("/admin/foundings", endpoint="admin_foundings")
def show_foundings() -> Response:
    """List what waits for an answer."""
    require_own_sign_in()
    require_admin()
    return admin_page(
        "foundings.html",
        foundings=founding.waiting(),
        answer_form=AnswerForm(formdata=None),
        sort_of=organisations.label,
    )


@waits
def foundings_waiting(member: Any, _actors: Sequence[Actor]) -> Iterable[Waiting]:
    """How many ask to found an organisation; to everybody but admins there are none."""
    if isinstance(member, Member) and may(member, ADMINISTER, None) and (count := len(founding.waiting())):
        words = ngettext("%(n)s organisation to be founded", "%(n)s organisations to be founded", count)
        yield Waiting(words, url_for("maillage.admin_foundings"))


@pages.post("/admin/foundings/<int:number>", endpoint="admin_answer_founding")
def answer_founding(number: int) -> Response:
    """Accept or decline one."""
    require_own_sign_in()
    require_admin(AnswerForm)
    form: Any = AnswerForm()
    found = founding.find(min(number, MAX_NUMBER))
    if found is None:
        flash(_("There was an answer already."))
        return redirect(url_for("maillage.admin_foundings"), code=303)
    answer, name = request.form.get("answer"), found.name
    if answer not in ("accept", "decline"):
        abort(400)
    if not form.validate():
        return give_back(form)
    try:
        if answer == "accept":
            founding.accept(found)
        else:
            founding.decline(found, form.note.data or "")
    except founding.FoundingRefused as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(url_for("maillage.admin_foundings"), code=303)
    session().commit()
    flash(_("%(name)s is founded.", name=name) if answer == "accept" else _("%(name)s is not founded.", name=name))
    return redirect(url_for("maillage.admin_foundings"), code=303)
