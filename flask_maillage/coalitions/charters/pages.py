"""The page of a group's charter: what it says, its versions, who is still to agree, and the form of the next one."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from actors import local
from actors.database import reading, session
from actors.models import Actor
from federation.errors import FederationError
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.charters import agreeing, versions
from flask_maillage.coalitions.charters import reading as elsewhere
from flask_maillage.coalitions.charters.models import Charter
from flask_maillage.coalitions.tools.pages import belongs
from flask_maillage.people import signed_out
from flask_maillage.people.current import actors_to_publish_for, current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import resolving
from flask_maillage.publications.forms.base import _
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import keep_private, page


class CharterForm(CheckedForm):
    """The next version."""

    title = StringField(
        _("Its title"), [InputRequired(_("Say in one line what it is.")), Length(max=versions.TITLE_LIMIT)]
    )
    text = TextAreaField(
        _("What the members agree to"),
        [InputRequired(_("Write what the members agree to.")), Length(max=versions.TEXT_LIMIT)],
        description=_("In Markdown."),
    )
    change = TextAreaField(
        _("What is different"),
        [Optional(), Length(max=versions.CHANGE_LIMIT)],
        default="",
        description=_("For those who agreed to the version before; all members are asked anew."),
    )


class AgreeForm(CheckedForm):
    """Who agrees to which version."""

    who = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    version = IntegerField(validators=[InputRequired()], widget=HiddenInput())


@pages.route("/@<page_handle>/charter", methods=["GET", "POST"], endpoint="charter")
def show_charter(page_handle: str) -> Response:
    """Show the charter of a group; members agree to it, and who administers the group publishes the next version."""
    publishes = "title" in request.form
    with reading():
        signed_in, group = current_member() is not None, local.find_page(page_handle)
        is_there = group is not None and group.gone_at is None and memberships.is_group(group)
        is_local = group is not None and group.local
        iri = group.iri if group is not None else ""
    if not is_there:
        abort(404)
    if request.method == "POST" and not signed_in:
        return signed_out.answer(CharterForm if publishes else AgreeForm)
    if not is_local and not signed_in:
        return to_sign_in()
    if not is_local and request.method == "GET":
        _read(iri)
    found = local.find_page(page_handle)
    if found is None or (found.phase == "proposed" and not belongs(found)):
        abort(404)
    if request.method == "GET":
        return _page(found, _chosen(found))
    return _publish(found) if publishes else _agree(found)


def _read(iri: str) -> None:
    """Read the charter of a group elsewhere; what is known of it is shown where its server does not answer."""
    with reading():
        key = resolving.key_of(current_member())
    try:
        resolving.count(key)
        elsewhere.read(iri)
        session().commit()
    except FederationError as error:
        session().rollback()
        flash(gettext(resolving.sentence_for(error)), "error")


def _chosen(group: Actor) -> Charter | None:
    asked = request.args.get("version", "")
    if not asked:
        return versions.newest(group)
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        abort(404)
    return versions.one(group, int(asked)) or abort(404)


def _agree(group: Actor) -> Response:
    form: Any = AgreeForm()
    if not form.validate() or not 0 < form.version.data < 2**31:
        abort(400)
    charter = versions.one(group, form.version.data)
    who = next((one for one in _theirs(group) if one.id == form.who.data), None)
    if charter is None or who is None:
        abort(400)
    if charter.number != _number(versions.newest(group)) or not charter.text:
        flash(gettext("There is a newer version: read it first."), "error")
        return redirect(request.path, code=303)
    agreeing.agree(charter, who)
    session().commit()
    flash(gettext("%(who)s agrees to the charter.", who=who.name))
    return redirect(request.path, code=303)


def _publish(group: Actor) -> Response:
    if not versions.has_one(group) or not may(current_member(), ADMINISTER, group):
        abort(403)
    form: Any = CharterForm()
    if not form.validate():
        return _page(group, versions.newest(group), form, 422)
    try:
        versions.publish(group, title=form.title.data, text=form.text.data, change=form.change.data or "")
    except versions.CharterRefused as refusal:
        session().rollback()
        form[refusal.field or "title"].errors = [gettext(str(refusal))]
        return _page(group, versions.newest(group), form, 422)
    session().commit()
    flash(gettext("Published. The members are asked to agree to it."))
    return redirect(request.path, code=303)


def _theirs(group: Actor) -> list[Actor]:
    """Return the actors of whoever is here who belong to a group, ask to, or are invited."""
    found = ((one, memberships.find(group, one)) for one in actors_to_publish_for(current_member()))
    return [one for one, row in found if row is not None and row.state in agreeing.OPEN]


def _page(group: Actor, charter: Charter | None, form: Any = None, status: int = 200) -> Response:
    known, newest = versions.all_of(group), versions.newest(group)
    may_publish = versions.has_one(group) and may(current_member(), ADMINISTER, group)
    is_newest = _number(charter) == _number(newest)
    theirs = _theirs(group) if charter is not None and is_newest and current_member() is not None else []
    if may_publish and form is None:
        filled = {"title": newest.title, "text": newest.text} if newest is not None else {}
        form = CharterForm(formdata=None, **filled)
    if form is not None and newest is None:
        del form.change
    html = render_template(
        "maillage/charter.html",
        group=group,
        charter=charter,
        html=versions.html_of(charter) if charter is not None else "",
        known=known,
        is_newest=is_newest,
        theirs=[(one, agreeing.between(charter, one)) for one in theirs] if charter is not None else [],
        members=agreeing.of_members(charter) if charter is not None and may_publish else [],
        agree_form=AgreeForm(formdata=None) if theirs else None,
        form=in_readers_language(form) if form is not None else None,
    )
    private = form is not None or bool(theirs) or not group.local or group.phase == "proposed"
    return keep_private(make_response(html, status)) if private else page(html)


def _number(charter: Charter | None) -> int:
    return charter.number if charter is not None else 0


def address_of(group: Actor) -> str:
    """Return the address of the page of a group's charter."""
    return url_for("maillage.charter", page_handle=group.page_handle)
