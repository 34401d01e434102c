"""The list of all applications to a call for who coordinates it, and the step with which deliberating begins."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from actors.database import reading, session
from flask_maillage.calls import states, wording
from flask_maillage.calls.coordinating.finding import MANAGED, Managed, find
from flask_maillage.calls.coordinating.listing import PAGE, SHOWS, SORTS, asked_in, chosen, contents_of, rows
from flask_maillage.calls.models import Dossier
from flask_maillage.calls.sight import Thing
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of, current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications import call_states, calling
from flask_maillage.publications.attending import locking
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import page_number
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


class DeliberateForm(CheckedForm):
    """The proof that a page of ours asks for it."""


@pages.route(f"{MANAGED}/applications", methods=["GET", "POST"])
def call_applications(page_handle: str, identifier: str) -> Response:
    """List the applications with what each lacks; a person says when the committee begins to deliberate."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(DeliberateForm)
    managed = find(page_handle, identifier)
    if request.method != "POST":
        return _page(managed)
    form: Any = DeliberateForm()
    if not form.validate():
        return _page(managed, str(form["csrf_token"].errors[0]), 422)
    return _deliberate(managed)


def _deliberate(managed: Managed) -> Response:
    call = locking.lock(managed.call.id)
    if call.status == call_states.DELIBERATING:
        return redirect(request.path, code=303)
    try:
        calling.step(call, call_states.DELIBERATING, author=author_of(current_member()))
    except NotPossible as reason:
        session().rollback()
        flash(str(reason), "error")
    else:
        session().commit()
        flash(_("The committee deliberates: decisions can be arranged."))
    return redirect(request.path, code=303)


def _page(managed: Managed, problem: str = "", status: int = 200) -> Response:
    asked, every, number = asked_in(request.args), rows(managed.desk), page_number()
    found = chosen(every, asked)
    shown = found[(number - 1) * PAGE : number * PAGE]
    html = render_template(
        "maillage/call_applications.html",
        **managed.frame(),
        here="call_applications",
        rows=shown,
        topics=_topics(managed, [row.dossier for row in shown]),
        found=len(found),
        total=len(every),
        tally=_tally(every),
        asked=asked,
        shows=tuple(SHOWS),
        sorts=tuple(SORTS),
        countries=sorted({row.dossier.territory for row in every if row.dossier.territory}),
        number=number,
        more=len(found) > number * PAGE,
        form=DeliberateForm(formdata=None),
        problem=problem,
    )
    return keep_private(make_response(html, status))


def _topics(managed: Managed, dossiers: list[Dossier]) -> dict[int, str]:
    """Return the topics that applications ticked, of those that the reader may read."""
    read = [one for one in dossiers if managed.desk.sees(Thing.APPLICATION, one)]
    details = details_of(managed.call.content)
    contents = contents_of(managed.call, read)
    return {number: ", ".join(wording.topics(said.get("topics") or (), details)) for number, said in contents.items()}


def _tally(every: Any) -> dict[str, int]:
    """Return how many there are in each state, in the order of a call's course."""
    return {state: count for state in states.STATES if (count := sum(row.state == state for row in every))}
