"""The pages of who is invited: what the link offers, and a member's own roles and invitations."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import database
from actors.models import Actor
from flask_maillage.people import founding, invitations, roles, signing_up
from flask_maillage.people.account_forms import ButtonForm
from flask_maillage.people.account_page import account_page, step
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.models import Member
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext


@pages.route("/invited/<token>", methods=["GET", "POST"], endpoint="invited")
def show_invitation(token: str) -> Response:
    """Show what a link offers: a member accepts it, anybody else signs in or makes an account first."""
    require_own_sign_in()
    member = current_member()
    invitation = invitations.with_secret(token)
    form: Any = ButtonForm()
    accepts = request.method == "POST" and member is not None
    if invitation is None and not (accepts and invitations.is_accepted(token, member)):
        return step("invited-over", 404)
    if accepts:
        if not form.validate():
            abort(400)
        if invitation is not None and invitation.actor is not None:
            invitations.accept(invitation, member)
            database.session().commit()
        flash(_("Welcome: you have accepted."))
        return redirect(url_for("maillage.account"), code=303)
    return account_page(
        "invited.html",
        invitation=invitation,
        form=ButtonForm(formdata=None),
        sign_up_path=url_for("maillage.sign_up", invitation=token) if signing_up.is_open(invitation) else None,
        sign_in_path=url_for("maillage.sign_in", next=url_for("maillage.invited", token=token)),
    )


@pages.get("/account/roles", endpoint="own_roles")
def show_own_roles() -> Response:
    """List what a member is for whom, and what they are invited to."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    return account_page(
        "own_roles.html",
        held=sorted(member.roles, key=lambda one: one.actor.name),
        invitations=invitations.waiting_for(member),
        may_found=founding.may_ask(member),
        button_form=ButtonForm(formdata=None),
    )


@pages.post("/account/roles", endpoint="answer_own_roles")
def answer_own_roles() -> Response:
    """Accept or refuse an invitation, or leave a role."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    if not ButtonForm().validate():
        abort(400)
    answer, _sep, number = request.form.get("answer", "").partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        abort(400)
    try:
        told = _leave(member, int(number)) if answer == "leave" else _answer(member, answer, int(number))
    except roles.LastAdmin as refusal:
        database.session().rollback()
        flash(_(str(refusal)), "error")
    else:
        database.session().commit()
        flash(told)
    return redirect(url_for("maillage.own_roles"), code=303)


def _leave(member: Member, number: int) -> str:
    held = next((one for one in member.roles if one.actor_id == number), None)
    if held is None:
        abort(404)
    name = held.actor.name
    roles.revoke(member, held.actor)
    return _("You have no role for %(name)s any more.", name=name)


def _answer(member: Member, answer: str, number: int) -> str:
    """Answer as a member says; who pressed twice, or answers what is over, is shown how it stands."""
    if answer not in ("accept", "refuse"):
        abort(404)
    found = invitations.locked(number)
    if found is None or found.member_id != member.id:
        return _("This invitation was answered already, or is good no longer.")
    if answer == "accept":
        invitations.accept(found, member)
        return _("Welcome: you have accepted.")
    invitations.revoke(found)
    return _("You have refused.")


@waits
def invitations_to_roles(member: Any, _actors: Sequence[Actor]) -> Iterable[Waiting]:
    """How many invitations to a role a member has not answered."""
    count = len(invitations.waiting_for(member)) if isinstance(member, Member) else 0
    if count:
        words = ngettext("%(n)s invitation to work for others", "%(n)s invitations to work for others", count)
        yield Waiting(words, url_for("maillage.own_roles"))
