"""The page on which those who administer an actor, or a member for themselves, choose its pictures."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from actors import local
from actors.database import reading, session, writing
from actors.models import Actor
from flask_maillage.files import storing
from flask_maillage.files.media_types import IMAGE as IMAGE_FAMILY
from flask_maillage.files.refusing import FileRefused
from flask_maillage.people.current import author_of, current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications import leaving
from flask_maillage.publications.attached import Picture
from flask_maillage.publications.editing.uploads import bound_request, facts_of, finder
from flask_maillage.publications.enclosures import portraits
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.forms.enclosures import IMAGES, Found, PictureField
from flask_maillage.territory import profiles
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext
from flask_maillage.web.negotiation import keep_private

leaving.on_parting(portraits.forget)


class PicturesForm(CheckedForm):
    """The two pictures of an actor, as the wire calls them."""

    icon = PictureField(
        _("Picture beside the name"),
        description=_("A logo or a portrait, best as a square. JPEG, PNG, WebP, GIF or AVIF."),
        render_kw={"accept": IMAGES},
    )
    image = PictureField(
        _("Picture above the page"),
        description=_("A wide one, best three times as wide as high. JPEG, PNG, WebP, GIF or AVIF."),
        render_kw={"accept": IMAGES},
    )

    def settle(self, actor: Actor, taken: dict[str, Found], problems: dict[str, list[str]]) -> None:
        """Let both fields know which files they hold."""
        find = finder(actor, None)
        for part in portraits.PARTS:
            self[part].settle(taken.get(part), find, problems.get(part, ()))

    def chosen(self) -> dict[str, Picture]:
        """Return the pictures of a valid form."""
        return {part: self[part].data for part in portraits.PARTS if self[part].data is not None}


@pages.route("/@<page_handle>/pictures", methods=["GET", "POST"])
def pictures(page_handle: str) -> Response:
    """Show the pictures of an actor of ours to those who may choose them, and take what they choose."""
    bound_request()
    with reading():
        is_signed_in = current_member() is not None
    if not is_signed_in:
        return to_sign_in()
    with reading():
        _whose(page_handle)
    taken, problems = _take(page_handle) if request.method == "POST" else ({}, {})
    actor = _whose(page_handle)
    form: Any = PicturesForm(data=portraits.said(actor))
    if request.method == "GET":
        return _page(actor, form)
    form.settle(actor, taken, problems)
    if not form.validate():
        return _page(actor, form, 422)
    portraits.write(actor, form.chosen())
    session().commit()
    flash(
        gettext("Saved. Those who follow %(name)s are told.", name=actor.name) if actor.federated else gettext("Saved.")
    )
    return redirect(url_for("maillage.actor", page_handle=actor.page_handle), code=303)


def may_choose(member: Any, actor: Actor) -> bool:
    """Tell whether somebody chooses the pictures of an actor: who administers it, and members their own."""
    if not actor.local or actor.gone_at is not None:
        return False
    own = author_of(member)
    return (own is not None and own.id == actor.id) or (profiles.has_one(actor) and may(member, ADMINISTER, actor))


def _whose(page_handle: str) -> Actor:
    actor = local.find_page(page_handle)
    return actor if actor is not None and may_choose(current_member(), actor) else abort(404)


def _take(page_handle: str) -> tuple[dict[str, Found], dict[str, list[str]]]:
    """Look at the files that came, outside of any transaction, and keep what is an image."""
    prepared, problems = {}, {}
    for part in portraits.PARTS:
        sent = request.files.get(part)
        if sent is None or not sent.filename:
            continue
        try:
            prepared[part] = storing.prepare(IMAGE_FAMILY, sent.stream, sent.filename)
        except FileRefused as refusal:
            problems[part] = [gettext(refusal.message, **refusal.values)]
    taken: dict[str, Found] = {}
    if prepared:
        with writing():
            actor, uploader = _whose(page_handle), author_of(current_member())
            for part, one in prepared.items():
                try:
                    taken[part] = facts_of(storing.store(one, actor, uploader))
                except FileRefused as refusal:
                    problems[part] = [gettext(refusal.message, **refusal.values)]
            session().commit()
    return taken, problems


def _page(actor: Actor, form: Any, status: int = 200) -> Response:
    html = render_template("maillage/pictures.html", actor=actor, form=in_readers_language(form))
    return keep_private(make_response(html, status))
