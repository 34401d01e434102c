"""The page on which a member proposes a project, and their own page of projects that they found or are asked to."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from federation import markdown
from flask_maillage.coalitions.founding import belonging, consenting, forms, inviting, projects, proposing
from flask_maillage.coalitions.founding.models import CONSENTED, Founder, FounderLink
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.people import roles, signed_out
from flask_maillage.people.account_page import account_page, unfinished
from flask_maillage.people.current import actors_to_publish_for, current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.models import Member
from flask_maillage.people.my_page import Section, Waiting, section, waits
from flask_maillage.publications.forms.base import choices_of
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext

PROPOSE, MINE = "propose_project.html", "own_projects.html"


@pages.route("/projects/propose", methods=["GET", "POST"], endpoint="propose_project")
def show_proposing() -> Response:
    """Let a member propose a project, in their own name or in that of an organisation they publish for."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return signed_out.answer(forms.ProposalForm)
    if not proposing.may_propose(member):
        abort(404)
    names = actors_to_publish_for(member)
    networks = belonging.networks_of(names)
    form: Any = forms.with_progress(forms.ProposalForm())
    form.by.choices = choices_of([(one.handle, one.name) for one in names[::-1]])
    form.network.choices = choices_of([("", _("None")), *((str(one.id), one.name) for one in networks)])
    if request.method == "GET":
        return account_page(PROPOSE, form=form)
    if not form.validate():
        return unfinished(PROPOSE, form)
    try:
        made = proposing.propose(
            member,
            next(one for one in names if one.handle == form.by.data),
            handle=form.handle.data,
            name=form.name.data,
            summary=markdown.render(form.summary.data or ""),
            network=next((one for one in networks if str(one.id) == form.network.data), None),
            zone=form.zone(),
            progress=form.progress.data,
            consents=form.consents.data,
            listed=form.listed.data,
        )
    except proposing.ProposalRefused as refusal:
        session().rollback()
        if refusal.field in form:
            form[refusal.field].errors = [_(str(refusal))]
        else:
            form.form_errors.append(_(str(refusal)))
        return account_page(PROPOSE, 422, form=form)
    session().commit()
    flash(_("It is proposed. Now ask those who will found it with you: it begins when three have consented."))
    return redirect(url_for("maillage.founders", page_handle=made.page_handle), code=303)


@pages.route("/my/projects", methods=["GET", "POST"], endpoint="own_projects")
def show_own_projects() -> Response:
    """List what a member is asked to found, and what they found; take their answers."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    if request.method == "POST":
        return _answer(member)
    rows = projects.of_person(member.actor)
    return account_page(
        MINE,
        asked=[one for one in rows if projects.is_open(one)],
        links=inviting.links_to(member.email),
        founded=[one for one in rows if one.state == CONSENTED],
        proposed=[one.actor for one in proposing.proposals([role.actor for role in member.roles])],
        may_propose=proposing.may_propose(member),
        answer_form=forms.AnswerForm(formdata=None),
    )


def _answer(member: Member) -> Response:
    form: Any = forms.AnswerForm()
    if not form.validate() or not 0 < form.who.data < 2**31:
        abort(400)
    try:
        said = _by_link(member, form) if request.form.get("by") == "link" else _by_row(member, form)
    except (NotPossible, roles.LastAdmin) as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
    else:
        session().commit()
        flash(said)
    return redirect(url_for("maillage.own_projects"), code=303)


def _by_row(member: Member, form: Any) -> str:
    founder = session().get(Founder, form.who.data)
    if founder is None or founder.person_id != member.actor_id:
        abort(404)
    return settle(founder, form.do.data, listed=form.listed.data)


def _by_link(member: Member, form: Any) -> str:
    """Answer a link that was mailed to the member's address, which they have confirmed."""
    link = session().get(FounderLink, form.who.data)
    if link is None or link not in inviting.links_to(member.email):
        raise NotPossible(consenting.OVER)
    return settle(inviting.redeem(link, member), form.do.data, listed=form.listed.data)


def settle(founder: Founder, answer: str, *, listed: bool) -> str:
    """Do as a person of ours says, and return what they are told.

    Raises:
        NotPossible: there is nothing to answer so.
        LastAdmin: who leaves is the last who administers it.
    """
    name = founder.project.name
    if answer == "consent":
        consenting.consent(founder, listed=listed)
        return _("You consent to found %(name)s.", name=name)
    if answer == "refuse":
        consenting.refuse(founder)
        return _("You do not found %(name)s.", name=name)
    consenting.withdraw(founder)
    return _("You founded %(name)s, and have left it.", name=name)


@waits
def founding_waits(member: Any, _actors: Sequence[Actor]) -> Iterable[Waiting]:
    """How many projects a member is asked to found."""
    if not isinstance(member, Member):
        return
    asked = [one for one in projects.of_person(member.actor) if projects.is_open(one)]
    proposed_here = {role.actor_id for role in member.roles}
    count = len([one for one in asked if one.project_id not in proposed_here]) + len(inviting.links_to(member.email))
    if count:
        words = ngettext("%(n)s project asks you to be a founder", "%(n)s projects ask you to be a founder", count)
        yield Waiting(words, url_for("maillage.own_projects"))


@section
def my_projects(member: Any) -> Section | None:
    """The projects that a member proposed or founds, with how many have consented."""
    if not isinstance(member, Member):
        return None
    founded = [one.project for one in projects.of_person(member.actor) if one.state == CONSENTED]
    proposed = [one.actor for one in proposing.proposals([role.actor for role in member.roles])]
    found = list({one.id: one for one in [*proposed, *founded]}.values())
    if not found:
        return None
    rows = [(one, projects.consenting(one)) for one in found]
    return Section(_("Your projects"), "maillage/own_projects_section.html", {"projects": rows})
