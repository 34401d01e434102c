"""The page on which those who publish for a group answer who asks, and say as what each member is there."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import AnyOf, Length, Optional

from actors import local
from actors.database import reading, session
from actors.models import Actor
from flask_maillage.coalitions import claims, listing, managing, memberships
from flask_maillage.coalitions.forms import AnswerForm, row_of
from flask_maillage.coalitions.models import Membership
from flask_maillage.coalitions.moving import belonging
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member, may
from flask_maillage.people.roles import ADMINISTER, PUBLISH
from flask_maillage.publications.forms.base import _ as N_
from flask_maillage.territory import zones
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

ANSWERS = ("accept", "reject", "remove")
CHANGES = ("terms", "suspend", "resume")


class ManagingForm(AnswerForm):
    """Which membership, and what becomes of it or is said of it."""

    answer = HiddenField(validators=[AnyOf([*ANSWERS, *CHANGES])])
    role = StringField(N_("Role"), validators=[Optional(), Length(max=claims.ROLE_LIMIT)])
    territory = StringField(N_("For which territory"), validators=[Optional(), Length(max=200)])
    since = DateField(N_("Since"), validators=[Optional()])
    until = DateField(N_("Until"), validators=[Optional()])


@pages.route("/@<page_handle>/members/manage", methods=["GET", "POST"])
def manage_members(page_handle: str) -> Response:
    """List who belongs to a group of ours and who asks to; accept, refuse, remove, suspend, give roles."""
    with reading():
        is_signed_in = current_member() is not None
    if not is_signed_in:
        return signed_out.answer(ManagingForm)
    group = local.find_page(page_handle)
    if group is None or not group.local or group.gone_at is not None or not memberships.is_group(group):
        abort(404)
    if not may(current_member(), PUBLISH, group):
        abort(403)
    if request.method == "POST":
        return _change(group)
    found = memberships.of_group(group)
    silent = listing.silences([row.member for row in found])
    html = render_template(
        "maillage/manage_members.html",
        group=group,
        memberships=found,
        roles=managing.ROLES,
        standing=listing.standing,
        differences=claims.differences,
        member_says=lambda row: claims.said(row, claims.MEMBER),
        territory_of=_territory_of,
        silent=silent,
        new_self=belonging.new_self,
        may_set_conditions=may(current_member(), ADMINISTER, group),
        form=ManagingForm(formdata=None),
    )
    return keep_private(make_response(html))


def _change(group: Actor) -> Response:
    form: Any = ManagingForm()
    found: Membership | None = row_of(Membership, form)
    if found is None or found.group_id != group.id:
        if form.since.errors or form.until.errors:
            return _refused(_("Write each day as 2027-01-31."))
        abort(400)
    answer, name = form.answer.data, found.member.name
    try:
        if answer in ANSWERS:
            memberships.answer(found, answer)
        elif answer == "terms":
            _set_terms(found, form)
        else:
            managing.suspend(found, suspended=answer == "suspend")
    except memberships.NotPossible as error:
        return _refused(_(str(error)))
    session().commit()
    flash(_("%(name)s is told.", name=name))
    return redirect(request.path, code=303)


def _set_terms(found: Membership, form: Any) -> None:
    text = (form.territory.data or "").strip()
    meant = zones.meant(text, current_language()) if text else []
    managing.set_terms(
        found,
        role=form.role.data or "member",
        territory=meant[0] if len(meant) == 1 else text,
        since=form.since.data,
        until=form.until.data,
    )


def _territory_of(row: Membership) -> str:
    return zones.written(row.territory, current_language()) if row.territory else row.territory_name


def _refused(words: str) -> Response:
    session().rollback()
    flash(words, "error")
    return redirect(request.path, code=303)
