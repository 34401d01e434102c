"""Whether an application answers what a call asks, from where it may: the same for the page, the inbox and the sender.

The order is that of FC-22, from eligibility on; what comes before it (shape, proof, state, audience) and after it
(initiatives) needs more than the two documents.
"""

from collections.abc import Callable, Iterable, Iterator

from flask_maillage.calls.application import Application
from flask_maillage.calls.application_parts import PDF, Answer
from flask_maillage.calls.codes import Refusal
from flask_maillage.calls.counting import length, written
from flask_maillage.publications.call_parts import Question
from flask_maillage.publications.eligibility import is_eligible
from flask_maillage.publications.kinds.call_details import CallDetails

CHARACTERS = {"short": 200, "long": 10_000}
"""How long an answer may be where the question does not say."""
MOST_BYTES = 10 * 1024 * 1024
"""How large a file may be where the question does not say."""

Pair = tuple[Question, Answer]


def judge(application: Application, details: CallDetails) -> Refusal | None:
    """Return the first thing that is wrong with an application to a call, or None."""
    return next(faults(application, details), None)


def faults(application: Application, details: CallDetails) -> Iterator[Refusal]:
    """Yield everything that is wrong with an application to a call, in the order of FC-22: a form shows all of it."""
    if is_eligible(details, application.territory) is False:
        yield Refusal("not-eligible")
    asked = {question.key: question for question in details.questions}
    given = {answer.key: answer for answer in application.answers}
    yield from _about("unknown-question", given.keys() - asked.keys())
    needed = (key for key, question in asked.items() if question.required)
    yield from _about("missing-answer", (key for key in needed if key not in given or given[key].is_empty))
    pairs = [(asked[key], answer) for key, answer in given.items() if key in asked and not answer.is_empty]
    bad = {question.key for question, answer in pairs if not _fits(question, answer)}
    yield from _about("bad-answer", bad)
    pairs = [(question, answer) for question, answer in pairs if question.key not in bad]
    yield from _too_long(pairs, details.note_characters)
    tests: dict[str, Callable[[Pair], bool]] = {
        "file-type": _is_of_wrong_type,
        "file-size": _is_too_large,
        "file-pages": lambda pair: _has_too_many_pages(pair, details.note_pages),
    }
    for code, fails in tests.items():
        yield from _about(code, (pair[0].key for pair in pairs if fails(pair)))


def most_characters(question: Question) -> int:
    """Return how long an answer in words may be."""
    return question.characters or CHARACTERS.get(question.answer, CHARACTERS["long"])


def most_bytes(question: Question) -> int:
    """Return how large a file may be."""
    return question.maximum_bytes or MOST_BYTES


def most_pages(question: Question, details: CallDetails) -> int | None:
    """Return how many pages a PDF may have, or None for any number."""
    return question.pages or details.note_pages


def _about(code: str, keys: Iterable[str]) -> Iterator[Refusal]:
    concerned = tuple(sorted(keys))
    if concerned:
        yield Refusal(code, keys=concerned)


def _fits(question: Question, answer: Answer) -> bool:
    """Tell whether an answer is of the sort that was asked for, and its choices are of those that there are."""
    if question.answer == "file":
        return answer.attachment is not None
    if question.answer != "choice":
        return answer.text is not None
    chosen = answer.choices or ()
    is_set = len(set(chosen)) == len(chosen) and set(chosen) <= set(question.choices)
    return answer.choices is not None and is_set and (question.several or len(chosen) == 1)


def _too_long(pairs: list[Pair], in_all: int | None) -> Iterator[Refusal]:
    texts = {question.key: answer.text for question, answer in pairs if answer.text is not None}
    for question, _ in pairs:
        count, limit = length(texts.get(question.key, "")), most_characters(question)
        if count > limit:
            yield Refusal("too-long", keys=(question.key,), count=count, limit=limit)
    count = written(texts.values())
    if in_all is not None and count > in_all:
        yield Refusal("too-long", count=count, limit=in_all)


def _is_of_wrong_type(pair: Pair) -> bool:
    question, answer = pair
    file = answer.attachment
    return file is not None and bool(question.media_types) and file.media_type not in question.media_types


def _is_too_large(pair: Pair) -> bool:
    question, answer = pair
    return answer.attachment is not None and answer.attachment.size > most_bytes(question)


def _has_too_many_pages(pair: Pair, otherwise: int | None) -> bool:
    question, answer = pair
    most, file = question.pages or otherwise, answer.attachment
    return file is not None and file.media_type == PDF and most is not None and (file.pages or 0) > most
