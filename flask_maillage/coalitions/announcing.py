"""What followers and the other side are told of a claim of ours: `Add`, `Remove` and `Update` of its Relationship.

Who stands in no public list (a person who did not agree to it) is told of to the other side alone, or to nobody.
"""

from collections.abc import Iterable
from typing import Any

from actors import followers, iris, outbox
from actors.models import COALITION, ORGANISATION, PROJECT
from federation.activities import PUBLIC, Document
from flask_maillage.coalitions import claims
from flask_maillage.coalitions.claims import COLLECTIONS, GROUP, SIDES
from flask_maillage.coalitions.models import Membership


def added(row: Membership, *, answered: bool = True) -> None:
    """Tell that each side of ours claims a membership now.

    Args:
        row: the membership.
        answered: whether a member elsewhere gets an answer that shows the group's claim; who accepted an invitation
            does not, and has to be told of it.
    """
    for side in _ours(row):
        document = claims.document(row, side)
        if claims.is_listed(row):
            _post(row, side, "Add", claims.iri(row, side), to_followers=True, to_other=reads(row, side))
        elif document is not None and not (side == GROUP and answered) and reads(row, side):
            _post(row, side, "Add", document, to_followers=False, to_other=True)


def removed(row: Membership, side: str, *, to_other: bool) -> None:
    """Tell that a side of ours claims a membership no longer; the other side only where it does not know."""
    thing = row.member.iri if side == GROUP else claims.iri(row, side)
    _post(row, side, "Remove", thing, to_followers=claims.is_listed(row), to_other=to_other)


def changed(row: Membership, side: str) -> None:
    """Tell that a side of ours says something else of a membership: its role, its territory, its dates, suspension."""
    document = claims.document(row, side)
    if document is not None and not claims.actor_of(row, side).gone_at:
        to_other = reads(row, side) or side == GROUP
        _post(row, side, "Update", document, to_followers=claims.is_listed(row), to_other=to_other)


def reads(row: Membership, side: str) -> bool:
    """Tell whether the other side lives elsewhere and reads Relationships: it showed one, or says our kind of group."""
    opposite = claims.other(side)
    actor = claims.actor_of(row, opposite)
    speaks = claims.document(row, opposite) is not None or actor.kind in (ORGANISATION, PROJECT, COALITION)
    return not actor.local and actor.gone_at is None and speaks


def _ours(row: Membership) -> Iterable[str]:
    return (side for side in SIDES if claims.actor_of(row, side).local)


def _post(
    row: Membership, side: str, verb: str, thing: Document | str | None, *, to_followers: bool, to_other: bool
) -> None:
    """Write one letter for all whom it concerns, with a proof that they can show; none where that is nobody."""
    actor, opposite = claims.actor_of(row, side), claims.actor_of(row, claims.other(side))
    to_other = to_other and not opposite.local
    to_followers = to_followers and actor.federated  # who is not found by servers has no followers on them
    if not (to_followers or to_other):
        return
    more: dict[str, Any] = {}
    if verb in ("Add", "Remove"):
        more["target"] = iris.collection(actor.handle, COLLECTIONS[side])
    if verb == "Remove" and side == GROUP:
        more["origin"] = actor.iri
    inboxes = {opposite.inbox} if to_other else set()
    to, cc = [opposite.iri], []
    if to_followers:
        inboxes |= followers.inboxes_of_followers(actor)
        to, cc = [PUBLIC], [iris.collection(actor.handle, "followers"), *(to if to_other else [])]
    outbox.post(actor, verb, thing, to=to, cc=cc, inboxes=inboxes, proof=True, **more)
