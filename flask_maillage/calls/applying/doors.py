"""The two ways to an application: a member's, by signing in, and a guest's, by the link in a mail; one set of pages.

A page of an application is a function of a `Door`; whoever has no right to it is told the same as where there is none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import abort, make_response, render_template, url_for
from werkzeug.wrappers import Response

from actors.database import reading, session
from actors.models import Actor
from flask_maillage.calls.applying import drafts, links, the_call
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.models import Draft
from flask_maillage.people.current import actors_to_publish_for, author_of, current_member, to_sign_in
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


@dataclass(frozen=True)
class Door:
    """An application with how its reader came to it."""

    draft: Draft
    key: dict[str, Any]
    """What stands in the addresses of its pages: `identifier` of a member's, `token` of a guest's."""
    author: Actor | None
    """The member; None for a guest."""

    @property
    def call(self) -> TheCall | None:
        """The call, where it is still known here."""
        return the_call.find(self.draft.call_iri)

    @property
    def is_guest(self) -> bool:
        """Whether a guest stands in it."""
        return self.draft.guest_id is not None

    def path(self, page: str = "") -> str:
        """Return the path of one of its pages; the application itself without a name."""
        endpoint = "guest_application" if "token" in self.key else "application"
        return url_for(f"maillage.{endpoint}{'_' if page else ''}{page}", **self.key)


View = Callable[[Door], Response]


def page_of(name: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Register a page of applications under both addresses; `name` is empty for the application itself."""
    ending, word = (f"/{name}", f"_{name}") if name else ("", "")

    def register(view: View) -> View:
        @wraps(view)
        def by_member(identifier: str) -> Response:
            with reading():
                is_signed_in = current_member() is not None
            if not is_signed_in:
                return to_sign_in()
            return _answer(view, lambda: _of_member(identifier))

        @wraps(view)
        def by_guest(token: str) -> Response:
            return _answer(view, lambda: _of_guest(token))

        options: dict[str, Any] = {"methods": list(methods)}
        pages.add_url_rule(f"/my/applications/<identifier>{ending}", f"application{word}", by_member, **options)
        pages.add_url_rule(f"/applications/<token>{ending}", f"guest_application{word}", by_guest, **options)
        return view

    return register


def guests_page(endpoint: str, path: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Register a page that guests alone have of their application: members have another one for the same."""

    def register(view: View) -> View:
        @wraps(view)
        def by_guest(token: str) -> Response:
            return _answer(view, lambda: _of_guest(token))

        pages.add_url_rule(f"/applications/<token>/{path}", endpoint, by_guest, methods=list(methods))
        return view

    return register


def private(template: str, status: int = 200, **values: Any) -> Response:
    """Answer with a page of one reader; its address may be a secret that no other site is told."""
    return guarded(make_response(render_template(template, **values), status))


def guarded(response: Response) -> Response:
    """Let nobody keep an answer, and tell its address to no other site."""
    keep_private(response)  # type: ignore[arg-type]
    response.headers["Referrer-Policy"] = "same-origin"  # under `no-referrer` a browser says of our forms: from nowhere
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(view: View, find: Callable[[], Door]) -> Response:
    """Show a page; its reader's right to it is looked at first, in a transaction that holds nobody up."""
    with reading():
        door = find()
    try:
        return guarded(view(door))
    except NotPossible as error:
        session().rollback()
        return private("maillage/applying/not_possible.html", 422, door=door, sentence=_(str(error)))


def _of_member(identifier: str) -> Door:
    member = current_member()
    draft = drafts.find(identifier)
    if draft is None or draft.guest_id is not None:
        abort(404)
    if draft.actor_id not in {actor.id for actor in actors_to_publish_for(member)}:
        abort(404)
    return Door(draft, {"identifier": identifier}, author_of(member))


def _of_guest(token: str) -> Door:
    guest = links.guest_with(token, links.OWN)
    draft = drafts.of_guest(guest) if guest is not None else None
    if draft is None:
        abort(404)
    return Door(draft, {"token": token}, None)
