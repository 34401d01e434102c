"""The pages *Deliveries* and *Letters*: what waits for which host, and what arrived and came to nothing."""

from collections.abc import Callable

from flask import abort, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from actors import hosts
from actors.database import session
from actors.models import Delivery
from flask_maillage.admin import known_hosts
from flask_maillage.admin.forms import HostForm
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from inboxes import delivery
from inboxes.models import Letter

SHOWN = 50
HOSTS_SHOWN = 200


@pages.get("/admin/deliveries", endpoint="admin_deliveries")
def show_deliveries() -> Response:
    """List the hosts that something is sent to, those in trouble and with most waiting first."""
    require_admin()
    text = request.args.get("q", "")[:300]
    found = known_hosts.known(text, with_deliveries=True)
    found.sort(key=lambda host: (not host.has_trouble, -host.pending, host.name))
    return admin_page(
        "deliveries.html", hosts=found[:HOSTS_SHOWN], total=len(found), text=text, host_form=HostForm(formdata=None)
    )


@pages.get("/admin/deliveries/host", endpoint="admin_host_deliveries")
def show_host() -> Response:
    """List the last deliveries to one host, with what became of them."""
    require_admin()
    name = request.args.get("host", "")[:300]
    host = next((one for one in known_hosts.known(name, with_deliveries=True) if one.name == name), None)
    if host is None:
        abort(404)
    query = select(Delivery).where(Delivery.host == name).options(joinedload(Delivery.activity))
    rows = session().scalars(query.order_by(Delivery.id.desc()).limit(SHOWN)).all()
    return admin_page("host_deliveries.html", host=host, deliveries=rows, host_form=HostForm(formdata=None))


@pages.post("/admin/deliveries/<any(retry,pause,resume,forget):action>", endpoint="admin_delivery")
def act(action: str) -> Response:
    """Try what waits for a host again now, have it wait, go on, or give it up."""
    require_admin()
    form = HostForm()
    if not form.validate() or not (form.host.data or "").isprintable():
        abort(400)  # PostgreSQL takes no text with a NUL, and no host is called so
    flash(ACTIONS[action](form.host.data or ""))
    session().commit()
    return redirect(url_for("maillage.admin_deliveries"), code=303)


@pages.get("/admin/letters", endpoint="admin_letters")
def show_letters() -> Response:
    """List the letters that failed, the newest first: what they said is kept for this."""
    require_admin()
    query = select(Letter).where(Letter.state == "failed").options(joinedload(Letter.sender))
    letters = session().scalars(query.order_by(Letter.id.desc()).limit(SHOWN)).all()
    return admin_page("letters.html", letters=letters)


def _retry(name: str) -> str:
    count = delivery.retry_now(Delivery.host == name)
    return ngettext("%(n)s delivery is due now.", "%(n)s deliveries are due now.", count)


def _pause(name: str) -> str:
    if not hosts.pause(name):
        abort(404)
    return _("What is for %(host)s waits until somebody lets it go on.", host=name)


def _resume(name: str) -> str:
    if not hosts.resume(name):
        abort(404)
    return _("What is for %(host)s goes on.", host=name)


def _forget(name: str) -> str:
    count = delivery.forget_host(name)
    return ngettext("%(n)s delivery was given up.", "%(n)s deliveries were given up.", count)


ACTIONS: dict[str, Callable[[str], str]] = {"retry": _retry, "pause": _pause, "resume": _resume, "forget": _forget}
