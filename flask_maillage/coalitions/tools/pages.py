"""The page of a group's tools: everybody sees what there is, members where, and who administers it changes them."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from actors import local
from actors.database import session
from actors.models import Actor
from flask_maillage.coalitions import listing as groups
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.tools import listing
from flask_maillage.coalitions.tools.models import MEMBERS, ON_REQUEST, PUBLIC, Tool
from flask_maillage.people import signed_out
from flask_maillage.people.current import actors_of, current_member, may
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.forms.base import _, choices_of
from flask_maillage.publications.views.actor_parts import CONTENT, ActorPart, actor_part
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import keep_private, page

TYPE_WORDS = {
    "wiki": _("Wiki"),
    "chat": _("Chat"),
    "pad": _("Pad: writing together"),
    "cloud": _("Cloud: files"),
    "board": _("Board: tasks"),
    "video": _("Video meetings"),
    "forum": _("Forum"),
    "mailing_list": _("Mailing list"),
    "code": _("Code"),
}
ACCESS_WORDS = {
    PUBLIC: _("For everybody"),
    MEMBERS: _("For members"),
    ON_REQUEST: _("On request"),
}


class ToolForm(CheckedForm):
    """A tool."""

    tool = IntegerField(validators=[Optional()], widget=HiddenInput())
    type = SelectField(_("What it is"))
    name = StringField(
        _("How it is called"), [InputRequired(_("Write how it is called.")), Length(max=listing.NAME_LIMIT)]
    )
    url = StringField(
        _("Its address"),
        [InputRequired(_("Write its whole address, with https://.")), Length(max=listing.URL_LIMIT)],
    )
    access = SelectField(
        _("Who may use it"),
        description=_("The address of what is for members, or on request, is not shown to others."),
    )
    keeper = StringField(
        _("Whom one asks about it"),
        [Optional(), Length(max=listing.KEEPER_LIMIT)],
        default="",
        description=_("A name and how to reach them; everybody reads it."),
    )


@pages.route("/@<page_handle>/tools", methods=["GET", "POST"], endpoint="tools")
def show_tools(page_handle: str) -> Response:
    """List the tools of a group; who administers it adds, changes and takes away."""
    actor = local.find_page(page_handle)
    if actor is None or not actor.local or actor.gone_at is not None or not memberships.is_group(actor):
        abort(404)
    may_change = may(current_member(), ADMINISTER, actor)
    if request.method == "POST":
        if current_member() is None:
            return signed_out.answer(ToolForm)
        return _change(actor) if may_change else abort(403)
    return _page(actor, _chosen(actor) if may_change else None)


@actor_part
def tools_part(actor: Actor) -> ActorPart | None:
    """Show on a group's page what tools it works with."""
    if not actor.local or not memberships.is_group(actor):
        return None
    found = listing.shown(actor, is_member=belongs(actor))
    may_change = may(current_member(), ADMINISTER, actor)
    if not found and not may_change:
        return None
    values = {"tools": found, "type_words": TYPE_WORDS, "access_words": ACCESS_WORDS, "may_change": may_change}
    return ActorPart(CONTENT, "maillage/tools_part.html", values)


def belongs(actor: Actor) -> bool:
    """Tell whether who is here belongs to a group: by a role, or as a member, by themselves or whom they speak for."""
    member = current_member()
    theirs = actors_of(member)
    if may(member, ADMINISTER, actor) or any(one.id == actor.id for one in theirs):
        return True
    return groups.belongs(actor, theirs)


def _chosen(actor: Actor) -> Any:
    """Return the form, filled with the tool that is to be changed."""
    number = request.args.get("tool", "")
    tool = listing.find(actor, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if number and tool is None:
        abort(404)
    return _with_choices(ToolForm(formdata=None, obj=tool, tool=tool.id if tool else None))


def _change(actor: Actor) -> Response:
    form = _with_choices(ToolForm())
    number = form.tool.data
    tool = listing.find(actor, number) if number is not None and 0 < number < 2**31 else None
    if number is not None and tool is None:
        abort(404)
    if request.form.get("do") == "remove":
        return _remove(actor, tool or abort(404))
    if not form.validate():
        return _page(actor, form, 422)
    try:
        listing.write(
            actor,
            type=form.type.data,
            name=form.name.data,
            url=form.url.data,
            access=form.access.data,
            keeper=form.keeper.data or "",
            tool=tool,
        )
    except listing.ToolRefused as refusal:
        session().rollback()
        (form[refusal.field] if refusal.field else form.name).errors = [gettext(str(refusal))]
        return _page(actor, form, 422)
    session().commit()
    flash(gettext("Saved."))
    return redirect(url_for("maillage.tools", page_handle=actor.page_handle), code=303)


def _remove(actor: Actor, tool: Tool) -> Response:
    if not CheckedForm().validate():
        abort(400)
    listing.take_away(tool)
    session().commit()
    flash(gettext("It is listed no more."))
    return redirect(url_for("maillage.tools", page_handle=actor.page_handle), code=303)


def _with_choices(form: Any) -> Any:
    form.type.choices = choices_of(list(TYPE_WORDS.items()))
    form.access.choices = choices_of(list(ACCESS_WORDS.items()))
    return form


def _page(actor: Actor, form: Any, status: int = 200) -> Response:
    html = render_template(
        "maillage/tools.html",
        actor=actor,
        tools=listing.shown(actor, is_member=belongs(actor)),
        type_words=TYPE_WORDS,
        access_words=ACCESS_WORDS,
        form=in_readers_language(form) if form is not None else None,
    )
    return keep_private(make_response(html, status)) if form is not None else page(html)
