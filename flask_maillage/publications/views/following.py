"""On the page of an actor of another server: members let their actors follow it, and see how that stands."""

from typing import Any

from flask import abort, flash, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectChoice, SelectField
from wtforms.validators import AnyOf

from actors import following, iris, local
from actors.database import reading, session
from actors.models import NODE, Actor, Follow
from flask_maillage.people.current import actors_to_publish_for, current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.publications.views.finding import find_actor
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _


class FollowForm(CheckedForm):
    """Who follows, or follows no longer."""

    follower = SelectField(coerce=str)
    answer = HiddenField(validators=[AnyOf(["follow", "unfollow"])])


@pages.post("/@<page_handle>/follow")
def follow(page_handle: str) -> Response:
    """Let an actor of ours follow one of another server, or end that."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return to_sign_in()
    followed = find_actor(page_handle)
    if followed.local:
        abort(404)
    followers = {actor.handle: actor for actor in _who_may_follow(current_member(), followed)}
    form = _form(list(followers.values()))
    if not form.validate():
        abort(400)
    follower = followers[form.follower.data]
    names = {"name": follower.name, "followed": followed.name}
    if form.answer.data == "follow":
        relation = following.follow(follower, followed)
        if relation.state == "accepted":
            flash(_("%(name)s follows %(followed)s.", **names))
        else:
            flash(_("%(name)s asks to follow %(followed)s; the answer comes from there.", **names))
    elif following.unfollow(follower, followed):
        flash(_("%(name)s follows %(followed)s no longer.", **names))
    address = url_for("maillage.actor", page_handle=followed.page_handle)
    session().commit()
    return redirect(address, code=303)


def relations(followed: Actor) -> dict[str, Any]:
    """Return what the page of an actor says to a member about who follows it: those who do, and a form for others."""
    member = current_member()
    if followed.local or member is None:
        return {"relations": [], "follow_form": None}
    mine = _who_may_follow(member, followed)
    states = dict(
        session()
        .execute(
            select(Follow.follower_id, Follow.state).where(
                Follow.followed_id == followed.id,
                Follow.follower_id.in_([actor.id for actor in mine]),
                Follow.state != "rejected",
            )
        )
        .all()
    )
    others = [actor for actor in mine if actor.id not in states]
    return {
        "relations": [(actor, states[actor.id]) for actor in mine if actor.id in states],
        "follow_form": _form(others) if others else None,
        "unfollow_form": FollowForm(),
    }


def _form(actors: list[Actor]) -> Any:
    form: Any = FollowForm()
    form.follower.choices = [SelectChoice(actor.handle, f"{actor.name} ({actor.address})") for actor in actors]
    return form


def _who_may_follow(member: Any, followed: Actor) -> list[Actor]:
    """Return who may follow an actor at a member's word; for the node itself, which makes two nodes partners, those
    who administer it.
    """
    found = actors_to_publish_for(member)
    application = local.find(iris.NODE_HANDLE)
    if application is not None and followed.kind == NODE and may(member, ADMINISTER, None):
        found = [*found, application]
    return found
