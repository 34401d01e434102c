"""Counts and rows that are published tell of nobody: the vectors of the document, and what holds for all of them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from flask_maillage.calls.afterwards.pooling import ALIKE, FEWEST, FIELDS, HIDDEN, anonymised, pooled, totals
from tests.calls.fixtures import fixture

OPENNESS = fixture("openness")
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "territory": st.sampled_from(["FR", "BE", "IE"]),
            "topics": st.sampled_from(["voice", "rights"]),
            "sectors": st.sampled_from(["Care", "Delivery", "Transport"]),
            "outcome": st.sampled_from(["selected", "declined", "reserve"]),
        }
    ),
    max_size=40,
)
NAMES = st.dictionaries(st.text("abcdefg", min_size=1, max_size=2), st.sets(st.integers(0, 12), min_size=1), max_size=8)


def apart(counts):
    """Return things that are all different, as many under each name as is said."""
    return {name: {(name, number) for number in range(count)} for name, count in counts.items()}


def test_counts_are_those_of_the_document():
    for case in OPENNESS["counts"]:
        assert pooled(apart(case["counted"])) == case["published"]


def test_rows_are_those_of_the_document():
    assert anonymised(OPENNESS["rows"]["held"]) == OPENNESS["rows"]["published"]


def test_of_equal_rows_the_first_by_name_is_added():
    assert pooled(apart({"b": 4, "a": 4, "c": 1})) == {"b": 4, HIDDEN: 5}


@given(st.dictionaries(st.text("abcdefg", min_size=1, max_size=2), st.integers(1, 9), max_size=8))
def test_no_count_below_three_can_be_had_by_taking_rows_from_the_total(counts):
    total = sum(counts.values())
    shown = pooled(apart(counts))

    assert sum(shown.values()) == total
    if total >= FEWEST:
        assert all(count >= FEWEST for count in shown.values())
    else:
        assert set(shown) <= {HIDDEN}
        assert totals(total, 0) == ({} if total else {"applications": 0, "selected": 0})
    assert {name for name, count in counts.items() if count < FEWEST}.isdisjoint(shown)
    assert all(shown[name] == counts[name] for name in shown if name != HIDDEN)


@given(NAMES)
def test_what_stands_under_several_names_counts_once_among_the_small(rows):
    everybody = set().union(*rows.values())
    shown = pooled(rows)
    hidden = set().union(*(things for name, things in rows.items() if name not in shown))

    assert shown.get(HIDDEN, 0) == len(hidden)
    assert len(everybody) < FEWEST or all(count >= FEWEST for count in shown.values())
    assert {name for name, things in rows.items() if len(things) < FEWEST}.isdisjoint(shown)


@given(st.integers(0, 30), st.integers(0, 30))
def test_no_total_and_no_difference_of_totals_is_below_three(applications, selected):
    selected = min(selected, applications)
    said = totals(applications, selected)
    numbers = [*said.values(), *([said["applications"] - said["selected"]] if "selected" in said else [])]

    assert all(number == 0 or number >= FEWEST for number in numbers)


@given(ROWS)
def test_each_published_row_has_four_others_like_it_and_tells_no_outcome_of_all(rows):
    published = anonymised(rows)
    alike = Counter(tuple(row[name] for name in FIELDS) for row in published)

    assert all(count >= ALIKE for count in alike.values())
    for combination in alike:
        outcomes = {row["outcome"] for row in published if tuple(row[name] for name in FIELDS) == combination}
        assert outcomes == {HIDDEN} or len(outcomes) > 1
    assert published == sorted(published, key=lambda row: [row[name] for name in (*FIELDS, "outcome")])
    assert all(set(row) == {*FIELDS, "outcome"} for row in published)
    assert anonymised(list(reversed(rows))) == published
