"""Pages of who leads an initiative that is followed: what coordinators wrote, what they answer, who of their cohort
shares how to be reached. They are the same for calls of this node and of others.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import acting
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.following import contacts, elsewhere, forms, people, timeline, wording, writing
from flask_maillage.calls.following.people import Followed
from flask_maillage.calls.following.saying import CONTACT_DETAILS, RESULT, Contact, FollowUp
from flask_maillage.calls.following.timeline import Line
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import CallLetter, Draft
from flask_maillage.calls.posting import NotForThem
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.states import LED
from flask_maillage.people import signed_out
from flask_maillage.people.current import actors_to_publish_for, current_member
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


@dataclass(frozen=True)
class Led:
    """An initiative that is followed, as its leader sees it."""

    leader: Actor
    name: str
    followed: Followed
    token: str = ""
    """What the link of a guest carries; empty for members."""

    @property
    def path(self) -> str:
        """The address of its page."""
        if self.token:
            return url_for("maillage.guest_follow_up", token=self.token)
        return url_for("maillage.led_follow_up", key=key_of(self.followed.agreement))

    @property
    def is_open(self) -> bool:
        """Whether something can be written: as the owner's rows say, elsewhere until a result came."""
        call, dossier = self.followed.call, self.followed.dossier
        if dossier is None:
            return self.result is None
        return may(Action.FOLLOW_UP, acting.acting(call, self.leader, dossier), call, dossier, now()) is None

    @property
    def result(self) -> Line | None:
        """What came of it, where that was written: it is closed then (FC-61)."""
        return timeline.last(timeline.lines(self.followed), RESULT)

    @property
    def may_share(self) -> bool:
        """Whether contact details can be given or taken back."""
        call, dossier = self.followed.call, self.followed.dossier
        if dossier is None:
            return self.is_open
        return may(Action.SHARE_CONTACT, acting.acting(call, self.leader, dossier), call, dossier, now()) is None

    @property
    def contact(self) -> Contact | None:
        """What the leader shares now."""
        said = timeline.last(timeline.lines(self.followed), CONTACT_DETAILS)
        return said.what.contact if said is not None else None

    @property
    def person(self) -> str:
        """How who shares contact details is called, where they did not say otherwise; of guests what they wrote."""
        guest = self.followed.dossier.guest if self.followed.dossier is not None else None
        return guest.name if guest is not None else self.leader.name


@pages.get("/my/follow-up")
def led_follow_ups() -> Response:
    """List the initiatives that are followed, of a member and of those for whom they publish."""
    with reading():
        member = current_member()
    if member is None:
        return signed_out.answer(forms.ConsentForm)
    found = [one for one in led_by(member) if timeline.lines(one.followed) or one.is_open]
    listed = sorted(((one, one.result) for one in found), key=lambda pair: pair[1] is not None)
    html = render_template("maillage/led_follow_ups.html", found=listed)
    return keep_private(make_response(html))


@pages.route("/my/follow-up/<key>", methods=["GET", "POST"])
def led_follow_up(key: str) -> Response:
    """Show what was written about an initiative, and let its leader write."""
    with reading():
        member = current_member()
    if member is None:
        return signed_out.answer(forms.EntryForm)
    led = _find(member, key)
    return answer(led)


@pages.route("/my/follow-up/<key>/contact", methods=["GET", "POST"])
def led_contact(key: str) -> Response:
    """Let a leader say how the others of the cohort reach them, or take that back, and show who else shares it."""
    with reading():
        member = current_member()
        if member is None:
            return signed_out.answer(forms.ContactForm)
        led = _find(member, key)
        if request.method != "POST":
            asked = elsewhere.ask_of(led.followed.call, led.leader) if led.contact is not None else None
    if request.method == "POST":
        return share(_find(member, key))
    told = elsewhere.contacts(asked) if asked is not None else None
    return show_contact(_find(current_member(), key), told)


def answer(led: Led) -> Response:
    """Show what was written about an initiative to its leader, or take what they write."""
    if request.method == "POST":
        return _write(led)
    return _page(led, forms.form_of(request.args, timeline.lines(led.followed), _sorts(led)))


def show_contact(led: Led, told: list[tuple[str, Contact]] | None) -> Response:
    """Show a leader what they share; `told` is who else does, where another server said so."""
    given = led.contact.model_dump() if led.contact is not None else {"name": led.person}
    return _contact_page(led, forms.ContactForm(formdata=None, **given), told)


def _write(led: Led) -> Response:
    form: Any = forms.EntryForm(timezone=led.followed.call.timezone)
    if form.entry.data not in _sorts(led):
        abort(404)
    if not form.validate():
        return _page(led, form, 422)
    lines = timeline.lines(led.followed)
    before = next((one for one in lines if one.key == form.replaces.data and one.by == led.leader.iri), None)
    if _sent(led, form.said(before), form.content.data):
        flash(_("It is on its way to who coordinates."))
    return redirect(led.path, code=303)


