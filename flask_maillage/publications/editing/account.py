"""The member's own page: who they are here, in whose name they may write, and what they have begun."""

from typing import Any

from flask import make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from flask_maillage.people.asking import count_asking
from flask_maillage.people.current import (
    actors_of,
    actors_to_publish_for,
    author_of,
    current_member,
    may,
    to_sign_in,
)
from flask_maillage.people.forms import ConsentForm, SignOutForm
from flask_maillage.people.models import Member
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import listing
from flask_maillage.publications.attending.own_parts import own_parts
from flask_maillage.publications.editing.paths import edit_path, page_path, schedule_path, withdraw_path
from flask_maillage.publications.items import items_of
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.life import scheduling, unsaved
from flask_maillage.publications.models import DRAFT, PUBLISHED, Publication
from flask_maillage.publications.views.taking_part import TakePartForm
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import keep_private

MOST_DRAFTS = 100
MOST_PUBLISHED = 20
MOST_LETTERS = 50


@pages.get("/account", endpoint="account")
def show_account() -> Response:
    """Show a member their account; it stands here, above `people`, because it lists what they have begun to write."""
    member = current_member()
    if member is None:
        return to_sign_in()
    actors, own = actors_to_publish_for(member), author_of(member)
    ahead, over = own_parts(own) if own is not None else ([], [])
    html = render_template(
        "maillage/account.html",
        account=member if isinstance(member, Member) else None,
        person=member,
        administers=may(member, ADMINISTER, None),
        actors=actors,
        kinds=KINDS,
        drafts=_drafts(actors),
        planned=scheduling.planned(actors, MOST_DRAFTS),
        schedule_path=schedule_path,
        waiting=unsaved.waiting(actors, MOST_DRAFTS),
        published=_published(actors),
        asking=count_asking(actors),
        edit_path=edit_path,
        page_path=page_path,
        withdraw_path=withdraw_path,
        parts_ahead=ahead,
        parts_over=over,
        leave_form=TakePartForm(formdata=None) if ahead else None,
        addressed=items_of(listing.addressed_to([actor.id for actor in actors_of(member)], MOST_LETTERS)),
        consent_form=in_readers_language(_consent_form(member)) if isinstance(member, Member) else None,
        sign_out_form=SignOutForm() if isinstance(member, Member) else None,
    )
    return keep_private(make_response(html))


def _consent_form(member: Member) -> Any:
    return ConsentForm(formdata=None, data={"federated": member.actor.federated})


def _drafts(actors: list[Actor]) -> list[Publication]:
    """Return what is begun in the names of these actors, the last touched first."""
    query = _of(actors, DRAFT).order_by(Publication.updated_at.desc(), Publication.id.desc())
    return list(session().scalars(query.limit(MOST_DRAFTS)))


def _published(actors: list[Actor]) -> list[Publication]:
    """Return what was published last in their names, for whomever it is."""
    query = _of(actors, PUBLISHED).order_by(Publication.published_at.desc(), Publication.id.desc())
    return list(session().scalars(query.limit(MOST_PUBLISHED)))


def _of(actors: list[Actor], state: str) -> Any:
    return (
        select(Publication)
        .where(Publication.local, Publication.state == state, Publication.actor_id.in_([actor.id for actor in actors]))
        .options(joinedload(Publication.actor))
    )
