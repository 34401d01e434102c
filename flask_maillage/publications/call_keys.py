"""What a seat, a cohort and a criterion of a call are known by: a key that stays when they are worded anew or moved."""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

from flask_maillage.publications.call_parts import MAX_COHORTS, MAX_CRITERIA, MAX_SEATS, Cohort, Criterion, Seat

Part = TypeVar("Part", Seat, Cohort, Criterion)


def with_keys(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Return seats of which each has a key of its own; a new one is made from who holds the seat, the same each time.

    A key is never given to somebody else's seat because another one was taken away: answers will refer to it.
    """
    return _keyed(tuple(seats)[:MAX_SEATS], "s", lambda seat: (seat.name, seat.role, seat.organisation, seat.actor))


def with_cohort_keys(cohorts: Iterable[Cohort]) -> tuple[Cohort, ...]:
    """Return cohorts of which each has a key of its own, as seats have."""
    return _keyed(tuple(cohorts)[:MAX_COHORTS], "c", lambda cohort: (cohort.iri or cohort.name,))


def with_criterion_keys(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Return criteria of which each has a key of its own, as seats have: scores refer to it."""
    return _keyed(tuple(criteria)[:MAX_CRITERIA], "k", lambda criterion: (criterion.label,))


def _keyed(
    parts: tuple[Part, ...], prefix: str, identity: Callable[[Part], tuple[str | None, ...]]
) -> tuple[Part, ...]:
    taken: set[str] = set()
    keyed = []
    claimed = {part.key for part in parts if part.key}
    for part in parts:
        key = part.key
        if not key or key in taken:
            key = _new_key(prefix, "\n".join(one or "" for one in identity(part)), taken | claimed)
        taken.add(key)
        keyed.append(part.model_copy(update={"key": key}))
    return tuple(keyed)


def _new_key(prefix: str, identity: str, taken: set[str]) -> str:
    for number in range(len(taken) + 1):
        key = prefix + hashlib.sha256(f"{number}\n{identity}".encode()).hexdigest()[:10]
        if key not in taken:
            return key
    raise AssertionError("of more keys than are taken, one is free")


def seats_after(old: Iterable[Seat], new: Iterable[Seat]) -> tuple[Seat, ...]:
    """Return the seats of a changed committee, with the keys that they had.

    A key is never given to another holder: where another actor takes a seat, it is a new seat. Who had a seat before
    has it under its key, whatever key is written for it now.
    """
    old, new = tuple(old), tuple(new)
    before = {seat.key: seat.actor for seat in old}
    claimed = {seat.key for seat in new}
    held = {seat.actor: seat.key for seat in old if seat.actor and seat.key not in claimed}
    keyed = []
    for seat in new:
        key, actor = seat.key, before.get(seat.key)
        if actor and seat.actor and actor != seat.actor:
            key = ""
        elif key not in before and seat.actor:
            key = held.pop(seat.actor, key)
        keyed.append(seat.model_copy(update={"key": key}))
    return with_keys(keyed)


def cohorts_after(old: Iterable[Cohort], new: Iterable[Cohort]) -> tuple[Cohort, ...]:
    """Return changed cohorts with the keys that they had: by their name, else by their key, else by their place."""
    old, new = tuple(old), tuple(new)
    free = {cohort.key: cohort.name for cohort in old}
    known = set(free)
    keys = ["" for _ in new]
    for number, cohort in enumerate(new):
        keys[number] = next((key for key, name in free.items() if name == cohort.name), "")
        free.pop(keys[number], None)
    for number, cohort in enumerate(new):
        if not keys[number] and free.pop(cohort.key, None) is not None:
            keys[number] = cohort.key
    for number, cohort in enumerate(new):
        if not keys[number] and number < len(old) and free.pop(old[number].key, None) is not None:
            keys[number] = old[number].key
        keys[number] = keys[number] or (cohort.key if cohort.key not in known else "")
    return with_cohort_keys(one.model_copy(update={"key": key}) for one, key in zip(new, keys, strict=True))
