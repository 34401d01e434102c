"""The pages of a process log: the list, the sign of how well it is documented, an entry, its revisions, the form."""

from datetime import date
from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from actors import local
from actors.database import session
from actors.identifiers import IDENTIFIER
from actors.models import ACTIVE, Actor
from actors.node import now
from federation import markdown
from federation.sanitising import clean_url
from flask_maillage.coalitions.charters import versions
from flask_maillage.coalitions.process import chain, exporting, log
from flask_maillage.coalitions.process.documented import Level, Reason, facts_of, sign
from flask_maillage.coalitions.tools.pages import belongs
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of, current_member, may
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER, EDIT
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.forms.base import Lines, _, choices_of, fields_of, written_lines
from flask_maillage.publications.views.actor_parts import CONTENT, ActorPart, actor_part
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import keep_private, page

SHOWN, PER_PAGE = 3, 50
KIND_WORDS = {
    "meeting": _("Meeting"),
    "decision": _("Decision"),
    "step": _("Step"),
    "document": _("Document"),
    "note": _("Note"),
}
LEVEL_WORDS = {
    Level.WELL: _("Well documented"),
    Level.PARTLY: _("Partly documented"),
    Level.HARDLY: _("Hardly documented"),
}
REASON_WORDS = {
    Reason.CHARTER: (_("It has a charter."), _("It has no charter.")),
    Reason.RECENT: (_("Something was written in the last 90 days."), _("Nothing was written for 90 days.")),
    Reason.MEETINGS: (_("Its meetings are in the log."), _("No meeting is in the log.")),
    Reason.DECISIONS: (
        _("Most of its decisions have a document."),
        _("No decision is in the log, or too few have a document."),
    ),
}


class EntryForm(CheckedForm):
    """An entry."""

    kind = SelectField(_("What it is"))
    happened_on = DateField(_("On which day"), [InputRequired(_("Write the day on which it happened."))])
    title = StringField(
        _("In one line"), [InputRequired(_("Say in one line what it is.")), Length(max=log.TITLE_LIMIT)]
    )
    text = TextAreaField(
        _("What happened, and why"),
        [Optional(), Length(max=log.TEXT_LIMIT)],
        default="",
        description=_("In Markdown. Write nothing of persons that they would not want to read here for good."),
    )
    links = TextAreaField(
        _("Documents"),
        [Optional(), Lines(log.MOST_LINKS, 2200)],
        default="",
        description=_("One per line: “Name | https://address”."),
    )
    public = BooleanField(_("Everybody may read it"), default=True)
    corrects = HiddenField()

    def pairs(self) -> list[tuple[str, str]]:
        """Return the documents by label and address."""
        found = (fields_of(line, 2) for line in written_lines(self.links.data))
        return [
            (label, address) if address or clean_url(label) is None else (label.partition("://")[2], label)
            for label, address in found
        ]


@pages.route("/@<page_handle>/process", methods=["GET", "POST"], endpoint="process")
def show_process(page_handle: str) -> AnyResponse:
    """Show the log of a group; those who write for it add entries and correct them."""
    actor = _with_log(page_handle)
    if request.method == "POST":
        if current_member() is None:
            return signed_out.answer(EntryForm)
        return _write(actor) if _may_write(actor) else abort(403)
    return _list(actor)


@pages.get("/@<page_handle>/process.<any(json, md, csv, atom):form>", endpoint="process_export")
def export_process(page_handle: str, form: str) -> Response:
    """Give the whole log as a file, as far as its reader may read it."""
    actor = _with_log(page_handle)
    inside = belongs(actor)
    response = Response(exporting.export(actor, form, inside=inside), content_type=exporting.CONTENT_TYPES[form])
    if form != "atom":
        response.headers["Content-Disposition"] = f'attachment; filename="process-{actor.handle}.{form}"'
    response.headers["X-Robots-Tag"] = "noindex"
    if inside:
        return keep_private(response)
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@pages.get("/@<page_handle>/process/<identifier>", endpoint="process_entry")
def show_entry(page_handle: str, identifier: str) -> AnyResponse:
    """Show an entry with all its revisions, the newest first."""
    actor = _with_log(page_handle)
    inside = belongs(actor)
    found = log.revisions(actor, identifier, inside=inside) if IDENTIFIER.fullmatch(identifier) else []
    if not found:
        abort(404)
    html = render_template(
        "maillage/process_entry.html",
        actor=actor,
        revisions=[one for one in found if inside or one.public],
        kind_words=KIND_WORDS,
        render=markdown.render,
        may_write=_may_write(actor),
    )
    return page(html) if found[0].public and not inside else keep_private(make_response(html))


