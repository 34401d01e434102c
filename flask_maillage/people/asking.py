"""Who asks to follow an actor that approves its followers, and the answer of those who publish for it."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload
from werkzeug.wrappers import Response

from actors import following, policy
from actors.database import session
from actors.models import Actor, Follow
from flask_maillage.people.current import actors_to_publish_for, current_member, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from flask_maillage.web.negotiation import keep_private

SHOWN = 100
MAX_NUMBER = 2**63 - 1


class AnswerForm(CheckedForm):
    """Nothing but the proof that the page asked (its CSRF token); the button says what is answered."""


def count_asking(actors: Sequence[Actor]) -> int:
    """Return how many wait for an answer of one of these actors."""
    query = select(func.count()).select_from(_asking(actors).subquery())
    return session().scalar(query) or 0


@waits
def followers_to_answer(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Who asks to follow an actor of a member."""
    if count := count_asking(actors):
        yield Waiting(ngettext("%(n)s asks to follow", "%(n)s ask to follow", count), url_for("maillage.asking"))


@pages.get("/account/followers", endpoint="asking")
def show_asking() -> Response:
    """List who asks to follow the actors that a member publishes for."""
    member = current_member()
    if member is None:
        return to_sign_in()
    query = _asking(actors_to_publish_for(member)).order_by(Follow.id).limit(SHOWN)
    html = render_template("maillage/asking.html", asking=session().scalars(query).all(), form=AnswerForm())
    return keep_private(make_response(html))


@pages.post("/account/followers/<int:number>/<any(accept,refuse):answer>", endpoint="answer_follower")
def answer_follower(number: int, answer: str) -> Response:
    """Accept or refuse a follower."""
    member, form = current_member(), AnswerForm()
    if member is None:
        return to_sign_in()
    if not form.validate():
        abort(400)
    mine = [actor.id for actor in actors_to_publish_for(member)]
    query: Any = select(Follow).where(Follow.id == min(number, MAX_NUMBER), Follow.followed_id.in_(mine))
    relation = session().scalar(query.with_for_update(of=Follow))
    if relation is None or relation.state != "pending":
        abort(404)
    (following.accept if answer == "accept" else following.reject)(relation)
    session().commit()
    name = relation.follower.address
    flash(_("%(name)s follows now.", name=name) if answer == "accept" else _("%(name)s was refused.", name=name))
    return redirect(url_for("maillage.asking"), code=303)


def _asking(actors: Sequence[Actor]) -> Any:
    """Return the query of who waits; those on hosts that are blocked since are not asked about."""
    follower = aliased(Actor)
    welcome = select(Actor.id).where(policy.welcome())
    return (
        select(Follow)
        .join(follower, Follow.follower_id == follower.id)
        .options(contains_eager(Follow.follower.of_type(follower)), joinedload(Follow.followed))
        .where(
            Follow.followed_id.in_([actor.id for actor in actors]),
            Follow.state == "pending",
            Follow.follower_id.in_(welcome),
        )
    )
