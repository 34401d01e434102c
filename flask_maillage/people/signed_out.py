"""What somebody typed whose session ended meanwhile comes back to them, in a form that sends it once more."""

from flask import make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import Field, FileField, HiddenField, PasswordField, SelectField

from actors.database import reading
from flask_maillage.people.current import current_member, sign_in_address, to_sign_in
from flask_maillage.people.forms import STALE, CheckedForm
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


def notice() -> Markup:
    """Say to who typed something that it is not lost, with a link to sign in beside it."""
    text = _("You are no longer signed in. Nothing is lost: sign in in another window, then press the button again.")
    address = sign_in_address(url_for(f"{pages.name}.account"))
    link = Markup(' <a href="{}" target="_blank" rel="noopener">{}</a>').format(address, _("Sign in"))
    return Markup("{}").format(text) + (link if address else "")


def answer(form: type[CheckedForm]) -> Response:
    """Answer who is not signed in: who has typed something gets it back, others go and sign in."""
    return typed_back(form) or to_sign_in()


def typed_back(form: type[CheckedForm]) -> Response | None:
    """Return what a stranger sent of a form, to send again; None where nothing was typed."""
    if request.method != "POST" or current_member() is not None:
        return None
    sent = form()
    return give_back(sent, 403) if any(one.data for one in _shown(sent) if isinstance(one.data, str)) else None


def give_back(form: CheckedForm, status: int = 400) -> Response:
    """Return a page that holds what was sent of a form and sends it to the same address; passwords are left out.

    It says why: the session ended, the page was open for too long, or what the form itself has to say.
    """
    shown = _shown(form)
    for one in form:
        if _is_bare(one):
            one.choices = []  # only its own page knows them
    kept = {one.name for one in form if one in shown or isinstance(one, PasswordField)} | {"csrf_token"}
    rest = [(name, value) for name, value in request.form.items(multi=True) if name not in kept]
    is_stale = "csrf_token" in form.errors
    with reading():
        said = notice() if current_member() is None else _(STALE) if is_stale else ""
        html = render_template(
            "maillage/signed_out.html", form=in_readers_language(form), shown=shown, rest=rest, notice=said
        )
    return keep_private(make_response(html, status))


def _shown(form: CheckedForm) -> list[Field]:
    """Return the fields that a reader sees; what cannot be shown without its page is only sent on."""
    return [one for one in form if not isinstance(one, HiddenField | PasswordField | FileField) and not _is_bare(one)]


def _is_bare(one: Field) -> bool:
    return isinstance(one, SelectField) and not one.choices