@actor_part
def process_part(actor: Actor) -> ActorPart | None:
    """Show on a group's page how well its process is documented, and the last entries."""
    if not log.has_one(actor) or not (log.is_public(actor) or belongs(actor)):
        return None
    found = log.entries(actor, inside=False, limit=SHOWN)
    may_write = _may_write(actor)
    if not found and not may_write and actor.kind != "project":
        return None
    values = {"entries": found, "kind_words": KIND_WORDS, "may_write": may_write, **_sign(actor)}
    return ActorPart(CONTENT, "maillage/process_part.html", values)


def _sign(actor: Actor) -> dict[str, Any]:
    has_charter = versions.newest(actor) is not None
    made = sign(facts_of(log.outline(actor), is_over=actor.phase != ACTIVE, charter=has_charter), now().date())
    said = [(REASON_WORDS[reason][0 if held else 1], held) for reason, held in made.reasons.items()]
    return {"level": made.level.value, "level_word": LEVEL_WORDS[made.level], "reasons": said}


def _list(actor: Actor, form: Any = None, status: int = 200) -> AnyResponse:
    inside, may_write = belongs(actor), _may_write(actor)
    asked = request.args.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= 100_000):
        abort(404)
    number = int(asked)
    found = log.entries(actor, inside=inside, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    if may_write and form is None:
        form = _filled(actor)
    problems = chain.problems(log.whole(actor), actor.iri) if may_write else chain.altered(found, actor.iri)
    html = render_template(
        "maillage/process.html",
        actor=actor,
        entries=found[:PER_PAGE],
        more=len(found) > PER_PAGE,
        number=number,
        kind_words=KIND_WORDS,
        render=markdown.render,
        problems=problems,
        head=log.head(actor),
        form=in_readers_language(form) if form is not None else None,
        may_write=may_write,
        **_sign(actor),
    )
    return keep_private(make_response(html, status)) if inside or form is not None else page(html)


def _filled(actor: Actor) -> Any:
    """Return the form, filled with the entry that is to be corrected."""
    identifier = request.args.get("correct", "")
    entry = log.last_revision(actor, identifier) if IDENTIFIER.fullmatch(identifier) else None
    if identifier and entry is None:
        abort(404)
    if entry is None:
        return _with_choices(EntryForm(formdata=None, happened_on=now().date()))
    links = "\n".join(f"{one['label']} | {one['address']}" for one in entry.links)
    given = {"kind": entry.kind, "happened_on": entry.happened_on, "title": entry.title, "text": entry.text}
    return _with_choices(EntryForm(formdata=None, **given, links=links, public=entry.public, corrects=entry.identifier))


def _write(actor: Actor) -> AnyResponse:
    form = _with_choices(EntryForm())
    identifier = form.corrects.data or ""
    corrects = log.last_revision(actor, identifier) if IDENTIFIER.fullmatch(identifier) else None
    if identifier and corrects is None:
        abort(404)
    if not form.validate():
        return _list(actor, form, 422)
    day: date = form.happened_on.data
    try:
        entry = log.write(
            actor,
            author_of(current_member()),
            kind=form.kind.data,
            happened_on=day,
            title=form.title.data,
            text=form.text.data or "",
            links=form.pairs(),
            public=form.public.data,
            corrects=corrects,
        )
    except log.EntryRefused as refusal:
        session().rollback()
        form[refusal.field or "title"].errors = [gettext(str(refusal))]
        return _list(actor, form, 422)
    session().commit()
    flash(gettext("Written down. What stood there before stays to be read.") if corrects else gettext("Written down."))
    return redirect(
        url_for("maillage.process_entry", page_handle=actor.page_handle, identifier=entry.identifier), code=303
    )


def _with_choices(form: Any) -> Any:
    form.kind.choices = choices_of(list(KIND_WORDS.items()))
    return form


def _may_write(actor: Actor) -> bool:
    """Who publishes for a group writes its log, also while a project waits for founders, or after it was closed."""
    member = current_member()
    return may(member, ADMINISTER, actor) or may(member, EDIT, _Speaking(actor))


class _Speaking:
    """A group as `may` asks for it: what it has published is edited by those who may write for it."""

    local = True

    def __init__(self, actor: Actor) -> None:
        """Keep the group."""
        self.actor = actor


def _with_log(page_handle: str) -> Actor:
    actor = local.find_page(page_handle)
    if actor is None or not log.has_one(actor) or actor.suspended_at is not None:
        abort(404)
    if not log.is_public(actor) and not belongs(actor):
        abort(404)
    return actor
