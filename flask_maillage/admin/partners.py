"""The pages *Partners*: find a node by its domain, ask and answer, say what goes between us, see how it goes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import remote
from actors.database import reading, session
from actors.models import Actor
from federation.errors import FederationError
from flask_maillage.admin import known_hosts
from flask_maillage.admin.forms import ProofForm
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.admin.partner_forms import AskForm, DomainForm, LimitForm
from flask_maillage.coalitions.partners import discovering, health, partnership, places, refreshing
from flask_maillage.coalitions.partners.discovering import NoNode
from flask_maillage.coalitions.partners.facts import Facts
from flask_maillage.coalitions.partners.models import AGREED, ASKED, ENDED, REQUESTED, Partner
from flask_maillage.people.current import may
from flask_maillage.people.models import Member
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.signed_out import give_back
from flask_maillage.publications import resolving
from flask_maillage.territory import zones
from flask_maillage.territory.places import Place
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, ngettext
from flask_maillage.web.language import gettext as _

ORDER = (ASKED, REQUESTED, *AGREED, ENDED)
"""In which order they are listed: what waits for an admin first."""
USE_CASES: dict[str, Callable[[Partner], None]] = {
    "accept": partnership.accept,
    "suspend": partnership.suspend,
    "resume": partnership.resume,
    "end": partnership.end,
    "poll": partnership.poll,
}


@pages.get("/admin/partners", endpoint="admin_partners")
def show_partners() -> Response:
    """List the nodes that are partners, ask, are asked or were, with a form to find another."""
    require_admin()
    return _list_page(DomainForm(formdata=None))


@pages.post("/admin/partners", endpoint="admin_find_partner")
def find_partner() -> Response:
    """Look for a node by its domain, and show what it is before anybody asks it."""
    with reading():
        require_admin(DomainForm)
    form: Any = DomainForm()
    if not form.validate():
        return _list_page(form, 400 if "csrf_token" in form.errors else 422)
    found = _discovered(form, form.domain.data)
    if found is None:
        return _list_page(form, 422)
    asking: Any = AskForm(formdata=None, application=found.application["id"])
    return admin_page(
        "partner_found.html",
        found=found,
        known=partnership.find(found.host, to_change=False),
        place=Place.from_object(found.application.get("location")),
        ask_form=asking,
    )


@pages.post("/admin/partners/ask", endpoint="admin_ask_partner")
def ask_partner() -> Response:
    """Ask a node that was found to be a partner, about what the form says."""
    with reading():
        require_admin(AskForm)
    form: Any = AskForm()
    is_valid = form.validate()
    if "csrf_token" in form.errors or not form.application.data:
        return give_back(form)
    found = _discovered(form, form.application.data)
    if found is None:
        flash(str(form.application.errors[0]), "error")
        return redirect(url_for("maillage.admin_partners"), code=303)
    if not is_valid:
        return admin_page("partner_found.html", 422, found=found, known=None, place=None, ask_form=form)
    try:
        partner = partnership.request(remote.remember(found.application))
        refreshing.keep(partner, found.facts)
        partnership.limit(partner, form.chosen_kinds(), form.codes)
    except partnership.NotPossible as error:
        session().rollback()
        flash(_(str(error)), "error")
        return redirect(url_for("maillage.admin_partners"), code=303)
    host = partner.host
    session().commit()
    flash(_("%(host)s is asked to be a partner.", host=host))
    return redirect(url_for("maillage.admin_partner", host=host), code=303)


@pages.route("/admin/partners/<host>", methods=["GET", "POST"], endpoint="admin_partner")
def show_partner(host: str) -> Response:
    """Show one node: what it is, what is agreed, how it goes; change what goes between us."""
    require_admin(LimitForm)
    partner = partnership.find(host, to_change=request.method == "POST") or abort(404)
    if request.method == "GET":
        return _partner_page(partner, LimitForm.filled(partner))
    form: Any = LimitForm()
    if not form.validate():
        return _partner_page(partner, form, 400 if "csrf_token" in form.errors else 422)
    partnership.note(partner, form.note.data or "")
    partner.place = form.place_of(partner)
    partnership.limit(partner, form.chosen_kinds(), form.codes)
    session().commit()
    flash(_("Saved."))
    return redirect(url_for("maillage.admin_partner", host=host), code=303)


@pages.post(
    "/admin/partners/<host>/<any(accept,suspend,resume,end,poll):what>",
    endpoint="admin_change_partner",
)
def change_partner(host: str, what: str) -> Response:
    """Accept, suspend, resume or end a partnership, or have the other outbox read next."""
    require_admin()
    if not ProofForm().validate():
        abort(400)
    partner = partnership.find(host) or abort(404)
    try:
        USE_CASES[what](partner)
        session().commit()
        flash(_said(what, host))
    except partnership.NotPossible as error:
        session().rollback()
        flash(_(str(error)), "error")
    return redirect(url_for("maillage.admin_partner", host=host), code=303)


@pages.post("/admin/partners/<host>/look", endpoint="admin_look_at_partner")
def look_at_partner(host: str) -> Response:
    """Read anew what a node says of itself."""
    with reading():
        require_admin()
        partner = partnership.find(host, to_change=False) or abort(404)
        number, iri = partner.id, partner.actor.iri
    if not ProofForm().validate():
        abort(400)
    if refreshing.look(number, iri):
        flash(_("What %(host)s says of itself is up to date.", host=host))
    else:
        flash(_("%(host)s does not answer now: what was known of it stays.", host=host), "error")
    return redirect(url_for("maillage.admin_partner", host=host), code=303)


@waits
def nodes_that_ask(member: Any, _actors: Sequence[Actor]) -> Iterable[Waiting]:
    """How many nodes ask to be partners; to everybody but admins there are none."""
    if isinstance(member, Member) and may(member, ADMINISTER, None):
        count = len(partnership.listed([ASKED]))
        if count:
            words = ngettext("%(n)s node asks to be a partner", "%(n)s nodes ask to be partners", count)
            yield Waiting(words, url_for("maillage.admin_partners"))


def _discovered(form: Any, text: str) -> discovering.Found | None:
    """Look for a node over the network; None where there is none, with the reason at the form's first field."""
    session().rollback()
    field = form.domain if hasattr(form, "domain") else form.application
    try:
        return discovering.discover(text)
    except NoNode as error:
        field.errors = [_(str(error))]
    except FederationError as error:
        field.errors = [_(resolving.sentence_for(error))]
    return None


