"""What the node holds of a member, as they take it along: each room adds the part that it keeps.

A part is a function with `@exported("name")` that is given a member and returns what becomes `name.json`, or that and
files (`WithFiles`). What opens something (hashes, digests of secrets) stays here.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from actors.database import Base, session
from actors.node import node, now
from flask_maillage.mail.models import Mail
from flask_maillage.people.models import Founding, Member, MemberSession, OutsideIdentity, Role, RoleInvitation, Token
from flask_maillage.people.notifying.models import Notification, Preferences
from flask_maillage.web import zips

Part = Callable[[Member], Any]
SECRET = frozenset({"digest", "feed_digest", "password_hash", "lease", "leased_until"})
_parts: dict[str, Part] = {}


@dataclass(frozen=True)
class Enclosed:
    """A file that is taken along: its name in the zip, and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True)
class WithFiles:
    """What a part returns that has files besides its rows."""

    rows: list[dict[str, Any]]
    files: tuple[Enclosed, ...]


@dataclass(frozen=True)
class Collected:
    """All that is held of a member, by part."""

    parts: dict[str, Any]
    files: tuple[Enclosed, ...]


def exported(name: str) -> Callable[[Part], Part]:
    """Register a function that returns what a room holds of a member.

    Raises:
        ValueError: there is such a part already.
    """

    def register(function: Part) -> Part:
        if _parts.setdefault(name, function) is not function:
            raise ValueError(f"two parts of what is exported are called {name!r}")
        return function

    return register


def collect(member: Member) -> Collected:
    """Read all that is held of a member; what is sent afterwards needs no database."""
    values = {name: part(member) for name, part in _parts.items()}
    files = tuple(one for value in values.values() if isinstance(value, WithFiles) for one in value.files)
    about = {"node": node().base_url, "name": node().name, "made": now(), "parts": sorted(_parts)}
    rows_of = {name: value.rows if isinstance(value, WithFiles) else value for name, value in values.items()}
    return Collected({"about": about, **rows_of}, files)


def zipped(collected: Collected) -> Iterator[bytes]:
    """Yield what was collected as a zip, a piece at a time: JSON files, and the uploaded files under `files/`."""
    texts = (
        (f"{name}.json", json.dumps(value, ensure_ascii=False, indent=2, default=_in_words).encode())
        for name, value in collected.parts.items()
    )
    return zips.packed(chain(texts, ((one.name, one.path) for one in collected.files)))


def plain(row: Base, *, but: Iterable[str] = ()) -> dict[str, Any]:
    """Return a row by the names of its columns, without what opens something."""
    left_out = SECRET | set(but)
    return {name: getattr(row, name) for name in row.__mapper__.column_attrs.keys() if name not in left_out}  # noqa: SIM118


def rows(model: type[Base], *conditions: Any, but: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return the rows of a table that belong to a member."""
    return [plain(row, but=but) for row in session().scalars(select(model).where(*conditions))]


def _in_words(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@exported("account")
def account(member: Member) -> dict[str, Any]:
    """The account itself, and the person that the network knows."""
    actor = member.actor
    known = {"address": actor.address, "iri": actor.iri, "found_by_others": actor.federated, "summary": actor.summary}
    return {**plain(member, but=("actor_id",)), "name": member.name, **known}


@exported("roles")
def roles(member: Member) -> list[dict[str, Any]]:
    """For whom they work."""
    held = session().scalars(select(Role).where(Role.member_id == member.id))
    return [{"actor": one.actor.address, "role": one.role, "since": one.since} for one in held]


@exported("invitations")
def invitations(member: Member) -> list[dict[str, Any]]:
    """Whom they invited, and to what they are invited."""
    theirs = or_(RoleInvitation.made_by_id == member.id, RoleInvitation.member_id == member.id)
    return rows(RoleInvitation, theirs)


@exported("foundings")
def foundings(member: Member) -> list[dict[str, Any]]:
    """Which organisations they ask to found."""
    return rows(Founding, Founding.member_id == member.id)


@exported("sessions")
def sessions(member: Member) -> list[dict[str, Any]]:
    """In which browsers they were signed in."""
    return rows(MemberSession, MemberSession.member_id == member.id)


@exported("identities")
def identities(member: Member) -> list[dict[str, Any]]:
    """Who they are elsewhere, where they sign in by it."""
    return rows(OutsideIdentity, OutsideIdentity.member_id == member.id)


@exported("tokens")
def tokens(member: Member) -> list[dict[str, Any]]:
    """What their programs may do."""
    return rows(Token, Token.member_id == member.id)


@exported("mails")
def mails(member: Member) -> list[dict[str, Any]]:
    """What is on its way to them; of what was sent nothing is kept."""
    found = session().scalars(select(Mail).where(Mail.recipient == member.email))
    return [{"subject": one.subject, "created_at": one.created_at, "purpose": one.purpose} for one in found]


@exported("notifications")
def notifications(member: Member) -> dict[str, Any]:
    """What they were told, and how they wish to be told."""
    return {
        "wishes": rows(Preferences, Preferences.member_id == member.id),
        "told": rows(Notification, Notification.member_id == member.id),
    }
