"""What a group asks those who join it, and what they answer: read from forms, letters and documents, within bounds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from federation.sanitising import clean_text

MARK = "*"
MOST, LONGEST, LONGEST_ANSWER = 10, 300, 2000


@dataclass(frozen=True)
class Question:
    """A question in the group's own words, and whether one has to answer it."""

    text: str
    required: bool = False


def typed(line: str) -> Question:
    """Return the question that somebody typed; one that has to be answered begins with `*`."""
    return Question(line.removeprefix(MARK).strip(), required=line.startswith(MARK))


def typable(question: Question) -> str:
    """Return a question as somebody types it."""
    return f"{MARK} {question.text}" if question.required else question.text


def read(found: Any) -> tuple[Question, ...]:
    """Read questions from a document or a row; what is none is left out, and each stands there once."""
    given = found if isinstance(found, list) else []
    read_so_far: dict[str, Question] = {}
    for one in given[: 10 * MOST]:
        text = clean_text(one.get("text"), limit=LONGEST) if isinstance(one, dict) else ""
        if text and text not in read_so_far:
            read_so_far[text] = Question(text, required=one.get("required") is True)
    return tuple(read_so_far.values())[:MOST]


def written(asked: Iterable[Question]) -> list[dict[str, Any]]:
    """Return questions as documents and rows have them."""
    return [{"text": one.text, "required": one.required} for one in asked]


def answers_in(found: Any) -> dict[str, str]:
    """Read what a letter answers, by question."""
    given = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
    answers: dict[str, str] = {}
    for one in given[: 10 * MOST]:
        question = clean_text(one.get("question"), limit=LONGEST) if isinstance(one, dict) else ""
        text = clean_text(one.get("content"), limit=LONGEST_ANSWER) if question else ""
        if text and len(answers) < MOST:
            answers.setdefault(question, text)
    return answers


def unanswered(asked: Iterable[Question], answers: Mapping[str, str]) -> list[Question]:
    """Return which questions that one has to answer were not."""
    return [one for one in asked if one.required and not answers.get(one.text, "").strip()]
