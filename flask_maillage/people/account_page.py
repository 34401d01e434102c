"""How pages about accounts answer: for one reader, never kept, and never naming their secret address to others."""

import math
from collections.abc import Iterator
from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from actors import database
from flask_maillage.people.other_keys import OtherKeys
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from flask_maillage.web.negotiation import keep_private


def account_page(template: str, status: int = 200, **values: Any) -> Response:
    """Return a page for one reader, its form in their language."""
    with database.reading():
        if values.get("form") is not None:
            values["form"] = in_readers_language(values["form"])
        html = render_template(f"maillage/{template}", **values)
    response = keep_private(make_response(html, status))
    response.headers["Referrer-Policy"] = "same-origin"  # under `no-referrer` a browser says of our forms: from nowhere
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def step(what: str, status: int = 200, **values: Any) -> Response:
    """Return a page of one sentence and what to do next, or of one button."""
    return account_page("account_step.html", status, what=what, **values)


def too_many(template: str, form: Any, seconds: int, **values: Any) -> Response:
    """Return the form again for who tried too often."""
    minutes = math.ceil(seconds / 60)
    form.form_errors.append(_("Too many attempts. Wait %(count)d minutes, then try again.", count=minutes))
    response = account_page(template, 429, form=form, **values)
    response.headers["Retry-After"] = str(seconds)
    return response


def unfinished(template: str, form: Any, **values: Any) -> Response:
    """Return the form again with what is wrong in it; its token has gone where the session ended meanwhile."""
    stale = "csrf_token" in form.errors
    if stale:
        form.csrf_token.errors = []
        form.form_errors.append(_("This page had been open for long. Send it once more."))
    return account_page(template, 400 if stale else 422, form=form, **values)


def what_ended(keys: OtherKeys) -> Iterator[str]:
    """Yield sentences about what ended with a password; how the tokens were called stands in the mail."""
    if keys.tokens:
        yield ngettext(
            "A token of your programs was revoked: our mail says which one.",
            "%(n)s tokens of your programs were revoked: our mail says which ones.",
            len(keys.tokens),
        )
    if keys.has_feeds:
        yield _("The secret addresses of your feeds and calendar lead nowhere any more.")
