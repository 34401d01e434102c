"""How one registers for an event with us: what its people choose beside the number of places; never on the wire."""

from typing import Any

from pydantic import Field

from flask_maillage.publications.content import Fact, Text

MAX_ASKS, MAX_CHOICES = 10, 12
MOST_DAYS = 60


class Ask(Fact):
    """A question to those who register: a short text, or one of some choices."""

    question: Text
    choices: tuple[Text, ...] = Field(default=(), max_length=MAX_CHOICES)
    required: bool = False


class Registration(Fact):
    """What the event's people chose; no reminder where there are no days."""

    waiting_list: bool = False
    guests: bool = True
    """Whether people without an account may register with an e-mail address."""
    asks: tuple[Ask, ...] = Field(default=(), max_length=MAX_ASKS)
    remind_days: int | None = Field(default=1, ge=1, le=MOST_DAYS)
    announce_days: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    """How many days before the event it is shared once more with those who follow its actor."""


def from_form(form: Any) -> Registration:
    """Return what a valid form of an event says of it."""
    return Registration(
        waiting_list=form.waiting_list.data,
        guests=form.guests.data,
        asks=tuple(_ask(line) for line in form.asks.lines()),
        remind_days=form.remind_days.data or None,
        announce_days=form.announce_days.data or None,
    )


def form_data(registration: Registration) -> dict[str, Any]:
    """Return the data that makes the form show it again."""
    return {
        "waiting_list": registration.waiting_list,
        "guests": registration.guests,
        "asks": "\n".join(map(_line, registration.asks)),
        "remind_days": registration.remind_days or 0,
        "announce_days": registration.announce_days or 0,
    }


def _ask(line: str) -> Ask:
    question, *choices = (part.strip() for part in line.split("|"))
    required = question.endswith("*")
    question = question.removesuffix("*").rstrip() or "*"
    return Ask(question=question, choices=tuple(filter(None, choices)), required=required)


def _line(ask: Ask) -> str:
    return " | ".join([ask.question + (" *" if ask.required else ""), *ask.choices])
