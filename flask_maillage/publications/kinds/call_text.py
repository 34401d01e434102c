"""What a call says in its summary and below its text, for readers who have nothing but those."""

from collections.abc import Iterable

from flask_maillage.publications.call_parts import Question
from flask_maillage.publications.call_states import Standing
from flask_maillage.publications.content import Content
from flask_maillage.publications.eligibility import eligible_countries
from flask_maillage.publications.kinds import page_text
from flask_maillage.publications.kinds.base import summarised
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.kinds.words import clock, date_in_words, day_in_words, words
from flask_maillage.publications.topics import label_of
from flask_maillage.territory.unions import LABELS

EVERY_SECTOR = "Every sector of activity is welcome."
EVERY_ORIGIN = "It makes no difference in which country a platform has its seat."


def summary(content: Content, details: CallDetails) -> str:
    """Return the deadline, the number to be selected and who can apply."""
    language = content.language
    if content.status == "cancelled":
        return summarised(details.cancelled_because, emphasised=words(language, "Cancelled."))
    selected = ""
    if details.maximum_selected:
        phrase = "One selected." if details.maximum_selected == 1 else "Up to {count} selected."
        selected = words(language, phrase, count=details.maximum_selected)
    who = _territories(details, language)
    return summarised(selected, f"{who}." if who else "", details.eligibility, emphasised=_deadline(content))


def facts(content: Content, details: CallDetails) -> str:
    """Return everything that an applicant wants to know."""
    language = content.language
    listing, section = page_text.listing, page_text.section
    topics = (words(language, label_of(topic, details.topic_labels, language)) for topic in details.topics)
    who = "".join(page_text.paragraph(line) for line in _eligibility(details, language))
    parts = (
        ("How to apply", page_text.paragraph(_deadline(content)) + listing(_extensions(content, details))),
        ("Objectives", listing(details.objectives)),
        ("What we look for", listing(topics)),
        ("Who can apply", who),
        ("What is offered", listing(details.support)),
        ("How many", listing(_numbers(details, language))),
        ("What to write", listing(_to_write(details, language))),
        ("Procedure", listing(details.procedure, ordered=True)),
        ("How it is decided", listing(_judging(details, language))),
        ("Steering committee", listing(seat.in_words for seat in details.committee)),
        ("Contacts", listing(details.contacts)),
        ("Organised by", listing(who.name for who in content.organisers)),
    )
    return "".join(section(words(language, title), body) for title, body in parts)


def why_not(content: Content, standing: Standing) -> str:
    """Return why one may not apply, as a sentence in the language of the call."""
    language, zone = content.language, content.timezone
    if standing.reason == "scheduled" and standing.at:
        day, time = day_in_words(language, standing.at, zone), clock(standing.at, zone)
        return words(language, "This call opens on {date}, {time} ({zone}).", date=day, time=time, zone=zone or "UTC")
    if standing.reason == "cancelled":
        return words(language, "This call was cancelled.")
    if standing.reason in ("closed", "deliberating", "decided", "archived") and standing.at:
        day, time = day_in_words(language, standing.at, zone), clock(standing.at, zone)
        phrase = "It is too late: one could apply until {date}, {time} ({zone})."
        return words(language, phrase, date=day, time=time, zone=zone or "UTC")
    return words(language, "This call is not open.")


def _deadline(content: Content) -> str:
    if content.ends_at is None:
        return ""
    day = day_in_words(content.language, content.ends_at, content.timezone)
    time, zone = clock(content.ends_at, content.timezone), content.timezone or "UTC"
    return words(content.language, "Apply by {date}, {time} ({zone}).", date=day, time=time, zone=zone)


def _extensions(content: Content, details: CallDetails) -> Iterable[str]:
    """Return that and why the deadline is later than it was."""
    language, zone = content.language, content.timezone
    for extension in details.extensions:
        moments = (extension.extended_at, extension.before, extension.after)
        on, before, after = (day_in_words(language, moment, zone) for moment in moments)
        phrase = "Extended on {on}, from {before} to {after}."
        yield f"{words(language, phrase, on=on, before=before, after=after)} {extension.reason}".strip()


def _territories(details: CallDetails, language: str | None) -> str:
    return "; ".join(words(language, LABELS.get(code, code)) for code in details.territories)


def _eligibility(details: CallDetails, language: str | None) -> Iterable[str]:
    """Return who may answer: territories with their day, what does not exclude, and the call's own words."""
    yield _territories(details, language)
    if details.eligible_on and details.territories:
        day = date_in_words(language, details.eligible_on)
        counted = eligible_countries(details).items()
        parts = (f"{words(language, LABELS[code])}: {len(countries)}" for code, countries in counted)
        yield words(language, "As on {date} ({countries}).", date=day, countries="; ".join(parts))
    if details.any_sector:
        yield words(language, EVERY_SECTOR)
    if details.any_origin:
        yield words(language, EVERY_ORIGIN)
    yield details.eligibility


def _numbers(details: CallDetails, language: str | None) -> list[str]:
    lines = []
    if details.maximum_selected:
        phrase = "One selected." if details.maximum_selected == 1 else "Up to {count} selected."
        lines.append(words(language, phrase, count=details.maximum_selected))
    for cohort in details.cohorts:
        lines.append(words(language, "{name}: {count} places", name=cohort.name, count=cohort.capacity))
    return lines


def _to_write(details: CallDetails, language: str | None) -> list[str]:
    lines = []
    if details.note_pages:
        lines.append(words(language, "At most {count} page(s).", count=details.note_pages))
    if details.note_characters:
        lines.append(words(language, "At most {count} characters.", count=details.note_characters))
    lines += [_question(asked, language) for asked in details.questions]
    if details.one_per_applicant:
        lines.append(words(language, "Each applicant may send one application only."))
    if details.questions:
        phrase = "Applications that are not selected are deleted {count} month(s) after the decision."
        lines.append(words(language, phrase, count=details.retention_months))
    return lines


def _judging(details: CallDetails, language: str | None) -> Iterable[str]:
    """Return by what, and by how many, an application is judged, and what follows a selection."""
    for criterion in details.criteria:
        phrase = "{name}: 0 to {maximum}" if criterion.weight == 1 else "{name}: 0 to {maximum}, counts {weight} times"
        yield words(language, phrase, name=criterion.label, maximum=criterion.maximum, weight=criterion.weight)
    if details.quorum:
        phrase = "{count} opinions of the committee are needed." if details.quorum > 1 else "One opinion is needed."
        yield words(language, phrase, count=details.quorum)
    if details.maximum_selected:
        phrase = "Who is selected confirms within {count} day(s)."
        yield words(language, phrase, count=details.confirm_days)


def _question(asked: Question, language: str | None) -> str:
    """Return a question with what is expected, in one line."""
    expected = [words(language, "required")] if asked.required else []
    if asked.answer == "choice":
        phrase = "several of: {choices}" if asked.several else "one of: {choices}"
        expected.append(words(language, phrase, choices=", ".join(asked.choices)))
    if asked.answer == "file":
        expected.append(words(language, "a file"))
    if asked.pages:
        expected.append(words(language, "at most {count} page(s)", count=asked.pages))
    if asked.characters:
        expected.append(words(language, "at most {count} characters", count=asked.characters))
    return asked.label + (f" ({'; '.join(expected)})" if expected else "") + (f" {asked.help}" if asked.help else "")
