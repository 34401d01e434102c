"""Which letters are letters of federated calls: all of the specification's, and nothing else of the same verbs."""

import json
from pathlib import Path

import pytest

from federation.activities import activity_of
from flask_maillage.calls.shapes import Shape, shape_of

FIXTURES = Path(__file__).parents[1] / "federated_calls"
EXPECTED = {
    "offer": Shape.OFFER,
    "offer-plain-0837": Shape.OFFER,
    "correction": Shape.CORRECTION,
    "withdrawal": Shape.WITHDRAWAL,
    "receipt-seat": Shape.RECEIPT,
    "receipt-incomplete": Shape.RECEIPT,
    "review": Shape.REVIEW,
    "review-changed": Shape.REVIEW,
    "recusal": Shape.REVIEW,
    "decision-selected": Shape.DECISION,
    "decision-reserve": Shape.DECISION,
    "decision-declined": Shape.DECISION,
    "refusal": Shape.REFUSAL,
    "confirmation": Shape.CONFIRMATION,
    "place-refused": Shape.CONFIRMATION,
    "cohort-add": Shape.PLACEMENT,
    "cohort-remove": Shape.PLACEMENT,
    "follow-up-contact": Shape.ENTRY,
    "contact-shared": Shape.ENTRY,
    "purge-notice": Shape.NOTICE,
    "purge": Shape.PURGE,
    "erasure": None,  # told by what is kept
    "offer-communecter-badge": None,
    "offer-communecter-role": None,
    "session-invite": None,
    "session-accept": None,
    "seat-declined": None,
    "call": None,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_letters_are_told_by_type_and_shape(name):
    letter = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))

    assert shape_of(activity_of(letter)) is EXPECTED[name]


@pytest.mark.parametrize(
    "letter",
    [
        {"type": "Accept", "object": {"type": "Follow", "id": "https://a.test/f"}},
        {"type": "Reject", "object": "https://a.test/join"},
        {"type": "Add", "object": "https://a.test/1", "target": "https://a.test/featured"},
        {"type": "Create", "object": {"type": "Note", "id": "https://a.test/n"}},
        {"type": "Delete", "object": {"type": "Tombstone", "id": "https://a.test/n"}},
        {"type": "Undo", "object": {"type": "Follow", "id": "https://a.test/f"}},
        {"type": "Offer", "object": {"type": "Person", "id": "https://a.test/p"}},
    ],
)
def test_other_letters_of_the_same_verbs_are_not_ours(letter):
    assert shape_of(activity_of({"id": "https://a.test/x", "actor": "https://a.test/a", **letter})) is None
