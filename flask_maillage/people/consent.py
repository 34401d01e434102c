"""Whether other servers may find a member: asked first, and given by who acts towards them (`actors/outbox.py`)."""

from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from actors import database
from flask_maillage.people.current import current_member, require_own_sign_in, to_sign_in
from flask_maillage.people.forms import ConsentForm
from flask_maillage.people.models import Member
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _


def set_consent(member: Member, *, federated: bool) -> None:
    """Let a member be found by other servers, or not any more: who asks there is told that there is nobody."""
    member.actor.federated = federated
    database.session().flush()


@pages.post("/account/federation", endpoint="consent")
def change_consent() -> Response:
    """Take down what a member chose."""
    require_own_sign_in()
    member = current_member()
    if member is None:
        return to_sign_in()
    form: Any = ConsentForm()
    if form.validate():
        set_consent(member, federated=form.federated.data)
        database.session().commit()
        flash(
            _("Other servers can find you now.") if form.federated.data else _("Other servers no longer find you here.")
        )
    return redirect(url_for("maillage.account"), code=303)
