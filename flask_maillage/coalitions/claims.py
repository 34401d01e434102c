"""What each side of a membership says of it: ours is made here, the other's is kept as it said so itself.

A membership has two claims, the group's and the member's. One of an actor of ours is made by `say`, with a proof;
another server's is written down by `take`, only from that actor's own signed letter or from its own server. It is
confirmed while both claim it. Callers flush, and end what ended (`memberships.end`); nothing is sent here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from actors import iris, outbox
from actors.database import session
from actors.documents import timestamp
from actors.kept_keys import find_assertion_key
from actors.models import COALITION, ORGANISATION, PROJECT, TERRITORY, Actor
from actors.node import now
from federation import keys, proofs
from federation.activities import Document, id_of, is_web_iri, same_origin, type_of
from federation.errors import FederationError
from federation.sanitising import clean_text
from flask_maillage.coalitions import history, notices
from flask_maillage.coalitions.models import ALL_SHARES, NO_SHARES, SUBMITTED, Membership
from flask_maillage.territory import zones

GROUP, MEMBER = "group", "member"
SIDES = (GROUP, MEMBER)
COLLECTIONS = {GROUP: "members", MEMBER: "coalitions"}
HAS_MEMBER = "https://w3id.org/maillage#hasMember"
ROLE_LIMIT = LABEL_LIMIT = 60
MOST_LABELS = 10
COMPARED_AFTER = timedelta(hours=1)
"""When what the other side's server says is first looked at after a membership began."""


@dataclass(frozen=True)
class Said:
    """What one side says of a membership; `territory` is a code, or what was typed where none is known."""

    role: str = "member"
    territory: str = ""
    since: date | None = None
    until: date | None = None
    suspended: bool = False


def actor_of(row: Membership, side: str) -> Actor:
    """Return the actor of a side."""
    return row.group if side == GROUP else row.member


def other(side: str) -> str:
    """Return the opposite side."""
    return MEMBER if side == GROUP else GROUP


def says_at(row: Membership, side: str) -> datetime | None:
    """Return when a side said so, by its own clock; None while it does not."""
    return row.group_says_at if side == GROUP else row.member_says_at


def document(row: Membership, side: str) -> Document | None:
    """Return the Relationship by which a side says so; None where it does not, or said so by a letter alone."""
    return row.group_document if side == GROUP else row.member_document


def is_confirmed(row: Membership) -> bool:
    """Tell whether both sides claim a membership."""
    return row.state == "member" and row.group_says_at is not None and row.member_says_at is not None


def is_listed(row: Membership) -> bool:
    """Tell whether a member stands in public lists: organisations always, persons by their own consent only."""
    return row.listed or is_collective(row.member)


def is_collective(actor: Actor) -> bool:
    """Tell whether an actor is no person, but an organisation or the like."""
    if actor.kind is None:
        return actor.type in ("Group", "Organization")
    return actor.kind in (ORGANISATION, PROJECT, COALITION, TERRITORY)


def iri(row: Membership, side: str) -> str | None:
    """Return the id of a side's Relationship; None for one elsewhere that never showed one."""
    actor = actor_of(row, side)
    if actor.local:
        return f"{iris.collection(actor.handle, COLLECTIONS[side])}/{row.identifier}"
    kept = document(row, side)
    return id_of(kept) if kept is not None else None


def said(row: Membership, side: str) -> Said | None:
    """Return what a side says, or None: the group's word stands in the row, the member's in its document.

    Of a member that said so by a letter without a Relationship nothing more is known than that.
    """
    if says_at(row, side) is None:
        return None
    if side == GROUP:
        return Said(
            row.role, row.territory or row.territory_name, row.since, row.until, suspended=row.suspended_at is not None
        )
    return read(row.member_document) if row.member_document is not None else Said(role="")


