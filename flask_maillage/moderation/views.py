"""Reporting somebody elsewhere, or what they published, to the moderators of this node; for members."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from actors import iris, local
from actors.database import session
from federation.sanitising import displayed_host
from flask_maillage.moderation import reports
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of, current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


def _s(message: str) -> str:
    return message


class ReportForm(CheckedForm):
    """What is reported, and why."""

    thing = HiddenField()
    text = TextAreaField(
        "What is wrong with it",
        [InputRequired("Say in a few words what is wrong."), Length(max=reports.TEXT_LIMIT)],
    )
    forward = BooleanField(
        "Tell the moderators of its own server too",
        description="They read what you write here, and not who wrote it.",
    )


@pages.route("/report", methods=["GET", "POST"], endpoint="report")
def report_thing() -> Response:
    """Let a member report an actor or a publication from elsewhere, whose id is in the address."""
    member = current_member()
    if member is None:
        return signed_out.answer(ReportForm)
    thing = request.values.get("thing", "")
    owner = reports.owner_of(thing) if "\0" not in thing else None
    if owner is None or owner.local or owner.gone_at is not None:
        abort(404)
    form: Any = ReportForm(thing=thing)
    if form.validate_on_submit():
        try:
            reporter = author_of(member) or local.application()
            reports.report_here(reporter, [thing], form.text.data, forward=form.forward.data)
        except reports.TooManyReports:
            form.form_errors.append(_("Too many of your reports wait to be looked at: speak to the moderators first."))
        else:
            session().commit()
            flash(_("Reported: the moderators of this node will look at it."))
            return redirect(iris.actor_page(owner.page_handle).removeprefix(iris.home().rstrip("/")) or "/", code=303)
    html = render_template(
        "maillage/report.html", form=in_readers_language(form), owner=owner, host=displayed_host(owner.iri)
    )
    return keep_private(make_response(html, 200 if request.method == "GET" else 422))