def _list_page(form: Any, status: int = 200) -> Response:
    found = sorted(partnership.listed(), key=lambda one: ORDER.index(one.state))
    shown = [(one, Facts.from_row(one.facts), health.of(one)) for one in found if one.state != ENDED]
    ended = [(one, Facts.from_row(one.facts)) for one in found if one.state == ENDED]
    return admin_page("partners.html", status, nodes=shown, ended=ended, domain_form=form)


def _partner_page(partner: Partner, form: Any, status: int = 200) -> Response:
    host = known_hosts.one(partner.host)
    return admin_page(
        "partner.html",
        status,
        partner=partner,
        facts=Facts.from_row(partner.facts),
        health=health.of(partner),
        host=next(iter(known_hosts.judged([host]))) if host is not None else None,
        partner_place=spot.name if (spot := places.of(partner, current_language())) else "",
        territories=[zones.name_of(code, current_language()) for code in partner.territories],
        limit_form=form,
        proof_form=ProofForm(formdata=None),
    )


def _said(what: str, host: str) -> str:
    sentences = {
        "accept": _("%(host)s is a partner now.", host=host),
        "suspend": _("%(host)s is suspended: nothing new goes there, and what it alone brought is hidden.", host=host),
        "resume": _("%(host)s is a partner again.", host=host),
        "end": _("It is over with %(host)s, which is told.", host=host),
        "poll": _("What %(host)s publishes is read within the next minutes.", host=host),
    }
    return sentences[what]
