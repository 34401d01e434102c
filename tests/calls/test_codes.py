"""Codes are those of the document; each is told in words, and a refusal survives the wire."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flask_maillage.calls.codes import SENTENCES, TOO_LONG, Refusal, Refused, refusal_of
from flask_maillage.publications.kinds.words import words

FIXTURES = Path(__file__).parent.parent / "federated_calls"
REASONS = json.loads((FIXTURES / "reasons.json").read_text(encoding="utf-8"))
END = datetime(2027, 1, 13, 22, 59, 59, tzinfo=UTC)


def test_the_codes_are_those_of_the_document():
    assert list(SENTENCES) == list(REASONS)


@pytest.mark.parametrize("phrase", [*SENTENCES.values(), TOO_LONG])
def test_every_sentence_is_there_in_french(phrase):
    assert words("fr", phrase, count=1, limit=1) != words("en", phrase, count=1, limit=1)


def test_there_is_no_other_code():
    with pytest.raises(ValueError, match="to-long"):
        Refusal("to-long")


def test_the_refusal_of_the_document_is_read_and_written():
    letter = json.loads((FIXTURES / "refusal.json").read_text(encoding="utf-8"))

    read = refusal_of(letter)

    assert read == Refusal("missing-recipient", missing=("https://node-c.example/actors/astrees_seat",))
    assert letter.items() >= read.document().items()
    assert letter["content"] == f"<p>{read.sentence('en')}</p>"


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("too-long", keys=("people",), count=1501, limit=1500),
        Refusal("committee-changed", committee_version=3),
        Refusal("late", end_time=END),
        Refusal("missing-answer", keys=("a", "b")),
        Refusal("malformed"),
    ],
)
def test_a_refusal_comes_back_as_it_was_sent(refusal):
    assert refusal_of(json.loads(json.dumps(refusal.document()))) == refusal


@pytest.mark.parametrize("code", [None, 4, "unheard-of", ["late"]])
def test_a_code_that_nobody_knows_is_no_refusal(code):
    assert refusal_of({"reasonCode": code}) is None


@pytest.mark.parametrize(
    "more", [{"keys": "a", "count": "many", "limit": -1}, {"keys": [{"a": 1}, "<b>"], "missing": 4, "endTime": "soon"}]
)
def test_of_what_cannot_be_read_the_code_remains(more):
    assert refusal_of({"reasonCode": "late", **more}) == Refusal("late")


def test_people_are_told_by_how_much_when_and_where():
    labels = {"people": "People involved"}
    late = Refusal("late", end_time=END)

    long = Refusal("too-long", keys=("people", "gone"), count=1501, limit=1500)

    assert long.sentence("en", labels=labels) == (
        "This is too long: 1501 characters, where at most 1500 are possible. (People involved)"
    )
    assert late.sentence("en", timezone="Europe/Brussels") == (
        "It is too late: one could apply until Wednesday 13 January 2027, 23:59 (Europe/Brussels)."
    )
    assert late.sentence("fr-BE").startswith("Il est trop tard : on pouvait répondre jusqu'au mercredi 13 janvier")


def test_what_is_raised_carries_the_refusal():
    assert Refused(Refusal("late")).refusal.code == str(Refused(Refusal("late"))) == "late"
