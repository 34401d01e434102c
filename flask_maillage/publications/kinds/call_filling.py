"""Between the form of a call and what the call says, both ways."""

from typing import Any

from flask_maillage.publications.call_parts import MAX_TOPICS, Cohort
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import OrganisersField, TagsField, written_lines
from flask_maillage.publications.forms.call_rows import CriterionRow, QuestionRow, SeatRow
from flask_maillage.publications.forms.enclosures import enclosures_data
from flask_maillage.publications.forms.moments import typed
from flask_maillage.publications.forms.translations import rows_of
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.topics import parents_of

_PLAIN = (
    *("any_sector", "any_origin", "eligibility", "maximum_selected", "note_characters", "note_pages"),
    *("one_per_applicant", "quorum", "confirm_days", "retention_months"),
)
_LISTS = ("objectives", "support", "procedure", "contacts")


def details_from_form(form: Any) -> CallDetails:
    """Return what a valid form says besides the text and the dates."""
    plain: dict[str, Any] = {
        **{key: getattr(form, key).data or CallDetails.model_fields[key].default for key in _PLAIN},
        **{key: tuple(written_lines(getattr(form, key).data)) for key in _LISTS},
    }
    return CallDetails(
        **plain,
        cohorts=tuple(Cohort(name=name, capacity=size) for name, size in form.groups_of_selected()),
        territories=tuple(form.territories.data or ()),
        eligible_on=form.territories_on(),
        topics=(*(form.topics.data or ()), *written_lines(form.other_topics.data))[:MAX_TOPICS],
        topic_labels=form.topics_named(),
        committee=tuple(form.seats()),
        criteria=tuple(form.judged_by()),
        questions=form.asked(),
    )


def data_of(content: Content, details: CallDetails) -> dict[str, Any]:
    """Return the data that makes the form show a call again."""
    known = parents_of(details.topic_labels)
    deadline, deadline_time = typed(content.ends_at, content.timezone, end=True)
    opens_on, opens_at = typed(content.starts_at, content.timezone)
    return {
        **enclosures_data(content.image, content.attachments),
        "name": content.name,
        "text": content.source,
        "language": content.language,
        "translations": rows_of(content.translations),
        "organisers": OrganisersField.text_of(content.organisers),
        "tags": TagsField.text_of(content),
        "timezone": content.timezone,
        "deadline": deadline,
        "deadline_time": deadline_time,
        "opens_on": opens_on,
        "opens_at": opens_at,
        "topics": [topic for topic in details.topics if topic in known],
        "other_topics": "\n".join(topic for topic in details.topics if topic not in known),
        "territories": list(details.territories),
        "eligible_on": details.eligible_on,
        "cohorts": "\n".join(f"{cohort.name} | {cohort.capacity}" for cohort in details.cohorts),
        "questions": [QuestionRow.data_of(asked) for asked in details.questions],
        "criteria": [CriterionRow.data_of(criterion) for criterion in details.criteria],
        "committee": [SeatRow.data_of(seat) for seat in details.committee],
        **{key: "\n".join(getattr(details, key)) for key in _LISTS},
        **{key: getattr(details, key) for key in _PLAIN},
    }
