"""The page of a project for its founders: who consents, who is missing, until when; and the page of a mailed link."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import local
from actors.database import reading, session
from actors.models import PROJECT, Actor
from flask_maillage.coalitions.finding import NobodyFound, actor_named
from flask_maillage.coalitions.founding import forms, inviting, projects, proposing
from flask_maillage.coalitions.founding.models import Founder, FounderLink
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.coalitions.founding.proposing_pages import settle
from flask_maillage.people import invitations, roles, signed_out, signing_up
from flask_maillage.people.account_page import account_page, step
from flask_maillage.people.current import current_member, may, require_own_sign_in, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _

PAGE = "founders.html"


@pages.route("/@<page_handle>/founders", methods=["GET", "POST"], endpoint="founders")
def show_founders(page_handle: str) -> Response:
    """Show the founders of a project to them and to who administers it; these ask others, or give it up."""
    require_own_sign_in()
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(forms.AskFounderForm)
    do = request.form.get("do", "")
    if request.method == "POST" and do == "ask":
        return _ask(page_handle)
    project = _project(page_handle)
    if request.method == "GET":
        return _page(project)
    if not may(current_member(), ADMINISTER, project):
        abort(403)
    return _give_up(project) if do == "give-up" else _take_back(project, by_mail=do == "take-link")


@pages.route("/founders/<token>", methods=["GET", "POST"], endpoint="founder_link")
def show_link(token: str) -> Response:
    """Show what somebody is asked by mail: a member answers, others sign in or make an account first."""
    require_own_sign_in()
    member, link = current_member(), inviting.with_secret(token)
    if link is None:
        return step("invited-over", 404)
    form: Any = forms.AnswerForm()
    if request.method == "POST":
        if member is None:
            return to_sign_in()
        if not form.validate():
            abort(400)
        try:
            said = settle(inviting.redeem(link, member), form.do.data, listed=form.listed.data)
        except (NotPossible, roles.LastAdmin) as refusal:
            session().rollback()
            flash(_(str(refusal)), "error")
            return redirect(request.path, code=303)
        session().commit()
        flash(said)
        return redirect(url_for("maillage.own_projects"), code=303)
    return account_page(
        "founder_link.html",
        link=link,
        form=forms.AnswerForm(formdata=None),
        sign_up_path=_sign_up_path(token),
        sign_in_path=url_for("maillage.sign_in", next=request.path),
    )


def _sign_up_path(token: str) -> str | None:
    """Return where the reader of a mail makes an account, if they may; the same secret invites them to the node."""
    invitation = invitations.with_secret(token)
    if not signing_up.is_open(invitation):
        return None
    return url_for("maillage.sign_up", invitation=token if invitation is not None else None)


def _ask(page_handle: str) -> Response:
    """Ask somebody; who is not known here is looked up before anything is written."""
    form: Any = forms.AskFounderForm()
    project = _project(page_handle)
    if not may(current_member(), ADMINISTER, project):
        abort(403)
    if not form.validate():
        return _page(project, form, 422)
    who, organisation = form.who.data.strip(), (form.stands_for.data or "").strip()
    try:
        if _is_mail(who):
            inviting.by_mail(project, current_member(), who, form.message.data or "", current_language())
        else:
            session().rollback()
            person = _found(who, form.who)
            stands_for = _found(organisation, form.stands_for) if organisation else None
            inviting.invite(_project(page_handle), person, stands_for=stands_for, message=form.message.data or "")
    except NotPossible as refusal:
        session().rollback()
        if not form.who.errors and not form.stands_for.errors:
            form.who.errors = [_(str(refusal))]
        return _page(_project(page_handle), form, 422)
    session().commit()
    flash(_("Asked: the answer stands here when it comes."))
    return redirect(request.path, code=303)


def _found(text: str, field: Any) -> Actor:
    """Return the actor that somebody names, here or read from its own server."""
    try:
        return actor_named(text)
    except NobodyFound as refusal:
        field.errors = [_(str(refusal))]
        raise NotPossible("not found") from None


def _is_mail(text: str) -> bool:
    return "@" in text and not text.startswith("@") and "://" not in text


def _take_back(project: Actor, *, by_mail: bool) -> Response:
    form: Any = forms.RowForm()
    if not form.validate() or not 0 < form.who.data < 2**31:
        abort(400)
    link = session().get(FounderLink, form.who.data) if by_mail else None
    founder = session().get(Founder, form.who.data) if not by_mail else None
    try:
        if link is not None and link.project_id == project.id:
            inviting.take_link_back(link)
        elif founder is not None and founder.project_id == project.id:
            inviting.take_back(founder)
        else:
            abort(404)
    except NotPossible as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(request.path, code=303)
    session().commit()
    flash(_("The invitation is taken back."))
    return redirect(request.path, code=303)


def _give_up(project: Actor) -> Response:
    if not CheckedForm().validate():
        abort(400)
    name = project.name
    try:
        proposing.give_up(project)
    except NotPossible as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(request.path, code=303)
    session().commit()
    flash(_("%(name)s is given up.", name=name))
    return redirect(url_for("maillage.own_projects"), code=303)


def _project(page_handle: str) -> Actor:
    """Return a project of ours for who administers it, was asked to found it, or does; for others there is none."""
    project, member = local.find_page(page_handle), current_member()
    if project is None or not project.local or project.kind != PROJECT or project.gone_at is not None:
        abort(404)
    is_theirs = isinstance(member, Member) and projects.between(project, member.actor) is not None
    if not is_theirs and not may(member, ADMINISTER, project):
        abort(404)
    return project


def _page(project: Actor, form: Any = None, status: int = 200) -> Response:
    row = projects.find(project)
    may_ask = may(current_member(), ADMINISTER, project)
    return account_page(
        PAGE,
        status,
        project=project,
        row=row,
        founders=projects.founders(project),
        consenting=projects.consenting(project),
        needed=projects.NEEDED,
        links=inviting.links_of(project) if may_ask else [],
        may_ask=may_ask and row is not None and row.proposed_at is not None,
        form=form or forms.AskFounderForm(formdata=None),
        row_form=forms.RowForm(formdata=None),
        is_open=projects.is_open,
    )
