"""One form on its way: shown, refused with everything that was typed, previewed, or saved."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.people.current import author_of, sign_in_address
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.content import Content
from flask_maillage.publications.editing.addressing import readers_in
from flask_maillage.publications.editing.carrying import content_of
from flask_maillage.publications.editing.identity import begun_before, free_identifier, identifier_in_form
from flask_maillage.publications.editing.paths import edit_path, page_path, withdraw_path
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.models import DIRECT, DRAFT, Publication
from flask_maillage.publications.rules import (
    NotPossible,
    check_narrowing,
    check_publishable,
    check_readers,
    check_revision,
)
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

PUBLISH, SAVE_DRAFT, PREVIEW = "publish", "draft", "preview"


class Shown(NamedTuple):
    """What a publication says, as a page shows it inside the form's page."""

    title: str
    name: str
    summary: Markup
    html: Markup


class Group(NamedTuple):
    """Fields that few need, folded under a title until one of them holds something."""

    title: str
    fields: list[Any]
    is_open: bool


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
    notices: list[Markup | str] = field(default_factory=list)

    @property
    def is_draft(self) -> bool:
        """Whether nobody has seen it yet."""
        return self.publication is None or self.publication.state == DRAFT

    @property
    def wish(self) -> str:
        """Which button was pressed; Publish for none."""
        return request.form.get("do", PUBLISH)

    @property
    def withdraw_path(self) -> str | None:
        """Where it can be taken back; None for what is not there yet."""
        return withdraw_path(self.publication) if self.publication else None

    def first_page(self) -> Response:
        """Return the form before anything was typed."""
        self.seen = _version_of(self.publication)
        if self.publication is None:
            self.identifier = new_identifier(now())
        return self._page()

    def _page(self, status: int = 200) -> Response:
        form, groups = in_readers_language(self.form), self._groups()
        html = render_template("maillage/write.html", writing=self, form=form, groups=groups)
        return keep_private(make_response(html, status))

    def answer(self) -> Response:
        """Do what was asked with what was typed; whatever stands in the way, nothing typed is lost."""
        valid = self.form.validate()
        self.seen = request.form.get("version", "")
        if self.publication is None:
            self._look_for_what_was_begun()
        if _clear_csrf_errors(self.form):
            self.notices.append(_("This page had been open for long. Nothing is lost: press the button once more."))
            return self._page(400)
        if not valid:
            return self._page(422)
        content = content_of(self.form, self.kind.name, self.publication.content if self.publication else None)
        if self.publication and self.seen != _version_of(self.publication) and not self._is_sent_again(content):
            return self._conflict(self.publication)
        try:
            readers = readers_in(self.form)
            if self.wish == PREVIEW:
                return self._preview(content, readers)
            return self._save(content, readers, publish=self.wish != SAVE_DRAFT)
        except NotPossible as refusal:
            session().rollback()
            self._refuse(refusal)
            return self._page(422)
        except IntegrityError:
            session().rollback()
            if begun_before(self.identifier, self.actor, self.kind.name, self.member) is None:
                raise
            return self.answer()  # the same form, sent at the same moment, was stored first

    def signed_out(self) -> Response:
        """Return the form with all that was typed to somebody whose session has ended; nothing is looked up."""
        self.seen = request.form.get("version", "")
        self.identifier = identifier_in_form()
        text = _(
            "You are no longer signed in. Nothing is lost: sign in in another window, then press the button again."
        )
        self.notices.append(text)
        address = sign_in_address(url_for("maillage.account"))
        if address:
            link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>')
            self.notices[-1] = Markup("{} {}").format(text, link.format(address, _("Sign in")))
        return self._page(403)

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
        publication = self.publication
        if publication is None:
            author = author_of(self.member)
            identifier = self.identifier
            publication = publishing.draft(self.actor, content, author=author, identifier=identifier, readers=readers)
        else:
            publishing.revise(publication, content, readers)
        if was_draft and publish:
            publishing.publish(publication)
        session().commit()
        if was_draft and not publish:
            flash(_("Saved as a draft. Only those who publish for %(actor)s see it.", actor=self.actor.name))
            return redirect(edit_path(publication), code=303)
        flash(_published(readers) if was_draft or self._is_new_form else _("Saved. The change is on its way."))
        return redirect(page_path(publication), code=303)

    def _preview(self, content: Content, readers: Audience) -> Response:
        """Show what would be published, and already say what would forbid it."""
        self.shown = self._as_shown(_("Preview"), content)
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
        self.seen = _version_of(publication)
        self.shown = self._as_shown(_("As it is now"), publication.content)
        return self._page(409)

    def _refuse(self, refusal: NotPossible) -> None:
        """Put the reason at the field it is about, or at the head of the form."""
        if refusal.field in self.form:
            wrong = self.form[refusal.field]
            wrong.errors = [*wrong.errors, str(refusal)]
        else:
            self.form.form_errors.append(str(refusal))

    def _as_shown(self, title: str, content: Content) -> Shown:
        html = content.html + self.kind.facts(content)
        return Shown(title, content.name, Markup(self.kind.summary(content)), Markup(html))  # noqa: S704 - both are clean

    def _groups(self) -> list[Group]:
        groups = ((title, [self.form[name] for name in names]) for title, names in self.form.groups)
        return [Group(title, fields, any(_holds_something(one) for one in fields)) for title, fields in groups]


def _published(readers: Audience) -> str:
    if readers.visibility == DIRECT:
        return _("Published. It is on its way to those whom you named, and to nobody else.")
    return _("Published. It is on its way to those who follow.")


def _version_of(publication: Publication | None) -> str:
    return publication.updated_at.isoformat() if publication else ""


def _holds_something(one: Any) -> bool:
    return bool(one.errors) or (one.name != "language" and bool(one.data) and one.data != one.default)


def _clear_csrf_errors(form: Any) -> bool:
    """Take the error of a token that has expired off a form, which carries a new one now; tell whether it had one."""
    had_errors = "csrf_token" in form.errors
    if had_errors:
        form.csrf_token.errors = []
    return had_errors
