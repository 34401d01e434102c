"""The check before decisions are published, with the one button that publishes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import HiddenField

from actors.database import reading, session
from actors.node import now
from federation import markdown
from flask_maillage.calls import conflicts, sight
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.coordinating import wording
from flask_maillage.calls.coordinating.arranging_pages import find_again
from flask_maillage.calls.coordinating.finding import MANAGED, Managed, find
from flask_maillage.calls.coordinating.listing import contents_of, names_of
from flask_maillage.calls.deciding import arranging, checking, opinions, publishing
from flask_maillage.calls.deciding.arranging import ACTIONS, SELECTED, Line
from flask_maillage.calls.deciding.checking import DEPARTS, NO_MOTIVES, TOO_FEW, Check, Saying
from flask_maillage.calls.deciding.publishing import Lacking
from flask_maillage.calls.sight import Thing
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of, current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, ngettext
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

FIELDS = {NO_MOTIVES: "motives", DEPARTS: "reason", TOO_FEW: "reason"}
"""Where on the page of decisions it is mended that something lacks."""


class PublishForm(CheckedForm):
    """The one button, with what its presser had before their eyes."""

    mark = HiddenField()


@dataclass(frozen=True)
class Letter:
    """One decision as it will be sent."""

    line: Line
    applicant: str
    html: Any
    copies: tuple[str, ...]
    near: tuple[str, ...]
    """Seats that gave an opinion though their organisation is named in it: a person may want to ask them."""

    @property
    def outcome(self) -> str:
        """Which."""
        return self.line.pending.outcome if self.line.pending is not None else ""


@dataclass(frozen=True)
class Lack:
    """Why nothing can be published, with the application where it is mended; empty where it is none of one.

    `field` is the first part of the id of what has to be filled in there, or `d` for the whole.
    """

    text: str
    about: str = ""
    field: str = "d"


@pages.route(f"{MANAGED}/publish", methods=["GET", "POST"])
def publish_decisions(page_handle: str, identifier: str) -> Response:
    """Show exactly what would be sent to whom, and what it lacks; publish it."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(PublishForm)
    managed = find(page_handle, identifier)
    return _publish(managed) if request.method == "POST" else _page(managed)


def _publish(managed: Managed) -> Response:
    form: Any = PublishForm()
    if not form.validate():
        return _page(managed, [str(error) for errors in form.errors.values() for error in errors], 422)
    call = managed.call
    try:
        author = author_of(current_member())
        done = publishing.publish(call, managed.by, author=author, mark=form.mark.data or "")
    except Lacking as lacking:
        session().rollback()
        managed = find_again(managed)
        if not checking.look(managed.call).lines and not arranging.is_first(managed.call):
            flash(_("The decisions were published already, once."))
            return redirect(managed.path("call_places"), code=303)
        return _page(managed, [wording.said(one) for one in lacking.lacks if not one.about], 409)
    except Refused as refused:
        session().rollback()
        said = refused.refusal.sentence(current_language(), timezone=call.timezone)
        return _page(find_again(managed), [said], 409)
    except NotPossible as reason:
        session().rollback()
        return _page(find_again(managed), [str(reason)], 409)
    count = len(done.decisions)
    session().commit()
    flash(
        ngettext(
            "%(n)s decision is published, and on its way.", "%(n)s decisions are published, and on their way.", count
        )
    )
    return redirect(managed.path("call_places"), code=303)


def _page(managed: Managed, problems: Sequence[str] = (), status: int = 200) -> Response:
    call, check = managed.call, checking.look(managed.call)
    form: Any = PublishForm(formdata=None)
    form.mark.data = check.mark
    letters, hidden = _letters(managed, check)
    html = render_template(
        "maillage/publish_decisions.html",
        **managed.frame(),
        here="publish_decisions",
        check=check,
        form=form,
        groups=[(outcome, [one for one in letters if one.outcome == outcome]) for outcome in ACTIONS],
        hidden=hidden,
        lacks=_lacks(managed, check.lacks),
        problems=problems,
        until=publishing.until(call, now()) if any(one.outcome == SELECTED for one in letters) else None,
    )
    return keep_private(make_response(html, status))


def _letters(managed: Managed, check: Check) -> tuple[list[Letter], int]:
    """Return what would be sent as far as who looks may see it, and how many they may not."""
    seen = {one.id for one in managed.desk.dossiers if _is_seen(managed, one)}
    lines = [line for line in check.lines if line.dossier.id in seen]
    names, contents = names_of([line.dossier for line in lines]), contents_of(managed.call)
    found = []
    for line in lines:
        said = contents.get(line.dossier.id, {})
        reviews = managed.desk.said.of(line.dossier) if managed.desk.sees(Thing.OPINIONS, line.dossier) else {}
        motives = line.pending.motives if line.pending is not None else ""
        seats = opinions.judging(managed.call, line.opinions)
        copies = tuple(seat.in_words for seat in seats)
        near = tuple(
            seat.in_words
            for seat in details_of(managed.call.content).committee
            if seat.key in reviews
            and seat.key not in line.opinions.recused
            and conflicts.shared_words(seat.organisation, said, names[line.dossier.id])
        )
        found.append(Letter(line, names[line.dossier.id], markdown.render(motives), copies, near))
    found.sort(key=lambda one: (one.line.pending.rank or 0 if one.line.pending else 0, one.line.dossier.id))
    return found, len(check.lines) - len(lines)


def _is_seen(managed: Managed, dossier: Any) -> bool:
    who = managed.desk.roles[dossier.id]
    return sight.sees(who, Thing.PENDING, managed.call, dossier)


def _lacks(managed: Managed, lacks: Sequence[Saying]) -> list[Lack]:
    """Say what lacks: nothing of an application that is not for who looks, and no opinion that they may not see yet."""
    by_identifier = {one.identifier: one for one in managed.desk.dossiers}
    found, hidden = [], 0
    for one in lacks:
        dossier = by_identifier.get(one.about)
        if one.about and (dossier is None or not _is_seen(managed, dossier)):
            hidden += 1
            continue
        if dossier is not None and one.text in (DEPARTS, TOO_FEW) and not managed.desk.sees(Thing.OPINIONS, dossier):
            text = _("“%(name)s”: say why, since this departs from the opinions, or too few were given.", **one.values)
            found.append(Lack(text, one.about, "reason"))
            continue
        found.append(Lack(wording.said(one), one.about, FIELDS.get(one.text, "d")))
    if hidden:
        found.append(
            Lack(
                ngettext(
                    "Something lacks of an application that you have to do with: another coordinator sees what.",
                    "Something lacks of %(n)s applications that you have to do with: another coordinator sees what.",
                    hidden,
                )
            )
        )
    return found
