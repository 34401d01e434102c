"""The page where decisions are arranged: selected, reserve with its numbers, declined, each with its motives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls.arithmetic import percent
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.coordinating import wording
from flask_maillage.calls.coordinating.arranging_forms import ArrangeForm, Typed, as_it_is, typed_in
from flask_maillage.calls.coordinating.finding import MANAGED, Managed, find
from flask_maillage.calls.coordinating.listing import PAGE, is_out, names_of
from flask_maillage.calls.deciding import arranging, checking, opinions
from flask_maillage.calls.deciding.arranging import DECLINED, RESERVE, SELECTED, Line, Meanwhile
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.sight import Thing
from flask_maillage.calls.states import WITHDRAWN
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member
from flask_maillage.publications.views.finding import page_number
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, ngettext
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

OPEN, DECIDED = "open", "decided"
GROUPS = (OPEN, SELECTED, RESERVE, DECLINED, DECIDED)
SORTS = ("", "name", "score", "country")
STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True)
class Shown:
    """One application on the page: how it stands, what is typed of it, and what somebody else did meanwhile."""

    line: Line
    typed: Typed
    applicant: str
    sees_opinions: bool
    meanwhile: str = ""

    @property
    def key(self) -> str:
        """What stands for it in names of fields."""
        return self.line.dossier.identifier

    @property
    def score(self) -> str | None:
        """Its score in percent, for who sees opinions."""
        return percent(self.line.opinions.score) if self.sees_opinions else None

    @property
    def group(self) -> str:
        """Below which heading it stands."""
        if self.line.pending is not None:
            return self.line.pending.outcome
        return DECIDED if self.line.last is not None else OPEN

    @property
    def lacks_motives(self) -> bool:
        """Whether what is pending has none."""
        return self.line.pending is not None and not self.line.pending.motives.strip()

    @property
    def lacks_reason(self) -> bool:
        """Whether what is pending departs from the opinions, or lacks their quorum, and nobody said why (FC-51)."""
        one = self.line.pending
        wants = one is not None and opinions.wants_reason(self.line.opinions, one.outcome)
        return one is not None and wants and not one.departure.strip()


@pages.route(f"{MANAGED}/decisions", methods=["GET", "POST"])
def arrange_decisions(page_handle: str, identifier: str) -> Response:
    """Show what is pending for each application, and keep what a coordinator arranges."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(ArrangeForm)
    managed = find(page_handle, identifier)
    return _keep(managed) if request.method == "POST" else _page(managed)


def _keep(managed: Managed) -> Response:
    form, typed = ArrangeForm(), typed_in(request.form)
    if not form.validate():
        return _page(managed, typed, [str(form["csrf_token"].errors[0])], status=422)
    if any(one.errors for one in typed.values()):
        return _page(managed, typed, [_("Nothing is kept yet: something has to be corrected.")], status=422)
    wishes = {name: one.wish for name, one in typed.items()}
    moved, _sep, step = request.form.get("move", "").partition(" ")
    try:
        changed = arranging.arrange(managed.call, wishes, managed.by, reader=managed.reader)
    except Refused as refused:
        session().rollback()
        said = refused.refusal.sentence(current_language(), timezone=managed.call.timezone)
        return _page(find_again(managed), typed, [said], status=409)
    except Meanwhile as meanwhile:
        session().rollback()
        said = _(
            "Somebody else has arranged some of these meanwhile. Nothing that you wrote is lost: "
            "look at the marked ones, and keep it again."
        )
        return _page(find_again(managed), typed, [said], stale=meanwhile.identifiers, status=409)
    if step in STEPS and arranging.lines(managed.call, managed.by, only=[moved], reader=managed.reader):
        arranging.move(managed.call, moved, STEPS[step])
    session().commit()
    flash(_said(changed))
    where = managed.path("arrange_decisions", **request.args.to_dict())
    return redirect(f"{where}#d-{moved}" if step in STEPS else where, code=303)


