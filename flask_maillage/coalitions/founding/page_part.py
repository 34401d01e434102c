"""What stands of founding on the page of a project: where it is in its life, how far, and who founded it."""

from actors.models import PROJECT, Actor
from flask_maillage.coalitions.founding import ending, projects
from flask_maillage.coalitions.founding.forms import PROGRESS_WORDS
from flask_maillage.coalitions.founding.models import CONSENTED
from flask_maillage.people.current import current_member, may
from flask_maillage.people.models import Member
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.publications.views.actor_parts import HEADING, ActorPart, actor_part


@actor_part
def standing(actor: Actor) -> ActorPart | None:
    """Say what a project is; persons are named only where they agreed."""
    if actor.kind != PROJECT:
        return None
    row, member = projects.find(actor), current_member()
    founders = projects.founders(actor, CONSENTED)
    values = {
        "row": row,
        "progress": PROGRESS_WORDS[row.progress] if row is not None else "",
        "by_node": projects.is_founded_by_node(actor),
        "number": projects.distinct([founder.person for founder in founders]),
        "needed": projects.NEEDED,
        "named": [founder for founder in founders if founder.listed and founder.person.gone_at is None],
        "predecessors": ending.predecessors(actor),
        "may_see_founders": actor.local
        and isinstance(member, Member)
        and (may(member, ADMINISTER, actor) or projects.between(actor, member.actor) is not None),
        "may_administer": actor.local and may(member, ADMINISTER, actor),
    }
    return ActorPart(HEADING, "maillage/project_part.html", values)