def differences(row: Membership) -> frozenset[str]:
    """Return in what the two sides differ: `role`, `territory`, `since`, `until`; what one does not say is none."""
    ours, theirs = said(row, GROUP), said(row, MEMBER)
    if ours is None or theirs is None:
        return frozenset()
    pairs = {name: (getattr(ours, name), getattr(theirs, name)) for name in ("role", "territory", "since", "until")}
    return frozenset(name for name, (one, another) in pairs.items() if one and another and one != another)


def read(relationship: Mapping[str, Any]) -> Said:
    """Read what a Relationship says; what is no such thing is left out."""
    territory = clean_text(relationship.get("territory"), limit=200)
    return Said(
        role=clean_text(relationship.get("role"), limit=ROLE_LIMIT),
        territory=zones.canonical(territory) or territory,
        since=_day(relationship.get("since")),
        until=_day(relationship.get("until")),
        suspended=relationship.get("suspended") is True,
    )


def set_terms(row: Membership, terms: Said, *, at: datetime | None = None, letter: str | None = None) -> bool:
    """Write down what the group says of role, territory, dates and suspension; False where it says the same already."""
    before = Said(
        row.role, row.territory or row.territory_name, row.since, row.until, suspended=row.suspended_at is not None
    )
    terms = Said(terms.role or "member", terms.territory, terms.since, terms.until, suspended=terms.suspended)
    if terms == before:
        return False
    code = zones.canonical(terms.territory) if terms.territory else None
    row.role, row.since, row.until = terms.role, terms.since, terms.until
    row.territory, row.territory_name = code, "" if code else terms.territory
    row.suspended_at = (row.suspended_at or at or now()) if terms.suspended else None
    happened = []
    if terms.role != before.role:
        happened.append(("role", terms.role))
    if terms.suspended != before.suspended:
        happened.append(("suspended" if terms.suspended else "resumed", ""))
    if (terms.territory, terms.since, terms.until) != (before.territory, before.since, before.until):
        happened.append(("changed", ""))
    for what, words in happened:
        history.note(row.group, row.member, what, at=at, by=row.group, letter=letter, words=words)
    notices.tell_change(row, next((what for what, _ in happened if what in ("suspended", "resumed")), "terms"))
    return True


def say(row: Membership, side: str, *, at: datetime | None = None) -> Document:
    """Let a side of ours claim a membership as the group's word is now, with a proof, and return its Relationship."""
    moment = at or now()
    actor = actor_of(row, side)
    made = outbox.vouch(actor, relationship(row, side, moment))
    _write(row, side, moment, made)
    return made


