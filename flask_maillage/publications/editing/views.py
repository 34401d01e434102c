"""The routes of writing; each finds out who asks for what, and hands over."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from actors import iris, local
from actors.database import reading, session
from actors.identifiers import IDENTIFIER
from actors.models import NODE, Actor
from flask_maillage.people.current import actors_to_publish_for, current_member, may, to_sign_in
from flask_maillage.people.roles import EDIT, PUBLISH, WITHDRAW
from flask_maillage.publications import audience, publishing, topic_list
from flask_maillage.publications.editing.addressing import fill_readers
from flask_maillage.publications.editing.autosaving import autosave
from flask_maillage.publications.editing.committee import with_addresses
from flask_maillage.publications.editing.forms import WithdrawForm
from flask_maillage.publications.editing.handles import Directory, look_up
from flask_maillage.publications.editing.paths import actor_path, edit_path, page_path
from flask_maillage.publications.editing.planning import plan
from flask_maillage.publications.editing.uploads import Taken, bound_request, take
from flask_maillage.publications.editing.writing import AUTOSAVE, FORGET, SCHEDULE, Writing
from flask_maillage.publications.editing.writing import PUBLISH as PUBLISH_IT
from flask_maillage.publications.kinds import KINDS, kind_with_slug
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.life import unsaved
from flask_maillage.publications.life.models import Unsaved
from flask_maillage.publications.models import DRAFT, PUBLISHED, WITHDRAWN, Publication
from flask_maillage.publications.rules import NotPossible
from flask_maillage.publications.views.finding import SLUG
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

PUBLICATION = f"/@<page_handle>/<{SLUG}:slug>/<identifier>"


@pages.get("/write")
def choose_kind() -> Response:
    """Show in whose name one may write, and what."""
    member = current_member()
    if member is None:
        return to_sign_in()
    actors = actors_to_publish_for(member)
    return keep_private(make_response(render_template("maillage/choose_kind.html", actors=actors, kinds=KINDS)))


@pages.route(f"/@<page_handle>/<{SLUG}:slug>/new", methods=["GET", "POST"])
def write_publication(page_handle: str, slug: str) -> Response:
    """Write a new publication in an actor's name."""
    bound_request()
    if (answer := _if_signed_out(page_handle, slug)) is not None:
        return answer
    files = take(page_handle) if request.method == "POST" else Taken()
    directory = _looked_up(page_handle, slug)
    actor, kind, member = *_actor_and_kind(page_handle, slug), current_member()
    if not may(member, PUBLISH, actor):
        abort(403)
    if request.method == "POST":
        return _answer(Writing(actor, kind, _form_of(kind), member, files=files, directory=directory))
    return Writing(actor, kind, _form_of(kind, data={"language": current_language()}), member).first_page()


@pages.route(f"{PUBLICATION}/edit", methods=["GET", "POST"])
def edit_publication(page_handle: str, slug: str, identifier: str) -> Response:
    """Change a draft or a publication."""
    bound_request()
    if (answer := _if_signed_out(page_handle, slug)) is not None:
        return answer
    files = take(page_handle) if request.method == "POST" else Taken()
    directory = _looked_up(page_handle, slug, identifier)
    actor, kind, member = *_actor_and_kind(page_handle, slug), current_member()
    publication = _own_publication(member, EDIT, actor, slug, identifier)
    if request.method == "POST":
        form = _form_of(kind, publication)
        return _answer(Writing(actor, kind, form, member, publication, files=files, directory=directory))
    row = unsaved.of(publication)
    if row is not None and (_goes_on_by_itself(publication, row) or request.args.get("unsaved") == row.mark):
        form = _form_of(kind, publication, formdata=MultiDict(row.typed))
        return Writing(actor, kind, form, member, publication).first_page(going_on_with=row)
    form = _form_of(
        kind,
        publication,
        data=with_addresses(kind.fill_form(publication.content), publication) | fill_readers(publication),
    )
    return Writing(actor, kind, form, member, publication, waiting=row).first_page()


@pages.route(f"{PUBLICATION}/schedule", methods=["GET", "POST"])
def schedule_publication(page_handle: str, slug: str, identifier: str) -> Response:
    """Set when a draft is published."""
    if (answer := _if_signed_out(page_handle, slug, typed=False)) is not None:
        return answer
    actor, member = _actor_and_kind(page_handle, slug)[0], current_member()
    publication = _own_publication(member, EDIT, actor, slug, identifier)
    if publication.state != DRAFT:
        return redirect(edit_path(publication), code=303)
    return plan(publication)