def share(led: Led) -> Response:
    """Take how a leader is reached, or that they share it no longer."""
    takes_back = request.form.get("do") == "withdraw"
    form: Any = forms.ConsentForm() if takes_back else forms.ContactForm()
    if not led.may_share:
        abort(404)
    if not form.validate():
        return _contact_page(led, form if not takes_back else forms.ContactForm(), None, 422)
    what = FollowUp(entry="contact_details", contact=None if takes_back else form.said())
    if _sent(led, what, ""):
        flash(
            _("You share it no longer.") if takes_back else _("The others of your cohort who share theirs see it now.")
        )
    return redirect(f"{led.path}/contact", code=303)


def _sent(led: Led, what: FollowUp, content: str) -> bool:
    """Write an entry, and say so where that could not be."""
    try:
        writing.write(led.leader, led.followed, what, content)
    except Refused as error:
        session().rollback()
        flash(error.refusal.sentence(current_language(), timezone=led.followed.call.timezone), "error")
        return False
    except NotForThem:
        session().rollback()
        flash(_("The server of this call cannot be reached from here. Nothing was sent."), "error")
        return False
    session().commit()
    return True


def _sorts(led: Led) -> tuple[str, ...]:
    return forms.OF_LEADERS if led.is_open else ()


def _page(led: Led, form: Any, status: int = 200) -> Response:
    call = led.followed.call
    html = render_template(
        "maillage/led_follow_up.html",
        led=led,
        outputs_path=url_for("maillage.own_outputs", key=key_of(led.followed.agreement)),
        call=call,
        back=page_path(call),
        lines=[one for one in timeline.lines(led.followed) if one.what.entry != CONTACT_DETAILS],
        choices=_sorts(led),
        form=in_readers_language(form) if form is not None else None,
        fields=forms.FIELDS,
        sorts=wording.sorts(),
        lists_of=wording.lists_of,
        here=led.path,
        own=led.leader.iri,
    )
    return keep_private(make_response(html, status))


def _contact_page(led: Led, form: Any, told: list[tuple[str, Contact]] | None, status: int = 200) -> Response:
    dossier = led.followed.dossier
    if led.contact is not None and dossier is not None and dossier.slot is not None:
        those = contacts.of_cohort(led.followed.call, dossier.slot.cohort)
        told = [(one.name, contact) for one, contact in those if one.id != dossier.id]
    html = render_template(
        "maillage/led_contact.html",
        led=led,
        call=led.followed.call,
        form=in_readers_language(form),
        told=told,
    )
    return keep_private(make_response(html, status))


def _find(member: Any, key: str) -> Led:
    """Return an initiative of a member, or of somebody for whom they publish; for everybody else nothing is there."""
    return next((one for one in led_by(member) if key_of(one.followed.agreement) == key), None) or abort(404)


def led_by(member: Any) -> list[Led]:
    """Return the applications from here of which something is to be followed, the newest first."""
    actors = {one.iri: one for one in actors_to_publish_for(member)}
    query = select(CallLetter).where(CallLetter.sender_iri.in_(actors), CallLetter.verb == str(Shape.OFFER))
    found: dict[str, Led] = {}
    for letter in session().scalars(query.order_by(CallLetter.id.desc())):
        agreement = letter.agreement_iri
        if agreement is None or agreement in found:
            continue
        draft = session().scalar(select(Draft).where(Draft.offer_iri == letter.iri))
        dossier_iri = draft.dossier_iri if draft is not None else None
        followed = people.of_leader(letter.call_iri, agreement, letter.sender_iri, dossier_iri)
        if followed is not None and _is_followed(followed):
            found[agreement] = Led(actors[letter.sender_iri], name_of(followed, draft), followed)
    return list(found.values())


def _is_followed(followed: Followed) -> bool:
    """Tell whether there is something to follow: a confirmed place, as the owner's row or its letters say."""
    if followed.dossier is not None:
        return (
            followed.dossier.state in LED and followed.dossier.guest_id is None and followed.dossier.purged_at is None
        )
    query = select(CallLetter.id).where(CallLetter.agreement_iri == followed.agreement, CallLetter.refused.is_(None))
    those = (str(Shape.PLACEMENT), str(Shape.ENTRY))
    return session().scalar(query.where(CallLetter.verb.in_(those)).limit(1)) is not None


def name_of(followed: Followed, draft: Draft | None) -> str:
    """Return what an initiative that is followed is called."""
    if followed.dossier is not None and followed.dossier.name:
        return followed.dossier.name
    said = draft.content.get("name") if draft is not None else None
    return said if isinstance(said, str) and said else followed.call.name
