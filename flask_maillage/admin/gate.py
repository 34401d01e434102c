"""Who gets into the pages of the node's admins; to everybody else there are none."""

from typing import Any

from flask import abort, make_response, render_template
from werkzeug.wrappers import Response

from flask_maillage.people.current import current_member, may
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
from flask_maillage.people.roles import ADMINISTER, MODERATE
from flask_maillage.people.signed_out import typed_back
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.negotiation import keep_private


def require_admin(typed: type[CheckedForm] | None = None) -> Any:
    """Return who administers the node and is here; for anybody else the answer is 404, as for what is not there.

    What was typed into a form, named by its class, comes back to who is not signed in any more.
    """
    member = current_member()
    if not may(member, ADMINISTER, None):
        abort((typed and typed_back(typed)) or 404)
    return member


def require_moderator(typed: type[CheckedForm] | None = None) -> Any:
    """Return who moderates the node and is here, as all who administer it do; for others as `require_admin`."""
    member = current_member()
    is_moderator = isinstance(member, Member) and may(member, MODERATE, None)
    if not is_moderator and not may(member, ADMINISTER, None):
        abort((typed and typed_back(typed)) or 404)
    return member


def admin_page(template: str, status: int = 200, **values: Any) -> Response:
    """Return a page for one admin alone, with its forms in their language."""
    forms = {name: in_readers_language(value) for name, value in values.items() if name.endswith("form")}
    return keep_private(make_response(render_template(f"maillage/admin/{template}", **(values | forms)), status))
