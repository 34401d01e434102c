"""The form by which one invites, the same for the node and for an organisation: to a member, by mail, or by a link."""

from typing import Any

from wtforms import IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from actors import iris
from actors.models import Actor
from flask_maillage.people import accounts, invitations
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import ADMIN, EDITOR, MEMBER, Member
from flask_maillage.web.language import current_language


def _(message: str) -> str:
    return message


ROLE_CHOICES = (
    (MEMBER, _("Member: reads what is addressed to it")),
    (EDITOR, _("Editor: writes and publishes in its name")),
    (ADMIN, _("Administrator: does that, and says who else may")),
)


class InviteForm(CheckedForm):
    """Whom to invite to the node."""

    to = StringField(
        _("Whom"),
        [Optional(), Length(max=accounts.LONGEST_EMAIL)],
        description=_("An e-mail address. Leave it empty for a link that you hand over yourself."),
    )
    uses = IntegerField(
        _("For how many people the link is"), [InputRequired(), NumberRange(1, invitations.MOST_USES)], default=1
    )
    days = IntegerField(
        _("For how many days it is good"),
        [InputRequired(), NumberRange(1, invitations.MOST_DAYS)],
        default=invitations.DAYS,
    )


class InviteToRoleForm(InviteForm):
    """Whom to invite to a role."""

    to = StringField(
        _("Whom"),
        [Optional(), Length(max=accounts.LONGEST_EMAIL)],
        description=_(
            "The handle of a member of this node, or an e-mail address. "
            "Leave it empty for a link that you hand over yourself."
        ),
    )
    role = RadioField(_("As what"), choices=[SelectChoice(*choice) for choice in ROLE_CHOICES], default=EDITOR)


class RevokeInvitationForm(CheckedForm):
    """Nothing but the proof that a page of ours asked; the button has the number."""


def invite(by: Member, actor: Actor | None, form: Any) -> str:
    """Invite as a valid form says; return the link to hand over, or nothing where it reached its reader already.

    Raises:
        InvitationRefused: see `people/invitations.py`; what is wrong with whom one invites is said of the field `to`.
    """
    role = form.role.data if actor is not None else None
    to = (form.to.data or "").strip()
    if not to:
        secret = invitations.by_link(by, actor, role, uses=form.uses.data, days=form.days.data)
        return iris.of_account(f"invited/{secret}")
    try:
        if "@" in to.lstrip("@") or actor is None:
            invitations.by_mail(by, actor, role, to, current_language())
        else:
            invitations.to_member(by, actor, form.role.data, _member(to.lstrip("@").lower()))
    except invitations.InvitationRefused as refusal:
        raise invitations.InvitationRefused(str(refusal), "to") from None
    return ""


def _member(handle: str) -> Member:
    found = accounts.by_handle(handle)
    if found is None or found.actor.gone_at is not None:
        raise invitations.InvitationRefused(_("Nobody here has this handle: write an e-mail address instead."))
    return found
