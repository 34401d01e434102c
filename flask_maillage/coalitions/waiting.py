"""What a member's own page says of belonging: invitations, who asks to join, to what one belongs, and what is new."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from actors import policy
from actors.database import session
from actors.models import Actor
from flask_maillage.coalitions import claims, memberships, own_pages
from flask_maillage.coalitions.models import Membership
from flask_maillage.people.current import actors_to_publish_for
from flask_maillage.people.my_page import Section, Waiting, section, waits
from flask_maillage.publications.attending import taking_part
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext

SHOWN = 5


@waits
def invitations(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Invitations to events and to groups, which are answered on one page."""
    count = len(taking_part.invitations(list(actors))) + len(memberships.invitations(actors))
    if count:
        words = ngettext("%(n)s invitation", "%(n)s invitations", count)
        yield Waiting(words, url_for("maillage.invitations"))


@waits
def asked_memberships(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Who asks to join, by the group."""
    welcome = select(Actor.id).where(policy.welcome())
    query = (
        select(Membership.group_id, func.count())
        .where(Membership.group_id.in_([actor.id for actor in actors]), Membership.state == "requested")
        .where(Membership.member_id.in_(welcome))
        .group_by(Membership.group_id)
    )
    counts: dict[int, int] = dict(session().execute(query).all())
    for group in (actor for actor in actors if actor.id in counts):
        words = ngettext("%(n)s asks to join %(name)s", "%(n)s ask to join %(name)s", counts[group.id], name=group.name)
        yield Waiting(words, url_for("maillage.manage_members", page_handle=group.page_handle))


@waits
def differing_memberships(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Memberships of which the group says something else than the member said."""
    count = sum(1 for row in own_pages.memberships_of(actors) if claims.differences(row))
    if count:
        words = ngettext("%(n)s membership to confirm", "%(n)s memberships to confirm", count)
        yield Waiting(words, url_for("maillage.memberships"))


@section
def belonging(member: Any) -> Section | None:
    """To what the member, and those in whose name they publish, belong."""
    rows = [row for row in own_pages.memberships_of(actors_to_publish_for(member)) if row.state == "member"]
    if not rows:
        return None
    return Section(_("Where you belong"), "maillage/own_memberships_section.html", {"memberships": rows[:SHOWN]})
