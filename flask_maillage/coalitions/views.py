"""Pages about belonging: the members of a group for its own people, the invitations of a member's actors."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import HiddenInput

from actors import local
from actors.database import reading, session
from actors.models import Actor
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.models import Membership
from flask_maillage.people.current import actors_to_publish_for, current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import PUBLISH
from flask_maillage.publications.attending import taking_part
from flask_maillage.publications.models import Attendance
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


class AnswerForm(CheckedForm):
    """Which row one answers, and what."""

    who = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    answer = HiddenField(validators=[AnyOf(["accept", "reject", "remove"])])


class InvitationForm(AnswerForm):
    """The same, for an event or for a group."""

    to = HiddenField(validators=[AnyOf(["event", "group"])])


@pages.route("/@<page_handle>/members", methods=["GET", "POST"])
def members(page_handle: str) -> Response:
    """List who belongs to a group of ours and who asks to, for those who publish for it; accept, refuse, remove."""
    if (answer := _if_signed_out()) is not None:
        return answer
    group = local.find_page(page_handle)
    if group is None or not group.local or group.gone_at is not None or not memberships.is_group(group):
        abort(404)
    if not may(current_member(), PUBLISH, group):
        abort(403)
    if request.method == "POST":
        return _answer_member(group)
    html = render_template(
        "maillage/members.html", group=group, memberships=memberships.of_group(group), form=AnswerForm()
    )
    return keep_private(make_response(html))


@pages.route("/invitations", methods=["GET", "POST"])
def invitations() -> Response:
    """List to what a member, or an actor they publish for, is invited; accept and refuse."""
    if (answer := _if_signed_out()) is not None:
        return answer
    actors = actors_to_publish_for(current_member())
    if request.method == "POST":
        return _answer_invitation(actors)
    html = render_template(
        "maillage/invitations.html",
        to_events=taking_part.invitations(actors),
        to_groups=memberships.invitations(actors),
        form=InvitationForm(),
    )
    return keep_private(make_response(html))


def _answer_member(group: Actor) -> Response:
    form = AnswerForm()
    found = _row(Membership, form)
    if found is None or found.group_id != group.id:
        abort(400)
    try:
        memberships.answer(found, form.answer.data or "")
    except memberships.NotPossible as error:
        return _refused(error)
    session().commit()
    flash(_("%(name)s is told.", name=found.member.name))
    return redirect(request.path, code=303)


def _answer_invitation(actors: list[Actor]) -> Response:
    form = InvitationForm()
    ours = {actor.id for actor in actors}
    accept = form.answer.data == "accept"
    part = _row(Attendance, form) if form.to.data == "event" else None
    membership = _row(Membership, form) if form.to.data == "group" else None
    try:
        if part is not None and part.actor_id in ours:
            taking_part.answer_invite(part, accept=accept)
        elif membership is not None and membership.member_id in ours:
            memberships.answer_invite(membership, accept=accept)
        else:
            abort(400)
    except (NotPossible, memberships.NotPossible) as error:
        return _refused(error)
    session().commit()
    flash(_("Your answer is on its way."))
    return redirect(url_for("maillage.invitations"), code=303)


def _row(model: type[Any], form: AnswerForm) -> Any:
    """Return the row that a valid form names, locked while it is answered, or None."""
    if not form.validate_on_submit() or form.who.data is None or not 0 < form.who.data < 2**31:
        return None
    return session().get(model, form.who.data, with_for_update={"of": model})


def _refused(error: Exception) -> Response:
    session().rollback()
    flash(_(str(error)), "error")
    return redirect(request.path, code=303)


def _if_signed_out() -> Response | None:
    with reading():
        return None if current_member() is not None else to_sign_in()
