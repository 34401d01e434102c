"""What stands of charters elsewhere: on a group's page that it has one, on a member's own page that one waits."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for

from actors.models import Actor
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.charters import agreeing, versions
from flask_maillage.people.current import current_member, may
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.publications.views.actor_parts import CONTENT, ActorPart, actor_part
from flask_maillage.web.language import gettext as _

MOST = 20


@actor_part
def charter_part(actor: Actor) -> ActorPart | None:
    """Lead to a group's charter; where there is none, who administers it sees that they can write one."""
    charter = versions.newest(actor) if memberships.is_group(actor) else None
    may_publish = versions.has_one(actor) and may(current_member(), ADMINISTER, actor)
    if charter is None and not may_publish:
        return None
    return ActorPart(CONTENT, "maillage/charter_part.html", {"charter": charter})


@waits
def charters_wait(_member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """The charters to which somebody's actors have not agreed."""
    for charter, actor in agreeing.missing(actors)[:MOST]:
        words = _("%(name)s asks %(member)s to agree to its charter", name=charter.actor.name, member=actor.name)
        yield Waiting(words, url_for("maillage.charter", page_handle=charter.actor.page_handle))
