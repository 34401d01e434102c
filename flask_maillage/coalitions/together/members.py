"""Whose publications are those of a group, and of what sorts those are who belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from actors.models import COALITION, PERSON, PROJECT, TERRITORY, Actor
from flask_maillage.coalitions import claims, history, listing
from flask_maillage.coalitions.claims import GROUP
from flask_maillage.coalitions.listing import Shown
from flask_maillage.coalitions.memberships import GROUPS
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications import matching
from flask_maillage.territory import organisations
from flask_maillage.web.language import gettext, word

WORDS = {
    PROJECT: word("Project"),
    COALITION: word("Coalition"),
    TERRITORY: word("Territory"),
    PERSON: word("Persons"),
    None: word("Organisation"),
}
"""What members are called who say of no sort of organisation that they are one."""


@dataclass(frozen=True)
class Sort:
    """Those members of a group that are of one sort; of persons, `number` counts those too who are not named."""

    label: str
    number: int
    named: Sequence[Shown]


def confirmed() -> ColumnElement[bool]:
    """Return the condition for memberships that both sides claim, and that are not suspended."""
    return and_(
        Membership.state == "member",
        Membership.group_says_at.is_not(None),
        Membership.member_says_at.is_not(None),
        Membership.suspended_at.is_(None),
    )


@matching.finds_members
def of_group(handle: str) -> ColumnElement[bool]:
    """Return the condition for a group of ours and those whom everybody sees belong to it, by its handle."""
    group = aliased(Actor)
    meant = select(group.id).where(group.local, group.handle == handle, group.kind.in_(GROUPS), group.gone_at.is_(None))
    belongs = select(Membership.member_id).where(Membership.group_id.in_(meant), confirmed())
    named = belongs.where(Membership.listed)
    return or_(Actor.id.in_(meant), Actor.id.in_(named), and_(history.is_collective(), Actor.id.in_(belongs)))


def sorts(group: Actor, language: str) -> list[Sort]:
    """Return of what sorts the confirmed members of a group are, the most frequent first, and persons last."""
    named = [one for one in listing.shown(group, GROUP, language) if one.standing in ("confirmed", "silent")]
    kinds = organisations.kinds_of(one.actor.id for one in named)
    found: dict[str, list[Shown]] = {}
    persons = []
    for one in named:
        if not claims.is_collective(one.actor):
            persons.append(one)
            continue
        label = organisations.label(kinds.get(one.actor.id)) or gettext(WORDS.get(one.actor.kind, WORDS[None]))
        found.setdefault(label, []).append(one)
    rows = [Sort(label, len(those), those) for label, those in found.items()]
    rows.sort(key=lambda row: (-row.number, row.label))
    number = sum(1 for row in listing.rows(group, GROUP, listed=False) if _is_person_in(row))
    return [*rows, Sort(gettext(WORDS[PERSON]), number, persons)] if number else rows


def _is_person_in(row: Membership) -> bool:
    return not claims.is_collective(row.member) and claims.is_confirmed(row) and row.suspended_at is None
