"""Accounts: who may have one, and who is known by their password."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from actors.database import session
from actors.models import PERSON
from flask_maillage.people import accounts, sessions
from flask_maillage.people.models import Member

PASSWORD = "correct horse battery"


def test_a_new_member_gets_a_person_to_speak_as(app):
    member = accounts.add("  Zoë@Example.ORG ", "Zoë", "zoe", "twelve apples")
    session().commit()

    assert accounts.find("zoë@example.org") is member
    assert accounts.by_handle("zoe") is member
    assert (member.actor.kind, member.actor.type, member.actor.name) == (PERSON, "Person", "Zoë")
    assert member.name == "Zoë"
    assert "twelve apples" not in member.password_hash
    assert not member.is_admin


@pytest.mark.parametrize(
    ("email", "name", "handle", "password", "said"),
    [
        ("nobody", "B", "bea", "twelve apples", "name@example.org"),
        ("a b@example.org", "B", "bea", "twelve apples", "name@example.org"),
        ("bea@localhost", "B", "bea", "twelve apples", "name@example.org"),
        ("b\0a@example.org", "B", "bea", "twelve apples", "name@example.org"),
        ("bea@example.org\x7f.org", "B", "bea", "twelve apples", "name@example.org"),
        ("bea@example..org", "B", "bea", "twelve apples", "name@example.org"),
        ("x" * 250 + "@example.org", "B", "bea", "twelve apples", "name@example.org"),
        ("ANN@example.org", "B", "bea", "twelve apples", "already"),
        ("bea@example.org", " \u200b ", "bea", "twelve apples", "name"),
        ("bea@example.org", "B", "Bea!", "twelve apples", "1 to 30"),
        ("bea@example.org", "B", "ann", "twelve apples", "taken"),
        ("bea@example.org", "B", "relay", "twelve apples", "reserved"),
        ("bea@example.org", "B", "bea", "nine char", "at least 10"),
        ("bea@example.org", "B", "bea", "x" * 1001, "at most 1000"),
        ("bea@example.org", "B", "bea", "Bea@Example.org", "guess"),
        ("beatrice_1@example.org", "B", "bea", "beatrice_1", "guess"),
        ("b@example.org", "B", "beatrice_longwood", "Beatrice_Longwood", "guess"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_its_remedy(app, email, name, handle, password, said):
    with pytest.raises(accounts.AccountRefused, match=said):
        accounts.add(email, name, handle, password)
    session().rollback()

    assert session().scalar(select(func.count()).select_from(Member)) == 1


def test_only_the_right_password_opens_an_account(app):
    assert accounts.authenticate("Ann@example.org ", PASSWORD).email == "ann@example.org"
    assert accounts.authenticate("ann@example.org", PASSWORD + " ") is None
    assert accounts.authenticate("ann@example.org", "") is None
    assert accounts.authenticate("nobody@example.org", PASSWORD) is None
    assert accounts.authenticate("x" * 5000, "x" * 100_000) is None


def test_an_unknown_address_costs_a_check_of_a_password_too(app, monkeypatch):
    checked = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, known, given: checked.append(known) or verify(self, known, given)
    )

    accounts.authenticate("nobody@example.org", PASSWORD)
    accounts.authenticate("ann@example.org", "wrong password")

    assert len(checked) == 2
    nobodys, anns = checked
    assert nobodys != anns
    assert nobodys.rpartition("$")[0].rpartition("$")[0] == anns.rpartition("$")[0].rpartition("$")[0]  # parameters


@pytest.mark.parametrize("column", ["gone_at", "suspended_at"])
def test_who_is_gone_or_suspended_does_not_get_in(app, clock, column):
    setattr(accounts.find("ann@example.org").actor, column, clock())
    session().commit()

    assert accounts.authenticate("ann@example.org", PASSWORD) is None


def test_a_hash_of_weaker_parameters_is_made_anew_at_the_next_sign_in(app, clock, monkeypatch):
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher())
    member = accounts.find("ann@example.org")
    member.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    session().commit()

    accounts.note_sign_in(accounts.authenticate("ann@example.org", PASSWORD), PASSWORD)

    assert not PasswordHasher().check_needs_rehash(member.password_hash)
    assert accounts.authenticate("ann@example.org", PASSWORD) is member
    assert member.signed_in_at == clock()


def test_a_new_password_ends_every_session_and_the_old_one(app):
    member = accounts.find("ann@example.org")
    _, secret = sessions.begin(member, "Firefox")

    accounts.set_password(member, "another long one")

    assert sessions.find(secret) is None
    assert accounts.authenticate("ann@example.org", PASSWORD) is None
    assert accounts.authenticate("ann@example.org", "another long one") is member
    with pytest.raises(accounts.AccountRefused):
        accounts.set_password(member, "ann@example.org")


@pytest.mark.parametrize("text", ["a\0@example.org", "ann\0", "", "x" * 5000])
def test_what_is_no_address_and_no_handle_is_nobodys(app, text):
    assert accounts.find(text) is None
    assert accounts.authenticate(text, PASSWORD) is None
    assert accounts.by_handle(text) is None
