"""The page *Territories*: which zones have an actor that anybody may follow; found one, close one."""

from typing import Any

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from actors import local
from actors.database import session
from actors.documents import count_followers
from flask_maillage.admin.forms import ProofForm, _
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.territories import founding
from flask_maillage.territory import zones
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, gettext


class TerritoryForm(CheckedForm):
    """A zone that is to have an actor."""

    code = StringField(
        _("Territory"),
        [InputRequired(_("Say which territory.")), Length(max=250)],
        description=_("The name of a town, a department, a region or a country, or its code, as FR-38."),
    )
    zone = HiddenField(validators=[Length(max=zones.LONGEST_CODE)])
    """The code of what was chosen from the list below that field, which tells apart what has the same name."""
    handle = StringField(
        _("Handle"),
        [InputRequired(_("Choose a handle, as grenoble.")), Length(max=30)],
        description=_("Small letters a to z, digits and _; it is never given again."),
    )
    with_open = BooleanField(_("Share also what is there already and open or still to come"), default=True)


@pages.get("/admin/territories", endpoint="admin_territories")
def show_territories() -> Response:
    """List the territories that are actors, with a form for one more."""
    require_admin()
    return _page(TerritoryForm())


@pages.post("/admin/territories", endpoint="admin_found_territory")
def found_territory() -> Response:
    """Give a zone an actor."""
    require_admin()
    form: Any = TerritoryForm()
    if not form.validate():
        return _page(form, 422)
    meant = zones.meant(form.code.data, current_language())
    meant = [form.zone.data] if form.zone.data in meant else meant
    if len(meant) > 1:
        choices = "; ".join(zones.told_apart(code, current_language()) for code in meant[:6])
        form.code.errors = [
            gettext("“%(text)s” may be several. Write one of these: %(choices)s.", text=form.code.data, choices=choices)
        ]
        return _page(form, 422)
    try:
        founded = founding.found(meant[0] if meant else form.code.data, form.handle.data, with_open=form.with_open.data)
    except founding.TerritoryRefused as error:
        session().rollback()
        form[error.field].errors = [str(error)]
        return _page(form, 422)
    session().commit()
    flash(gettext("%(handle)s can be followed from now on.", handle=founded.actor.address))
    return redirect(url_for("maillage.admin_territories"), code=303)


@pages.post("/admin/territories/<handle>/close", endpoint="admin_close_territory")
def close_territory(handle: str) -> Response:
    """Close a territory for good."""
    require_admin()
    if not ProofForm().validate():
        abort(400)
    actor = local.find(handle)
    found = founding.of_actor(actor) if actor is not None else None
    if found is None:
        abort(404)
    try:
        founding.close(found)
        session().commit()
        flash(gettext("%(handle)s is closed; its followers are told.", handle=f"@{handle}"))
    except founding.TerritoryRefused as error:
        session().rollback()
        flash(gettext(str(error)), "error")
    return redirect(url_for("maillage.admin_territories"), code=303)


def _page(form: Any, status: int = 200) -> Response:
    language = current_language()
    return admin_page(
        "territories.html",
        status,
        territory_form=form,
        territories=[
            (one.actor, zones.written(one.code, language), count_followers(one.actor)) for one in founding.listed()
        ],
        proof_form=ProofForm(formdata=None),
    )
