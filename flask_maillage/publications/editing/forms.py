"""The one form of this package that belongs to no kind."""

from flask_wtf import FlaskForm


class WithdrawForm(FlaskForm):
    """Nothing but the proof that the page asked (its CSRF token)."""
