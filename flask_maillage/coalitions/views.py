"""The page of what a member's actors are invited to: events and groups."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.forms import InvitationForm, row_of
from flask_maillage.coalitions.models import Membership
from flask_maillage.people.current import actors_to_publish_for, current_member, to_sign_in
from flask_maillage.publications.attending import taking_part
from flask_maillage.publications.models import Attendance
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


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


def _answer_invitation(actors: list[Actor]) -> Response:
    form = InvitationForm()
    ours = {actor.id for actor in actors}
    accept = form.answer.data == "accept"
    part = row_of(Attendance, form) if form.to.data == "event" else None
    membership = row_of(Membership, form) if form.to.data == "group" else None
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


def _refused(error: Exception) -> Response:
    session().rollback()
    flash(_(str(error)), "error")
    return redirect(request.path, code=303)


def _if_signed_out() -> Response | None:
    with reading():
        return None if current_member() is not None else to_sign_in()
