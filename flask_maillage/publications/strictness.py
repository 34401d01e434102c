"""In what a changed call is stricter than it was: from its opening on, nothing that was valid may become invalid.

Applications may be on their way, or half written, on any server (FC-16 of `docs/federated-calls.md`).
"""

from collections.abc import Iterator

from flask_maillage.publications.call_parts import Question
from flask_maillage.publications.completeness import Gap
from flask_maillage.publications.eligibility import eligible_countries
from flask_maillage.publications.forms.base import _, say
from flask_maillage.publications.kinds.call_details import CallDetails

TIGHTENED = {
    "questions": _("It asks for more than before: look at the questions again."),
    "note_characters": _("It takes a shorter text than before."),
    "note_pages": _("It takes fewer pages than before."),
    "territories": _("Fewer can apply than before: look whether you still can."),
    "maximum_selected": _("Fewer are selected than was said."),
    "one_per_applicant": _("Each applicant may now send one application only."),
}
"""What applicants are told where a call of another server does so all the same, by the field of the form."""
LONGEST = {"short": 200, "long": 10_000}
"""How long an answer may be where a question says nothing."""
LARGEST_FILE = 10 * 1024 * 1024


def stricter(old: CallDetails, new: CallDetails) -> Iterator[Gap]:
    """Yield in what a call asks for more, or takes less, than before; the field is the form's."""
    yield from _of_questions(old, new)
    if _is_lower(new.note_characters, old.note_characters):
        yield Gap(_("This call is open: a limit can be raised, not lowered."), "note_characters")
    if _is_lower(new.note_pages, old.note_pages):
        yield Gap(_("This call is open: a limit can be raised, not lowered."), "note_pages")
    if _is_narrower(old, new):
        yield Gap(_("This call is open: more people may be let in to apply, nobody can be left out."), "territories")
    if _is_lower(new.maximum_selected, old.maximum_selected):
        yield Gap(_("This call is open: more can be selected than was said, not fewer."), "maximum_selected")
    if new.one_per_applicant and not old.one_per_applicant:
        yield Gap(_("This call is open: who sent one application may have begun another."), "one_per_applicant")


def _of_questions(old: CallDetails, new: CallDetails) -> Iterator[Gap]:
    before, after = ({asked.key: asked for asked in details.questions} for details in (old, new))
    for number, asked in enumerate(new.questions, start=1):
        known = before.get(asked.key)
        wrong = _asks_more(known, asked) if known else _("it is new, so that no answer can be required.")
        if wrong and (known or asked.required):
            where = say(_("Question %(number)d"), number=number) + say(_(": "))
            yield Gap(where + say(_("This call is open: %(why)s"), why=say(wrong)), "questions")
    for asked in old.questions:
        if asked.key not in after:
            message = _("This call is open: “%(question)s” was answered already by some. Make it optional instead.")
            yield Gap(say(message, question=asked.label), "questions")


def _asks_more(old: Question, new: Question) -> str:
    """Return why an answer to the old question might not do for the new one; empty where it does."""
    if new.required and not old.required:
        return _("an answer cannot become required.")
    if new.answer != old.answer and (old.answer, new.answer) != ("short", "long"):
        return _("it has to be answered in the same way as before.")
    if _is_lower(_longest(new), _longest(old)) or _is_lower(new.pages, old.pages) or _is_smaller(new, old):
        return _("a limit can be raised, not lowered.")
    if set(old.choices) - set(new.choices) or (old.several and not new.several):
        return _("what could be chosen stays to be chosen.")
    if new.media_types and (not old.media_types or set(old.media_types) - set(new.media_types)):
        return _("kinds of file that were taken are still taken.")
    return ""


def _longest(asked: Question) -> int | None:
    return asked.characters or LONGEST.get(asked.answer)


def _is_smaller(new: Question, old: Question) -> bool:
    return new.answer == "file" and (new.maximum_bytes or LARGEST_FILE) < (old.maximum_bytes or LARGEST_FILE)


def _is_lower(new: int | None, old: int | None) -> bool:
    """Tell whether a limit is lower than before; none is the highest."""
    return new is not None and (old is None or new < old)


def _is_narrower(old: CallDetails, new: CallDetails) -> bool:
    """Tell whether somebody is left out who could apply: by countries, where they are known, else by what is named."""
    if not new.territories or (set(old.territories) <= set(new.territories) and old.eligible_on == new.eligible_on):
        return bool(new.territories) and not old.territories
    return bool(_let_in(old) - _let_in(new)) or not old.territories


def _let_in(details: CallDetails) -> set[str]:
    countries = eligible_countries(details)
    named = {code for code in details.territories if code not in countries}
    return named | {code for found in countries.values() for code in found}
