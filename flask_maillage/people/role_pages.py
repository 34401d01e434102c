"""The page on which those who administer an organisation say who else works for it, and invite."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import InputRequired

from actors import local
from actors.database import session
from actors.models import Actor
from flask_maillage.people import invitations, roles
from flask_maillage.people.account_page import account_page
from flask_maillage.people.current import current_member, gives_roles, require_own_sign_in, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.inviting import ROLE_CHOICES, InviteToRoleForm, RevokeInvitationForm, invite
from flask_maillage.people.models import ROLES
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _

PAGE = "roles.html"


class RoleForm(CheckedForm):
    """Whose role becomes what; `none` takes it away."""

    who = IntegerField(validators=[InputRequired()])


@pages.get("/@<page_handle>/people", endpoint="people_of")
def show_people(page_handle: str) -> Response:
    """List who has which role for an actor, and which invitations are open."""
    found = _administered(page_handle)
    return found if isinstance(found, Response) else _page(found)


@pages.post("/@<page_handle>/people/role", endpoint="change_role")
def change_role(page_handle: str) -> Response:
    """Give somebody another role, or none."""
    actor = _administered(page_handle)
    if isinstance(actor, Response):
        return actor
    form: Any = RoleForm()
    role = request.form.get("role", "")
    if not form.validate() or role not in (*ROLES, "none"):
        abort(400)
    held = next((one for one in roles.roles_for(actor) if one.member_id == form.who.data), None)
    if held is None:
        abort(404)
    name = held.member.name
    try:
        roles.revoke(held.member, actor) if role == "none" else roles.grant(held.member, actor, role)
    except roles.LastAdmin as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(url_for("maillage.people_of", page_handle=page_handle), code=303)
    session().commit()
    flash(
        _("%(name)s has another role now.", name=name) if role != "none" else _("%(name)s has no role now.", name=name)
    )
    stays = gives_roles(current_member(), actor)
    return redirect(
        url_for("maillage.people_of", page_handle=page_handle) if stays else url_for("maillage.account"), 303
    )


@pages.post("/@<page_handle>/people/invite", endpoint="invite_to_role")
def invite_to_role(page_handle: str) -> Response:
    """Invite somebody; a link is shown once, on the answer itself."""
    actor = _administered(page_handle)
    if isinstance(actor, Response):
        return actor
    form: Any = InviteToRoleForm()
    if not form.validate():
        return _page(actor, form, 422)
    try:
        link = invite(current_member(), actor, form)
    except invitations.InvitationRefused as refusal:
        session().rollback()
        say_at_field(form, refusal)
        return _page(actor, form, 422)
    session().commit()
    if link:
        return _page(actor, InviteToRoleForm(formdata=None), link=link)
    flash(_("The invitation is on its way."))
    return redirect(url_for("maillage.people_of", page_handle=page_handle), code=303)


@pages.post("/@<page_handle>/people/revoke", endpoint="revoke_invitation")
def revoke_invitation(page_handle: str) -> Response:
    """Let nobody use an invitation any more."""
    actor = _administered(page_handle)
    if isinstance(actor, Response):
        return actor
    number = request.form.get("number", "")
    found = invitations.find(int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    if found is None or found.actor_id != actor.id:
        abort(404)
    if not RevokeInvitationForm().validate():
        abort(400)
    invitations.revoke(found)
    session().commit()
    flash(_("The invitation is good no longer."))
    return redirect(url_for("maillage.people_of", page_handle=page_handle), code=303)


def _administered(page_handle: str) -> Actor | Response:
    """Return the actor whose roles the member may give; to anybody else there is no such page."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    actor = local.find_page(page_handle)
    if actor is None or not gives_roles(member, actor):
        abort(404)
    return actor


def _page(actor: Actor, form: Any = None, status: int = 200, *, link: str = "") -> Response:
    return account_page(
        PAGE,
        status,
        actor=actor,
        form=form or InviteToRoleForm(formdata=None),
        held=roles.roles_for(actor),
        invitations=invitations.open_for(actor),
        role_form=RoleForm(formdata=None),
        revoke_form=RevokeInvitationForm(formdata=None),
        role_words={role: _(words) for role, words in ROLE_CHOICES},
        link=link,
    )


def say_at_field(form: Any, refusal: invitations.InvitationRefused) -> None:
    """Put why nobody can be invited so beside the field that it is about."""
    message = _(str(refusal))
    if refusal.field in form:
        form[refusal.field].errors = [message]
    else:
        form.form_errors.append(message)
