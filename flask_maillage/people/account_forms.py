"""The forms by which one gets an account, and gets into it again."""

from wtforms import PasswordField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from flask_maillage.people.accounts import LONGEST_EMAIL, LONGEST_PASSWORD
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.signing_up import LONGEST_HANDLE, NAME_LIMIT, REASON_LIMIT
from flask_maillage.web.language import LANGUAGES


def _(message: str) -> str:
    return message


class SignUpForm(CheckedForm):
    """Who asks for an account."""

    name = StringField(
        _("Your name"),
        [InputRequired(_("Write the name by which people know you.")), Length(max=NAME_LIMIT)],
        description=_("As others read it beside what you write."),
    )
    email = StringField(
        _("E-mail address"),
        [InputRequired(_("Write your e-mail address.")), Length(max=LONGEST_EMAIL)],
        description=_("Told to nobody. We send a link there that you open once."),
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Choose a password.")), Length(max=LONGEST_PASSWORD)],
        description=_("At least 10 characters: several words that have nothing in common are easy to keep."),
    )
    handle = StringField(
        _("Handle"),
        [Optional(), Length(max=LONGEST_HANDLE)],
        description=_("Your address in the network, as zoe_martin; leave it empty, and we make one of your name."),
    )
    language = SelectField(
        _("Language of our mails"), choices=[SelectChoice(tag, name) for tag, name in LANGUAGES.items()]
    )


class ReasonedSignUpForm(SignUpForm):
    """Who asks for an account, and why."""

    reason = TextAreaField(
        _("Why you wish to join"),
        [InputRequired(_("Say in a sentence who you are and why you wish to join.")), Length(max=REASON_LIMIT)],
        description=_("Those who run this node read it, and answer by mail."),
    )


class ConfirmForm(CheckedForm):
    """That the address is theirs, and the password too."""

    handle = StringField(
        _("Handle"),
        [InputRequired(_("Write the handle that you would like.")), Length(max=LONGEST_HANDLE)],
        description=_("Your address in the network. It never changes afterwards."),
    )
    password = PasswordField(
        _("The password that you chose"),
        [InputRequired(_("Write the password that you chose when you signed up.")), Length(max=LONGEST_PASSWORD)],
    )


class ForgottenForm(CheckedForm):
    """Whose password is forgotten."""

    email = StringField(
        _("E-mail address"),
        [InputRequired(_("Write the e-mail address of your account.")), Length(max=LONGEST_EMAIL)],
    )


class NewPasswordForm(CheckedForm):
    """A new password, by somebody who has the link."""

    new = PasswordField(
        _("New password"),
        [InputRequired(_("Write a new password.")), Length(max=LONGEST_PASSWORD)],
        description=_("At least 10 characters: several words that have nothing in common are easy to keep."),
    )
    again = PasswordField(_("New password, again"), [EqualTo("new", _("The two are not the same: write it again."))])


class EmailForm(CheckedForm):
    """Another e-mail address, by somebody who knows the password."""

    email = StringField(
        _("New e-mail address"),
        [InputRequired(_("Write your e-mail address.")), Length(max=LONGEST_EMAIL)],
        description=_("We send a link there; until you have opened it, nothing changes."),
    )
    current = PasswordField(_("Your password"), [InputRequired(_("Write your password."))])


class ButtonForm(CheckedForm):
    """Nothing but the proof that a page of ours asked."""
