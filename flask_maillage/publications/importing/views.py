"""The pages on which those who publish for an actor bring files and addresses, look first, and read the report."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import delete, func, select
from werkzeug.wrappers import Response

from actors import local
from actors.database import reading, session
from actors.models import NODE, Actor
from actors.node import now
from flask_maillage.people.current import author_of, current_member, may, to_sign_in
from flask_maillage.people.roles import PUBLISH
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.importing import formats, looking, table, taking, working
from flask_maillage.publications.importing.forms import ImportForm, StepForm
from flask_maillage.publications.importing.models import (
    DISTINCT,
    DOUBTFUL,
    ENDED,
    PREVIEWED,
    WAITING,
    WORKING,
    Import,
    Imported,
)
from flask_maillage.publications.importing.rows import MAX_BYTES, Settings, Unreadable
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

SHOWN_IMPORTS, MOST_SUBSCRIPTIONS = 50, 20
REFRESH_SECONDS = "2"


@pages.route("/@<page_handle>/import", methods=["GET", "POST"])
def bring(page_handle: str) -> Response:
    """Bring a file or the address of a calendar, and see what was brought before."""
    if (answer := _if_signed_out()) is not None:
        return answer
    actor = _actor(page_handle)
    form: Any = ImportForm()
    if request.method == "GET" or not form.validate():
        return _bring_page(actor, form, 200 if request.method == "GET" else 422)
    job = _subscribed(actor, form) if form.address.data else _uploaded(actor, form)
    if job is None:
        return _bring_page(actor, form, 422)
    session().commit()
    return redirect(_path(actor, job), code=303)


@pages.route("/@<page_handle>/import/<identifier>", methods=["GET", "POST"])
def imported(page_handle: str, identifier: str) -> Response:
    """Show what would be taken, how far it is, or what became of it."""
    if (answer := _if_signed_out()) is not None:
        return answer
    actor = _actor(page_handle)
    query = select(Import).where(Import.identifier == identifier, Import.actor_id == actor.id)
    job = session().scalar(query) if identifier.isprintable() else None
    if job is None:
        abort(404)
    form: Any = StepForm()
    if request.method == "POST":
        if not form.validate():
            abort(400)
        return _step(actor, job, form)
    waits = job.state == PREVIEWED and job.data is not None
    headings = table.headings(job.data) if waits and job.format == "csv" and job.data else []
    html = render_template(
        "maillage/imported.html",
        actor=actor,
        job=job,
        form=form,
        seen=looking.seen(job),
        is_working=_is_working(job),
        headings=headings,
        chosen=dict(job.means.columns or table.guessed(headings)),
        fields=table.FIELDS,
        formats=formats.FORMATS,
        counts=_counts(job),
        labels=taking.LABELS,
        back=url_for("maillage.bring", page_handle=actor.page_handle),
    )
    response = keep_private(make_response(html))
    if _is_working(job):
        response.headers["Refresh"] = REFRESH_SECONDS
    return response


def _subscribed(actor: Actor, form: Any) -> Import | None:
    """Begin to read an address again and again; None, with the reason at its field, where it cannot be."""
    if _subscriptions(actor) >= MOST_SUBSCRIPTIONS:
        form.address.errors = [_("These are enough calendars: end one first.")]
        return None
    kind = form.format.data or "icalendar"
    return working.begin(
        actor, source=form.address.data, form=kind, settings=_settings(form), subscribed=True, **_wishes(form)
    )


def _uploaded(actor: Actor, form: Any) -> Import | None:
    """Keep a file to look at it first; None, with the reason at its field, where it cannot be read."""
    data, name = form.file.data.stream.read(MAX_BYTES + 1), (form.file.data.filename or "")[:200]
    kind, settings = form.format.data or formats.guessed(data, name), _settings(form)
    session().commit()  # nobody waits for the database meanwhile
    try:
        formats.check_size(data)
        seen = None if looking.is_long(data) else looking.summary(data, kind, settings)
    except Unreadable as unreadable:
        form.file.errors = [_(str(unreadable))]
        return None
    session().execute(delete(Import).where(Import.actor_id == actor.id, Import.state == PREVIEWED))
    wishes = _wishes(form)
    job = working.begin(actor, source=name, form=kind, settings=settings, state=PREVIEWED, data=data, **wishes)
    if seen is not None:
        looking.note(job, seen)
    return job


def _settings(form: Any) -> Settings:
    return Settings(form.timezone.data, form.language.data)


def _wishes(form: Any) -> dict[str, Any]:
    return {"author": author_of(current_member()), "publishes": form.publishes.data}


def _step(actor: Actor, job: Import, form: Any) -> Response:
    """Do what a button says; what does not fit the import as it is changes nothing."""
    wish, back = form.do.data, redirect(_path(actor, job), code=303)
    is_seen = job.state == PREVIEWED and job.finished_at is not None
    if wish == "map" and is_seen:
        names = ((name, request.form.get(f"column-{name}", "")[:200]) for name in table.FIELDS)
        job.settings = job.settings | {"columns": [[name, heading] for name, heading in names if heading]}
        looking.begin_again(job)
        if not looking.is_long(job.data):
            looking.look(job)
    elif wish == "take" and is_seen:
        job.state, job.due_at, job.finished_at = WAITING, now(), None
    elif wish == "forget" and job.state == PREVIEWED:
        session().delete(job)
        back = redirect(url_for("maillage.bring", page_handle=actor.page_handle), code=303)
    elif wish == "end" and job.subscribed and job.state != ENDED:
        job.state, job.data = ENDED, None
        flash(_("The calendar is not read any more. What was taken stays."))
    elif wish == "distinct":
        _note_distinct(job, form.item.data)
    session().commit()
    return back


def _note_distinct(job: Import, number: int | None) -> None:
    """Remember that something is not what it looks like: it is taken when its source is read again."""
    item = session().get(Imported, number) if number is not None and 0 < number < 2**31 else None
    if item is None or item.actor_id != job.actor_id or item.state != DOUBTFUL:
        abort(400)
    item.state = DISTINCT
    if job.subscribed:
        job.due_at, job.etag, job.modified = now(), "", ""
        flash(_("Noted. It is taken when the calendar is read again, in a moment."))
    else:
        flash(_("Noted. Bring the file again, and it is taken."))


def _is_working(job: Import) -> bool:
    """Tell whether the worker has still to do something with it now."""
    return job.state == WORKING or (job.state in (WAITING, PREVIEWED) and job.finished_at is None)


def _counts(job: Import) -> list[tuple[str, int]]:
    outcomes = [entry["outcome"] for entry in job.report]
    return [(label, outcomes.count(name)) for name, label in taking.LABELS.items() if name in outcomes]


def _bring_page(actor: Actor, form: Any, status: int) -> Response:
    query = select(Import).where(Import.actor_id == actor.id, Import.state != ENDED).order_by(Import.id.desc())
    before = session().scalars(query.limit(SHOWN_IMPORTS)).all()
    html = render_template(
        "maillage/bring.html",
        actor=actor,
        form=in_readers_language(form),
        imports=[(one, _path(actor, one)) for one in before],
    )
    return keep_private(make_response(html, status))


def _subscriptions(actor: Actor) -> int:
    query = select(func.count()).select_from(Import)
    return session().scalar(query.where(Import.actor_id == actor.id, Import.subscribed, Import.state != ENDED)) or 0


def _path(actor: Actor, job: Import) -> str:
    return url_for("maillage.imported", page_handle=actor.page_handle, identifier=job.identifier)


def _if_signed_out() -> Response | None:
    with reading():
        return to_sign_in() if current_member() is None else None


def _actor(page_handle: str) -> Actor:
    actor = local.find_page(page_handle)
    if actor is None or not actor.local or actor.kind == NODE or actor.gone_at is not None:
        abort(404)
    if not may(current_member(), PUBLISH, actor):
        abort(403)
    return actor