@pages.route(f"{PUBLICATION}/withdraw", methods=["GET", "POST"])
def withdraw_publication(page_handle: str, slug: str, identifier: str) -> Response:
    """Ask whether it is meant, then withdraw a publication or throw a draft away."""
    if (answer := _if_signed_out(page_handle, slug, typed=False)) is not None:
        return answer
    actor, member = _actor_and_kind(page_handle, slug)[0], current_member()
    publication = _own_publication(member, WITHDRAW, actor, slug, identifier)
    form: Any = WithdrawForm()
    is_draft = publication.state == DRAFT
    if form.validate_on_submit():
        try:
            publishing.withdraw(publication)
        except NotPossible:
            abort(410)
        session().commit()
        flash(_("The draft is gone.") if is_draft else _("Withdrawn. Other servers are asked to delete their copies."))
        return redirect(actor_path(actor), code=303)
    back = edit_path(publication) if is_draft else page_path(publication)
    html = render_template("maillage/withdraw.html", form=form, publication=publication, is_draft=is_draft, back=back)
    return keep_private(make_response(html, 400 if request.method == "POST" else 200))


def _looked_up(page_handle: str, slug: str, identifier: str = "") -> Directory:
    """Ask other servers for who is named by handle and not known here, when somebody presses a button.

    Whether those who get a seat can take applications is asked when it is to be published (`seat_servers`).
    """
    wish = request.form.get("do", PUBLISH_IT)
    if request.method != "POST" or wish in (AUTOSAVE, FORGET):
        return Directory()
    with reading():
        form = _form_of(_actor_and_kind(page_handle, slug)[1])
        before = publishing.find_ours(page_handle, slug, identifier)
        is_there = before is not None and before.state == PUBLISHED
        committee = getattr(before.content.details, "committee", ()) if before is not None and is_there else ()
        seated = {seat.actor for seat in committee}
    return look_up(form, page_handle, seated if is_there or wish in (PUBLISH_IT, SCHEDULE) else None)


def _answer(writing: Writing) -> Response:
    """Do what the button says that was pressed; the script presses one that nobody sees."""
    if writing.wish == AUTOSAVE:
        return autosave(writing)
    return writing.forget() if writing.wish == FORGET else writing.answer()


def _goes_on_by_itself(publication: Publication, row: Unsaved) -> bool:
    """Tell whether a draft is opened with what was typed: nobody reads it, and nobody changed it since."""
    return not unsaved.stands(publication) and row.began_from == publication.updated_at


def _form_of(kind: Kind, publication: Publication | None = None, **data: Any) -> Any:
    """Return the form of a kind; it checks its CSRF token whatever a host's configuration says of the host's forms."""
    form: Any = kind.form()(meta={"csrf": True}, **data)
    chosen = getattr(publication.content.details, "topic_labels", ()) if publication else ()
    form.offer_topics([*(topic.named for topic in topic_list.listed()), *chosen])
    return form


def _actor_and_kind(page_handle: str, slug: str) -> tuple[Actor, Kind]:
    """Return an actor of ours and a kind by the parts of an address, or answer 404."""
    actor, kind = local.find_page(page_handle), kind_with_slug(slug)
    if actor is None or kind is None or not actor.local or actor.kind == NODE or actor.gone_at is not None:
        abort(404)
    return actor, kind


def _own_publication(member: Any, action: str, actor: Actor, slug: str, identifier: str) -> Publication:
    """Return a publication that the member may change, locked where they are about to.

    A draft, or what is for some people only, is not there for anybody else (404); what everybody may read is forbidden
    to change (403).
    """
    query = select(Publication).where(Publication.iri == iris.publication(actor.handle, slug, identifier))
    if request.method == "POST":
        query = query.with_for_update(of=Publication).execution_options(populate_existing=True)
    publication = session().scalar(query) if IDENTIFIER.fullmatch(identifier) else None
    if publication is None:
        abort(404)
    if not may(member, action, publication):
        abort(404 if publication.state == DRAFT or not audience.is_open(publication) else 403)
    if publication.state == WITHDRAWN:
        abort(410)
    return publication


def _if_signed_out(page_handle: str, slug: str, *, typed: bool = True) -> Response | None:
    """Answer somebody who is not signed in: who has typed something gets it back, others go and sign in.

    Strangers get their answer without the write lock, which members may be waiting for.
    """
    with reading():
        actor, kind = _actor_and_kind(page_handle, slug)
        if current_member() is not None:
            return None
        if request.method != "POST" or not typed:
            return to_sign_in()
        return Writing(actor, kind, _form_of(kind), None).signed_out()
