"""Quorum, outcome and scores are what the document's own vectors say."""

import pytest

from flask_maillage.calls import arithmetic
from flask_maillage.publications.call_parts import Criterion
from tests.calls.fixtures import fixture

VECTORS = fixture("arithmetic")
CRITERIA = [Criterion(label=one["key"], **one) for one in VECTORS["scores"]["criteria"]]


@pytest.mark.parametrize("row", VECTORS["quorum"])
def test_opinions_come_to_what_the_vectors_say(row):
    keys = [f"s{number}" for number in range(row["seats"])]
    words = [word for word, count in row["opinions"].items() for _ in range(count)]
    left = keys[row["recused"] :]
    reviews = {key: (word, {}) for key, word in zip(left, words, strict=False)}
    found = arithmetic.weigh(keys, keys[: row["recused"]], reviews, quorum=row["quorum"])
    assert (found.needed, found.comes_to, found.opinions) == (row["needed"], row["comesTo"], row["opinions"])


def test_scores_are_computed_as_fractions_and_only_whole_ones_count():
    reviews = VECTORS["scores"]["reviews"]
    totals = [arithmetic.total(one["scores"], CRITERIA) for one in reviews]
    assert [arithmetic.percent(one) for one in totals] == [one["total"] for one in reviews]
    assert arithmetic.percent(arithmetic.mean(totals)) == VECTORS["scores"]["mean"]


def test_half_a_tenth_goes_to_the_even_one():
    half = Criterion(key="k", label="k", weight=1, maximum=80)
    found = [arithmetic.percent(arithmetic.total({"k": points}, [half])) for points in (1, 3)]
    assert found == ["1.2", "3.8"]  # 1.25 and 3.75


def test_who_recuses_counts_neither_with_an_earlier_opinion_nor_in_the_quorum():
    before = arithmetic.weigh("abcd", "", {"a": ("admissible", {}), "b": ("admissible", {})}, quorum=3)
    after = arithmetic.weigh("abcd", "", {"a": ("recused", {}), "b": ("admissible", {})}, quorum=3)
    own = arithmetic.weigh("abcd", "a", {"a": ("admissible", {}), "b": ("admissible", {})}, quorum=3)
    assert (before.needed, before.given, before.recused) == (3, 2, frozenset())
    assert (after.needed, after.given, after.recused) == (own.needed, own.given, own.recused) == (3, 1, {"a"})


def test_who_left_the_committee_counts_no_more():
    found = arithmetic.weigh("ab", "z", {"z": ("admissible", {}), "a": ("abstain", {})}, quorum=None)
    assert (found.needed, found.given, found.comes_to) == (2, 1, "undecided")
