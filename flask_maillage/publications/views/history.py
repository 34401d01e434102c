"""What a publication said before: a page of its versions, what changed from one to the next, and the way back."""

from typing import Any, NamedTuple

from flask import abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import AnyOf

from actors.database import reading, session
from flask_maillage.people.current import author_of, current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import EDIT
from flask_maillage.publications import audience, publishing
from flask_maillage.publications.life import revisions
from flask_maillage.publications.life.differences import Section, differences
from flask_maillage.publications.life.models import Revision
from flask_maillage.publications.models import DRAFT, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import SLUG, find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private, page

RESTORE, ERASE = "restore", "erase"
HISTORY = f"/@<page_handle>/<{SLUG}:slug>/<identifier>/history"


class VersionForm(CheckedForm):
    """What becomes of an old version; the button says it."""

    do = HiddenField(validators=[AnyOf([RESTORE, ERASE])])


class Version(NamedTuple):
    """One version as its page shows it."""

    revision: Revision
    sections: list[Section] | None
    """What changed since the one before; None for the first, and where one of the two is not there any more."""
    is_latest: bool
    is_erased: bool


@pages.get(HISTORY)
def history(page_handle: str, slug: str, identifier: str) -> Response:
    """List when a publication was changed, and why."""
    found = _find(page_handle, slug, identifier)
    return _answer(found, "maillage/history.html", versions=revisions.of(found))


@pages.get(f"{HISTORY}/<int:number>")
def version(page_handle: str, slug: str, identifier: str, number: int) -> Response:
    """Show what changed with one version."""
    found = _find(page_handle, slug, identifier)
    return _answer(
        found, "maillage/version.html", version=_version(found, _revision(found, number)), form=VersionForm()
    )


@pages.post(f"{HISTORY}/<int:number>")
def change_version(page_handle: str, slug: str, identifier: str, number: int) -> Response:
    """Let a publication say again what it said, or erase what a version said."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return to_sign_in()
    found = _find(page_handle, slug, identifier, for_update=True)
    if not (found.local and may(current_member(), EDIT, found)):
        abort(403)
    form: Any = VersionForm()
    revision = _revision(found, number)
    if not form.validate_on_submit():
        abort(400)
    address = _address(found)
    if form.do.data == ERASE:
        return _erase(found, revision, url_for("maillage.history", **address))
    return _restore(found, revision, url_for("maillage.publication", **address))


def _restore(found: Publication, revision: Revision, page_of_it: str) -> Response:
    content = revisions.content_of(found, revision)
    if content is None:
        abort(404)
    author, number = author_of(current_member()), revision.number
    try:
        publishing.revise(found, content, author=author, restores=number)
        session().commit()
    except NotPossible as error:
        session().rollback()
        flash(_wording(error), "error")
        return redirect(url_for("maillage.version", number=number, **_address(found)), code=303)
    flash(_("It says again what version %(number)s said. The change is on its way.", number=number))
    return redirect(page_of_it, code=303)


def _wording(error: NotPossible) -> str:
    if error.field in ("image", "documents"):
        return _("An image or a document of this version is not here any more: it cannot be said again as it was.")
    return _(str(error))


def _erase(found: Publication, revision: Revision, list_of_them: str) -> Response:
    if revision.number == revisions.of(found)[0].number:
        flash(_("This is what it says now: change it, or withdraw it."), "error")
    else:
        revision.content, revision.note = None, ""
        session().commit()
        flash(_("Erased: that it was changed stays, what it said is gone."))
    return redirect(list_of_them, code=303)


def _find(page_handle: str, slug: str, identifier: str, *, for_update: bool = False) -> Publication:
    """Return what is published and may be seen by whoever asks; a draft has no versions."""
    found = find_publication(page_handle, slug, identifier, limited=True)
    if found.state == DRAFT:
        abort(404)
    if for_update:
        session().refresh(found, with_for_update=True)
    return found


def _revision(found: Publication, number: int) -> Revision:
    return revisions.one(found, number) or abort(404)


def _version(found: Publication, revision: Revision) -> Version:
    said = revisions.content_of(found, revision)
    before = revisions.content_of(found, revisions.one(found, revision.number - 1))
    sections = differences(found.kind_of_it, before, said) if said and before else None
    is_latest = revisions.one(found, revision.number + 1) is None
    return Version(revision, sections, is_latest, said is None)


def _address(found: Publication) -> dict[str, Any]:
    slug = found.kind_of_it.slug
    return {"page_handle": found.actor.page_handle, "slug": slug, "identifier": found.identifier}


def _answer(found: Publication, template: str, **shown: Any) -> Response:
    may_edit = found.local and may(current_member(), EDIT, found)
    html = render_template(template, publication=found, address=_address(found), may_edit=may_edit, **shown)
    return page(html) if audience.is_open(found) else keep_private(make_response(html))
