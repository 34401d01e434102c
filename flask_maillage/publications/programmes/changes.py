"""What changed between two programmes, item by item, in sentences: moved, added, removed, other speakers or rooms."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from flask_maillage.publications.programmes.programme import Programme, ProgrammeItem, Speaker, all_items, complete

Clock = Callable[[datetime], str]


def _(message: str) -> str:
    return message


class Change(NamedTuple):
    """One change; `message` is English with named places, for the reader's language."""

    message: str
    values: dict[str, str]


def between(old: Iterable[ProgrammeItem], new: Iterable[ProgrammeItem], clock: Clock) -> list[Change]:
    """Return what changed from one programme to another; nothing where nothing did.

    Args:
        old: the programme before.
        new: the programme after.
        clock: says a moment as readers see it.
    """
    before, after = list(all_items(_with_stated_ends(old))), list(all_items(_with_stated_ends(new)))
    pairs = _pairs(before, after)
    gone = {item.key for item in before} - {one.key for one, _other in pairs}
    come = {item.key for item in after} - {other.key for _one, other in pairs}
    found = [change for one, other in pairs for change in _of_one(one, other, clock)]
    found.extend(_added(item, clock) for item in after if item.key in come)
    found.extend(Change(_("Removed: “%(item)s”."), {"item": item.name}) for item in before if item.key in gone)
    return found


def with_keys_of(old: Iterable[ProgrammeItem], new: Iterable[ProgrammeItem]) -> Programme:
    """Return the new programme with the keys of the old one, item by item: the ids that peers know are made of them.

    An item that is new gets a key that no other has, so that nobody takes it for one that is gone.
    """
    given = tuple(new)
    before, after = list(all_items(old)), list(all_items(given))
    keys = {id(other): one.key for one, other in _pairs(before, after)}
    used = {item.key for item in before}
    for item in after:
        if id(item) not in keys:
            fresh = (f"i{number}" for number in range(1, 10_000))
            keys[id(item)] = item.key if item.key not in used else next(key for key in fresh if key not in used)
            used.add(keys[id(item)])
    renamed = {item.key: keys[id(item)] for item in after}
    return tuple(_with_keys(item, renamed) for item in given)


def _with_keys(item: ProgrammeItem, renamed: dict[str, str]) -> ProgrammeItem:
    return item.model_copy(
        update={
            "key": renamed[item.key],
            "answers_to": renamed.get(item.answers_to) if item.answers_to else None,
            "items": tuple(_with_keys(part, renamed) for part in item.items),
        }
    )


def _with_stated_ends(items: Iterable[ProgrammeItem]) -> list[ProgrammeItem]:
    """Take away the ends that go without saying: they move with whatever comes next."""
    given = list(items)
    bare = complete([item.model_copy(update={"ends_at": None}) for item in given], None)
    last = given[-1:]
    return [
        item.model_copy(update={"ends_at": None}) if item.ends_at == plain.ends_at or [item] == last else item
        for item, plain in zip(given, bare, strict=True)
    ]


def _pairs(before: list[ProgrammeItem], after: list[ProgrammeItem]) -> list[tuple[ProgrammeItem, ProgrammeItem]]:
    """Find each item again: by key and name, by name and kind, then by key alone."""
    found: list[tuple[ProgrammeItem, ProgrammeItem]] = []
    old, new = list(before), list(after)
    for same in (_same_key_and_name, _same_name, _same_key_and_kind):
        for item in list(new):
            match = next((one for one in old if same(one, item)), None)
            if match is not None:
                found.append((match, item))
                old.remove(match)
                new.remove(item)
    order = {id(item): place for place, item in enumerate(after)}
    return sorted(found, key=lambda pair: order[id(pair[1])])


def _same_key_and_name(one: ProgrammeItem, other: ProgrammeItem) -> bool:
    return one.key == other.key and one.name == other.name


def _same_name(one: ProgrammeItem, other: ProgrammeItem) -> bool:
    return one.name.casefold() == other.name.casefold() and one.kind == other.kind


def _same_key_and_kind(one: ProgrammeItem, other: ProgrammeItem) -> bool:
    return one.key == other.key and one.kind == other.kind


def _added(item: ProgrammeItem, clock: Clock) -> Change:
    if item.starts_at is None:
        return Change(_("Added: “%(item)s”."), {"item": item.name})
    return Change(_("Added: “%(item)s”, %(time)s."), {"item": item.name, "time": clock(item.starts_at)})


def _of_one(one: ProgrammeItem, other: ProgrammeItem, clock: Clock) -> Iterator[Change]:
    named = {"item": other.name}
    if one.name != other.name:
        yield Change(_("“%(before)s” is now called “%(item)s”."), {"before": one.name, **named})
    yield from _times(one, other, clock)
    if one.room != other.room:
        said = _("“%(item)s” is now in: %(room)s.") if other.room else _("“%(item)s” has no room any more.")
        yield Change(said, {**named, "room": other.room} if other.room else named)
    yield from _speakers(one, other)
    if (one.kind, one.description) != (other.kind, other.description):
        yield Change(_("“%(item)s” is described in other words."), named)


def _times(one: ProgrammeItem, other: ProgrammeItem, clock: Clock) -> Iterator[Change]:
    if one.starts_at != other.starts_at and one.starts_at and other.starts_at:
        times = {"before": clock(one.starts_at), "after": clock(other.starts_at)}
        yield Change(_("“%(item)s” moved from %(before)s to %(after)s."), {"item": other.name, **times})
    elif one.starts_at != other.starts_at:
        yield Change(_("“%(item)s” has another time."), {"item": other.name})
    if one.ends_at != other.ends_at and other.ends_at:
        yield Change(_("“%(item)s” ends at %(time)s."), {"item": other.name, "time": clock(other.ends_at)})


def _speakers(one: ProgrammeItem, other: ProgrammeItem) -> Iterator[Change]:
    before, after = _by_name(one.speakers), _by_name(other.speakers)
    for name, speaker in after.items():
        values = {"speaker": speaker.name, "item": other.name}
        if name not in before:
            yield Change(_("%(speaker)s now speaks in “%(item)s”."), values)
        elif before[name] != speaker:
            yield Change(_("%(speaker)s is presented in other words in “%(item)s”."), values)
    for name, speaker in before.items():
        if name not in after:
            values = {"speaker": speaker.name, "item": other.name}
            yield Change(_("%(speaker)s no longer speaks in “%(item)s”."), values)


def _by_name(speakers: Iterable[Speaker]) -> dict[str, Speaker]:
    return {speaker.name.casefold(): speaker for speaker in speakers}
