"""The pages on which the people of a coalition write a statement: a new one, a draft anew, or a new version."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.statements import forms, preparing
from flask_maillage.coalitions.statements.models import Statement
from flask_maillage.coalitions.statements.pages import coalition, versions
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


@pages.route("/@<page_handle>/statements/new", methods=["GET", "POST"], endpoint="new_statement")
def write_statement(page_handle: str) -> Response:
    """Write a new statement of a coalition."""
    return _write(page_handle, None)


@pages.route("/@<page_handle>/statements/<int:number>/edit", methods=["GET", "POST"], endpoint="edit_statement")
def edit_statement(page_handle: str, number: int) -> Response:
    """Write a draft anew, or a new version of what was opened for signing."""
    return _write(page_handle, number)


def _write(page_handle: str, number: int | None) -> Response:
    if current_member() is None:
        return signed_out.answer(forms.StatementForm)
    actor, inside = coalition(page_handle)
    if not inside:
        abort(403)
    newest = versions(actor, number)[0] if number is not None else None
    if request.method == "GET":
        return _form_page(actor, newest, forms.filled(actor, newest))
    form: Any = forms.StatementForm()
    if not form.validate():
        return _form_page(actor, newest, form, 422)
    try:
        made = preparing.rewrite(newest, form.written()) if newest else preparing.write(actor, form.written())
    except NotPossible as refusal:
        session().rollback()
        actor, inside = coalition(page_handle)
        newest = versions(actor, number)[0] if number is not None else None
        form.form_errors = [str(refusal)]
        return _form_page(actor, newest, form, 422)
    session().commit()
    flash(_("Kept as a draft: nobody outside sees it."))
    address = url_for("maillage.statement", page_handle=page_handle, number=made.number)
    return redirect(address, code=303)


def _form_page(actor: Actor, newest: Statement | None, form: Any, status: int = 200) -> Response:
    html = render_template("maillage/statement_form.html", actor=actor, newest=newest, form=in_readers_language(form))
    return keep_private(make_response(html, status))
