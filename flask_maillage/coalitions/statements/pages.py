"""The pages of a coalition's statements: the list, a statement with who signed it, and what its people do with it."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors.database import session
from actors.models import Actor
from federation import markdown
from flask_maillage.coalitions.forms import row_of
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.statements import forms, listing, preparing, showing
from flask_maillage.coalitions.statements.models import Statement
from flask_maillage.people.current import author_of, current_member, may, to_sign_in
from flask_maillage.people.roles import ADMINISTER, PUBLISH
from flask_maillage.publications.rules import NotPossible as NotPublishable
from flask_maillage.publications.views.actor_parts import CONTENT, ActorPart, actor_part
from flask_maillage.publications.views.finding import find_actor
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import ngettext
from flask_maillage.web.negotiation import keep_private, page

SHOWN = 3
"""How many the page of a coalition names before it leads to the whole list."""
LARGEST = 2**31


@pages.get("/@<page_handle>/statements", endpoint="statements")
def show_statements(page_handle: str) -> Response:
    """List the statements of a coalition of ours; its people see those too that are not published."""
    actor, inside = coalition(page_handle)
    found = listing.of_coalition(actor, inside=inside)
    html = render_template(
        "maillage/statements.html",
        actor=actor,
        statements=found,
        counts=showing.counts(found),
        standing=showing.standing,
        inside=inside,
    )
    return keep_private(make_response(html)) if inside else page(html)


@pages.get("/@<page_handle>/statements/<int:number>", endpoint="statement")
def show_statement(page_handle: str, number: int) -> Response:
    """Show a statement, who signed it and when; `version` asks for another version than the newest."""
    actor, inside = coalition(page_handle)
    found = versions(actor, number)
    known = found if inside else showing.seen_by_all(found)
    asked = request.args.get("version", "")
    shown = next((one for one in known if not asked or str(one.version) == asked), None)
    if shown is None:
        abort(404)
    html = render_template(
        "maillage/statement.html",
        actor=actor,
        statement=shown,
        versions=known,
        html=markdown.render(shown.text),
        standing=showing.standing(shown),
        signatories=showing.signatories(shown),
        not_asked=_to_ask(shown) if inside else [],
        inside=inside,
        may_decide=may(current_member(), ADMINISTER, actor),
        form=forms.StepForm(formdata=None) if inside else None,
    )
    return keep_private(make_response(html)) if inside else page(html)


@pages.post("/@<page_handle>/statements/<int:number>", endpoint="step_statement")
def take_step(page_handle: str, number: int) -> Response:
    """Do what an administrator of the coalition says: open, ask, publish, withdraw, or throw a draft away."""
    if current_member() is None:
        return to_sign_in()
    actor, inside = coalition(page_handle)
    if not inside or not may(current_member(), ADMINISTER, actor):
        abort(403)
    versions(actor, number)
    form = forms.StepForm()
    statement: Statement | None = row_of(Statement, form)
    if statement is None or statement.actor_id != actor.id or statement.number != number:
        abort(400)
    version, address = statement.version, url_for("maillage.statement", page_handle=page_handle, number=number)
    try:
        said = _do(form.answer.data, statement)
    except (NotPossible, NotPublishable) as refusal:
        session().rollback()
        flash(_(str(refusal)), "error")
        return redirect(f"{address}?version={version}", code=303)
    session().commit()
    flash(said)
    if form.answer.data == "discard":
        address = url_for("maillage.statements", page_handle=page_handle)
    return redirect(address, code=303)


@actor_part
def statements_part(actor: Actor) -> ActorPart | None:
    """Show the newest statements of a coalition of ours on its page, and its people the way to write one."""
    may_write = preparing.has_statements(actor) and may(current_member(), PUBLISH, actor)
    found = listing.of_coalition(actor, inside=False) if preparing.has_statements(actor) else []
    if not found and not may_write:
        return None
    values = {
        "statements": [(one, showing.counts([one])[one.id][0]) for one in found[:SHOWN]],
        "leads": may_write or len(found) > SHOWN,
    }
    return ActorPart(CONTENT, "maillage/statements_part.html", values)


def _do(what: str, statement: Statement) -> str:
    if what in ("open", "ask"):
        n = preparing.open_for_signing(statement) if what == "open" else preparing.ask_others(statement)
        return ngettext("%(n)s member is asked to sign.", "%(n)s members are asked to sign.", n)
    if what == "publish":
        preparing.publish(statement, author=author_of(current_member()))
        return _("Published, with those who signed.")
    if what == "withdraw":
        preparing.withdraw(statement)
        return _("Withdrawn. Members who were asked are told.")
    preparing.discard(statement)
    return _("The draft is gone.")


def _to_ask(statement: Statement) -> list[Actor]:
    is_draft = statement.phase == "draft"
    return preparing.not_asked(statement) if is_draft or listing.may_be_signed(statement) else []


def coalition(page_handle: str) -> tuple[Actor, bool]:
    """Return a coalition of ours, and whether its reader writes in its name; 404 for what is none."""
    actor = find_actor(page_handle)
    if not preparing.has_statements(actor):
        abort(404)
    return actor, may(current_member(), PUBLISH, actor)


def versions(actor: Actor, number: int) -> list[Statement]:
    """Return all versions of a statement, the newest first; 404 where there is none."""
    found = listing.numbered(actor, number) if 0 < number < LARGEST else []
    return found or abort(404)
