"""One form on its way: shown, refused with everything that was typed, previewed, or saved."""

from dataclasses import dataclass, field
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import audience, publishing
from flask_maillage.publications.audience import EVERYBODY, Audience
from flask_maillage.publications.content import Content
from flask_maillage.publications.editing.addressing import readers_in
from flask_maillage.publications.editing.beginning import NOTE, content_begun, only_lacks, typed_in
from flask_maillage.publications.editing.carrying import content_of
from flask_maillage.publications.editing.committee import keep_addresses
from flask_maillage.publications.editing.handles import Directory
from flask_maillage.publications.editing.identity import begun_before, free_identifier, identifier_in_form
from flask_maillage.publications.editing.paths import edit_path, page_path, programme_path, schedule_path, withdraw_path
from flask_maillage.publications.editing.placing import said_of_place
from flask_maillage.publications.editing.showing import Shown, as_shown, document_of, groups_of, typed_by_others
from flask_maillage.publications.editing.uploads import Taken
from flask_maillage.publications.editing.versions import (
    saw_all,
    saw_the_latest,
    saw_what_waits,
    version_of,
    version_typed_over,
)
from flask_maillage.publications.elsewhere import shown_elsewhere
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.life import scheduling, unsaved
from flask_maillage.publications.life.models import Schedule, Unsaved
from flask_maillage.publications.models import DIRECT, DRAFT, Publication
from flask_maillage.publications.rules import (
    NotPossible,
    check_narrowing,
    check_publishable,
    check_readers,
    check_revision,
)
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from flask_maillage.web.negotiation import keep_private

PUBLISH, SAVE_DRAFT, PREVIEW, PROGRAMME = "publish", "draft", "preview", "programme"
FORGET, AUTOSAVE, SCHEDULE, KEEP_FILES = "forget", "autosave", "schedule", "files"
NOW = "now"
"""What the page tells the script where what it shows is not saved yet."""


