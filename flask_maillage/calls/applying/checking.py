"""Whether what was written may be sent, said at the field where it can be mended; the same checks as the owner's.

What is stored of a draft has the names of the wire, as far as it was written (`content`).
"""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from flask_maillage.calls.application import Application
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.codes import Refusal
from flask_maillage.calls.judging import faults
from flask_maillage.calls.models import Draft
from flask_maillage.publications import resolving
from flask_maillage.publications.forms.base import say
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from flask_maillage.web.language import current_language

Problem = tuple[str, str]
"""The name of a field of the form, empty for the whole, and a sentence."""


def _(message: str) -> str:
    return message


FIELDS = {
    "name": ("name", _("Give the application a title, of at most 200 characters.")),
    "language": ("language", _("Say in which language you write.")),
    "territory": ("country", _("Say in which country the initiative is based.")),
    "topics": ("topics", _("Choose at most 20 topics.")),
    "sectors": ("sectors", _("Name at most 12 sectors, each of at most 200 characters.")),
    "people": ("people", _("Name at most 20 people; of each, every part has at most 200 characters.")),
    "initiativeId": ("initiative_address", _("Write the whole address, with https.")),
    "applicant": ("applicant_name", _("Write your name, and at most 200 characters for each part.")),
}
DESCRIBED = {
    "name": ("initiative_name", _("Name the initiative, in at most 200 characters.")),
    "summary": ("initiative_summary", _("At most 1,000 characters.")),
    "url": ("initiative_url", _("Write the whole address, with https.")),
}
WHICH = _("Say which initiative it is about: choose one, or describe it.")
ONE = _("Choose an initiative or describe one, not both.")
FILE = _("This file cannot be sent: choose it again.")
ANSWER = _("This answer cannot be sent as it is.")


def application_of(draft: Draft, call: TheCall, *, version: int) -> tuple[Application | None, list[Problem]]:
    """Return what is sent of a draft, or what has to be mended first, at which field."""
    content = draft.content
    asked = {question.key for question in call.details.questions}
    answers = [one for one in content.get("answers", ()) if one.get("key") in asked]
    said = {
        **{name: content.get(name) for name in ("name", "language", "territory") if content.get(name)},
        **{name: content[name] for name in ("topics", "sectors", "people", "initiativeId") if content.get(name)},
        "answers": answers,
        "version": version,
        "committeeVersion": call.details.committee_version,
    }
    if _is_described(content):
        said["initiative"] = {name: value for name, value in content["initiative"].items() if value}
    if draft.guest_id is not None:
        said["applicant"] = {name: value for name, value in content.get("applicant", {}).items() if value}
    problems = list(_which_initiative(draft, content))
    try:
        application = Application.model_validate(said, by_alias=True, by_name=False)
    except ValidationError as error:
        problems += _distinct(_wrong(wrong["loc"], answers) for wrong in error.errors() if wrong["loc"])
        return None, [*problems, *_faults_of_the_rest(said, problems, call)] or [("", ANSWER)]
    problems += _distinct(_faults(application, call))
    return (None, problems) if problems else (application, [])


def _faults_of_the_rest(said: dict[str, Any], problems: list[Problem], call: TheCall) -> Iterator[Problem]:
    """Yield what is wrong with the answers and the territory beside what cannot be read: a form says all at once."""
    wrong = {name for name, _sentence in problems}
    answers = [one for one in said["answers"] if f"a_{one['key']}" not in wrong]
    whole = {"name": "–", "language": "en", "territory": said.get("territory", "ZZ"), "initiative": {"name": "–"}}
    more = {name: said[name] for name in ("version", "committeeVersion")}
    try:
        rest = Application.model_validate(whole | more | {"answers": answers}, by_alias=True, by_name=False)
    except ValidationError:
        return
    yield from (one for one in _faults(rest, call) if one[0] not in wrong)


def in_words(refusal: Refusal, call: Publication | None, language: str) -> str:
    """Return why something was refused, in the reader's language, its moments in the zone of the call."""
    questions = details_of(call.content).questions if call is not None else ()
    names = {question.key: question.label for question in questions}
    return refusal.sentence(language, timezone=call.timezone if call is not None else None, labels=names)


def _is_described(content: dict[str, Any]) -> bool:
    return any((content.get("initiative") or {}).values())


def _which_initiative(draft: Draft, content: dict[str, Any]) -> Iterator[Problem]:
    named, described = content.get("initiativeId"), _is_described(content)
    if named and described:
        yield "initiative_name", ONE
    elif not named and not described:
        yield "initiative_name", WHICH
    elif named:
        found = resolving.known(named)
        carriers = _carriers(found) if isinstance(found, Publication) else None
        if carriers is not None and draft.actor.iri not in carriers:
            yield "initiative_address", Refusal("not-your-initiative").sentence(current_language())


def _carriers(found: Publication) -> set[str | None]:
    carried = getattr(found.content.details, "carried_by", ())
    return {found.actor.iri, *(who.iri for who in carried)}


def _wrong(place: tuple[int | str, ...], answers: list[dict[str, Any]]) -> Problem:
    """Return at which field a value is wrong that pydantic found, by its place in what is sent."""
    first = str(place[0])
    if first == "answers" and len(place) > 1 and isinstance(place[1], int):
        answer = answers[place[1]]
        return f"a_{answer.get('key')}", FILE if "attachment" in answer else ANSWER
    if first == "initiative":
        return DESCRIBED.get(str(place[1]) if len(place) > 1 else "", DESCRIBED["name"])
    return FIELDS.get(first, ("", ANSWER))


def _faults(application: Application, call: TheCall) -> Iterator[Problem]:
    for refusal in faults(application, call.details):
        sentence = _sentence(refusal)
        if refusal.code == "not-eligible":
            yield "country", sentence
        elif refusal.keys:
            for key in refusal.keys:
                yield f"a_{key}", sentence
        else:
            yield "", sentence


def _sentence(refusal: Refusal) -> str:
    if refusal.code == "too-long" and refusal.keys:
        return say(_("At most %(limit)s characters are possible, and these are %(count)s."), **_counts(refusal))
    if refusal.code == "too-long":
        message = _("All answers together may have %(limit)s characters, and have %(count)s.")
        return say(message, **_counts(refusal))
    return refusal.sentence(current_language())


def _counts(refusal: Refusal) -> dict[str, int | None]:
    return {"limit": refusal.limit, "count": refusal.count}


def _distinct(problems: Iterator[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
