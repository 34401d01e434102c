"""The button by which the event's people let those who registered hear what changed in its programme."""

from flask import abort, flash, redirect
from werkzeug.wrappers import Response

from actors.database import reading, session
from flask_maillage.people.current import current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import EDIT
from flask_maillage.publications.attending import programme_news
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _


@pages.post("/@<page_handle>/events/<identifier>/programme/tell")
def tell_programme(page_handle: str, identifier: str) -> Response:
    """Write to those who registered, once for each version."""
    with reading():
        if current_member() is None:
            return to_sign_in()
    event = find_publication(page_handle, "events", identifier, limited=True)
    if not (event.local and may(current_member(), EDIT, event)):
        abort(403)
    if not CheckedForm().validate_on_submit():
        abort(400)
    session().refresh(event, with_for_update=True)
    back = redirect(f"{event.page}/programme", code=303)
    try:
        programme_news.tell(event)
    except NotPossible as error:
        session().rollback()
        flash(_(str(error)), "error")
        return back
    session().commit()
    flash(_("Those who registered get a mail with what changed."))
    return back
