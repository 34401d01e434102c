"""A bakery cooperative's application with its own tables, members and pages, and the network mounted on it.

Run `python examples/host_app.py` from the checkout, open http://127.0.0.1:5000/ and sign in as Rosa (password
`sourdough`), who may write in the name of the cooperative, or as Emil (the same), who may not. What is published is
carried to other servers by the worker, in a second terminal: `flask --app examples/host_app.py maillage work`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, redirect, render_template, request, session, url_for
from flask.cli import ScriptInfo
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import check_password_hash, generate_password_hash

from flask_maillage import Maillage

DATA = Path("node/common-oven").resolve()


# --- The cooperative's own application: nothing here knows of Maillage. -----------------------------------------------


class Base(DeclarativeBase):
    """The base of the cooperative's own tables."""


db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()


class Person(db.Model):  # type: ignore[name-defined]
    """Somebody who belongs to the cooperative."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    writes_for_us: Mapped[bool] = mapped_column(default=False)


class Loaf(db.Model):  # type: ignore[name-defined]
    """A loaf that somebody has ordered."""

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


PAGES = {
    "base.html": """<!doctype html><title>The Common Oven</title>
<nav><a href="{{ url_for('orders') }}">Orders</a> <a href="{{ url_for('maillage.home') }}">Network</a></nav>
{% block content %}{% endblock %}""",
    "orders.html": """{% extends "base.html" %}{% block content %}<h1>Orders</h1>
<ul>{% for loaf in loaves %}<li>{{ loaf.kind }}</li>{% endfor %}</ul>
{% if person %}<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
<label>Loaf <input name="kind"></label> <button>Order</button></form>
{% else %}<a href="{{ url_for('log_in') }}">Log in</a>{% endif %}{% endblock %}""",
    "log_in.html": """{% extends "base.html" %}{% block content %}<h1>Log in</h1>
<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
<label>Name <input name="name"></label> <label>Password <input name="password" type="password"></label>
<button>Log in</button></form>{% endblock %}""",
}


def person_here() -> Person | None:
    """Return who is logged in to the cooperative."""
    return db.session.get(Person, session["person"]) if "person" in session else None


def orders() -> Any:
    """Show the orders, and take one."""
    if request.method == "POST" and person_here():
        db.session.add(Loaf(kind=request.form["kind"]))
        db.session.commit()
    loaves = db.session.scalars(db.select(Loaf)).all()
    return render_template("orders.html", loaves=loaves, person=person_here())


def log_in() -> Any:
    """Let somebody log in."""
    if request.method == "POST":
        person = db.session.scalar(db.select(Person).filter_by(name=request.form["name"]))
        if person and check_password_hash(person.password_hash, request.form["password"]):
            session["person"] = person.id
            return redirect(url_for("orders"))
    return render_template("log_in.html")


def cooperative(config: Mapping[str, Any]) -> Flask:
    """Return the application as it was before."""
    app = Flask("common_oven")
    app.secret_key = "only for this example"  # noqa: S105
    app.config.update(SQLALCHEMY_DATABASE_URI=f"sqlite:///{DATA}/oven.sqlite3")
    app.config.update(config)
    app.jinja_loader = DictLoader(PAGES)
    db.init_app(app)
    csrf.init_app(app)
    app.add_url_rule("/", view_func=orders, methods=["GET", "POST"])
    app.add_url_rule("/log-in", view_func=log_in, methods=["GET", "POST"])
    return app


# --- The network, mounted on it: our members, our policy, our place for it. -------------------------------------------


def may(person: Person, action: str, thing: Any) -> bool:
    """Say who may write: those whom we asked to, in the name of the cooperative only."""
    if action not in ("publish", "edit", "withdraw"):
        return False
    actor = thing if action == "publish" else thing.actor
    return person.writes_for_us and actor.local and actor.handle == "common_oven"


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return the cooperative's application with the network under /network."""
    app = cooperative(config or {})
    app.config.setdefault("MAILLAGE_BASE_URL", "http://127.0.0.1:5000/network")
    app.config.setdefault("MAILLAGE_ALLOWED_NETWORKS", "127.0.0.0/8")
    app.config.setdefault("MAILLAGE_NAME", "The Common Oven")
    app.config.setdefault("MAILLAGE_DATA", str(DATA / "network"))
    Maillage(app, current_member=person_here, may=may, sign_in_address=lambda path: url_for("log_in"))
    return app


def prepare(app: Flask) -> None:
    """Make the tables and the first rows: the cooperative's own, then the network's by its commands."""
    with app.app_context():
        db.create_all()
        password = generate_password_hash("sourdough")
        db.session.add(Person(name="Rosa", password_hash=password, writes_for_us=True))
        db.session.add(Person(name="Emil", password_hash=password))
        db.session.commit()
    for command in (["db", "upgrade"], ["actor", "add", "common_oven", "The Common Oven"]):
        app.cli.main(["maillage", *command], obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)


if __name__ == "__main__":
    is_new = not DATA.exists()
    DATA.mkdir(parents=True, exist_ok=True)
    application = create_app()
    if is_new:
        prepare(application)
    application.run(port=5000)
