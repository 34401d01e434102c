"""The page behind a link in a mail to a committee: a version of an application, and a button that says that it came."""

from flask import abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import host_of
from flask_maillage.calls import posting, private_files, seats_by_mail, wording
from flask_maillage.calls.application import Application
from flask_maillage.calls.desk.differences import answers
from flask_maillage.calls.models.dossiers import WITHDRAWN
from flask_maillage.calls.registering import dossiers
from flask_maillage.calls.registering.files import copy_of
from flask_maillage.calls.seats_by_mail import MailSeat
from flask_maillage.publications.attending import locking
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


@pages.route("/seats/<token>", methods=["GET", "POST"], endpoint="mail_seat")
def mail_seat(token: str) -> Response:
    """Show a version of an application to a seat by mail; a press of the button says that it came, a visit nothing."""
    holder = seats_by_mail.holder_of(token)
    if holder is None:
        return _private("maillage/mail_seat.html", 404, holder=None)
    if request.method == "GET":
        return _page(holder, token)
    locking.lock(holder.call.id)
    holder = seats_by_mail.holder_of(token)
    if holder is None:
        abort(404)
    try:
        seats_by_mail.confirm(holder, now())
    except posting.NotForThem:
        session().rollback()
        holder = seats_by_mail.holder_of(token) or abort(404)
        refusal = _("The applicant's server cannot be written to any more: nothing was sent.")
        return _page(holder, token, 422, refusal=refusal)
    session().commit()
    return redirect(url_for("maillage.mail_seat", token=token), code=303)


@pages.get("/seats/<token>/files/<key>", endpoint="mail_seat_file")
def mail_seat_file(token: str, key: str) -> Response:
    """Give the owner's copy of a file of the version."""
    holder = seats_by_mail.holder_of(token)
    file = copy_of(holder.dossier, holder.version.number, key) if holder is not None else None
    return private_files.answer(file) if file is not None else abort(404)


def _page(holder: MailSeat, token: str, status: int = 200, *, refusal: str = "") -> Response:
    said = dossiers.said_in(holder.version)
    if said is None:
        abort(404)
    dossier, details = holder.dossier, details_of(holder.call.content)
    content = said.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _private(
        "maillage/mail_seat.html",
        status,
        holder=holder,
        call=holder.call,
        back=page_path(holder.call),
        said=content,
        facts=wording.facts(content, details),
        applicant=_applicant(said, dossier.applicant_iri),
        answers=answers(content, details),
        file_at=lambda key: _file_at(holder, token, key),
        receipt=holder.receipt,
        newer=holder.version.number < dossier.version,
        withdrawn=dossier.withdrawn_at if dossier.state == WITHDRAWN else None,
        token=token,
        refusal=refusal,
    )


def _applicant(said: Application, iri: str) -> str:
    if said.applicant is not None:
        return ", ".join(filter(None, (said.applicant.name, said.applicant.organisation)))
    known = session().scalar(select(Actor).where(Actor.iri == iri))
    return (known.name or known.handle) if known is not None else host_of(iri)


def _file_at(holder: MailSeat, token: str, key: str) -> str:
    """Return where the owner's copy of a file is read; nothing where it is not fetched yet."""
    has_copy = copy_of(holder.dossier, holder.version.number, key) is not None
    return url_for("maillage.mail_seat_file", token=token, key=key) if has_copy else ""


def _private(template: str, status: int = 200, **values: object) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex"
    return keep_private(response)
