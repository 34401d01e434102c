"""The board of a call's groups: who is in which, moved and swapped by choosing, a proposal, and a list for paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.node import now
from flask_maillage.calls import cohorts
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.cohorts import Full, Moved
from flask_maillage.calls.coordinating.arranging_pages import find_again
from flask_maillage.calls.coordinating.finding import MANAGED, Managed, find
from flask_maillage.calls.coordinating.listing import contents_of, names_of
from flask_maillage.calls.coordinating.suggesting import Trait, suggest
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Dossier
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.topics import label_of
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, ngettext, own_name_of
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

GROUP, SEEN = "group-", "seen-"


class PlaceForm(CheckedForm):
    """The proof that a page of ours sends it; who goes where is read by `_typed`."""


@dataclass(frozen=True)
class Member:
    """A confirmed application on the board."""

    dossier: Dossier
    applicant: str
    language: str
    types: tuple[str, ...]
    key: str
    """The group that it is in; empty for none."""
    chosen: str
    """The group that is chosen for it on the page."""
    is_suggested: bool
    may_be_placed: bool


@pages.route(f"{MANAGED}/groups", methods=["GET", "POST"])
def call_cohorts(page_handle: str, identifier: str) -> Response:
    """Show the groups of a call, or put applications into them as a coordinator chose."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(PlaceForm)
    managed = find(page_handle, identifier)
    return _place(managed) if request.method == "POST" else _page(managed)


def _place(managed: Managed) -> Response:
    form, wanted, seen = PlaceForm(), _typed(GROUP), _typed(SEEN)
    if not form.validate():
        return _page(managed, wanted, str(form["csrf_token"].errors[0]), 422)
    call = managed.call
    try:
        placed = cohorts.arrange(call, wanted, managed.by, seen=seen)
    except Full as full:
        session().rollback()
        managed = find_again(managed)
        cohort = cohorts.capacities(managed.call)[full.cohort]
        said = _("“%(name)s” has %(capacity)s places: nobody was moved.", name=cohort.name, capacity=cohort.capacity)
        return _page(managed, wanted, said, 409)
    except Moved:
        session().rollback()
        said = _("Somebody else has placed some of these meanwhile: look where they are now, and keep it again.")
        return _page(find_again(managed), wanted, said, 409)
    except Refused as refused:
        session().rollback()
        said = refused.refusal.sentence(current_language(), timezone=call.timezone)
        return _page(find_again(managed), wanted, said, 409)
    session().commit()
    flash(ngettext("%(n)s is placed.", "%(n)s are placed.", placed) if placed else _("Nobody had to move."))
    return redirect(managed.path("call_cohorts"), code=303)


def _typed(prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}


def _page(managed: Managed, wanted: Mapping[str, str] | None = None, problem: str = "", status: int = 200) -> Response:
    call = managed.call
    groups, placed = cohorts.capacities(call), cohorts.placed(call)
    dossiers, contents = _dossiers(call.id, placed), contents_of(call)
    suggested = {}
    if wanted is None and request.args.get("suggest"):
        traits = [_trait(one, contents) for one in dossiers]
        suggested = suggest(traits, {key: one.capacity for key, one in groups.items()}, placed)
    members = _members(managed, dossiers, contents, placed, wanted or {}, suggested)
    html = render_template(
        "maillage/call_cohorts.html",
        **managed.frame(),
        here="call_cohorts",
        groups=[(key, one, [member for member in members if member.key == key]) for key, one in groups.items()],
        waiting=[member for member in members if not member.key],
        free=sum(one.capacity for one in groups.values()) - sum(bool(member.key) for member in members),
        suggested=len(suggested),
        is_list=request.args.get("view") == "list",
        form=PlaceForm(formdata=None),
        problem=problem,
    )
    return keep_private(make_response(html, status))


def _dossiers(call_id: int, placed: Mapping[str, str]) -> list[Dossier]:
    query = select(Dossier).where(Dossier.call_id == call_id, Dossier.identifier.in_(placed))
    return list(session().scalars(query.order_by(Dossier.id)))


def _trait(dossier: Dossier, contents: Mapping[int, Mapping[str, Any]]) -> Trait:
    types = frozenset(str(one) for one in contents.get(dossier.id, {}).get("topics") or ())
    country = dossier.territory.partition("-")[0]
    return Trait(dossier.identifier, dossier.language.partition("-")[0], country, types)


def _members(
    managed: Managed,
    dossiers: Sequence[Dossier],
    contents: Mapping[int, Mapping[str, Any]],
    placed: Mapping[str, str],
    wanted: Mapping[str, str],
    suggested: Mapping[str, str],
) -> list[Member]:
    names, moment, language = names_of(dossiers), now(), current_language()
    labels = details_of(managed.call.content).topic_labels
    found = []
    for one in dossiers:
        key = placed[one.identifier]
        proposal = suggested.get(one.identifier, "")
        types = tuple(
            _(label_of(str(topic), labels, language)) for topic in contents.get(one.id, {}).get("topics") or ()
        )
        chosen = wanted.get(one.identifier, proposal or key)
        allowed = may(Action.PLACE, managed.by, managed.call, one, moment) is None
        found.append(Member(one, names[one.id], own_name_of(one.language), types, key, chosen, bool(proposal), allowed))
    return found
