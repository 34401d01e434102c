"""What the two sides say anew of a membership that stands: the group its terms, the member that it agrees to them."""

from datetime import date

from actors.database import session
from actors.node import now
from flask_maillage.coalitions import announcing, claims
from flask_maillage.coalitions.claims import GROUP, MEMBER, Said
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.forms.base import _
from flask_maillage.territory import zones

ROLES = ("member", "admin", "founder", "affiliate")
"""The roles that pages have words for; any other is shown as it was typed. None gives a right on this node."""
NOT_OURS = _("Only the group itself says this, while the membership stands.")
WRONG_DATES = _("It cannot end before it begins.")


def set_terms(
    row: Membership,
    *,
    role: str | None = None,
    territory: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> bool:
    """Let a group of ours say what a member is in it, for which territory and from when to when.

    Whoever lives elsewhere is told; what the member says of it stays as it is until it agrees (`confirm`).

    Args:
        row: the membership.
        role: one of `ROLES` or a free word; the same as before where None.
        territory: a code, a name that is kept as it was typed, nothing for an empty text; the same where None.
        since: the day on which it began; unknown where None.
        until: the day on which it ends, if one is known.

    Returns:
        False where it says the same already.

    Raises:
        NotPossible: it is no group of ours or no standing membership, or it would end before it begins.
    """
    before = _said_by_group(row)
    if since is not None and until is not None and until < since:
        raise NotPossible(WRONG_DATES)
    place = before.territory if territory is None else territory.strip()
    terms = Said(
        role=(before.role if role is None else role.strip())[: claims.ROLE_LIMIT],
        territory=zones.canonical(place) or place[:200],
        since=since,
        until=until,
        suspended=before.suspended,
    )
    return _say_anew(row, terms)


def suspend(row: Membership, *, suspended: bool) -> bool:
    """Let a group of ours suspend a membership, or resume it; False where it is so already.

    Raises:
        NotPossible: it is no group of ours or no standing membership.
    """
    before = _said_by_group(row)
    return _say_anew(row, Said(before.role, before.territory, before.since, before.until, suspended=suspended))


def confirm(row: Membership) -> None:
    """Let a member of ours say of its membership what the group says now.

    Raises:
        NotPossible: it is no member of ours, or none any more.
    """
    if row.state != "member" or not row.member.local:
        raise NotPossible(_("There is no such membership to confirm."))
    claims.say(row, MEMBER, at=now())
    announcing.changed(row, MEMBER)


def let_announce(row: Membership, shares: str) -> None:
    """Let a group announce all that a member of ours publishes from now on, or nothing; its server is told.

    Raises:
        NotPossible: it is no member of ours, or none any more, or has not agreed to what the group says of it.
    """
    if row.state != "member" or not row.member.local:
        raise NotPossible(_("There is no such membership to confirm."))
    if claims.differences(row):
        raise NotPossible(_("First answer what the group says of the membership."))
    if not claims.set_shares(row, shares):
        return
    claims.say(row, MEMBER)
    announcing.changed(row, MEMBER)


def list_person(row: Membership, *, listed: bool) -> None:
    """Let a person of ours stand in public lists of a group, or no more; for organisations nothing changes.

    A group elsewhere reads it from whom the claim is for: a `Remove` would end the membership there.

    Raises:
        NotPossible: it is no member of ours, or none any more.
    """
    if row.state != "member" or not row.member.local:
        raise NotPossible(_("There is no such membership to confirm."))
    if claims.is_collective(row.member) or row.listed == listed:
        return
    if not listed and row.group.local:
        for side in claims.SIDES:
            announcing.removed(row, side, to_other=False)
    row.listed = listed
    session().flush()
    if listed:
        announcing.added(row)
    elif not row.group.local:
        announcing.changed(row, MEMBER)


def _said_by_group(row: Membership) -> Said:
    found = claims.said(row, GROUP)
    if row.state != "member" or not row.group.local or found is None:
        raise NotPossible(NOT_OURS)
    return found


def _say_anew(row: Membership, terms: Said) -> bool:
    if not claims.set_terms(row, terms):
        return False
    claims.say(row, GROUP)
    announcing.changed(row, GROUP)
    return True
