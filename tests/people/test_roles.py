"""Who may do what: the whole table, in one place."""

from types import SimpleNamespace

import pytest

from actors import local
from actors.database import session
from flask_maillage.people import accounts, roles
from flask_maillage.people.models import ROLES

WRITING = ("publish", "edit", "withdraw")


@pytest.fixture
def bea(app):
    return accounts.add("bea@example.org", "Bea", "bea", "twelve apples")


def may_all(member, actor, *, is_local=True):
    """Return what of the four a member may do for an actor and what it published."""
    publication = SimpleNamespace(local=is_local, actor=actor)
    things = {"publish": actor, "edit": publication, "withdraw": publication, "administer": actor}
    return {action for action, thing in things.items() if roles.may(member, action, thing)}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (None, set()),
        ("member", set()),
        ("editor", set(WRITING)),
        ("admin", {*WRITING, "administer"}),
    ],
)
def test_a_role_allows_exactly_this(app, bea, role, allowed):
    union = local.find("union")
    if role:
        roles.grant(bea, union, role)

    assert roles.role_of(bea, union) == role
    assert may_all(bea, union) == allowed
    assert may_all(bea, local.find("couriers")) == set()
    assert roles.may(bea, "administer", None) is False


def test_everybody_writes_in_their_own_name_and_in_no_other_persons(app, bea):
    assert may_all(bea, bea.actor) == set(WRITING)
    assert may_all(bea, local.find("ann")) == set()
    assert may_all(bea, local.application()) == set()


def test_who_administers_the_node_writes_in_nobodys_name(app, bea):
    bea.is_admin = True

    assert may_all(bea, local.find("union")) == {"administer"}
    assert roles.may(bea, "administer", None)


def test_what_came_from_elsewhere_is_changed_by_nobody_here(app, bea):
    union = local.find("union")
    roles.grant(bea, union, "admin")

    assert may_all(bea, union, is_local=False) == {"publish", "administer"}


@pytest.mark.parametrize("column", ["gone_at", "suspended_at"])
def test_nobody_speaks_for_an_actor_that_is_gone_or_suspended(app, bea, clock, column):
    union = local.find("union")
    roles.grant(bea, union, "editor")
    setattr(union, column, clock())
    session().flush()

    assert may_all(bea, union) == set()
    assert roles.actors_to_publish_for(bea) == [bea.actor]


def test_an_action_that_there_is_not_is_a_mistake_and_not_a_no(app, bea):
    with pytest.raises(ValueError, match="fly"):
        roles.may(bea, "fly", None)


def test_a_role_changes_and_ends(app, bea):
    union = local.find("union")
    roles.grant(accounts.find("ann@example.org"), union, "admin")
    for role in ROLES:
        roles.grant(bea, union, role)
        assert roles.role_of(bea, union) == role
    session().commit()

    assert len(bea.roles) == 1
    assert roles.revoke(bea, union)
    session().commit()
    assert roles.role_of(bea, union) is None
    assert not roles.revoke(bea, union)


@pytest.mark.parametrize(("handle", "role"), [("union", "king"), ("ann", "editor"), ("relay", "admin")])
def test_a_role_that_cannot_be_given_is_refused(app, bea, handle, role):
    with pytest.raises(ValueError):
        roles.grant(bea, local.find(handle), role)


def test_the_actors_to_write_for_are_those_of_the_writing_roles_and_oneself(app, bea):
    roles.grant(bea, local.find("union"), "editor")
    roles.grant(bea, local.find("couriers"), "member")

    assert [actor.handle for actor in roles.actors_to_publish_for(bea)] == ["union", "bea"]
