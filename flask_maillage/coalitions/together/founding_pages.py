"""The pages of founding a coalition: proposing it, inviting others to it, and ending it."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import local
from actors.database import reading, session
from actors.models import COALITION, Actor
from federation import markdown
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.finding import actor_named
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.together import founding
from flask_maillage.coalitions.together.forms import InvitingForm, ProposalForm
from flask_maillage.people import signed_out
from flask_maillage.people.account_page import account_page, unfinished
from flask_maillage.people.current import current_member, may, require_own_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.publications.forms.base import choices_of
from flask_maillage.publications.views.actor_parts import HEADING, ActorPart, actor_part
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _

PROPOSE, FOUNDING = "propose_coalition.html", "coalition_founding.html"


@pages.route("/coalitions/propose", methods=["GET", "POST"], endpoint="propose_coalition")
def show_proposing() -> Response:
    """Let a member propose a coalition in the name of an organisation that they administer."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return signed_out.answer(ProposalForm)
    names = founding.may_propose_for(member)
    form: Any = ProposalForm()
    form.by.choices = choices_of([(one.handle, one.name) for one in names])
    if request.method == "GET" or not names:
        return account_page(PROPOSE, form=form, names=names)
    if not form.validate():
        return unfinished(PROPOSE, form, names=names)
    try:
        made = founding.propose(
            member,
            next(one for one in names if one.handle == form.by.data),
            handle=form.handle.data,
            name=form.name.data,
            summary=markdown.render(form.summary.data or ""),
        )
    except NotPossible as refusal:
        session().rollback()
        form.handle.errors = [_(str(refusal))]
        return account_page(PROPOSE, 422, form=form, names=names)
    session().commit()
    flash(_("It is proposed. Now invite others: it begins when a second organisation says yes."))
    return redirect(url_for("maillage.coalition_founding", page_handle=made.page_handle), code=303)


@pages.route("/@<page_handle>/founding", methods=["GET", "POST"], endpoint="coalition_founding")
def show_founding(page_handle: str) -> Response:
    """Show who administers a coalition who was invited and what they said; invite others, and end it."""
    require_own_sign_in()
    with reading():
        is_signed_in = current_member() is not None
    if not is_signed_in:
        return signed_out.answer(InvitingForm)
    coalition = _coalition(page_handle)
    if request.method == "GET":
        return _page(coalition)
    if request.form.get("do") in ("close", "give-up"):
        return _end(coalition, request.form["do"])
    return _invite(page_handle)


@actor_part
def standing(actor: Actor) -> ActorPart | None:
    """Say on the page of a coalition of ours that it waits for others, or is over."""
    if actor.kind != COALITION or not actor.local:
        return None
    values = {
        "number": founding.founders(actor),
        "needed": founding.NEEDED,
        "may_administer": may(current_member(), ADMINISTER, actor),
    }
    return ActorPart(HEADING, "maillage/coalition_part.html", values)


def _invite(page_handle: str) -> Response:
    form: Any = InvitingForm()
    if not form.validate():
        return _page(_coalition(page_handle), form, 422)
    session().rollback()
    try:
        who = actor_named(form.who.data)
        founding.invite(_coalition(page_handle), who, form.message.data or "")
    except NotPossible as refusal:
        session().rollback()
        form.who.errors = [_(str(refusal))]
        return _page(_coalition(page_handle), form, 422)
    session().commit()
    flash(_("Asked: the answer stands here when it comes."))
    return redirect(request.path, code=303)


def _end(coalition: Actor, do: str) -> Response:
    if not CheckedForm().validate():
        abort(400)
    name = coalition.name
    try:
        founding.close(coalition) if do == "close" else founding.give_up(coalition)
    except NotPossible as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(request.path, code=303)
    session().commit()
    if do == "close":
        flash(_("%(name)s is closed.", name=name))
        return redirect(url_for("maillage.actor", page_handle=coalition.page_handle), code=303)
    flash(_("%(name)s is given up.", name=name))
    return redirect(url_for("maillage.memberships"), code=303)


def _coalition(page_handle: str) -> Actor:
    """Return a coalition of ours for who administers it; for others there is no such page."""
    found = local.find_page(page_handle)
    if found is None or not found.local or found.kind != COALITION or found.gone_at is not None:
        abort(404)
    if not may(current_member(), ADMINISTER, found):
        abort(403)
    return found


def _page(coalition: Actor, form: Any = None, status: int = 200) -> Response:
    return account_page(
        FOUNDING,
        status,
        coalition=coalition,
        rows=memberships.of_group(coalition),
        number=founding.founders(coalition),
        needed=founding.NEEDED,
        form=form or InvitingForm(formdata=None),
        row_form=CheckedForm(formdata=None),
    )
