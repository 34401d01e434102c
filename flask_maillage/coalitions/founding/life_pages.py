"""The page on which those who administer a project say how far it is, close it, or merge it into another."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from actors import local, remote
from actors.database import reading, session
from actors.documents import actor_document
from actors.models import ACTIVE, PROJECT, Actor
from federation.activities import Document
from federation.errors import FederationError
from flask_maillage.coalitions.founding import ending, forms, projects
from flask_maillage.coalitions.founding.models import PROGRESS
from flask_maillage.coalitions.founding.projects import NotPossible
from flask_maillage.people import signed_out
from flask_maillage.people.account_page import account_page
from flask_maillage.people.current import current_member, may, require_own_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import resolving
from flask_maillage.publications.forms.base import _
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext, ngettext


class CloseForm(CheckedForm):
    """What came of it."""

    outcome = TextAreaField(
        _("What came of it"),
        [
            InputRequired(_("Say what came of it: what was reached, what was not, and who goes on with what.")),
            Length(max=ending.OUTCOME_LIMIT),
        ],
        description=_("What was reached, what was not, and who goes on with what."),
    )


class MergeForm(CheckedForm):
    """Into which project, and what came of this one."""

    into = StringField(
        _("Into which project"),
        [InputRequired(_("Write the handle of the other project.")), Length(max=300)],
        description=_(
            "A handle, as @name@host. One that you do not administer has to agree first: "
            "it adds this project's address as an alias of its own."
        ),
    )
    merge_outcome = TextAreaField(_("What came of it"), [Optional(), Length(max=ending.OUTCOME_LIMIT)], default="")


@pages.route("/@<page_handle>/project", methods=["GET", "POST"], endpoint="project_life")
def show_life(page_handle: str) -> Response:
    """Show what can be said of a project, and do as its administrator says."""
    require_own_sign_in()
    do = request.form.get("do", "")
    form = {"close": CloseForm, "merge": MergeForm}.get(do, forms.ProgressForm)
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(form)
    if do == "merge":
        return _merge(page_handle)
    project = _administered(page_handle)
    if request.method == "GET":
        return _page(project)
    return _close(project) if do == "close" else _progress(project)


def _progress(project: Actor) -> Response:
    form: Any = forms.with_progress(forms.ProgressForm())
    if not form.validate():
        return _page(project, 422, progress_form=form)
    projects.set_progress(project, form.progress.data)
    session().commit()
    flash(gettext("Saved. Those who follow %(name)s are told.", name=project.name))
    return redirect(request.path, code=303)


def _close(project: Actor) -> Response:
    form: Any = CloseForm()
    if not form.validate():
        return _page(project, 422, close_form=form)
    try:
        ending.close(project, form.outcome.data)
    except NotPossible as refusal:
        session().rollback()
        form.outcome.errors = [gettext(str(refusal))]
        return _page(_administered(project.handle), 422, close_form=form)
    session().commit()
    flash(gettext("%(name)s is closed.", name=project.name))
    return redirect(url_for("maillage.actor", page_handle=project.page_handle), code=303)


def _merge(page_handle: str) -> Response:
    """Merge; the other project is read from its own server before anything is written."""
    form: Any = MergeForm()
    if not form.validate():
        return _page(_administered(page_handle), 422, merge_form=form)
    try:
        with reading():
            _administered(page_handle)
            here, key = local.find_page(form.into.data.strip().lstrip("@")), resolving.key_of(current_member())
            is_here = here is not None and here.local
        document = None if is_here else _read(form.into.data.strip(), key)
        project = _administered(page_handle)
        found = local.find_page(form.into.data.strip().lstrip("@")) if document is None else None
        if found is not None:
            document = actor_document(found)
        if document is None:
            raise NotPossible(ending.NO_PROJECT)
        invited = ending.merge(
            project,
            document,
            outcome=form.merge_outcome.data or "",
            administers_both=found is not None and may(current_member(), ADMINISTER, found),
        )
    except (NotPossible, FederationError) as refusal:
        session().rollback()
        said = resolving.sentence_for(refusal) if isinstance(refusal, FederationError) else str(refusal)
        form.into.errors = [gettext(said)]
        return _page(_administered(page_handle), 422, merge_form=form)
    session().commit()
    flash(ngettext("Merged: %(n)s member is invited there.", "Merged: %(n)s members are invited there.", invited))
    return redirect(url_for("maillage.actor", page_handle=page_handle), code=303)


def _read(name: str, key: str) -> Document:
    resolving.count(key)
    return remote.look_up(name)


def _administered(page_handle: str) -> Actor:
    project = local.find_page(page_handle)
    is_one = project is not None and project.local and project.kind == PROJECT and project.gone_at is None
    if project is None or not is_one or not may(current_member(), ADMINISTER, project):
        abort(404)
    return project


def _page(project: Actor, status: int = 200, **given: Any) -> Response:
    row = projects.find(project)
    progress = forms.with_progress(forms.ProgressForm(formdata=None, progress=row.progress if row else PROGRESS[0]))
    shown = {"progress_form": progress, "close_form": CloseForm(formdata=None), "merge_form": MergeForm(formdata=None)}
    wrong = next(iter(given.values()), None)
    for name in shown.keys() - given.keys():
        in_readers_language(shown[name])
    return account_page(
        "project_life.html", status, project=project, is_active=project.phase == ACTIVE, form=wrong, **(shown | given)
    )
