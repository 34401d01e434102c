"""A proposal of groups: nobody twice, never over capacity, the same for the same, and even as far as it can be."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as some

from flask_maillage.calls.coordinating.suggesting import Trait, suggest

TRAITS = some.builds(
    Trait,
    some.text("abcdef0123456789", min_size=6, max_size=6),
    some.sampled_from(["en", "fr", "de"]),
    some.sampled_from(["FR", "BE", "IE", "RS"]),
    some.frozensets(some.sampled_from(["voice", "tools", "care"]), max_size=2),
)
PEOPLE = some.lists(TRAITS, max_size=14, unique_by=lambda one: one.identifier)
CAPACITIES = some.dictionaries(some.sampled_from("1234"), some.integers(1, 6), max_size=4)


@some.composite
def boards(draw):
    """Draw people, groups, and who is in one of these already."""
    people, capacities = draw(PEOPLE), draw(CAPACITIES)
    placed, left = {}, dict(capacities)
    for one in people:
        key = draw(some.sampled_from(["", *sorted(key for key, room in left.items() if room)]))
        placed[one.identifier] = key
        if key:
            left[key] -= 1
    return people, capacities, placed


def cost(people, capacities, where):
    """Say anew, from the definition, how far all is from even shares."""
    whole = sum(capacities.values())
    totals = Counter(mark for one in people for mark in one.marks)
    found = 0
    for key, capacity in capacities.items():
        counts = Counter(mark for one in people if where.get(one.identifier) == key for mark in one.marks)
        found += sum((counts[mark] * whole - totals[mark] * capacity) ** 2 for mark in totals)
    return found


@given(boards())
@settings(max_examples=150, deadline=None)
def test_nobody_moves_and_no_group_is_over_full(board):
    people, capacities, placed = board
    found = suggest(people, capacities, placed)

    new = [one.identifier for one in people if not placed[one.identifier]]
    assert set(found) <= set(new)
    where = Counter([key for key in placed.values() if key] + list(found.values()))
    assert all(where[key] <= capacities[key] for key in where)
    assert len(found) == min(len(new), sum(capacities.values()) - len(people) + len(new))


@given(boards(), some.randoms())
@settings(max_examples=80, deadline=None)
def test_the_same_gives_the_same_in_whatever_order(board, random):
    people, capacities, placed = board
    shuffled = list(people)
    random.shuffle(shuffled)
    turned = dict(reversed(capacities.items()))
    assert suggest(shuffled, turned, placed) == suggest(people, capacities, placed)


@given(boards())
@settings(max_examples=60, deadline=None)
def test_no_newcomer_can_move_or_swap_to_make_it_more_even(board):
    people, capacities, placed = board
    found = suggest(people, capacities, placed)
    where = {**placed, **found}
    best = cost(people, capacities, where)
    sizes = Counter(where.values())
    for one, here in found.items():
        for key in capacities:
            if sizes[key] < capacities[key]:
                assert cost(people, capacities, where | {one: key}) >= best
        for other, there in found.items():
            assert cost(people, capacities, where | {one: there, other: here}) >= best


def test_two_groups_of_five_get_the_same_mixture():
    people = [Trait(f"{number}", "fr" if number < 6 else "en", "FR" if number % 2 else "BE") for number in range(10)]
    found = suggest(people, {"1": 5, "2": 5}, {})
    by_key = {key: [one for one in people if found[one.identifier] == key] for key in ("1", "2")}

    assert {key: len(those) for key, those in by_key.items()} == {"1": 5, "2": 5}
    for those in by_key.values():
        assert sum(one.language == "fr" for one in those) == 3
        assert sum(one.country == "FR" for one in those) in (2, 3)


def test_who_is_placed_counts():
    placed = {"a": "1", "b": "1", "c": "", "d": ""}
    people = [Trait("a", "fr"), Trait("b", "fr"), Trait("c", "fr"), Trait("d", "en")]
    assert suggest(people, {"1": 3, "2": 3}, placed)["c"] == "2"
