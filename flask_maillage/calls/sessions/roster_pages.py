"""Pages of a roster of experts: the organisation's, of who offers themselves, and of who got a mail about it."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors import local
from actors.database import reading, session
from actors.models import PERSON, Actor
from flask_maillage.calls.models import Expert
from flask_maillage.calls.sessions import links, roster, telling
from flask_maillage.calls.sessions.roster_forms import EntryForm, ExpertForm, OfferForm
from flask_maillage.people import signed_out
from flask_maillage.people.current import author_of, current_member, may
from flask_maillage.people.roles import PUBLISH
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.editing import handles
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, own_name_of
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


@pages.route("/@<page_handle>/experts", methods=["GET", "POST"])
def experts(page_handle: str) -> Response:
    """List the experts of an organisation for its people; enter one who agreed, take one out."""
    retires = request.form.get("do") == "retire"
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(EntryForm if retires else ExpertForm)
    if request.method != "POST":
        return _roster_page(_of_member(page_handle), ExpertForm(formdata=None))
    if retires:
        return _retire(_of_member(page_handle))
    form: Any = ExpertForm()
    directory = handles.look_up(form, page_handle)
    owner = _of_member(page_handle)
    directory.settle(form)
    if not form.validate():
        return _roster_page(owner, form, 422)
    expert = roster.enter(owner, form.said(), consent=form.consent.data)
    telling.entered(expert, owner)
    name = expert.name
    session().commit()
    flash(_("%(name)s stands in the roster.", name=name))
    return redirect(request.path, code=303)


@pages.route("/@<page_handle>/experts/offer", methods=["GET", "POST"])
def offer_expertise(page_handle: str) -> Response:
    """Let a member offer themselves as an expert to an organisation, change what it says, or leave its roster."""
    with reading():
        signed_in = current_member() is not None
    if not signed_in:
        return signed_out.answer(OfferForm)
    owner, own = _organisation(page_handle), author_of(current_member()) or abort(403)
    known = roster.own_entry(owner, [own])
    if request.form.get("do") == "retire":
        return _leave(known)
    if request.method != "POST":
        return _offer_page(owner, known, OfferForm(formdata=None, data=_data(known)))
    form = OfferForm()
    if not form.validate():
        return _offer_page(owner, known, form, 422)
    said = form.said() | {"name": own.name or own.handle, "actor_iri": own.iri, "email": None}
    roster.enter(owner, said, consent=roster.OWN, known=known)
    session().commit()
    flash(_("It is noted: the people of %(owner)s see it, and may invite you.", owner=owner.name))
    return redirect(request.path, code=303)


@pages.route("/experts/<token>", methods=["GET", "POST"])
def own_expertise(token: str) -> Response:
    """Show an expert what a roster says of them, by the link of a mail, and let them leave it by a button."""
    expert = links.expert_with(token)
    if request.method == "POST" and expert is not None:
        roster.retire(expert)
        session().commit()
        return _by_mail(None, has_left=True)
    return _by_mail(expert, status=200 if expert is not None else 404)


def _retire(owner: Actor) -> Response:
    form = EntryForm()
    expert = roster.find(owner, form.who.data or "") if form.validate_on_submit() else None
    if expert is None:
        abort(400)
    name = expert.name
    roster.retire(expert)
    session().commit()
    flash(_("%(name)s is taken out of the roster.", name=name))
    return redirect(request.path, code=303)


def _leave(known: Expert | None) -> Response:
    if known is None or not EntryForm().validate_on_submit():
        abort(400)
    roster.retire(known)
    session().commit()
    flash(_("You have left the roster."))
    return redirect(request.path, code=303)


def _roster_page(owner: Actor, form: Any, status: int = 200) -> Response:
    html = render_template(
        "maillage/experts.html",
        owner=owner,
        experts=roster.experts_of(owner),
        form=in_readers_language(form),
        entry_form=EntryForm(formdata=None),
        is_own=lambda expert: expert.consent == roster.OWN,
        language_name=own_name_of,
        offer_path=url_for("maillage.offer_expertise", page_handle=owner.page_handle),
    )
    return keep_private(make_response(html, status))


def _offer_page(owner: Actor, known: Expert | None, form: Any, status: int = 200) -> Response:
    html = render_template(
        "maillage/offer_expertise.html",
        owner=owner,
        known=known,
        form=in_readers_language(form),
        entry_form=EntryForm(formdata=None),
    )
    return keep_private(make_response(html, status))


def _by_mail(expert: Expert | None, status: int = 200, *, has_left: bool = False) -> Response:
    owner = session().get(Actor, expert.owner_id) if expert is not None else None
    html = render_template(
        "maillage/own_expertise.html",
        expert=expert,
        owner=owner,
        has_left=has_left,
        language_name=own_name_of,
        language=current_language(),
    )
    response = keep_private(make_response(html, status))
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _organisation(page_handle: str) -> Actor:
    """Return an actor of ours that may have a roster."""
    found = local.find_page(page_handle)
    if found is None or not found.local or found.kind == PERSON or found.gone_at is not None or found.suspended_at:
        abort(404)
    return found


def _of_member(page_handle: str) -> Actor:
    """Return an organisation for which the member publishes; for everybody else no roster is there."""
    found = _organisation(page_handle)
    return found if may(current_member(), PUBLISH, found) else abort(404)


def _data(known: Expert | None) -> dict[str, Any]:
    if known is None:
        return {}
    return {
        "competences": "\n".join(known.competences),
        "languages": ", ".join(own_name_of(tag) for tag in known.languages),
        "availability": known.availability,
    }
