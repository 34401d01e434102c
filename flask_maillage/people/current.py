"""Who is here and what they may do, whether we run alone or as a guest: the only two questions that views ask."""

from typing import Any

from flask import Flask, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from actors.models import PERSON, Actor
from actors.node import Node, node
from actors.rates import Rates
from flask_maillage.people import roles
from flask_maillage.people.models import Member
from flask_maillage.people.session import signed_in_member
from flask_maillage.web.language import gettext as _

ACCOUNT_RATES, ACCOUNT_RATE = "account_rates", "sign in to one account"
"""How often a password may be tried on one account, from wherever: many, lest strangers lock its member out."""


def mount(app: Flask, node: Node) -> None:
    """Let a node know its own members; a host that has members puts its own functions in the place of these.

    Nobody signs in here until `session.init_login` says so: a guest must not touch its host's session.
    """
    node.state.update(current_member=signed_in_member, may=_may, own_sign_in=False)
    node.state[ACCOUNT_RATES] = Rates({ACCOUNT_RATE: "200 per hour"})


def _may(member: Any, action: str, thing: Any) -> bool:
    return isinstance(member, Member) and roles.may(member, action, thing)


def current_member() -> Any:
    """Return who is signed in, an object with `.name` (our `Member`, or whatever a host has), or None."""
    return node().state["current_member"]()


def may(member: Any, action: str, thing: Any) -> bool:
    """Tell whether somebody may do something (see `roles.may`); nobody may do nothing."""
    return member is not None and bool(node().state["may"](member, action, thing))


def gives_roles(member: Any, actor: Actor) -> bool:
    """Tell whether somebody says who works for an actor; never of a host, which has its own way to say so."""
    is_shared = actor.local and actor.kind not in (*roles.SPEAKING_FOR_NOBODY, PERSON) and actor.gone_at is None
    return is_shared and isinstance(member, Member) and may(member, roles.ADMINISTER, actor)


def actors_to_publish_for(member: Any) -> list[Actor]:
    """Return the actors in whose name somebody may publish, a member of ours or of a host."""
    if isinstance(member, Member):
        return roles.actors_to_publish_for(member)
    return [actor for actor in roles.local_actors() if may(member, roles.PUBLISH, actor)]


def actors_of(member: Any) -> list[Actor]:
    """Return the actors for whom somebody reads: a member's own and those they have a role for; of a host's member,
    those in whose name they may publish; nobody has none.
    """
    if isinstance(member, Member):
        return roles.actors_of(member)
    return actors_to_publish_for(member) if member is not None else []


def author_of(member: Any) -> Actor | None:
    """Return the actor of a member of ours; members of a host have none here."""
    return member.actor if isinstance(member, Member) else None


def require_own_sign_in() -> None:
    """Answer 404 where a host signs its members in."""
    if not node().state["own_sign_in"]:
        abort(404)


def sign_in_address(path: str | None = None) -> str | None:
    """Return where one signs in to come back to `path`, or None where only the host knows."""
    if node().state["own_sign_in"]:
        return url_for("maillage.sign_in", next=path)
    address = node().state.get("sign_in_address")
    return str(address(path)) if address else None


def to_sign_in() -> Response:
    """Send somebody who is not signed in to sign in, and then back here; 403 where only the host knows how."""
    path = request.full_path.rstrip("?") if request.query_string else request.path
    address = sign_in_address(request.script_root + path)
    if address is None:
        abort(403)
    flash(_("Sign in first; you will then come back here."))
    return redirect(address, code=303)
