"""The page on which one says when a draft is to be published: set, moved or taken back."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateTimeLocalField
from wtforms.validators import InputRequired

from actors.database import session
from flask_maillage.people.current import author_of, current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.editing.paths import edit_path
from flask_maillage.publications.forms.base import _ as marked
from flask_maillage.publications.forms.base import local_instant, timezone_field
from flask_maillage.publications.forms.event import LOCAL_FORMATS
from flask_maillage.publications.life import scheduling
from flask_maillage.publications.local_time import wall_clock
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.dates import date_in_words
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


class ScheduleForm(CheckedForm):
    """When it is to be published."""

    publish_at = DateTimeLocalField(
        marked("Day and time"), [InputRequired(marked("Say when, as 2027-01-13 09:00."))], format=LOCAL_FORMATS
    )
    timezone = timezone_field()

    def validate_publish_at(self, field: Any) -> None:
        """Refuse a time that the clocks jump over, or in a year for which nobody plans."""
        local_instant(self, field)


def plan(publication: Publication) -> Response:
    """Show when a draft is to be published, or do what its page says."""
    form: Any = ScheduleForm(formdata=None, data=_filled(publication))
    if request.method != "POST":
        return _page(publication, form)
    form = ScheduleForm()
    is_valid = form.validate()
    if "csrf_token" not in form.errors and request.form.get("do") == "cancel":
        scheduling.cancel(publication)
        session().commit()
        flash(_("It stays a draft."))
        return redirect(edit_path(publication), code=303)
    if not is_valid:
        return _page(publication, form, 422)
    return _set(publication, form)


def _set(publication: Publication, form: Any) -> Response:
    moment, zone = local_instant(form, form.publish_at), form.timezone.data
    try:
        if moment is None:
            raise NotPossible("Choose a moment to come.", "publish_at")
        scheduling.schedule(publication, moment, timezone=zone, author=author_of(current_member()))
    except NotPossible as refusal:
        session().rollback()
        form.publish_at.errors = [*form.publish_at.errors, str(refusal)]
        return _page(publication, form, 422)
    session().commit()
    flash(_("It will be published on %(when)s.", when=date_in_words(moment, zone)))
    return redirect(url_for("maillage.account"), code=303)


def _filled(publication: Publication) -> dict[str, Any]:
    row = scheduling.of(publication)
    if row is None:
        return {"timezone": publication.timezone} if publication.timezone else {}
    return {"publish_at": wall_clock(row.publish_at, row.timezone).replace(tzinfo=None), "timezone": row.timezone}


def _page(publication: Publication, form: Any, status: int = 200) -> Response:
    html = render_template(
        "maillage/schedule.html",
        publication=publication,
        form=in_readers_language(form),
        row=scheduling.of(publication),
        back=edit_path(publication),
    )
    return keep_private(make_response(html, status))
