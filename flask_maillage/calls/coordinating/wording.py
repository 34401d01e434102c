"""What coordinators' pages call states, opinions and decisions, in the reader's language."""

from flask_maillage.calls import states
from flask_maillage.calls.codes import SENTENCES
from flask_maillage.calls.deciding.checking import Saying
from flask_maillage.calls.desk.views import state_words
from flask_maillage.publications.kinds.words import words
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

KNOWN = frozenset(SENTENCES.values())


def states_in_words() -> dict[str, str]:
    """Return what each state of an application is called: as the committee calls it, with what is still to come."""
    return state_words() | {states.SELECTED: _("selected, not confirmed yet")}


def outcomes_in_words() -> dict[str, str]:
    """Return what each decision is called."""
    return {
        "selected": _("Is selected"),
        "reserve": _("Reserve"),
        "declined": _("Is declined"),
        "expired": _("Not confirmed in time"),
    }


def said(saying: Saying) -> str:
    """Return a sentence about a publication of decisions; those of reason codes have words of their own."""
    if saying.text in KNOWN:
        return words(current_language(), saying.text)
    return _(saying.text, **saying.values)
