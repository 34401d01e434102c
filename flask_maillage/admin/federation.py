"""The page *Federation*: with which hosts the node deals, how that goes, and what is decided about them."""

from typing import Any

from flask import abort, flash, make_response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors import policy, policy_lists
from actors.database import session
from actors.models import HostPolicy
from actors.node import node
from flask_maillage.admin import known_hosts
from flask_maillage.admin.forms import DecisionForm, HostForm, ListForm
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from inboxes import consequences

MAX_PAGE = 10_000


@pages.get("/admin", endpoint="admin")
def show_admin() -> Response:
    """Lead to the first of the admins' pages."""
    require_admin()
    return redirect(url_for("maillage.admin_federation"))


@pages.get("/admin/federation", endpoint="admin_federation")
def show_federation() -> Response:
    """List the hosts that are known, with what is decided about them, and let one decide about another."""
    require_admin()
    text = request.args.get("q", "")[:300]
    found = known_hosts.known(text)
    if request.args.get("only") == "decided":
        found = [host for host in found if host.decision is not None]
    elif request.args.get("only") == "trouble":
        found = [host for host in found if host.has_trouble]
    number = _page_number()
    begin = (number - 1) * known_hosts.PAGE_SIZE
    return admin_page(
        "federation.html",
        archipelago=node().archipelago,
        hosts=known_hosts.judged(found[begin : begin + known_hosts.PAGE_SIZE]),
        total=len(found),
        number=number,
        more=len(found) > begin + known_hosts.PAGE_SIZE,
        text=text,
        only=request.args.get("only", ""),
        decision_form=DecisionForm(formdata=None),
    )


@pages.route("/admin/federation/host", methods=["GET", "POST"], endpoint="admin_host")
def decide() -> Response:
    """Show one host and what is decided about it; decide anew, asking once more before anything is blocked."""
    require_admin(DecisionForm)
    form: Any = DecisionForm()
    if request.method == "GET":
        return _host_page(request.args.get("host", "")[:300])
    if not form.validate():
        return _decision_page(form, 400 if "csrf_token" in form.errors else 422)
    try:
        name = policy.name_of(form.host.data)
        consequences.check_width(name, form.level.data)
    except consequences.TooWide as error:
        force = _("Who means it uses the command `maillage policy` with --force.")
        form.host.errors = [f"{_(error.why, value=error.name)} {force}"]
        return _decision_page(form, 422)
    except ValueError:
        form.host.errors = [_("This is not the name of a host.")]
        return _decision_page(form, 422)
    if form.level.data == policy.BLOCK and form.confirmed.data != name:
        form.host.data = form.confirmed.data = name
        return admin_page("confirm_block.html", decision_form=form, name=name, stakes=known_hosts.stakes(name))
    _carry_out(name, form)
    return redirect(url_for("maillage.admin_host", host=name), code=303)


def _carry_out(name: str, form: Any) -> None:
    outcome = consequences.decide(
        name, level=form.level.data, refuses_media=form.refuses_media.data, reason=form.reason.data.strip()
    )
    if form.level.data == policy.BLOCK and form.erase.data:
        consequences.erase(name)
    session().commit()
    ended = outcome.follows + outcome.deliveries + outcome.letters
    flash(_("This holds for %(host)s and everything below it from now on.", host=name))
    if ended:
        flash(ngettext("%(n)s thing that was under way ended.", "%(n)s things that were under way ended.", ended))


@pages.post("/admin/federation/undo", endpoint="admin_undo")
def undo() -> Response:
    """Take back what was decided about a host."""
    require_admin()
    form = HostForm()
    if not form.validate():
        abort(400)
    try:
        known = consequences.undo(form.host.data or "")
    except ValueError:
        known = False
    if not known:
        abort(404)
    session().commit()
    flash(_("Nothing is decided about %(host)s any more.", host=form.host.data))
    return redirect(url_for("maillage.admin_federation"), code=303)


@pages.get("/admin/federation/list.csv", endpoint="admin_export")
def export_list() -> Response:
    """Give what is decided as a list that other servers can take."""
    require_admin()
    allowing = "allowing" in request.args
    response = make_response(policy_lists.write(session().scalars(select(HostPolicy)), allowing=allowing))
    response.content_type = "text/csv; charset=utf-8"
    name = "allowed-hosts.csv" if allowing else "blocked-hosts.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.route("/admin/federation/import", methods=["GET", "POST"], endpoint="admin_import")
def import_list() -> Response:
    """Take over a list of another server, or say first what it would change."""
    require_admin()
    form: Any = ListForm()
    if request.method == "GET":
        return admin_page("import.html", list_form=form, taken=None)
    if not form.validate():
        return admin_page("import.html", 400 if "csrf_token" in form.errors else 422, list_form=form, taken=None)
    with form.file.data.stream as stream:
        raw = stream.read(policy_lists.MAX_BYTES + 1)
    try:
        taken = consequences.take_list(
            raw, allowing=form.allowing.data, drop_others=form.replace.data, dry_run=form.dry_run.data
        )
    except policy_lists.ListRefused as error:
        session().rollback()
        form.file.errors = [_("Nothing was changed.")]
        return admin_page("import.html", 422, list_form=form, taken=None, problems=error.problems)
    if form.dry_run.data:
        session().rollback()
        return admin_page("import.html", list_form=form, taken=taken)
    session().commit()
    counts = {"added": len(taken.added), "changed": len(taken.changed), "dropped": len(taken.dropped)}
    flash(_("%(added)s new, %(changed)s changed, %(dropped)s taken back.", **counts))
    return redirect(url_for("maillage.admin_federation", only="decided"), code=303)


def _host_page(text: str) -> Response:
    try:
        host = known_hosts.one(text) or known_hosts.one(policy.name_of(text))
    except ValueError:
        host = None
    if host is None:
        abort(404)
    form: Any = DecisionForm(formdata=None, host=policy.name_of(host.name))
    decided = session().get(HostPolicy, form.host.data)
    if decided is not None:
        form.level.data, form.reason.data = decided.level, decided.reason
        form.refuses_media.data = decided.refuses_media
    else:
        form.level.data = policy.NONE
    (host,) = known_hosts.judged([host])
    return admin_page("host.html", host=host, decided=decided, decision_form=form, host_form=HostForm(formdata=None))


def _decision_page(form: Any, status: int) -> Response:
    return admin_page("decide.html", status, decision_form=form)


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= MAX_PAGE):
        abort(404)
    return int(text)
