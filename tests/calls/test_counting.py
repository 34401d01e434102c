"""Lengths are those of the document, and what is taken off at the ends is no more than it says."""

import json
from pathlib import Path

import pytest

from flask_maillage.calls.counting import length, written

VECTORS = json.loads((Path(__file__).parent.parent / "federated_calls" / "counting.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("one", VECTORS, ids=[one["what"] for one in VECTORS])
def test_a_text_is_as_long_as_the_document_says(one):
    assert length(one["text"]) == one["length"]


def test_all_answers_together_are_counted_each_by_itself():
    assert written(one["text"] for one in VECTORS) == sum(one["length"] for one in VECTORS)
    assert written([]) == 0
