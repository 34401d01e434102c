"""What the sorts of entries are called, and what a session brought, in the reader's language."""

from flask_maillage.calls.following.saying import (
    ANSWER,
    CONTACT,
    CONTACT_DETAILS,
    LISTS,
    NEXT_STEP,
    ORIENTATION,
    OUTPUTS,
    RESULT,
    FollowUp,
)
from flask_maillage.web.language import gettext, word

SORTS = {
    CONTACT: word("Contact"),
    ORIENTATION: word("Orientation"),
    ANSWER: word("Answer"),
    NEXT_STEP: word("Next step"),
    OUTPUTS: word("What the session brought"),
    CONTACT_DETAILS: word("Contact details"),
    RESULT: word("Result"),
}
WRITE = {
    CONTACT: word("Note a contact"),
    ORIENTATION: word("Give an orientation"),
    ANSWER: word("Answer a question"),
    NEXT_STEP: word("Set the next step"),
    RESULT: word("Close with a result"),
}
NAMES = {
    "strengths": word("Strengths"),
    "weaknesses": word("Weaknesses"),
    "opportunities": word("Opportunities"),
    "threats": word("Threats"),
    "obstacles": word("Obstacles"),
    "levers": word("Levers"),
    "needs": word("Needs"),
}


def sorts() -> dict[str, tuple[str, str]]:
    """Return for each sort what it is called and what one does to write one."""
    return {sort: (gettext(name), gettext(WRITE[sort]) if sort in WRITE else "") for sort, name in SORTS.items()}


def lists_of(what: FollowUp) -> list[tuple[str, tuple[str, ...]]]:
    """Return the lists of what a session brought that hold something, each with its name."""
    outputs = what.outputs
    if outputs is None:
        return []
    return [(gettext(NAMES[name]), getattr(outputs, name)) for name in LISTS if getattr(outputs, name)]


def outputs_in_words(what: FollowUp) -> str:
    """Return what a session brought as one text, for a table."""
    plan = what.outputs.action_plan if what.outputs is not None else ()
    parts = [f"{name}: {'; '.join(texts)}" for name, texts in lists_of(what)]
    return " | ".join([*parts, *(f"{one.action} ({one.responsible}, {one.due or ''})" for one in plan)])
