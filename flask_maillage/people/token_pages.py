"""The page on which members make tokens for their programs, and revoke them."""

from datetime import UTC, datetime, time
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from actors import iris
from actors.database import session
from flask_maillage.people import tokens
from flask_maillage.people.current import actors_to_publish_for, current_member, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member, Token
from flask_maillage.people.wording import in_readers_language
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as translated
from flask_maillage.web.negotiation import keep_private


def _(message: str) -> str:
    return message


class TokenForm(CheckedForm):
    """What a program is to be let do, for whom, until when."""

    label = StringField(
        _("What it is for"),
        [InputRequired(_("Give it a name, as “our website”.")), Length(max=tokens.LABEL_LIMIT)],
        description=_("So that you know later which one to revoke."),
    )
    actor = SelectField(_("In whose name it writes"), coerce=int)
    scope = RadioField(
        _("What it may do"),
        choices=[
            SelectChoice(tokens.DRAFTING, _("Write drafts, which a person publishes")),
            SelectChoice(tokens.PUBLISHING, _("Publish, change and withdraw")),
        ],
        default=tokens.DRAFTING,
    )
    last_day = DateField(
        _("Last day on which it works"),
        [Optional()],
        description=_("Leave it empty for a token that works until you revoke it."),
    )


class RevokeForm(CheckedForm):
    """Nothing but the proof that a page of ours asked."""


@pages.route("/account/tokens", methods=["GET", "POST"], endpoint="tokens")
def show_tokens() -> Response:
    """List a member's tokens, and make another; its secret is shown once, on the answer itself."""
    member = current_member()
    if member is None:
        return to_sign_in()
    if not isinstance(member, Member):
        abort(404)
    form, secret, status = _form(member), "", 200
    if form.is_submitted():
        secret = _made(member, form) if form.validate() else ""
        status = 200 if secret else 422
        form = _form(member, formdata=None) if secret else form
    html = render_template(
        "maillage/tokens.html",
        tokens=tokens.tokens_of(member),
        form=in_readers_language(form),
        revoke_form=RevokeForm(formdata=None),
        secret=secret,
        outbox=iris.collection,
    )
    return keep_private(make_response(html, status))


@pages.post("/account/tokens/<int:number>/revoke")
def revoke_token(number: int) -> Response:
    """End one of the member's own tokens at once."""
    member = current_member()
    if member is None:
        return to_sign_in()
    token = session().get(Token, number) if number < 2**63 else None
    if token is None or not isinstance(member, Member) or token.member_id != member.id:
        abort(404)
    if RevokeForm().validate():
        tokens.revoke(token)
        session().commit()
        flash(translated("The token “%(label)s” works no longer.", label=token.label))
    return redirect(url_for("maillage.tokens"), code=303)


def _form(member: Member, **options: Any) -> Any:
    form: Any = TokenForm(**options)
    form.actor.choices = [SelectChoice(actor.id, actor.name) for actor in actors_to_publish_for(member)]
    return form


def _made(member: Member, form: Any) -> str:
    """Make the token that a valid form asks for; return its secret, or nothing with the reason at the form."""
    actor = next(actor for actor in actors_to_publish_for(member) if actor.id == form.actor.data)
    day = form.last_day.data
    expires = datetime.combine(day, time(23, 59, 59), tzinfo=UTC) if day else None
    try:
        _token, secret = tokens.issue(member, actor, label=form.label.data, scope=form.scope.data, expires_at=expires)
    except ValueError as error:
        session().rollback()
        form.form_errors.append(str(error))
        return ""
    session().commit()
    return secret