@dataclass
class Writing:
    """A form of one kind, for one actor, of a new publication or of one that is there."""

    actor: Actor
    kind: Kind
    form: Any
    member: Any
    publication: Publication | None = None
    seen: str = ""
    """The state of the publication that the writer began from; empty for a new one."""
    identifier: str = ""
    """What a new publication will be known by; empty for one that was opened to be changed."""
    shown: Shown | None = None
    waiting: Unsaved | None = None
    """What was typed over the publication and is not in the form: one may go on with it, or throw it away."""
    saves_itself: str | None = "later"
    """When the script begins to save: at the next change, at once (`NOW`), or never, where somebody has to choose."""
    notices: list[Markup | str] = field(default_factory=list)
    files: Taken = field(default_factory=Taken)
    """The files that came with the form, which are kept already."""
    directory: Directory = field(default_factory=Directory)
    """Who has the handles that are typed; who was not known here was looked up already."""
    _note_typed_before: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether nobody has seen it yet."""
        return self.publication is None or self.publication.state == DRAFT

    @property
    def wish(self) -> str:
        """Which button was pressed; Publish for none."""
        return request.form.get("do", PUBLISH)

    @property
    def note(self) -> str:
        """What changed, as the writer says it to readers."""
        return request.form.get(NOTE, "") or self._note_typed_before

    @property
    def stands(self) -> bool:
        """Whether what it says stays as it is until somebody saves the form: others read it, or will."""
        return self.publication is not None and unsaved.stands(self.publication)

    @property
    def planned(self) -> Schedule | None:
        """When it will be published, where that is set."""
        return scheduling.of(self.publication) if self.publication and self.is_draft else None

    @property
    def schedule_path(self) -> str | None:
        """Where one sets when a draft is published."""
        return schedule_path(self.publication) if self.publication else None

    @property
    def author(self) -> Actor | None:
        """Who writes, where it is a member of ours."""
        return author_of(self.member)

    @property
    def withdraw_path(self) -> str | None:
        """Where it can be taken back; None for what is not there yet."""
        return withdraw_path(self.publication) if self.publication else None

    def first_page(self, going_on_with: Unsaved | None = None) -> Response:
        """Return the form before anything was typed, or with what was typed before and is not saved yet."""
        self.seen = version_typed_over(going_on_with) if going_on_with else version_of(self.publication)
        self.saves_itself = None if self.waiting else self.saves_itself
        if going_on_with:
            self.files.settle(self.form, self.actor, self.publication)
            self._note_typed_before = "".join(going_on_with.typed.get(NOTE, []))
        if self.publication is None:
            self.identifier = new_identifier(now())
        return self._page()

    def _page(self, status: int = 200) -> Response:
        form, groups = in_readers_language(self.form), groups_of(self.form)
        html = render_template("maillage/write.html", writing=self, form=form, groups=groups)
        return keep_private(make_response(html, status))

    def begin(self) -> bool:
        """Look at what was sent, and at what was stored of it before; tell whether the form is valid."""
        self.seen = request.form.get("version", "")
        self.saves_itself = NOW
        if self.publication is None:
            self._look_for_what_was_begun()
        self.files.settle(self.form, self.actor, self.publication)
        self.directory.settle(self.form)
        valid: bool = self.form.validate()
        return valid

    def answer(self) -> Response:
        """Do what was asked with what was typed; whatever stands in the way, nothing typed is lost."""
        valid = self.begin()
        if clear_csrf_errors(self.form):
            self.notices.append(_("This page had been open for long. Nothing is lost: press the button once more."))
            return self._page(400)
        if self.wish == KEEP_FILES:
            return self._with_files()
        if not valid:
            return self._save_unfinished() if self._may_be_unfinished() else self._page(422)
        content = self._content()
        if self.publication and not saw_the_latest(self.publication, self.seen) and not self._is_sent_again(content):
            return self._conflict(self.publication)
        try:
            readers = readers_in(self.form)
            if self.wish == PREVIEW:
                return self._preview(content, readers)
            return self._save(content, readers, publish=self.wish not in (SAVE_DRAFT, SCHEDULE, PROGRAMME))
        except NotPossible as refusal:
            session().rollback()
            self._refuse(refusal)
            return self._page(422)
        except IntegrityError:
            session().rollback()
            if begun_before(self.identifier, self.actor, self.kind.name, self.member) is None:
                raise
            return self.answer()  # the same form, sent at the same moment, was stored first

    def _with_files(self) -> Response:
        """Show the form again with the files that came with it, and ask for nothing else yet."""
        for one in self.form:
            one.errors = list(getattr(one, "problems", ()))
        session().commit()
        return self._page(422 if self.form.errors else 200)

    def signed_out(self) -> Response:
        """Return the form with all that was typed to somebody whose session has ended; nothing is looked up."""
        self.seen, self.saves_itself = request.form.get("version", ""), None
        self.identifier = identifier_in_form()
        self.notices.append(signed_out.notice())
        if any(one.filename for one in request.files.values()):
            self.notices.append(_("Choose the files again when you have signed in: they could not be kept."))
        return self._page(403)

    def said(self) -> tuple[Content, Audience] | None:
        """Return what a valid form says, and to whom; None where it names somebody whom nobody knows."""
        try:
            return self._content(), readers_in(self.form)
        except NotPossible:
            return None

    def keep_draft(self, said: tuple[Content, Audience] | None) -> Publication:
        """Bring a draft up to date, or begin one; of what cannot be read yet, what was typed is kept as it is."""
        publication, before = self.publication, self.publication.content if self.publication else None
        content = said[0] if said else content_begun(self.form, self.kind, before)
        is_in_the_form = publication is None or saw_what_waits(publication, self.seen)
        if publication is None:
            readers, identifier = said[1] if said else EVERYBODY, self.identifier
            publication = publishing.draft(
                self.actor, content, author=self.author, identifier=identifier, readers=readers
            )
        else:
            publishing.revise(publication, content, said[1] if said else audience.of(publication))
            publication.updated_at = now()
        if is_in_the_form:
            unsaved.drop(publication)
        if said is None:
            unsaved.keep(publication, typed_in(self.form), self.author)
        else:
            keep_addresses(publication, self.form)
        session().flush()
        return publication

    def forget(self) -> Response:
        """Throw away what waits to be saved; only what the page showed as waiting."""
        self.form.validate()
        row = unsaved.of(self.publication) if self.publication else None
        if "csrf_token" not in self.form.errors and row and request.form.get("waiting") == row.mark:
            session().delete(row)
            session().commit()
            flash(_("Thrown away: here is what is saved."))
        return redirect(request.path, code=303)

    def _may_be_unfinished(self) -> bool:
        return self.wish in (SAVE_DRAFT, PROGRAMME) and not self.stands and only_lacks(self.form)

    def _content(self) -> Content:
        return content_of(self.form, self.kind.name, self.publication.content if self.publication else None)

    def _save_unfinished(self) -> Response:
        if self.publication and not saw_all(self.publication, self.seen):
            return self._conflict(self.publication)
        publication = self.keep_draft(None)
        session().commit()
        left = len(self.form.errors)
        flash(self._saved_as_draft())
        one, many = "To be published, it needs one thing more.", "To be published, it needs %(n)s things more."
        flash(ngettext(one, many, left))
        return redirect(edit_path(publication), code=303)

    def _saved_as_draft(self) -> str:
        return _("Saved as a draft. Only those who publish for %(actor)s see it.", actor=self.actor.name)

    def _look_for_what_was_begun(self) -> None:
        """Go on with the publication that an earlier sending of this form began; find a name for it otherwise."""
        self.identifier = identifier_in_form()
        self.publication = begun_before(self.identifier, self.actor, self.kind.name, self.member)
        if self.publication is None:
            self.identifier = free_identifier(self.identifier)

    def _is_sent_again(self, content: Content) -> bool:
        """Tell whether a new form was sent twice as it was: that is no change, and nobody else's either."""
        before = self.publication
        if before is None or not self._is_new_form:
            return False
        return before.content == content.model_copy(update={"summary": before.summary})

    @property
    def _is_new_form(self) -> bool:
        return bool(self.identifier) and not self.seen

    def _save(self, content: Content, readers: Audience, *, publish: bool) -> Response:
        was_draft = self.is_draft
        if was_draft or self.publication is None:
            publication = self.keep_draft((content, readers))
        else:
            publication = self.publication
            if saw_what_waits(publication, self.seen):
                unsaved.drop(publication)
            publishing.revise(publication, content, readers, author=self.author, note=self.note)
            keep_addresses(publication, self.form)
        if was_draft and publish:
            publishing.publish(publication, author=self.author)
        elif was_draft:
            scheduling.check_again(publication)
        session().commit()
        if added := said_of_place(self.form):
            flash(added)
        if self.wish == PROGRAMME:
            return redirect(programme_path(publication), code=303)
        if was_draft and not publish:
            flash(self._saved_as_draft())
            to_schedule = self.wish == SCHEDULE
            return redirect(schedule_path(publication) if to_schedule else edit_path(publication), code=303)
        flash(_published(readers) if was_draft or self._is_new_form else _("Saved. The change is on its way."))
        return redirect(page_path(publication), code=303)

    def _preview(self, content: Content, readers: Audience) -> Response:
        """Show what would be published, and already say what would forbid it."""
        document = document_of(self.actor, self.publication, content, readers)
        self.shown = as_shown(_("Preview"), self.kind, content)._replace(elsewhere=shown_elsewhere(document))
        check_readers(readers)
        if self.is_draft:
            check_publishable(content, now())
        elif self.publication:
            check_revision(self.publication.content, content, now())
            check_narrowing(readers, self.publication)
        return self._page()

    def _conflict(self, publication: Publication) -> Response:
        text = _(
            "Somebody else changed this while you were writing. Below is what it says now, then what you typed: "
            "put the two together, and save again."
        )
        self.notices.append(text)
        row = None if self.stands else unsaved.of(publication)
        self.seen, self.saves_itself = version_of(publication, row), None
        shown = as_shown(_("As it is now"), self.kind, publication.content)
        self.shown = shown._replace(typed=typed_by_others(self.form, typed_in(self.form), row))
        return self._page(409)

    def _refuse(self, refusal: NotPossible) -> None:
        """Put the reason at the field it is about, or at the head of the form."""
        if refusal.field in self.form:
            wrong = self.form[refusal.field]
            wrong.errors = [*wrong.errors, str(refusal)]
        else:
            self.form.form_errors.append(str(refusal))


def _published(readers: Audience) -> str:
    if readers.visibility == DIRECT:
        return _("Published. It is on its way to those whom you named, and to nobody else.")
    return _("Published. It is on its way to those who follow.")


def clear_csrf_errors(form: Any) -> bool:
    """Take the error of a token that has expired off a form, which carries a new one now; tell whether it had one."""
    had_errors = "csrf_token" in form.errors
    if had_errors:
        form.csrf_token.errors = []
    return had_errors
