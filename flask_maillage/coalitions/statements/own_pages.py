"""The pages on which members see what they, and those they sign for, are asked to sign: the text, sign, decline."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from federation import markdown
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.statements import forms, listing, signing
from flask_maillage.coalitions.statements.models import StatementSignature
from flask_maillage.people import roles
from flask_maillage.people.current import actors_to_publish_for, current_member, may, to_sign_in
from flask_maillage.people.models import ADMIN, Member
from flask_maillage.people.my_page import Waiting, waits
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from flask_maillage.web.negotiation import keep_private

LARGEST = 2**31
SIGNS = {"sign": signing.sign, "decline": signing.decline, "take back": signing.take_back}


@pages.get("/statements", endpoint="own_statements")
def show_own_statements() -> Response:
    """List what a member's actors are asked to sign, and what they answered."""
    if _is_stranger():
        return to_sign_in()
    found = listing.asked_of(signed_for(current_member()))
    html = render_template("maillage/own_statements.html", rows=found, may_be_signed=listing.may_be_signed)
    return keep_private(make_response(html))


@pages.route("/statements/<int:number>", methods=["GET", "POST"], endpoint="own_statement")
def show_own_statement(number: int) -> Response:
    """Show a text that an actor of the reader's is asked to sign; sign it, decline, or take the signature back."""
    if _is_stranger():
        return to_sign_in()
    row = signing.by_number(number) if 0 < number < LARGEST else None
    ours = {actor.id for actor in signed_for(current_member())}
    if row is None or row.member_id not in ours:
        abort(404)
    if request.method == "POST":
        return _answer(row)
    html = render_template(
        "maillage/own_statement.html",
        row=row,
        statement=row.statement,
        html=markdown.render(row.statement.text),
        open=listing.may_be_signed(row.statement),
        form=forms.SigningForm(formdata=None),
    )
    return keep_private(make_response(html))


@waits
def statements_to_sign(member: Any, actors: Sequence[Actor]) -> Iterable[Waiting]:
    """Texts that wait for a signature."""
    found = listing.waiting_of([actor for actor in actors if _signs_for(member, actor)])
    if found:
        words = ngettext("%(n)s common statement to sign", "%(n)s common statements to sign", len(found))
        yield Waiting(words, url_for("maillage.own_statements"))


def signed_for(member: Any) -> list[Actor]:
    """Return the actors for whom somebody signs: those that they administer, and themselves."""
    return [actor for actor in actors_to_publish_for(member) if _signs_for(member, actor)]


def _signs_for(member: Any, actor: Actor) -> bool:
    """Tell whether somebody signs for an actor in whose name they publish; who administers the node alone does not."""
    if isinstance(member, Member):
        return actor.id == member.actor_id or roles.role_of(member, actor) == ADMIN
    return may(member, roles.ADMINISTER, actor)


def _answer(row: StatementSignature) -> Response:
    form, address = forms.SigningForm(), url_for("maillage.own_statement", number=row.id)
    if not form.validate() or form.who.data != row.id:
        abort(400)
    name = row.statement.actor.name
    try:
        SIGNS[form.answer.data](row)
    except NotPossible as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(address, code=303)
    session().commit()
    flash(_("%(name)s is told.", name=name))
    return redirect(address, code=303)


def _is_stranger() -> bool:
    with reading():
        return current_member() is None
