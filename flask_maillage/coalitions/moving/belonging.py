"""A member of a group of ours moved: its group's people are told, and may invite its new self in the place of the old.

A membership is what two sides say. The move has both proofs: the old actor signed it, and the new one names the old.
Yet the new one has not said that it belongs to the group, nor the group that it wants it there. So nothing is carried
over by itself: one of the group's people presses a button, the group invites with its proof, and the new one accepts
with its own.
"""

from typing import Any

from flask import abort, flash, redirect, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

from actors import local, moving, remote
from actors.database import reading, session
from actors.models import Actor
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.forms import AnswerForm, row_of
from flask_maillage.coalitions.models import Membership
from flask_maillage.coalitions.moving import notices
from flask_maillage.people.current import current_member, may, to_sign_in
from flask_maillage.people.roles import PUBLISH
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _


@moving.on_move
def tell_groups(former: Actor, new: Actor) -> None:
    """Tell the people of the groups of ours to which an actor belongs that it moved."""
    query = select(Membership).where(Membership.member_id == former.id, Membership.state == "member")
    for membership in session().scalars(query.order_by(Membership.id)):
        if membership.group.local and membership.group_id != new.id:
            notices.tell_of_member(membership.group, former)


@moving.also_hears
def others(actor: Actor) -> set[str]:
    """Return the inboxes of the groups to which an actor of ours belongs, and of who belongs to it, one for each."""
    other = aliased(Actor)
    pair = or_(
        (Membership.group_id == actor.id) & (Membership.member_id == other.id),
        (Membership.member_id == actor.id) & (Membership.group_id == other.id),
    )
    found = session().scalars(select(other).join(Membership, pair).where(Membership.state == "member"))
    return {one.shared_inbox or one.inbox for one in found if not one.local and one.gone_at is None}


def new_self(membership: Membership) -> Actor | None:
    """Return the actor to which a member of a group of ours moved, where the group has nothing with it yet."""
    new = remote.find(membership.member.moved_to) if membership.member.moved_to else None
    if new is None or new.gone_at is not None or membership.state != "member" or new.id == membership.group_id:
        return None
    waits = Membership.state.in_(("invited", "member"))
    known = select(Membership.id).where(
        Membership.group_id == membership.group_id, Membership.member_id == new.id, waits
    )
    return new if session().scalar(known) is None else None


def carry_over(membership: Membership) -> Membership:
    """Invite the new self of a member, as what the old one was.

    Raises:
        NotPossible: it did not move, or the group has invited it already.
    """
    new = new_self(membership)
    if new is None or not membership.group.local:
        raise memberships.NotPossible(memberships.NOTHING_TO_ANSWER)
    invited = memberships.invite(membership.group, new)
    if invited.state == "invited":
        for name in ("role", "labels", "territory", "territory_name", "since", "until", "shares"):
            setattr(invited, name, getattr(membership, name))
        session().flush()
    return invited


@pages.post("/@<page_handle>/members/moved", endpoint="invite_new_self")
def invite_new_self(page_handle: str) -> Response:
    """Invite the new self of a member that moved."""
    with reading():
        is_signed_in = current_member() is not None
    if not is_signed_in:
        return to_sign_in()
    group = local.find_page(page_handle)
    if group is None or not group.local or group.gone_at is not None:
        abort(404)
    if not may(current_member(), PUBLISH, group):
        abort(403)
    form: Any = AnswerForm()
    found: Membership | None = row_of(Membership, form)
    if found is None or found.group_id != group.id:
        abort(400)
    name = found.member.name
    back = redirect(url_for("maillage.manage_members", page_handle=page_handle), code=303)
    try:
        carry_over(found)
    except memberships.NotPossible as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return back
    session().commit()
    flash(_("%(name)s is invited at its new address.", name=name))
    return back
