"""What something has to say before it is published, whichever way it comes: a form, a program, an import.

`rules.check_complete` asks `gaps`; forms leave these rules to it, but for what they need to read the other fields.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from flask_maillage.publications.content import Content, Translation
from flask_maillage.publications.forms.base import _, say
from flask_maillage.publications.kinds.call_details import CallDetails, Question
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.kinds.initiative_details import InitiativeDetails
from flask_maillage.publications.kinds.news import NewsDetails
from flask_maillage.publications.texts import ENDS_BEFORE, wrong_text, wrong_title

SHORTEST_NOTE = 100
_AREA_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,19}|")


class Gap(NamedTuple):
    """A sentence about what is missing or does not fit together, and the field of the form that it is about."""

    sentence: str
    field: str


def gaps(content: Content) -> Iterator[Gap]:
    """Yield what a publication lacks, in the order of its form."""
    details = content.details
    has_title = details.titled if isinstance(details, NewsDetails) else True
    if wrong := wrong_title(content.name) if has_title else "":
        yield Gap(wrong, "name")
    if wrong := wrong_text(content.source or content.html, of_news=content.kind == "news"):
        yield Gap(wrong, "text")
    if isinstance(details, EventDetails):
        yield from _of_event(content, details)
    elif isinstance(details, CallDetails):
        yield from _of_call(content, details)
    elif isinstance(details, InitiativeDetails):
        yield from _of_initiative(details)
    yield from _of_translations(content, has_title=has_title)


def _of_event(content: Content, details: EventDetails) -> Iterator[Gap]:
    if content.starts_at is None:
        yield Gap(_("Say when it starts, as 2027-01-13 09:00."), "starts")
    elif content.ends_at is not None and content.ends_at <= content.starts_at:
        yield Gap(ENDS_BEFORE, "ends")
    if details.join_mode == "external" and not details.external_url:
        yield Gap(_("Give the address where one registers."), "join_mode")
    if content.status == "moved_online" and not content.online_url:
        yield Gap(_("Give the address to follow it online, under “Place”."), "status")


def _of_call(content: Content, details: CallDetails) -> Iterator[Gap]:
    if content.ends_at is None:
        yield Gap(_("Say until when one may apply."), "deadline")
    elif content.starts_at is not None and content.starts_at > content.ends_at:
        yield Gap(_("The first day to apply is after the last."), "opens_on")
    held, selected = sum(cohort.capacity for cohort in details.cohorts), details.maximum_selected
    if details.cohorts and selected and held != selected:
        message = _("The groups hold %(sum)d together, but %(selected)d can be selected.")
        yield Gap(say(message, sum=held, selected=selected), "cohorts")
    if details.note_characters is not None and details.note_characters < SHORTEST_NOTE:
        yield Gap(_("From 100 to 100,000."), "note_characters")
    for number, asked in enumerate(details.questions, start=1):
        if wrong := _wrong_question(asked):
            yield Gap(say(_("Question %(number)d"), number=number) + say(_(": ")) + say(wrong), "questions")
    yield from _of_committee(details)


def _of_committee(details: CallDetails) -> Iterator[Gap]:
    for number, seat in enumerate(details.committee, start=1):
        if not seat.in_words:
            wrong = _("Say whose seat it is: a name, a role, an organisation or an actor.")
            yield Gap(say(_("Seat %(number)d"), number=number) + say(_(": ")) + say(wrong), "committee")
    if details.quorum and details.committee and details.quorum > len(details.committee):
        message = _("The committee has %(seats)s seats: no more opinions than that can be needed.")
        yield Gap(say(message, seats=len(details.committee)), "quorum")
    for number, criterion in enumerate(details.criteria, start=1):
        if not criterion.label:
            wrong = _("Say what is judged.")
            yield Gap(say(_("Criterion %(number)d"), number=number) + say(_(": ")) + say(wrong), "criteria")


def _wrong_question(asked: Question) -> str:
    if not asked.label:
        return _("Write the question.")
    if asked.answer == "choice" and len(set(asked.choices)) < 2:
        return _("Write at least two different choices, one per line.")
    return ""


def _of_initiative(details: InitiativeDetails) -> Iterator[Gap]:
    for number, area in enumerate(details.acts_in, start=1):
        if not area.name or not _AREA_CODE.fullmatch(area.code):
            message = _("Line %(line)d: write a name, or “Name | code”; a code has no spaces.")
            yield Gap(say(message, line=number), "acts_in")


def _of_translations(content: Content, *, has_title: bool) -> Iterator[Gap]:
    languages = content.languages
    if len(set(languages)) < len(languages):
        message = _("Each language once: the one of the text itself is not among its translations.")
        yield Gap(message, "translations")
    for number, one in enumerate(content.translations, start=1):
        if wrong := _wrong_translation(one, has_title=has_title):
            yield Gap(say(_("Translation %(number)d"), number=number) + say(_(": ")) + say(wrong), "translations")


def _wrong_translation(one: Translation, *, has_title: bool) -> str:
    if has_title and not one.name:
        return _("Give each translation a title.")
    return (wrong_title(one.name) if has_title else "") or wrong_text(one.source or one.html)
