"""A member's page, and the list of those whom they follow."""

from typing import Any

from flask import make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import contains_eager
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor, Follow
from flask_maillage.people import my_page
from flask_maillage.people.current import actors_to_publish_for, author_of, current_member, to_sign_in
from flask_maillage.publications import listing
from flask_maillage.publications.attending.own_parts import own_parts
from flask_maillage.publications.editing.paths import edit_path, page_path
from flask_maillage.publications.items import items_of
from flask_maillage.publications.models import DRAFT, Publication
from flask_maillage.publications.own.readers import readers_of
from flask_maillage.publications.own.stream import closing_soon, stream
from flask_maillage.publications.views.finding import page_number
from flask_maillage.publications.views.following import FollowForm
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import keep_private

MOST_CLOSING, MOST_PARTS, MOST_DRAFTS = 5, 5, 5
FOLLOWED_PAGE = 50


@pages.get("/my", endpoint="my_page")
def show_my_page() -> Response:
    """Show a member what those whom they follow publish, and above it what asks something of them."""
    member = current_member()
    if member is None:
        return to_sign_in()
    readers, number = [actor.id for actor in readers_of(member)], page_number()
    found, more = listing.page(listing.newest(stream(readers)), number)
    html = render_template(
        "maillage/my_page.html",
        person=member,
        items=items_of(found),
        number=number,
        more=more,
        is_own=author_of(member) is not None,
        follows_somebody=bool(found) or _follows_somebody(readers),
        **(_first_page(member, readers) if number == 1 else {}),
    )
    return keep_private(make_response(html))


def _first_page(member: Any, readers: list[int]) -> dict[str, Any]:
    """Return what stands beside the newest; further back one looks for something that was published."""
    actors, own = actors_to_publish_for(member), author_of(member)
    drafts = _drafts(actors)
    return {
        "waiting": my_page.waiting_for(member, actors),
        "closing": items_of(listing.first(closing_soon(readers), MOST_CLOSING)),
        "parts": own_parts(own)[0][:MOST_PARTS] if own is not None else [],
        "drafts": drafts[:MOST_DRAFTS],
        "more_drafts": len(drafts) > MOST_DRAFTS,
        "sections": my_page.sections_for(member),
        "edit_path": edit_path,
        "page_path": page_path,
    }


@pages.get("/my/following", endpoint="my_following")
def show_following() -> Response:
    """List those whom a member follows or has asked to, each with a button to end it."""
    member = current_member()
    if member is None:
        return to_sign_in()
    readers, number = {actor.id: actor for actor in readers_of(member)}, page_number()
    query = _followed(list(readers)).order_by(Actor.name, Actor.id, Follow.id)
    found = session().scalars(query.offset((number - 1) * FOLLOWED_PAGE).limit(FOLLOWED_PAGE + 1)).all()
    html = render_template(
        "maillage/my_following.html",
        relations=[(relation, readers[relation.follower_id]) for relation in found[:FOLLOWED_PAGE]],
        is_own=author_of(member) is not None,
        number=number,
        more=len(found) > FOLLOWED_PAGE,
        form=FollowForm(formdata=None),
    )
    return keep_private(make_response(html))


def _followed(readers: list[int]) -> Any:
    """Return the query of whom these actors follow; who is gone is followed no longer, whatever the row says."""
    return (
        select(Follow)
        .join(Follow.followed)
        .options(contains_eager(Follow.followed))
        .where(Follow.follower_id.in_(readers), Follow.state != "rejected", Actor.gone_at.is_(None))
    )


def _follows_somebody(readers: list[int]) -> bool:
    return session().scalar(_followed(readers).limit(1)) is not None


def _drafts(actors: list[Actor]) -> list[Publication]:
    """Return what is begun in the names of these actors, the last touched first, one more than is shown."""
    query = (
        select(Publication)
        .join(Publication.actor)
        .options(contains_eager(Publication.actor))
        .where(Publication.local, Publication.state == DRAFT, Actor.id.in_([actor.id for actor in actors]))
        .order_by(Publication.updated_at.desc(), Publication.id.desc())
    )
    return list(session().scalars(query.limit(MOST_DRAFTS + 1)))
