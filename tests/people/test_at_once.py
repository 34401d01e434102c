"""Somebody presses twice, or two do the same at one moment: it happens once, and nobody is shown an error."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import BIND, session
from actors.node import now
from flask_maillage.people import account_links, accounts, invitations, recovering, roles
from flask_maillage.people.models import Applicant, Member, Role
from tests import postgresql
from tests.conftest import PASSWORD as ANNS
from tests.people.newcomers import PASSWORD, node_with_mail
from tests.reader import Reader

pytestmark = postgresql.BOTH


@pytest.fixture
def app(database_url, tmp_path, clock, fediverse, letterbox):
    made = node_with_mail(database_url, tmp_path, clock, fediverse, letterbox, MAILLAGE_SIGN_UP="open")
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def meet(monkeypatch):
    """Let the two wait for one another before they go into a function for the first time."""

    def patch(module, name):
        barrier, function, there = threading.Barrier(2), getattr(module, name), threading.local()

        def after_both(*args, **more):
            if not hasattr(there, "met"):
                there.met = barrier.wait(timeout=60)
            return function(*args, **more)

        monkeypatch.setattr(module, name, after_both)

    return patch


def press_at_once(*presses):
    """Send the forms `(reader, path, values)` from two browsers at the same moment, and return the answers."""
    start = threading.Barrier(len(presses))

    def press(one):
        reader, path, values = one
        start.wait(timeout=60)
        return reader.post(path, values)

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def link_of_newcomer(email, handle):
    """Return the link by which somebody confirms that they sign up."""
    applicant = Applicant(
        email=email,
        name="Zoe",
        handle=handle,
        password_hash=accounts.hashed(PASSWORD),
        language="en",
        created_at=now(),
    )
    session().add(applicant)
    session().flush()
    secret = account_links.make(account_links.SIGN_UP, applicant, email)
    session().commit()
    return f"/sign-up/confirm/{secret}"


def ready(app, path, **typed):
    """Return a press of the button of a page that somebody has opened."""
    reader = Reader(app)
    return reader, path, reader.fill(reader.get(path), **typed)


def count(model, *conditions):
    session().rollback()
    return session().scalar(select(func.count()).select_from(model).where(*conditions))


def test_one_link_is_confirmed_twice(app, meet):
    link = link_of_newcomer("zoe@example.org", "zoe")
    presses = [ready(app, link, password=PASSWORD) for _ in range(2)]
    meet(accounts, "is_password")
    answers = press_at_once(*presses)
    assert [one.location for one in answers] == ["/account", "/account"]
    assert all(reader.get("/account").status_code == 200 for reader, *_ in presses)
    assert count(Member, Member.email == "zoe@example.org") == 1


@pytest.mark.parametrize("same", ["address", "handle"])
def test_two_confirm_one_address_or_want_one_handle(app, meet, same):
    emails = ["zoe@example.org", "zoe@example.org" if same == "address" else "other@example.org"]
    handles = ["zoe", "zoe2" if same == "address" else "zoe"]
    links = [link_of_newcomer(*one) for one in zip(emails, handles, strict=True)]
    presses = [ready(app, link, password=PASSWORD) for link in links]
    meet(accounts, "is_password")
    answers = press_at_once(*presses)
    assert sorted(one.status_code for one in answers) == [303, 404 if same == "address" else 422]
    assert count(Member, Member.email.in_(emails)) == 1
    assert count(Applicant) == (0 if same == "address" else 1)


def test_a_new_address_is_confirmed_twice(app, meet):
    ann = accounts.find("ann@example.org")
    secret = account_links.make(account_links.EMAIL, ann, "new@example.org")
    session().commit()
    presses = [ready(app, f"/account/email/{secret}") for _ in range(2)]
    meet(recovering, "change_email")
    assert [one.location for one in press_at_once(*presses)] == ["/account", "/account"]
    assert count(Member, Member.email == "new@example.org") == 1


@pytest.mark.parametrize("way", ["one on the page of roles", "one by link", "two of them"])
def test_an_invitation_is_accepted_twice(app, meet, way):
    ann, union = accounts.find("ann@example.org"), local.find("union")
    roles.grant(ann, union, "admin")
    bea = accounts.add("bea@example.org", "Bea", "bea", ANNS)
    number = invitations.to_member(ann, union, "editor", bea).id
    link = f"/invited/{invitations.by_link(ann, union, 'admin')}"
    bea_id, union_id = bea.id, union.id
    session().commit()
    beas = [Reader(app), Reader(app)]
    for reader in beas:
        reader.sign_in("bea@example.org", ANNS)
    paths = {"one on the page of roles": ["/account/roles"] * 2, "one by link": [link] * 2}
    paths = paths.get(way, [link, "/account/roles"])
    presses = [
        (reader, path, reader.fill(reader.get(path), answer=f"accept-{number}"))
        for reader, path in zip(beas, paths, strict=True)
    ]
    if app.extensions["sqlalchemy"].engines[BIND].dialect.name == "postgresql":  # SQLite has one writer at a time
        names = {"one by link": (invitations, "with_secret"), "two of them": (roles, "hold")}
        meet(*names.get(way, (invitations, "locked")))
    assert [one.status_code for one in press_at_once(*presses)] == [303, 303]
    assert count(Role, Role.member_id == bea_id) == 1
    assert session().get(Role, (bea_id, union_id)).role == ("editor" if "page" in way else "admin")
