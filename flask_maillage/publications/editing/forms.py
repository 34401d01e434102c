"""The one form of this package that belongs to no kind."""

from flask_maillage.people.forms import CheckedForm


class WithdrawForm(CheckedForm):
    """Nothing but the proof that the page asked (its CSRF token)."""
