"""What coordinators' pages call states, opinions and decisions, in the reader's language."""

from flask_maillage.calls import states
from flask_maillage.calls.codes import SENTENCES
from flask_maillage.calls.deciding.checking import Saying
from flask_maillage.publications.kinds.words import words
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

KNOWN = frozenset(SENTENCES.values())


def states_in_words() -> dict[str, str]:
    """Return what each state of an application is called."""
    return {
        states.SUBMITTED: _("registered"),
        states.ADMISSIBLE: _("registered, admissible by the opinions"),
        states.NOT_ADMISSIBLE: _("registered, not admissible by the opinions"),
        states.SELECTED: _("selected, not confirmed yet"),
        states.RESERVE: _("on the reserve list"),
        states.DECLINED: _("declined"),
        states.EXPIRED: _("selected, and not confirmed in time"),
        states.REFUSED: _("selected, and did not want the place"),
        states.CONFIRMED: _("selected and confirmed"),
        states.IN_COHORT: _("in a group"),
        states.FOLLOWED_UP: _("followed up"),
        states.CLOSED: _("closed"),
        states.WITHDRAWN: _("withdrawn"),
    }


def opinions_in_words() -> dict[str, str]:
    """Return what each opinion is called, and what opinions come to."""
    return {
        "admissible": _("admissible"),
        "not_admissible": _("not admissible"),
        "abstain": _("abstains"),
        "recused": _("conflict of interest"),
        "undecided": _("undecided"),
    }


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


def acts_in_words() -> dict[str, str]:
    """Return what each act in the log of a call is called."""
    return {
        "register": _("registered"),
        "admit": _("admitted, though it came late here"),
        "correct": _("corrected"),
        "withdraw": _("withdrawn"),
        "erase": _("erased"),
        "review": _("opinion given"),
        "recuse": _("conflict of interest declared"),
        "decide": _("decided"),
        "confirm": _("place confirmed"),
        "refuse": _("place given back"),
        "expire": _("not confirmed in time"),
        "place": _("put into a group"),
    }
