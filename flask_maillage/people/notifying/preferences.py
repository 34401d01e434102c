"""How a member wants to be told things: by which channels, how often, in which time zone."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from actors.database import session
from flask_maillage.people.models import Member
from flask_maillage.people.notifying.kinds import CHANNELS, Kind
from flask_maillage.people.notifying.models import Preferences


def of(member: Member) -> Preferences | None:
    """Return what a member said, or None where they said nothing yet."""
    return session().get(Preferences, member.id)


def of_all(members: Iterable[Member]) -> dict[int, Preferences]:
    """Return what these members said, by their numbers."""
    query = select(Preferences).where(Preferences.member_id.in_([member.id for member in members]))
    return {one.member_id: one for one in session().scalars(query)}


def made_for(member: Member) -> Preferences:
    """Return a member's preferences to write into, with everything as it is for who said nothing."""
    found = of(member)
    if found is None:
        found = Preferences(member_id=member.id, choices={}, digest="never", feed_events=True)
        session().add(found)
        session().flush()
    return found


def channels(said: Preferences | None, kind: Kind) -> frozenset[str]:
    """Return by which channels a kind comes to who said this, or nothing."""
    chosen = said.choices.get(kind.name) if said is not None else None
    return kind.defaults if chosen is None else frozenset(chosen) & kind.offered


def choose(said: Preferences, kind: Kind, wanted: Collection[str]) -> None:
    """Let a kind come by these channels, and by no other."""
    chosen = [channel for channel in CHANNELS if channel in wanted and channel in kind.offered]
    said.choices = {**said.choices, kind.name: chosen}
    session().flush()


def leave_out(said: Preferences, kind: Kind, channel: str) -> None:
    """Let a kind come by a channel no longer."""
    choose(said, kind, channels(said, kind) - {channel})


def timezone_of(said: Preferences | None) -> str | None:
    """Return the time zone that a member chose, or None."""
    return said.timezone if said is not None else None
