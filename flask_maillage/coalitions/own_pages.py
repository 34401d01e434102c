"""The page on which members see to what they, and those they publish for, belong: agree, be listed or not, leave."""

from collections.abc import Iterable

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import AnyOf

from actors.database import reading, session
from actors.models import Actor
from flask_maillage.coalitions import claims, listing, managing, memberships
from flask_maillage.coalitions.claims import GROUP, MEMBER
from flask_maillage.coalitions.forms import AnswerForm, row_of
from flask_maillage.coalitions.models import ALL_SHARES, NO_SHARES, Membership
from flask_maillage.people.current import actors_to_publish_for, current_member, to_sign_in
from flask_maillage.territory import zones
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

LETS = {"let": ALL_SHARES, "forbid": NO_SHARES}


class OwnMembershipForm(AnswerForm):
    """Which membership of one's own, and what to do with it."""

    answer = HiddenField(validators=[AnyOf(["confirm", "list", "hide", "let", "forbid", "leave"])])


@pages.route("/memberships", methods=["GET", "POST"], endpoint="memberships")
def own_memberships() -> Response:
    """List to what a member's actors belong, and let them agree to what the group says, be listed, and leave."""
    with reading():
        is_signed_in = current_member() is not None
    if not is_signed_in:
        return to_sign_in()
    actors = actors_to_publish_for(current_member())
    if request.method == "POST":
        return _change(actors)
    found = memberships_of(actors)
    html = render_template(
        "maillage/memberships.html",
        memberships=found,
        may_propose=any(claims.is_collective(actor) for actor in actors),
        standing=listing.standing,
        differences=claims.differences,
        group_says=lambda row: claims.said(row, GROUP),
        own_word=lambda row: claims.said(row, MEMBER),
        is_person=lambda row: not claims.is_collective(row.member),
        territory_name=_territory_name,
        silent=listing.silences([row.group for row in found]),
        form=OwnMembershipForm(formdata=None),
    )
    return keep_private(make_response(html))


def _change(actors: list[Actor]) -> Response:
    form = OwnMembershipForm()
    row: Membership | None = row_of(Membership, form)
    if row is None or row.member_id not in {actor.id for actor in actors}:
        abort(400)
    answer, name = form.answer.data, row.group.name
    try:
        if answer == "confirm":
            managing.confirm(row)
        elif answer == "leave":
            memberships.leave(row.member, row.group)
        elif answer in LETS:
            managing.let_announce(row, LETS[answer])
        else:
            managing.list_person(row, listed=answer == "list")
    except memberships.NotPossible as error:
        session().rollback()
        flash(_(str(error)), "error")
        return redirect(url_for("maillage.memberships"), code=303)
    session().commit()
    flash(_("%(name)s is told.", name=name))
    return redirect(url_for("maillage.memberships"), code=303)


def memberships_of(actors: Iterable[Actor]) -> list[Membership]:
    """Return to what these actors belong, or have asked to belong."""
    query = (
        select(Membership)
        .options(joinedload(Membership.group), joinedload(Membership.member))
        .where(Membership.member_id.in_([actor.id for actor in actors]), Membership.state.in_(("requested", "member")))
        .order_by(Membership.member_id, Membership.id)
    )
    return list(session().scalars(query.limit(listing.MOST)))


def _territory_name(text: str) -> str:
    code = zones.canonical(text) if text else None
    return zones.name_of(code, current_language()) if code else text
