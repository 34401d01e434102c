"""The forms of the node's admins."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from actors import policy
from actors.policy_lists import MAX_REASON
from flask_maillage.moderation.reports import TEXT_LIMIT
from flask_maillage.people.forms import CheckedForm


def _(message: str) -> str:
    return message


class HostForm(CheckedForm):
    """A host, and the proof that a page of ours asked; the button says what is to be done."""

    host = HiddenField(validators=[InputRequired(), Length(max=300)])


class DecisionForm(CheckedForm):
    """What is decided about a host and everything below it."""

    host = StringField(
        _("Host"),
        [InputRequired(_("Write the name of a host, as network.example.")), Length(max=300)],
        description=_("As network.example, or the address of anything there. Everything below it is meant too."),
    )
    level = SelectField(
        _("What holds for it"),
        choices=[
            SelectChoice(policy.BLOCK, _("Block: take nothing from it, send nothing there, show nothing of it")),
            SelectChoice(policy.SILENCE, _("Silence: take what it sends, and list it nowhere")),
            SelectChoice(policy.ALLOW, _("Allow: deal with it, also where only allowed hosts are dealt with")),
            SelectChoice(policy.NONE, _("Nothing but what is ticked below")),
        ],
    )
    refuses_media = BooleanField(_("Keep and show no images, sounds and films of it"))
    reason = TextAreaField(
        _("Reason"), [Length(max=MAX_REASON)], description=_("For the admins; it stands in lists that are exported.")
    )
    erase = BooleanField(_("Erase what is kept of it now, for good; else it is hidden"))
    confirmed = HiddenField()


class TopicForm(CheckedForm):
    """A topic of this node: what it is called, and what it belongs to."""

    term = StringField(
        _("Name in addresses"),
        [InputRequired(_("A topic's name has small letters, digits and hyphens, at most 40.")), Length(max=40)],
        description=_("Small letters, digits and hyphens, as housing. It never changes."),
    )
    labels = TextAreaField(
        _("What it is called"),
        [InputRequired(_("Say what the topic is called, with its language, as en=Housing.")), Length(max=5000)],
        description=_("One language per line, as en=Housing and fr=Logement."),
    )
    parent = SelectField(_("Belongs to"), default="")

    def names(self) -> dict[str, str]:
        """Return what the topic is called, by language, as it was written."""
        lines = [line for line in (self.labels.data or "").splitlines() if line.strip()]
        pairs = (line.partition("=")[::2] for line in lines)
        return {language.strip(): name.strip() for language, name in pairs}


class ProofForm(CheckedForm):
    """Nothing but the proof that a page of ours asked."""


class SettleForm(CheckedForm):
    """What was done about a report."""

    note = TextAreaField(_("What was done"), [Length(max=TEXT_LIMIT)])


class ListForm(CheckedForm):
    """A list of decisions, as another server exported it."""

    file = FileField(
        _("The list"),
        [FileRequired(_("Choose a file."))],
        description=_("CSV as servers of the fediverse export it, or one host on each line; at most 2 MiB."),
    )
    allowing = BooleanField(_("It names hosts to allow, not hosts to block"))
    replace = BooleanField(_("Take back what was decided about hosts that are not on it"))
    dry_run = BooleanField(_("Change nothing yet, only say what would change"), default=True)


OF_DECISIONS = (
    _("%(value)s is this node itself, or above it."),
    _("%(value)s is the end of many names, not the name of a host."),
    _("the list is longer than %(value)s KiB"),
    _("more than %(value)s lines"),
    _("not in UTF-8"),
    _("not CSV (%(value)s)"),
    _("%(value)s columns, more than the header has"),
    _("“%(value)s” is not the name of a host"),
    _("“%(value)s” is not noop, silence or suspend"),
    _("“%(value)s” is not true or false"),
)
"""Why a decision or a list is refused, as `inboxes/consequences.py` and `actors/policy_lists.py` say it."""
