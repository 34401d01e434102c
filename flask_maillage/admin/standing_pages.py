"""The page *Pages*: what an admin writes about the node, by the same steps as `maillage page`."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from actors.database import session
from federation import markdown
from flask_maillage.admin.forms import ProofForm
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.people.current import author_of
from flask_maillage.people.forms import CheckedForm
from flask_maillage.standing import writing
from flask_maillage.standing.models import FOOTER, MENU, NOWHERE, StandingPage
from flask_maillage.standing.writing import LONGEST_SLUG, WRONG_SLUG, PageRefused
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import LANGUAGES, current_language
from flask_maillage.web.language import gettext as _


def word(message: str) -> str:
    """Mark a message for the translator; forms say it when they are shown."""
    return message


class NewPageForm(CheckedForm):
    """Where a new page will be."""

    slug = StringField(
        word("Name in addresses"),
        [
            InputRequired(WRONG_SLUG),
            Length(max=LONGEST_SLUG, message=WRONG_SLUG),
        ],
        description=word("Small letters, digits and hyphens, as legal-notice. It never changes."),
    )


class StandingForm(CheckedForm):
    """What a page says in one language, and where it is linked."""

    title = StringField(word("Title"))
    text = TextAreaField(
        word("Text"), description=word("Markdown: an empty line begins a paragraph, “- ” a list, “## ” a heading.")
    )
    linked = RadioField(
        word("Where all pages link to it"),
        choices=[
            SelectChoice(MENU, word("In the menu, and at the foot")),
            SelectChoice(FOOTER, word("At the foot")),
            SelectChoice(NOWHERE, word("Nowhere: who has the address reads it")),
        ],
    )
    published = BooleanField(word("Readers see it"))
    seen = HiddenField()
    do = HiddenField(validators=[AnyOf(["save", "preview"])])


@pages.get("/admin/pages", endpoint="admin_pages")
def show_pages() -> Response:
    """List the pages in their order, with a form for one more."""
    require_admin()
    return _list(NewPageForm())


@pages.post("/admin/pages", endpoint="admin_add_page")
def add_page() -> Response:
    """Begin a page, and go on to write it."""
    require_admin()
    form: Any = NewPageForm()
    if not form.validate():
        return _list(form, 422)
    try:
        made = writing.add(form.slug.data)
    except PageRefused as refused:
        session().rollback()
        form.slug.errors = [_(str(refused))]
        return _list(form, 422)
    slug = made.slug
    session().commit()
    return redirect(url_for("maillage.admin_page", slug=slug), code=303)


@pages.get("/admin/pages/<slug>", endpoint="admin_page")
def edit_page(slug: str) -> Response:
    """Show the form of a page in one language."""
    require_admin()
    found, language = _named(slug), _language()
    text = writing.newest(found).get(language)
    form: Any = StandingForm(
        formdata=None,
        title=text.title if text else "",
        text=text.source if text else "",
        linked=found.linked,
        published=found.published_at is not None,
        seen=str(writing.number_of(found, language)),
    )
    return _edit(found, language, form)


@pages.post("/admin/pages/<slug>", endpoint="admin_write_page")
def write_page(slug: str) -> Response:
    """Keep what was written, or show it as it would be."""
    member = require_admin(StandingForm)
    found, language = _named(slug), _language()
    form: Any = StandingForm()
    if not form.validate():
        return _edit(found, language, form, status=422)
    if form.do.data == "preview":
        return _edit(found, language, form, shown=markdown.render(form.text.data or ""))
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() and len(form.seen.data) < 9 else 0
    try:
        writing.write(found, language, form.title.data or "", form.text.data or "", author=author_of(member), seen=seen)
        writing.settle(found, linked=form.linked.data, is_published=form.published.data)
    except PageRefused as refused:
        session().rollback()
        form[refused.field].errors = [_(str(refused))]
        found = _named(slug)
        form.seen.data = str(writing.number_of(found, language))
        return _edit(found, language, form, status=422)
    session().commit()
    flash(_("Saved."))
    return redirect(url_for("maillage.admin_page", slug=slug, language=language), code=303)


@pages.post("/admin/pages/<slug>/<any(up,down,remove,restore):action>", endpoint="admin_change_page")
def change_page(slug: str, action: str) -> Response:
    """Move a page, take a draft away, or let an earlier version count again."""
    member = require_admin()
    found = _named(slug)
    if not ProofForm().validate():
        abort(400)
    target = url_for("maillage.admin_pages")
    if action == "restore":
        language, number = _language(), request.form.get("number", "")
        is_number = number.isascii() and number.isdigit() and len(number) < 9
        if not is_number or not writing.bring_back(found, language, int(number), author=author_of(member)):
            abort(404)
        flash(_("The earlier version counts again."))
        target = url_for("maillage.admin_page", slug=slug, language=language)
    elif action == "remove":
        try:
            writing.remove(found)
            flash(_("The page is gone."))
        except PageRefused as refused:
            flash(_(str(refused)), "error")
    else:
        writing.move(found, up=action == "up")
    session().commit()
    return redirect(target, code=303)


def _named(slug: str) -> StandingPage:
    return writing.find(slug) or abort(404)


def _language() -> str:
    asked = request.args.get("language", current_language())
    return asked if asked in LANGUAGES else abort(404)


def _list(form: Any, status: int = 200) -> Response:
    listed = [(one, writing.newest(one)) for one in writing.all_pages()]
    return admin_page("pages.html", status, page_form=form, listed=listed, proof_form=ProofForm(formdata=None))


def _edit(found: StandingPage, language: str, form: Any, *, shown: str = "", status: int = 200) -> Response:
    versions = [one for one in reversed(found.texts) if one.language == language]
    return admin_page(
        "page.html",
        status,
        standing=found,
        written_in=language,
        texts=writing.newest(found),
        versions=versions,
        shown=shown,
        standing_form=form,
        proof_form=ProofForm(formdata=None),
    )