def _said(changed: int) -> str:
    return ngettext("%(n)s decision is kept.", "%(n)s decisions are kept.", changed) if changed else _("It is kept.")


def find_again(managed: Managed) -> Managed:
    """Return the same, read anew after a rollback."""
    return find(managed.call.actor.page_handle, managed.call.identifier)


def _page(
    managed: Managed,
    typed: Mapping[str, Typed] | None = None,
    problems: Sequence[str] = (),
    *,
    stale: Sequence[str] = (),
    status: int = 200,
) -> Response:
    call, typed = managed.call, typed or {}
    check = checking.look(call)
    lines = [line for line in arranging.lines(call, managed.by, reader=managed.reader) if _is_to_show(line)]
    every = _shown(managed, lines, typed, stale)
    asked = request.args.get("show", "")
    asked = asked if asked in GROUPS else ""
    sort = request.args.get("sort", "")
    opened = request.args.get("open", "")
    # What was typed comes back as it was sent, whatever group it stands in by now.
    wanted = [one for one in every if (one.key in typed if typed else asked in ("", one.group))]
    wanted.sort(key=_order(sort if sort in SORTS else ""))
    found = [one.key for one in wanted]
    number = found.index(opened) // PAGE + 1 if opened in found else page_number()
    shown = wanted if typed else wanted[(number - 1) * PAGE : number * PAGE]
    refusal = may(Action.ARRANGE, managed.by, call, None, now())
    html = render_template(
        "maillage/arrange_decisions.html",
        **managed.frame(),
        here="arrange_decisions",
        form=ArrangeForm(formdata=None),
        groups=[(group, [one for one in shown if one.group == group]) for group in GROUPS],
        counts={group: sum(one.group == group for one in every) for group in GROUPS},
        asked=asked,
        opened=opened,
        sort=sort,
        sorts=SORTS,
        number=number,
        more=not typed and len(wanted) > number * PAGE,
        arguments={name: value for name, value in (("show", asked), ("sort", sort)) if value},
        check=check,
        hidden=sum(is_out(managed.desk, one) for one in managed.desk.dossiers if one.state != WITHDRAWN),
        problems=problems,
        refusal=refusal.sentence(current_language(), timezone=call.timezone) if refusal else "",
    )
    return keep_private(make_response(html, status))


def _is_to_show(line: Line) -> bool:
    return bool(line.choices) or line.pending is not None or line.last is not None


def _shown(managed: Managed, lines: Sequence[Line], typed: Mapping[str, Typed], stale: Sequence[str]) -> list[Shown]:
    names = names_of([line.dossier for line in lines])
    found = []
    for line in lines:
        one = typed.get(line.dossier.identifier)
        if one is not None:
            one.mark = line.mark
        meanwhile = _meanwhile(line) if line.dossier.identifier in stale else ""
        sees = managed.desk.sees(Thing.OPINIONS, line.dossier)
        found.append(Shown(line, one or as_it_is(line), names[line.dossier.id], sees, meanwhile))
    return found


def _meanwhile(line: Line) -> str:
    """Say what somebody else arranged, or decided, since the page was opened."""
    one = line.pending or line.last
    if one is None:
        return _("Meanwhile somebody took the pending decision back.")
    who = session().scalar(select(Actor).where(Actor.iri == one.arranged_by))
    words = wording.outcomes_in_words()[one.outcome]
    words = f"{words} {one.rank}" if one.rank else words
    return _(
        "Meanwhile %(who)s chose: %(what)s. Motives: %(motives)s",
        who=(who.name or who.handle) if who else "–",
        what=words,
        motives=one.motives or "–",
    )


def _order(sort: str) -> Any:
    def key(one: Shown) -> Any:
        line = one.line
        rank = line.pending.rank if line.pending is not None and line.pending.rank else 0
        score = line.opinions.score if one.sees_opinions else None
        by = {
            "name": (line.dossier.name.casefold(),),
            "score": (score is None, -(score or 0)),
            "country": (line.dossier.territory,),
        }
        return rank, *by.get(sort, ()), line.dossier.id

    return key
