"""The pages by which those who administer an actor bring the archive of its former one, look at it and take it up."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.identifiers import IDENTIFIER
from actors.models import Actor
from actors.moving import MoveRefused
from actors.node import node
from flask_maillage.coalitions.moving import taking_up, working
from flask_maillage.coalitions.moving.forms import ArchiveForm, StepForm
from flask_maillage.coalitions.moving.models import LOOKED_AT, WAITING, WORKING, BroughtArchive
from flask_maillage.coalitions.moving.reading import Unreadable
from flask_maillage.coalitions.moving.views import RATE, administered, moving_page
from flask_maillage.files import folder
from flask_maillage.people.account_page import account_page
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _

PAGE = "brought_archive.html"
REFRESH_SECONDS = "2"


@pages.post("/@<page_handle>/moving/archives", endpoint="bring_archive")
def bring_archive(page_handle: str) -> Response:
    """Keep a file that somebody sends, look at it, and show what it is."""
    request.max_content_length = working.largest() + folder.MEGABYTE
    with reading():
        actor = administered(page_handle)
        if isinstance(actor, Response):
            return actor
        key = actor.iri
    form: Any = ArchiveForm()
    if not form.validate():
        abort(400)
    if not node().rates.allow(RATE, f"brought {key}"):
        abort(429)
    sent = form.file.data
    if sent is None or not getattr(sent, "filename", ""):
        return _refused(page_handle, form, _("Choose the file."))
    identifier, path = working.new_place()
    try:
        sent.save(path)
        owner = administered(page_handle)
        if isinstance(owner, Response):
            abort(403)
        job = working.bring(owner, identifier)
    except Unreadable as unreadable:
        session().rollback()
        return _refused(page_handle, form, _(str(unreadable)))
    session().commit()
    return redirect(_path(page_handle, job), code=303)


@pages.route("/@<page_handle>/moving/archives/<identifier>", methods=["GET", "POST"], endpoint="brought_archive")
def brought_archive(page_handle: str, identifier: str) -> Response:
    """Show whose archive it is, how far taking it up is, or what became of it; take it up, or throw it away."""
    actor = administered(page_handle)
    if isinstance(actor, Response):
        return actor
    job = _job(actor, identifier)
    if request.method == "POST":
        return _step(page_handle, job)
    is_working = job.state in (WAITING, WORKING)
    response = account_page(
        PAGE,
        actor=actor,
        job=job,
        button=StepForm(formdata=None),
        is_working=is_working,
        waits=job.state == LOOKED_AT,
        labels=taking_up.LABELS,
        counts=_counts(job),
    )
    if is_working:
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


def _step(page_handle: str, job: BroughtArchive) -> Response:
    form: Any = StepForm()
    if not form.validate():
        abort(400)
    back = _path(page_handle, job)
    if job.state == LOOKED_AT and form.do.data == "forget":
        working.throw_away(job)
        back = url_for("maillage.moving", page_handle=page_handle)
    elif job.state == LOOKED_AT:
        try:
            working.begin(job)
        except MoveRefused as refusal:
            session().rollback()
            flash(str(refusal), "error")
            return redirect(back, code=303)
    session().commit()
    return redirect(back, code=303)


def _job(actor: Actor, identifier: str) -> BroughtArchive:
    query = select(BroughtArchive).where(BroughtArchive.identifier == identifier, BroughtArchive.actor_id == actor.id)
    job = session().scalar(query) if IDENTIFIER.fullmatch(identifier) else None
    if job is None:
        abort(404)
    return job


def _counts(job: BroughtArchive) -> list[tuple[str, int]]:
    outcomes = [entry["outcome"] for entry in job.report]
    return [(label, outcomes.count(name)) for name, label in taking_up.LABELS.items() if name in outcomes]


def _refused(page_handle: str, form: Any, sentence: str) -> Response:
    with reading():
        actor = administered(page_handle)
        if isinstance(actor, Response):
            return actor
        form.file.errors = [sentence]
        return moving_page(actor, 422, form=form)


def _path(page_handle: str, job: BroughtArchive) -> str:
    return url_for("maillage.brought_archive", page_handle=page_handle, identifier=job.identifier)
