"""To the provider and back: two addresses that show no page, and lead on."""

import logging
import math
from dataclasses import asdict

from flask import abort, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from actors import database
from flask_maillage.people.attempts import roundabout_blocked_for
from flask_maillage.people.current import current_member
from flask_maillage.people.destination import safe_path
from flask_maillage.people.openid import attempt as attempts
from flask_maillage.people.openid import identities
from flask_maillage.people.openid.errors import Refused
from flask_maillage.people.openid.provider import Proof, Provider, configured, prove, where_to_go
from flask_maillage.people.session import sign_in
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

log = logging.getLogger(__name__)
LONGEST_CODE = 4000


def required() -> Provider:
    """Return the provider; 404 where there is none."""
    return configured() or abort(404)


@pages.get("/sign-in/oidc", endpoint="oidc_begin")
def begin() -> Response:
    """Send somebody to the provider. It is a link and no form: `form-action` lets no form of ours lead elsewhere, and
    nothing comes of the way alone: an account is linked by a press of its own.
    """
    provider = required()
    seconds = roundabout_blocked_for()
    if seconds is not None:
        minutes = math.ceil(seconds / 60)
        return _back(_("Too many attempts. Wait %(count)d minutes, then try again.", count=minutes))
    destination = safe_path(request.args.get("next")) or url_for("maillage.account")
    try:
        address = where_to_go(provider, attempts.begin(destination))
    except Refused as refusal:
        return _failed(provider, refusal)
    return keep_private(make_response(redirect(address, code=303)))


@pages.get("/sign-in/oidc/callback", endpoint="oidc_callback")
def come_back() -> Response:
    """Take somebody back whom the provider sends, if this browser began it."""
    provider = required()
    attempt = attempts.take(request.args.get("state", ""))
    if attempt is None:
        return _back(_("This sign-in was not begun in this browser, or more than ten minutes ago: begin once more."))
    code = request.args.get("code", "")
    if not code or len(code) > LONGEST_CODE or "error" in request.args:
        return _back(_("%(name)s did not sign you in.", name=provider.name))
    try:
        if request.args.get("iss", provider.issuer) != provider.issuer:
            raise Refused("the answer is of another issuer")
        proof = prove(provider, attempt, code)
    except Refused as refusal:
        return _failed(provider, refusal)
    with database.writing():
        response = _arrive(provider, proof, attempt.next)
        database.session().commit()
    return keep_private(make_response(response))


def _arrive(provider: Provider, proof: Proof, destination: str) -> Response:
    """Sign in who is known; ask whoever is not what is to become of it."""
    here, identity = current_member(), identities.find(proof)
    if identity is None:
        attempts.keep(attempts.PROOF, {**asdict(proof), "next": destination})
        return redirect(url_for("maillage.oidc_account"), code=303)
    if here is not None and identity.member_id != here.id:
        flash(_("This sign-in at %(name)s belongs to another account here.", name=provider.name))
        return redirect(url_for("maillage.identities"), code=303)
    if identity.member is None:
        return _back(_("Those who run this node have not answered your request yet; the answer comes by mail."))
    member = identities.use(identity)
    if member is None:
        return _back(_("Your account is suspended."))
    sign_in(member)
    return redirect(destination, code=303)


def _failed(provider: Provider, refusal: Refused) -> Response:
    """Tell the reader that it did not work, and those who run the node why."""
    log.warning("signing in by %s: %s", provider.issuer, ascii(str(refusal))[:500])
    return _back(_("Signing in with %(name)s did not work. Try once more, or sign in another way.", name=provider.name))


def _back(message: str) -> Response:
    flash(message)
    return keep_private(make_response(redirect(url_for("maillage.sign_in"), code=303)))
