"""Signing in to a node that runs alone: Flask-Login, with cookies of the node's own name."""

import hashlib
from contextlib import suppress
from typing import Any

import flask
from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError

from actors.database import session, writing
from actors.node import EXTENSION, Node
from flask_maillage.people import sessions
from flask_maillage.people.browsers import browser_in_words
from flask_maillage.people.models import Member, MemberSession
from flask_maillage.people.sessions import LIFETIME

UNSEEN = "maillage_session_unseen"


class SignedIn(UserMixin):
    """A member as Flask-Login knows them, by the secret of their session: it ends with its row."""

    def __init__(self, row: MemberSession, secret: str) -> None:
        """Keep the member, and which session of theirs this is."""
        self.member, self.number = row.member, row.id
        self._secret = secret

    def get_id(self) -> str:
        """Return what stands in the cookie."""
        return self._secret


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
    app.after_request(_note_seen)


def _load(secret: str) -> SignedIn | None:
    row = sessions.find(secret)
    if row is None or row.member.actor.gone_at is not None or row.member.actor.suspended_at is not None:
        return None
    if sessions.is_long_unseen(row):
        setattr(flask.g, UNSEEN, row.id)
    return SignedIn(row, secret)


def _note_seen(response: flask.Response) -> flask.Response:
    """Write down that a session is in use, once an hour; where others write just then, the next request does."""
    number = flask.g.pop(UNSEEN, None)
    if number is not None:
        session().rollback()
        with writing(), suppress(OperationalError):
            sessions.touch(number)
            session().commit()
    return response


def signed_in_member() -> Member | None:
    """Return who is signed in to this node, or None; also inside a host that has a Flask-Login of its own."""
    if not isinstance(getattr(flask.current_app, "login_manager", None), LoginManager):
        return None
    user: Any = current_user._get_current_object()
    return user.member if isinstance(user, SignedIn) else None


def current_session() -> int | None:
    """Return the number of the session in hand."""
    user: Any = current_user._get_current_object()
    return user.number if isinstance(user, SignedIn) else None


def sign_in(member: Member) -> None:
    """Begin a session; nothing of the one before is taken along, so that nobody can have prepared it."""
    row, secret = sessions.begin(member, browser_in_words(flask.request.user_agent.string))
    flask.session.clear()
    login_user(SignedIn(row, secret))
    flask.session.permanent = True


def sign_out() -> None:
    """End the session, here and wherever its cookie went."""
    number = current_session()
    if number is not None:
        sessions.end(number)
    logout_user()
    flask.session.clear()