def relationship(row: Membership, side: str, moment: datetime) -> Document:
    """Return the Relationship by which a side of ours claims a membership at a moment."""
    found: Document = {
        "id": iri(row, side),
        "type": "Relationship",
        "subject": row.group.iri,
        "relationship": HAS_MEMBER,
        "object": row.member.iri,
        "role": row.role,
        "labels": list(row.labels),
        "territory": row.territory or row.territory_name,
        "since": row.since.isoformat() if row.since else None,
        "until": row.until.isoformat() if row.until else None,
        "letsAnnounce": row.shares if side == MEMBER and row.shares != NO_SHARES else None,
        "suspended": True if row.suspended_at is not None and side == GROUP else None,
        "published": timestamp(moment),
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def is_outdated(row: Membership | None, group: Actor, member: Actor, side: str, at: datetime) -> bool:
    """Tell whether the actor of a side has said something newer of a membership than at this moment of its clock."""
    held = says_at(row, side) if row is not None else None
    ended = history.ended_by(group, member, group if side == GROUP else member)
    return (held is not None and at < held) or (ended is not None and at < ended)


def take(
    row: Membership, side: str, at: datetime, shown: Any = None, *, letter: str | None = None, compared: bool = False
) -> bool:
    """Write down that a side elsewhere claims a membership; an older word than the one that is held changes nothing.

    Args:
        row: the membership.
        side: whose claim it is; the caller has verified that it is its own.
        at: when it said so, by its own clock (`moments.said_at`).
        shown: its Relationship, if it showed one; one about somebody else is passed over.
        letter: the id of the letter that brought it.
        compared: whether it was read from its server, which says what holds now.

    Returns:
        False where it was outdated.
    """
    kept = kept_form(row, side, shown)
    held = says_at(row, side)
    if not compared and is_outdated(row, row.group, row.member, side, at):
        return False
    if not compared and at == held and kept not in (None, document(row, side)):
        row.compare_at = now()  # of two words of one second, its server knows which is the last
    terms = read(kept) if kept is not None else None
    _write(row, side, max(at, held) if held else at, kept if kept is not None else document(row, side), letter=letter)
    if side == GROUP and terms is not None:
        set_terms(row, terms, at=at, letter=letter)
    session().flush()
    if side == MEMBER and kept is not None:
        set_shares(row, kept.get("letsAnnounce"), at=at, letter=letter)
    return True


def set_shares(row: Membership, shares: Any, *, at: datetime | None = None, letter: str | None = None) -> bool:
    """Write down what the member lets the group announce; False where that is so already. What is no word is none."""
    wanted = shares if shares in (SUBMITTED, ALL_SHARES) else NO_SHARES
    if wanted == row.shares:
        return False
    row.shares = wanted
    history.note(row.group, row.member, "shares", at=at, by=row.member, letter=letter, words=wanted)
    return True


def withdraw(row: Membership, side: str, *, noted: bool = False) -> None:
    """Write down that a side claims a membership no longer; `noted` where that is all that happened."""
    if noted and says_at(row, side) is not None:
        history.note(row.group, row.member, f"not claimed by the {side}", by=actor_of(row, side))
    _set(row, side, None, None)
    session().flush()


def kept_form(row: Membership, side: str, shown: Any) -> Document | None:
    """Return a Relationship of another server as it is kept: about this membership, by its own id, its proof verified.

    A proof that cannot be verified with a key that we know is taken off: what came by the actor's own letter or from
    its own server is believed without.
    """
    if not isinstance(shown, dict) or type_of(shown) != "Relationship":
        return None
    actor = actor_of(row, side)
    if id_of(shown.get("subject")) != row.group.iri or id_of(shown.get("object")) != row.member.iri:
        return None
    if shown.get("relationship") not in (HAS_MEMBER, "maillage:hasMember"):
        return None
    own = shown.get("id")
    if own is not None and not (isinstance(own, str) and is_web_iri(own) and same_origin(own, actor.iri)):
        return None
    return dict(shown) if is_proven(shown, actor) else {key: shown[key] for key in shown if key != "proof"}


def is_proven(shown: Document, actor: Actor) -> bool:
    """Tell whether a document has a proof by a key that we know of an actor."""
    try:
        proof = proofs.read(shown, now=now())
        known = find_assertion_key(proof.method, actor.iri) if proof is not None else None
        if proof is None or known is None:
            return False
        proof.verify(keys.load_public(known.public_pem))
    except FederationError:
        return False
    return True


def _write(row: Membership, side: str, at: datetime, shown: Document | None, *, letter: str | None = None) -> None:
    is_new = says_at(row, side) is None
    was_confirmed = row.group_says_at is not None and row.member_says_at is not None
    _set(row, side, at, shown)
    actor = actor_of(row, side)
    if is_new:
        history.note(row.group, row.member, f"claimed by the {side}", at=at, by=actor, letter=letter)
    if not was_confirmed and row.group_says_at is not None and row.member_says_at is not None:
        history.note(row.group, row.member, "confirmed", at=at)
    session().flush()


def _set(row: Membership, side: str, at: datetime | None, shown: Document | None) -> None:
    if side == GROUP:
        row.group_says_at, row.group_document = at, shown
    else:
        row.member_says_at, row.member_document = at, shown


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
