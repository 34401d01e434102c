"""The page on which the programme of an event is written: pasted as it was printed, or row by row.

Every button is a button of one form and sends all of it, so that it works without JavaScript and nothing typed is lost.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from federation.activities import is_web_iri
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import EDIT
from flask_maillage.publications import publishing, resolving
from flask_maillage.publications.editing.paths import edit_path, page_path
from flask_maillage.publications.editing.speaker_lookup import look_up_speakers
from flask_maillage.publications.kinds.event_details import details_of
from flask_maillage.publications.models import Publication
from flask_maillage.publications.programmes import pasting, rows
from flask_maillage.publications.programmes.printed import MAX_TEXT
from flask_maillage.publications.programmes.programme import ITEM_KINDS, MAX_ITEMS, Programme, all_items
from flask_maillage.publications.programmes.rows import ABOUT, DISCUSSED, FIELDS, PART, Frame, Row
from flask_maillage.publications.programmes.speaker_lines import UnreadableSpeaker
from flask_maillage.publications.programmes.warnings import warnings
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

NEW_ROWS = 3
CHOICES = 8
"""How many of the items above one may choose as what a debate is about."""


class ProgrammeForm(CheckedForm):
    """Nothing but the proof that the page asked (its CSRF token); the rows are read by `rows_in_form`."""


@pages.route("/@<page_handle>/events/<identifier>/programme/edit", methods=["GET", "POST"])
def edit_programme(page_handle: str, identifier: str) -> Response:
    """Write the programme of an event of ours, or correct it."""
    with reading():
        member = current_member()
        if member is None:
            return ProgrammePage(None).signed_out() if request.method == "POST" else to_sign_in()
        asks = resolving.key_of(member)
        _event_to_edit(page_handle, identifier)
    if request.method != "POST":
        return ProgrammePage(_event_to_edit(page_handle, identifier)).first_page()
    counts = request.form.get("do", "check") in ("check", "save") and ProgrammeForm().validate()
    not_found = look_up_speakers(rows_in_form(), asks) if counts else {}
    event = _event_to_edit(page_handle, identifier)
    session().refresh(event, with_for_update=True)
    return ProgrammePage(event, not_found=not_found).answer()


def _event_to_edit(page_handle: str, identifier: str) -> Publication:
    event = find_publication(page_handle, "events", identifier, limited=True)
    if not (event.local and may(current_member(), EDIT, event)):
        abort(403)
    return event


@dataclass
class ProgrammePage:
    """The programme of one event on its way; without an event it only gives back what was typed."""

    event: Publication | None
    rows: list[Row] = field(default_factory=list)
    pasted: str = ""
    seen: str = ""
    notices: list[Markup | str] = field(default_factory=list)
    is_checked: bool = False
    not_found: dict[str, str] = field(default_factory=dict)
    """Handles of speakers who were looked up in vain, each with the reason."""
    focus: str = ""
    """The key of the row that was touched last: the page comes back to it."""

    @property
    def frame(self) -> Frame:
        """The event around the programme; one that has no day yet is thought of as today's."""
        content = self.event.content if self.event else None
        starts = (content.starts_at if content else None) or now()
        ends = content.ends_at if content and details_of(content).display_end_time else None
        return Frame((content.timezone if content else None) or "UTC", starts, ends, self._actor_named)

    @property
    def shows_days(self) -> bool:
        """Whether each row has a field for its day: an event of one day needs none."""
        first = self.frame.first_day.isoformat()
        return self.frame.lasts_days or any(row.day not in ("", first) for row in self.rows)

    @property
    def last_day(self) -> str:
        """A day that may be typed as an example."""
        return (self.frame.first_day + timedelta(days=1)).isoformat()

    def choices(self, place: int) -> list[tuple[str, str]]:
        """Return what the row at a place may belong to: nothing, the item above, or the subject of one above."""
        found = [("", _("Nothing: an item of its own"))]
        if place:
            found.append((PART, _("Part of the item above")))
        above = [row for row in self.rows[:place] if not row.is_part and row.kind in DISCUSSED and row.name]
        chosen = self.rows[place].belongs.removeprefix(ABOUT)
        near = [*[row for row in above[:-CHOICES] if row.key == chosen], *above[-CHOICES:]]
        return [*found, *((f"{ABOUT}{row.key}", _("Discusses: %(item)s", item=row.name[:60])) for row in near)]

    def first_page(self) -> Response:
        """Return what is stored, or empty rows."""
        if self.event is not None:
            self.rows = rows.of_programme(details_of(self.event.content).programme, self.frame)
            self.seen = _version_of(self.event)
        if not self.rows:
            self._add_rows(NEW_ROWS)
        self._remark()
        return self._page()

    def answer(self) -> Response:
        """Do what the button says with all that was typed."""
        self._read_form()
        form = ProgrammeForm()
        if not form.validate():
            self.notices.append(_("This page had been open for long. Nothing is lost: press the button once more."))
            return self._page(400, form)
        wish, _mark, place = request.form.get("do", "check").partition("-")
        if wish == "save":
            return self._save()
        if wish == "read":
            self._read_pasted()
        elif wish in ("add", "remove", "up", "down"):
            self._rearrange(wish, int(place) if place.isdecimal() and len(place) < 4 else len(self.rows))
        else:
            self.is_checked = True
        self._remark()
        return self._page()

    def signed_out(self) -> Response:
        """Give all that was typed back to somebody whose session has ended; nothing is looked up."""
        self._read_form()
        self.notices.append(signed_out.notice())
        return self._page(403)

    def _read_form(self) -> None:
        self.rows, self.pasted = rows_in_form(), request.form.get("pasted", "")
        self.seen = request.form.get("version", "")

    def _read_pasted(self) -> None:
        """Add what was pasted to the rows: to those that hold something, else in the place of empty ones."""
        if len(self.pasted) > MAX_TEXT:
            self.notices.append(_("This programme is too long: at most 30,000 characters."))
            return
        found = pasting.read(self.pasted, first_day=self.frame.first_day)
        if not found:
            self.notices.append(_("No line of this text begins with a time, as 09:15 or 9h15: nothing was read."))
            return
        above = [row for row in self.rows if not row.is_empty]
        new = rows.of_pasted(found, above, self._taken())
        self.rows = [*above, *new]
        self.focus = new[0].key if new else ""
        self.is_checked = True

    def _rearrange(self, wish: str, place: int) -> None:
        if wish == "add":
            self._add_rows(1, place + 1)
        elif place < len(self.rows):
            key = self.rows[place].key
            if wish == "remove":
                rows.remove(self.rows, place)
                self.focus = self.rows[min(place, len(self.rows) - 1)].key if self.rows else ""
            else:
                rows.move(self.rows, place, -1 if wish == "up" else 1)
                self.focus = key
        if not self.rows:
            self._add_rows(1)

    def _add_rows(self, count: int, place: int | None = None) -> None:
        place = len(self.rows) if place is None else min(place, len(self.rows))
        for number in range(count):
            if len(self.rows) >= MAX_ITEMS:
                self.notices.append(_("A programme has at most %(count)d items.", count=MAX_ITEMS))
                return
            row = Row(rows.new_key(self.rows, self._taken()))
            self.rows.insert(place + number, row)
            self.focus = self.focus or row.key

    def _taken(self) -> set[str]:
        """The keys that the stored programme has given away."""
        stored = details_of(self.event.content).programme if self.event else ()
        return {item.key for item in all_items(stored)}

    def _programme(self) -> Programme | None:
        return rows.to_programme(self.rows, self.frame)

    def _remark(self) -> None:
        """Put what looks wrong beside the rows; what cannot be read is named only once somebody asked."""
        programme = self._programme()
        if programme is None:
            if not self.is_checked:
                for row in self.rows:
                    row.errors.clear()
            return
        ends = self.frame.ends_at
        found = warnings(programme, self.frame.starts_at, ends)
        for row in self.rows:
            row.remarks = [remark for remark in found if remark.key == row.key]

    def _save(self) -> Response:
        event = self.event
        programme = self._programme()
        if event is None or programme is None:
            return self._page(422)
        if self.seen != _version_of(event):
            self.notices.append(_conflict(event))
            self.seen = _version_of(event)
            return self._page(409)
        if event.content.starts_at is None:
            self.notices.append(_without_day(event))
            return self._page(422)
        details = details_of(event.content).model_copy(update={"programme": programme})
        try:
            publishing.revise(event, event.content.model_copy(update={"details": details}))
        except NotPossible as refusal:
            session().rollback()
            self.notices.append(_(str(refusal)))
            return self._page(422)
        session().commit()
        flash(
            _("The programme is saved. The change is on its way.")
            if event.published_at
            else _("The programme is saved.")
        )
        return redirect(page_path(event), code=303)

    def _page(self, status: int = 200, form: ProgrammeForm | None = None) -> Response:
        form = form or ProgrammeForm(formdata=None)
        wrong = [row for row in self.rows if row.errors]
        html = render_template("maillage/programme_edit.html", page=self, form=form, wrong=wrong, kinds=ITEM_KINDS)
        return keep_private(make_response(html, 422 if wrong and status == 200 and self.is_checked else status))

    def _actor_named(self, text: str) -> str | None:
        """Return the id of an actor who is known here, or the address of one that is not.

        Raises:
            UnreadableSpeaker: they were looked up in vain; it says why.
        """
        found: Any = resolving.known(text)
        if isinstance(found, Actor):
            return found.iri
        if text in self.not_found:
            raise UnreadableSpeaker("“%(handle)s”: %(reason)s", handle=text, reason=self.not_found[text])
        return text if is_web_iri(text) else None

    @property
    def back(self) -> str | None:
        """Where the event is shown."""
        return page_path(self.event) if self.event else None


