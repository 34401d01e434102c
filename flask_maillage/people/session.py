"""Signing in to a node that runs alone: Flask-Login, with cookies of the node's own name."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import flask
from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from actors.database import session
from actors.node import EXTENSION, Node
from flask_maillage.people.models import Member

LIFETIME = timedelta(days=14)


class SignedIn(UserMixin):
    """A member as Flask-Login knows them; the key in the id makes a session end with the key."""

    def __init__(self, member: Member) -> None:
        """Keep the member."""
        self.member = member

    def get_id(self) -> str:
        """Return what stands in the session: which member, and under which key."""
        return f"{self.member.id}.{self.member.session_key}"


def init_login(app: Flask) -> None:
    """Let members sign in to a stand-alone node; the extension has been mounted before.

    Two nodes on one host name share its cookies, so the names of ours are made from the base URL.
    """
    node: Node = app.extensions[EXTENSION]
    suffix = hashlib.sha256(node.base_url.encode("utf-8")).hexdigest()[:8]
    secure = node.base_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME=f"maillage_{suffix}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_NAME=f"maillage_{suffix}_remember",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=secure,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        SESSION_REFRESH_EACH_REQUEST=False,  # feeds are for every cache: `keep_private` renews, and nothing else
        WTF_CSRF_TIME_LIMIT=None,  # a form stays good as long as its session: people write for hours
    )
    node.state["own_sign_in"] = True
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)


def _load(identifier: str) -> SignedIn | None:
    number, _, key = identifier.partition(".")
    member = session().get(Member, int(number)) if number.isascii() and number.isdigit() else None
    if member is None or not hmac.compare_digest(key.encode("utf-8"), member.session_key.encode("utf-8")):
        return None
    return SignedIn(member) if member.actor.gone_at is None and member.actor.suspended_at is None else None


def signed_in_member() -> Member | None:
    """Return who is signed in to this node, or None; also inside a host that has a Flask-Login of its own."""
    if not isinstance(getattr(flask.current_app, "login_manager", None), LoginManager):
        return None
    user: Any = current_user._get_current_object()
    return user.member if isinstance(user, SignedIn) else None


def sign_in(member: Member) -> None:
    """Begin a session; nothing of the one before is taken along, so that nobody can have prepared it."""
    flask.session.clear()
    login_user(SignedIn(member))
    flask.session.permanent = True


def sign_out() -> None:
    """End the session."""
    logout_user()
    flask.session.clear()
