"""The pages *Members* and *Invitations*: who has an account here, what they may, and whom the admins invite."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors.database import session
from flask_maillage.admin.forms import ProofForm
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.people import invitations, stewardship
from flask_maillage.people.current import require_own_sign_in
from flask_maillage.people.inviting import InviteForm, RevokeInvitationForm, invite
from flask_maillage.people.models import Member
from flask_maillage.people.role_pages import say_at_field
from flask_maillage.people.roles import LastAdmin
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as translated


def _(message: str) -> str:
    return message


MAX_NUMBER = 2**63 - 1
ANSWERS = {
    "suspend": (stewardship.suspend, _("%(name)s cannot sign in any more.")),
    "restore": (stewardship.restore, _("%(name)s may sign in again.")),
    "moderator": (lambda one: stewardship.set_moderator(one, is_moderator=True), _("%(name)s moderates now.")),
    "no-moderator": (
        lambda one: stewardship.set_moderator(one, is_moderator=False),
        _("%(name)s moderates no longer."),
    ),
    "admin": (lambda one: stewardship.set_admin(one, is_admin=True), _("%(name)s administers the node now.")),
    "no-admin": (
        lambda one: stewardship.set_admin(one, is_admin=False),
        _("%(name)s administers the node no longer."),
    ),
}
"""What the button of a member says, what it does, and what is told of it."""


@pages.get("/admin/members", endpoint="admin_members")
def show_members() -> Response:
    """List the members, or those whose name, handle or address holds a text."""
    _gate()
    text = request.args.get("q", "")[:200]
    found = stewardship.search(text)
    return admin_page(
        "members.html", members=found, text=text, most=stewardship.SHOWN, proof_form=ProofForm(formdata=None)
    )


@pages.post("/admin/members/<int:number>", endpoint="admin_change_member")
def change_member(number: int) -> Response:
    """Do what the button says with a member."""
    here = _gate()
    member = session().get(Member, min(number, MAX_NUMBER))
    chosen = ANSWERS.get(request.form.get("answer", ""))
    if member is None or member.actor.gone_at is not None:
        abort(404)
    if not ProofForm().validate() or chosen is None:
        abort(400)
    act, told = chosen
    name = member.name
    try:
        if member is here and act is stewardship.suspend:
            raise LastAdmin(_("You cannot suspend yourself."))
        act(member)
    except LastAdmin as refusal:
        session().rollback()
        flash(translated(str(refusal)), "error")
    else:
        session().commit()
        flash(translated(told, name=name))
    stays = request.form.get("answer") != "no-admin" or member.id != here.id or here.is_admin
    return redirect(url_for("maillage.admin_members" if stays else "maillage.account"), code=303)


@pages.route("/admin/invitations", methods=["GET", "POST"], endpoint="admin_invitations")
def show_invitations() -> Response:
    """List the open invitations to the node, and make one; a link is shown once, on the answer itself."""
    here = _gate()
    form: Any = InviteForm()
    if request.method == "GET":
        return _invitations_page(form)
    if not form.validate():
        return _invitations_page(form, 422)
    try:
        link = invite(here, None, form)
    except invitations.InvitationRefused as refusal:
        session().rollback()
        say_at_field(form, refusal)
        return _invitations_page(form, 422)
    session().commit()
    if link:
        return _invitations_page(InviteForm(formdata=None), link=link)
    flash(translated("The invitation is on its way."))
    return redirect(url_for("maillage.admin_invitations"), code=303)


@pages.post("/admin/invitations/revoke", endpoint="admin_revoke_invitation")
def revoke_invitation() -> Response:
    """Let nobody use an invitation to the node any more."""
    _gate()
    number = request.form.get("number", "")
    found = invitations.find(int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    if found is None or found.actor_id is not None:
        abort(404)
    if not RevokeInvitationForm().validate():
        abort(400)
    invitations.revoke(found)
    session().commit()
    flash(translated("The invitation is good no longer."))
    return redirect(url_for("maillage.admin_invitations"), code=303)


def _gate() -> Any:
    require_own_sign_in()
    return require_admin()


def _invitations_page(form: Any, status: int = 200, *, link: str = "") -> Response:
    return admin_page(
        "invitations.html",
        status,
        invite_form=form,
        revoke_form=RevokeInvitationForm(formdata=None),
        invitations=invitations.open_for(None),
        link=link,
    )
