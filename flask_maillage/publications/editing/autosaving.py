"""What is typed is saved by itself: a script sends the form some seconds after the last change, and is answered here.

Nothing is published by it. A draft is brought up to date; over what is published, or will be at a moment that is set,
it waits until somebody saves it. One form begins one draft, however often it is sent.
"""

from typing import Any

from flask import jsonify
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from actors.database import session
from flask_maillage.publications.editing.beginning import typed_in
from flask_maillage.publications.editing.paths import edit_path
from flask_maillage.publications.editing.versions import saw_all, saw_what_waits, version_of, version_typed_over
from flask_maillage.publications.editing.writing import Writing, clear_csrf_errors
from flask_maillage.publications.life import unsaved
from flask_maillage.publications.models import Publication
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


def autosave(writing: Writing) -> Response:
    """Save what was typed, and answer with what the form has to carry from now on, or why it is not saved."""
    valid = writing.begin()
    if clear_csrf_errors(writing.form):
        return _answer(400, token=writing.form.csrf_token.current_token)
    publication = writing.publication
    if publication is not None and not _may_go_on(publication, writing):
        text = _("Not saved: somebody else changed this meanwhile, or you did in another window. Save it to compare.")
        return _answer(409, said=text)
    try:
        publication = _keep(writing, valid=valid)
        session().commit()
    except unsaved.TooMuch:
        session().rollback()
        return _answer(413, said=_("Not saved: this is too long."))
    except IntegrityError:
        session().rollback()
        return _answer(503)  # the same form, sent at the same moment, was stored first: the script comes again
    row = unsaved.of(publication)
    version = version_typed_over(row) if row else version_of(publication)
    return _answer(200, version=version, edit=edit_path(publication))


def _may_go_on(publication: Publication, writing: Writing) -> bool:
    saw = saw_what_waits if writing.stands else saw_all
    return saw(publication, writing.seen)


def _keep(writing: Writing, *, valid: bool) -> Publication:
    publication = writing.publication
    if publication is not None and writing.stands:
        unsaved.keep(publication, typed_in(writing.form), writing.author)
        return publication
    return writing.keep_draft(writing.said() if valid else None)


def _answer(status: int, **said: Any) -> Response:
    answer = jsonify(said)
    answer.status_code = status
    return keep_private(answer)
