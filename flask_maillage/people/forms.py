"""The forms of an account."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import EqualTo, InputRequired, Length

from flask_maillage.people.accounts import LONGEST_EMAIL, LONGEST_PASSWORD, SHORTEST_PASSWORD
from flask_maillage.people.wording import SpokenForm


def _(message: str) -> str:
    return message


STALE = _("This page had been open for long. Nothing is lost: press the button once more.")
"""Said where a form's CSRF token belongs to a session that ended."""


class CheckedForm(SpokenForm, FlaskForm):
    """A form that checks its CSRF token whatever a host's configuration says of the host's forms."""

    class Meta:
        """What makes the difference."""

        csrf = True

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the form; of a token that does not hold it says what to do."""
        valid: bool = super().validate(extra_validators)
        if "csrf_token" in self.errors:
            self["csrf_token"].errors = [STALE]
        return valid


class SignInForm(CheckedForm):
    """Who one is."""

    email = StringField(
        _("E-mail address"),
        [InputRequired(_("Write the e-mail address of your account.")), Length(max=LONGEST_EMAIL)],
    )
    password = PasswordField(_("Password"), [InputRequired(_("Write your password.")), Length(max=LONGEST_PASSWORD)])
    next = HiddenField()


class SignOutForm(CheckedForm):
    """Nothing but the proof that a page of ours asked (its CSRF token)."""


class ConsentForm(CheckedForm):
    """Whether one may be found from other servers."""

    federated = BooleanField(
        _("Other servers and strangers may find me by my handle"),
        description=_(
            "Needed to follow, to take part or to publish in your own name beyond this node: "
            "doing one of these says yes for you."
        ),
    )


class PasswordForm(CheckedForm):
    """A new password, by somebody who knows the old one."""

    current = PasswordField(_("Your password until now"), [InputRequired(_("Write the password you have now."))])
    new = PasswordField(
        _("New password"),
        [InputRequired(_("Write a new password.")), Length(max=LONGEST_PASSWORD)],
        description=_("At least 10 characters. All other sessions of yours will end."),
    )
    again = PasswordField(_("New password, again"), [EqualTo("new", _("The two are not the same: write it again."))])
    ends_keys = BooleanField(
        _("End these too"),
        description=_("Tick it if somebody else may know them; your programs then need new ones."),
    )

    def validate_new(self, field: PasswordField) -> None:
        """Refuse a password that is too short."""
        if len(field.data) < SHORTEST_PASSWORD:
            raise ValidationError(_("A password has at least 10 characters: choose a longer one."))
