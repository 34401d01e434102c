"""The page *Reports*: what others and members asked the moderators to look at, and what was done about it."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from federation.sanitising import clean_url
from flask_maillage.admin.forms import SettleForm
from flask_maillage.admin.gate import admin_page, require_moderator
from flask_maillage.moderation import reports
from flask_maillage.moderation.models import Report
from flask_maillage.people.signed_out import give_back
from flask_maillage.publications import keeping
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _

MAX_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class Thing:
    """Something that is reported, as far as we know it."""

    iri: str
    name: str
    page: str | None
    """Where it can be looked at, here or where it came from; None where a page may not link to it."""
    owner: Actor | None


@pages.get("/admin/reports", endpoint="admin_reports")
def show_reports() -> Response:
    """List the reports that nobody settled yet, or all of them."""
    require_moderator()
    return _list_page()


@pages.post("/admin/reports/<int:number>/settle", endpoint="admin_settle_report")
def settle(number: int) -> Response:
    """Settle a report, with a word on what was done."""
    require_moderator(SettleForm)
    form: Any = SettleForm()
    report = reports.find(min(number, MAX_NUMBER))
    if report is None or report.state != reports.OPEN:
        abort(404)
    if not form.validate():
        return give_back(form)
    reports.resolve(report, (form.note.data or "").strip())
    session().commit()
    flash(_("The report is settled."))
    return redirect(url_for("maillage.admin_reports"), code=303)


def _list_page() -> Response:
    everything = "all" in request.args
    found = reports.all_reports() if everything else reports.open_reports()
    return admin_page(
        "reports.html",
        reports=[(report, _things(report)) for report in found],
        everything=everything,
        settle_form=SettleForm(formdata=None),
    )


def _things(report: Report) -> list[Thing]:
    return [_thing(iri) for iri in report.objects if isinstance(iri, str)]


def _thing(iri: str) -> Thing:
    """Say what a reported id is: a publication with its page here, somebody's reply, an actor, or an address only."""
    owner = reports.owner_of(iri)
    publication = keeping.find(iri)
    if publication is not None:
        return Thing(iri, publication.name, publication.page, owner)
    if owner is not None and owner.iri == iri:
        return Thing(iri, owner.address, clean_url(owner.url), owner)
    return Thing(iri, iri, clean_url(iri), owner)
