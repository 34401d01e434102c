"""The pages on which one joins a group, here or elsewhere, and on which a group says on what conditions and invites."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors import local
from actors.database import reading, session
from actors.models import PROPOSED, Actor
from flask_maillage.coalitions import finding, memberships
from flask_maillage.coalitions.charters import agreeing
from flask_maillage.coalitions.joining import conditions
from flask_maillage.coalitions.joining.forms import ConditionsForm, InviteForm, JoinForm, filled
from flask_maillage.coalitions.joining.models import INVITATION
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.people import signed_out
from flask_maillage.people.current import actors_to_publish_for, current_member, may
from flask_maillage.people.roles import ADMINISTER, PUBLISH
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.forms.base import choices_of
from flask_maillage.publications.views.actor import adds_to_actor_page
from flask_maillage.publications.views.finding import find_actor
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

STANDING = ("requested", "invited", "member")


@pages.route("/@<page_handle>/join", methods=["GET", "POST"], endpoint="join_group")
def show_joining(page_handle: str) -> Response:
    """Let a member, or somebody they publish for, ask to join a group of this or another node."""
    if (answer := _if_signed_out(JoinForm)) is not None:
        return answer
    group = find_actor(page_handle)
    if not memberships.is_group(group) or group.phase == PROPOSED:
        abort(404)
    candidates = _candidates(group)
    form: Any = JoinForm()
    form.who.choices = choices_of((actor.handle, f"{actor.name} ({actor.address})") for actor in candidates)
    _ask_questions(form, group)
    if request.method == "GET":
        return _joining_page(group, form, candidates)
    if not form.validate():
        return _joining_page(group, form, candidates, 422)
    member = next((actor for actor in candidates if actor.handle == form.who.data), None) or abort(400)
    answers = conditions.answered(group, [entry.data or "" for entry in form.answers])
    charter = conditions.charter_for(group)
    try:
        if charter is not None and form.agrees.data and group.local:
            agreeing.agree(charter, member)
        state = memberships.join(member, group, form.message.data or "", answers).state
    except NotPossible as refusal:
        session().rollback()
        group = find_actor(page_handle)
        form.who.errors = [str(refusal)]
        return _joining_page(group, form, _candidates(group), 422)
    session().commit()
    belongs = _("%(name)s belongs to it now.", name=member.name)
    flash(belongs if state == "member" else _("Asked: the answer is told to you."))
    return redirect(url_for("maillage.memberships"), code=303)


@pages.route("/@<page_handle>/joining", methods=["GET", "POST"], endpoint="joining")
def show_conditions(page_handle: str) -> Response:
    """Show on what conditions one joins a group of ours, and change them."""
    if (answer := _if_signed_out(ConditionsForm)) is not None:
        return answer
    group = _own_group(page_handle, ADMINISTER)
    form: Any = ConditionsForm(data=filled(conditions.of(group)))
    if request.method == "GET":
        return _page("joining.html", form, group=group)
    if not form.validate():
        return _page("joining.html", form, 422, group=group)
    if conditions.change(group, form.terms()):
        session().commit()
    flash(_("Saved."))
    return redirect(url_for("maillage.manage_members", page_handle=group.page_handle), code=303)


@pages.route("/@<page_handle>/members/invite", methods=["GET", "POST"], endpoint="invite_member")
def show_inviting(page_handle: str) -> Response:
    """Let a group of ours invite somebody of any server, who is looked up before anything is written."""
    if (answer := _if_signed_out(InviteForm)) is not None:
        return answer
    group = _own_group(page_handle, PUBLISH)
    form: Any = InviteForm()
    if request.method == "GET":
        return _page("invite_member.html", form, group=group)
    if not form.validate():
        return _page("invite_member.html", form, 422, group=group)
    session().rollback()
    try:
        found = finding.actor_named(form.who.data)
        memberships.invite(_own_group(page_handle, PUBLISH), found, form.message.data or "")
    except NotPossible as refusal:
        form.who.errors = [str(refusal)]
    if form.who.errors:
        session().rollback()
        return _page("invite_member.html", form, 422, group=_own_group(page_handle, PUBLISH))
    session().commit()
    flash(_("Invited: the answer stands here when it comes."))
    return redirect(url_for("maillage.manage_members", page_handle=page_handle), code=303)


@adds_to_actor_page
def ways_in(actor: Actor) -> dict[str, Any]:
    """Add to a group's page whether and how one joins it."""
    is_open = actor.phase != PROPOSED and not memberships.is_over(actor)
    can_join = memberships.is_group(actor) and is_open and actor.gone_at is None
    return {"joining": conditions.of(actor) if can_join else None}


def _ask_questions(form: Any, group: Actor) -> None:
    """Give a form a field for each question of the group."""
    asked = conditions.of(group).questions
    while len(form.answers) < len(asked):
        form.answers.append_entry()
    for entry, question in zip(form.answers, asked, strict=False):
        entry.label.text = question.text
        entry.flags.optional = not question.required


def _candidates(group: Actor) -> list[Actor]:
    return [actor for actor in actors_to_publish_for(current_member()) if actor.id != group.id]


def _joining_page(group: Actor, form: Any, candidates: Sequence[Actor], status: int = 200) -> Response:
    known = [memberships.between(group, actor) for actor in candidates]
    return _page(
        "join.html",
        form,
        status,
        group=group,
        terms=conditions.of(group),
        charter=conditions.charter_for(group),
        by_invitation=conditions.of(group).openness == INVITATION and group.local,
        standing=[one for one in known if one is not None and one.state in STANDING],
        labels=[conditions.WHO[kind] for kind in conditions.of(group).kinds],
    )


def _own_group(page_handle: str, action: str) -> Actor:
    group = local.find_page(page_handle)
    if group is None or not group.local or group.gone_at is not None or not memberships.is_group(group):
        abort(404)
    if not may(current_member(), action, group):
        abort(403)
    return group


def _page(template: str, form: Any, status: int = 200, **shown: Any) -> Response:
    html = render_template(f"maillage/{template}", form=in_readers_language(form), **shown)
    return keep_private(make_response(html, status))


def _if_signed_out(form: Any) -> Response | None:
    with reading():
        is_signed_in = current_member() is not None
    return None if is_signed_in else signed_out.answer(form)
