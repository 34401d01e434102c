"""On the page of an actor, ours or another server's: members follow it, themselves or in the name of their actors."""

from typing import Any

from flask import abort, flash, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectChoice, SelectField
from wtforms.validators import AnyOf, Optional

from actors import following, iris, local
from actors.database import reading, session
from actors.models import NODE, Actor, Follow
from flask_maillage.people.current import actors_to_publish_for, author_of, current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.publications.views.finding import find_actor
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _

TO_LIST = "list"


class FollowForm(CheckedForm):
    """Who follows, or follows no longer, and from which page."""

    follower = SelectField(coerce=str)
    answer = HiddenField(validators=[AnyOf(["follow", "unfollow"])])
    back = HiddenField(validators=[Optional(), AnyOf([TO_LIST])])


@pages.post("/@<page_handle>/follow")
def follow(page_handle: str) -> Response:
    """Let a member, or an actor of theirs, follow somebody, or end that."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return to_sign_in()
    followed = find_actor(page_handle)
    followers = {actor.handle: actor for actor in _who_may_follow(current_member(), followed)}
    form = _form(list(followers.values()))
    if not form.validate():
        abort(400)
    follower = followers[form.follower.data]
    if form.answer.data == "follow":
        if followed.moved_to is not None:
            abort(400)
        _follow(follower, followed, is_oneself=follower is author_of(current_member()))
    elif following.unfollow(follower, followed):
        flash(_("%(name)s follows %(followed)s no longer.", name=follower.name, followed=followed.name))
    address = url_for("maillage.actor", page_handle=followed.page_handle)
    address = url_for("maillage.my_following") if form.back.data == TO_LIST else address
    session().commit()
    return redirect(address, code=303)


def _follow(follower: Actor, followed: Actor, *, is_oneself: bool) -> None:
    names = {"name": follower.name, "followed": followed.name}
    if following.follow(follower, followed).state == "accepted":
        shown = _("What %(followed)s publishes stands on your page from now on.", followed=followed.name)
        flash(shown if is_oneself else _("%(name)s follows %(followed)s.", **names))
    else:
        flash(_("%(name)s asks to follow %(followed)s; the answer comes from there.", **names))


def relations(followed: Actor) -> dict[str, Any]:
    """Return what the page of an actor says to a member about who follows it.

    Where they stand themselves, those of their actors who follow it, and a form for the others.
    """
    member = current_member()
    mine = _who_may_follow(member, followed) if member is not None else []
    own = author_of(member)
    query = select(Follow.follower_id, Follow.state).where(
        Follow.followed_id == followed.id,
        Follow.follower_id.in_([actor.id for actor in mine]),
        Follow.state != "rejected",
    )
    states: dict[int, str] = dict(session().execute(query).all()) if mine else {}
    others = [actor for actor in mine if actor is not own]
    asking = [actor for actor in others if actor.id not in states] if followed.moved_to is None else []
    return {
        "own_follower": own if own in mine and (followed.moved_to is None or own.id in states) else None,
        "own_state": states.get(own.id) if own is not None else None,
        "relations": [(actor, states[actor.id]) for actor in others if actor.id in states],
        "follow_form": _form(asking) if asking else None,
        "unfollow_form": FollowForm() if mine else None,
    }


def _form(actors: list[Actor]) -> Any:
    form: Any = FollowForm()
    form.follower.choices = [SelectChoice(actor.handle, f"{actor.name} ({actor.address})") for actor in actors]
    return form


def _who_may_follow(member: Any, followed: Actor) -> list[Actor]:
    """Return who may follow an actor at a member's word; for the node itself, which makes two nodes partners, those
    who administer it. Nobody follows themselves.
    """
    found = actors_to_publish_for(member)
    application = local.find(iris.NODE_HANDLE)
    if application is not None and followed.kind == NODE and may(member, ADMINISTER, None):
        found = [*found, application]
    return [actor for actor in found if actor.id != followed.id]