def rows_in_form() -> list[Row]:
    """Return the rows that the form holds, in their order; each with a key of its own."""
    found: list[Row] = []
    for number in request.form.getlist("row")[: MAX_ITEMS + 1]:
        values = {name: request.form.get(f"row-{number}-{name}", "") for name in FIELDS}
        typed: dict[str, Any] = {name: text.strip() for name, text in values.items()}
        row = Row(**typed)
        if not _is_key(row.key) or any(row.key == other.key for other in found):
            row = replace(row, key=rows.new_key(found, request.form.getlist("row")))
        found.append(row)
    return found


def _is_key(text: str) -> bool:
    return 0 < len(text) <= 40 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def _version_of(publication: Publication) -> str:
    return publication.updated_at.isoformat()


def _conflict(event: Publication) -> Markup:
    text = _(
        "Somebody else changed this event while you were writing. Look at what it says now, in another window; "
        "saving once more puts your rows in its place."
    )
    return _with_link(text, page_path(event), event.name)


def _without_day(event: Publication) -> Markup:
    text = _("Say first on which day the event is, in another window: the times of a programme hang on it.")
    return _with_link(text, edit_path(event), _("Edit"))


def _with_link(text: str, address: str, label: str) -> Markup:
    return Markup('{} <a href="{}" target="_blank" rel="noopener">{}</a>').format(text, address, label)
