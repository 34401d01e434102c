"""An application is judged by what the call asks for, in the order of the document."""

import pytest

from flask_maillage.calls.application import read
from flask_maillage.calls.application_parts import Answer, Attachment
from flask_maillage.calls.codes import Refusal
from flask_maillage.calls.judging import faults, judge
from flask_maillage.publications.call_parts import Question
from tests.calls.fixtures import details, fixture, index

ABOUT = {
    "not-eligible",
    "unknown-question",
    "missing-answer",
    "bad-answer",
    "too-long",
    "file-type",
    "file-size",
    "file-pages",
}
OFFERS = sorted(
    name
    for name, row in index().items()
    if name.startswith("offer")
    and row["file"] == f"{name}.json"
    and (row["expected"]["outcome"] == "accepted" or row["expected"].get("code") in ABOUT)
)
FILE = Attachment(
    url="https://node-d.example/a",
    mediaType="application/pdf",
    size=1,
    digestMultibase="zQm" + "a" * 44,
    name="A note",
    pages=1,
)


def answered(*answers: Answer, **more):
    return read(fixture("offer")["object"]).model_copy(update={"answers": answers, **more})


def asking(*questions: Question, **more):
    return details().model_copy(update={"questions": questions, "note_characters": None, "note_pages": None, **more})


@pytest.mark.parametrize("name", OFFERS)
def test_the_story_is_judged_as_its_index_says(name):
    refusal = judge(read(fixture(name)["object"]), details())

    assert (refusal.code if refusal else None) == index()[name]["expected"].get("code")


def test_each_code_is_in_the_story():
    assert {index()[name]["expected"].get("code") for name in OFFERS} == {None, *ABOUT}


def test_all_that_is_wrong_is_told_in_the_order_of_the_document():
    kinds = {"a": "long", "b": "choice", "c": "file"}
    questions = [Question(key=key, label=key, answer=kind) for key, kind in kinds.items()]
    call = asking(
        Question(key="r", label="r", required=True),
        *questions,
        Question(key="d", label="d", characters=3),
        Question(key="t", label="t", answer="file", media_types=("image/png",), maximum_bytes=5, pages=1),
        note_characters=3,
    )
    application = answered(
        Answer(key="x", text="?"),
        Answer(key="a", choices=("1",)),
        Answer(key="b", text="1"),
        Answer(key="c", text="1"),
        Answer(key="d", text="four"),
        Answer(key="t", attachment=FILE.model_copy(update={"size": 6, "pages": 2})),
        territory="US",
    )

    assert list(faults(application, call)) == [
        Refusal("not-eligible"),
        Refusal("unknown-question", keys=("x",)),
        Refusal("missing-answer", keys=("r",)),
        Refusal("bad-answer", keys=("a", "b", "c")),
        Refusal("too-long", keys=("d",), count=4, limit=3),
        Refusal("too-long", count=4, limit=3),
        Refusal("file-type", keys=("t",)),
        Refusal("file-size", keys=("t",)),
        Refusal("file-pages", keys=("t",)),
    ]
    assert judge(application, call) == Refusal("not-eligible")


@pytest.mark.parametrize(
    ("kind", "limit"),
    [("short", 200), ("long", 10_000)],
)
def test_a_question_without_a_limit_has_that_of_the_document(kind, limit):
    call = asking(Question(key="q", label="q", answer=kind))

    assert judge(answered(Answer(key="q", text="e\u0301" * limit + "\n")), call) is None
    assert judge(answered(Answer(key="q", text="e" * (limit + 1))), call) == Refusal(
        "too-long", keys=("q",), count=limit + 1, limit=limit
    )


def test_a_file_without_a_limit_has_that_of_the_document():
    call = asking(Question(key="q", label="q", answer="file"))
    large = FILE.model_copy(update={"size": 10 * 1024 * 1024 + 1, "pages": 900})

    assert (
        judge(answered(Answer(key="q", attachment=large.model_copy(update={"size": 10 * 1024 * 1024}))), call) is None
    )
    assert judge(answered(Answer(key="q", attachment=large)), call) == Refusal("file-size", keys=("q",))


def test_pages_are_limited_by_the_question_else_by_the_call_and_only_those_of_a_pdf():
    two = Answer(key="q", attachment=FILE.model_copy(update={"pages": 2}))
    picture = Answer(key="q", attachment=FILE.model_copy(update={"pages": None, "media_type": "image/png"}))

    assert judge(answered(two), asking(Question(key="q", label="q", answer="file"), note_pages=1)) is not None
    assert judge(answered(two), asking(Question(key="q", label="q", answer="file", pages=2), note_pages=1)) is None
    assert judge(answered(picture), asking(Question(key="q", label="q", answer="file", pages=1))) is None


@pytest.mark.parametrize(
    ("several", "chosen", "fits"),
    [
        (False, ("a",), True),
        (False, ("a", "b"), False),
        (True, ("a", "b"), True),
        (True, ("a", "a"), False),
        (True, ("a", "c"), False),
        (True, ("A",), False),
    ],
)
def test_choices_are_of_those_that_there_are_and_one_unless_several(several, chosen, fits):
    call = asking(Question(key="q", label="q", answer="choice", choices=("a", "b"), several=several))

    assert (judge(answered(Answer(key="q", choices=chosen)), call) is None) is fits


@pytest.mark.parametrize("empty", [{"text": " \r\n"}, {"choices": ()}])
@pytest.mark.parametrize("kind", ["long", "choice", "file"])
def test_nothing_is_no_answer_to_what_is_required_and_no_mistake_in_what_is_not(empty, kind):
    asked = Question(key="q", label="q", answer=kind)

    assert judge(answered(Answer(key="q", **empty)), asking(asked)) is None
    assert judge(answered(Answer(key="q", **empty)), asking(asked.model_copy(update={"required": True}))) == Refusal(
        "missing-answer", keys=("q",)
    )


@pytest.mark.parametrize(
    ("territories", "territory", "code"),
    [
        (("EU", "EU-candidate"), "FR-BRE", None),
        (("FR-BRE",), "FR-BRE", None),
        (("FR-BRE",), "FR-IDF", "not-eligible"),
        (("FR-BRE",), "FR", "not-eligible"),
        (("FR", "BE"), "DE", "not-eligible"),
        (("FR", "The Alps"), "CH", None),
        ((), "US", None),
    ],
)
def test_a_part_of_a_country_counts_with_it_and_words_are_left_to_people(territories, territory, code):
    refusal = judge(answered(territory=territory), asking(territories=territories))

    assert code == (refusal.code if refusal and refusal.code == "not-eligible" else None)


def test_all_answers_together_may_be_as_long_as_the_limit():
    call = asking(*(Question(key=key, label=key) for key in "ab"), note_characters=4)
    two = Answer(key="a", text="ab")

    assert judge(answered(two, Answer(key="b", text=" cd\n")), call) is None
    assert judge(answered(two, Answer(key="b", text="cde")), call) == Refusal("too-long", count=5, limit=4)
