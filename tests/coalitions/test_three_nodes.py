"""A coalition of a union, a town, a consumers' association and a cooperative on three nodes in three processes.

Letters come late, twice and in another order; one member leaves, one is suspended, one's node disappears. After every
step the nodes hold the same of what each side says.
"""

import pytest

from actors.database import session
from actors.models import Host
from flask_maillage.coalitions import history, listing, managing, memberships
from flask_maillage.coalitions.claims import Said
from tests.coalitions.three import Side, ThreeNodes, backwards_and_twice, found, running, twice_over
from tests.nodes import until

pytestmark = [pytest.mark.later, pytest.mark.timeout(900)]


class Coalition:
    """The coalition with its members: where each of them lives."""

    def __init__(self, nodes: ThreeNodes):
        self.nodes = nodes
        self.iri = found(nodes.a, "care", "coalition")
        self.home = {
            "union": nodes.a,
            "town": nodes.b,
            "consumers": nodes.b,
            "cooperative": nodes.c,
        }
        self.members = {name: found(node, name, "organisation") for name, node in self.home.items()}

    def of_group(self, name, what):
        """Let the coalition's people do something with a membership."""
        return self.nodes.a.deal(lambda: what(self.nodes.a.row(self.iri, self.members[name])))

    def of_member(self, name, what):
        """Let a member's people do something with its membership."""
        home = self.home[name]
        return home.deal(lambda: what(home.row(self.iri, self.members[name])))

    def invite(self, name):
        """Let the coalition invite somebody."""
        here = self.nodes.a
        here.deal(lambda: memberships.invite(here.actor(self.iri), here.actor(self.members[name])))

    def accept(self, name):
        """Let a member's people say yes."""
        self.of_member(name, lambda row: memberships.answer_invite(row, accept=True))

    def leave(self, name):
        """Let a member's people leave."""
        home = self.home[name]
        home.deal(lambda: memberships.leave(home.actor(self.members[name]), home.actor(self.iri)))

    def agreed(self, name) -> Side:
        """Return what both nodes hold of a membership; the same, and so do the lists that everybody reads."""
        here, there = (
            self.nodes.a.side(self.iri, self.members[name]),
            self.home[name].side(self.iri, self.members[name]),
        )
        assert here == there, name
        confirmed = here.state == "member" and here.group is not None and here.member is not None
        path = "/actors/{}/{}".format
        assert (self.members[name] in self.nodes.a.listed(path("care", "members"))) == confirmed
        assert (self.iri in self.home[name].listed(path(name, "coalitions"))) == confirmed
        return here

    def confirmed(self) -> set[str]:
        """Return who belongs to the coalition as both sides say it, after they were compared for each."""
        sides = {name: self.agreed(name) for name in self.members if self.home[name] not in self.nodes.away}
        return {name for name, side in sides.items() if side.state == "member" and side.group and side.member}


def test_a_coalition_of_four_on_three_nodes(tmp_path):
    with running(tmp_path) as nodes:
        care = Coalition(nodes)
        they_are_invited_and_ask(care)
        terms_change_and_overtake_each_other(care)
        one_is_suspended(care)
        one_leaves_comes_back_and_leaves(care)
        one_disappears(care)


def they_are_invited_and_ask(care: Coalition):
    nodes = care.nodes
    nodes.hold(nodes.b)
    for name in ("union", "town", "consumers"):
        care.invite(name)
    care.accept("union")
    nodes.c.deal(lambda: memberships.join(nodes.c.actor(care.members["cooperative"]), nodes.c.actor(care.iri)))
    nodes.bring(nodes.b, backwards_and_twice)
    assert care.confirmed() == {"union"}
    assert care.agreed("town").state == "invited"
    assert care.agreed("cooperative").state == "requested"

    nodes.hold(nodes.a)
    care.accept("town")
    care.accept("consumers")
    nodes.bring(nodes.a, backwards_and_twice)
    care.of_group("cooperative", lambda row: memberships.answer(row, "accept"))
    nodes.settle()
    assert care.confirmed() == set(care.members)


def terms_change_and_overtake_each_other(care: Coalition):
    nodes = care.nodes
    nodes.hold(nodes.b)
    care.of_group("town", lambda row: managing.set_terms(row, role="speaker"))
    care.of_group("town", lambda row: managing.set_terms(row, role="treasurer", territory="FR-59"))
    nodes.bring(nodes.b, backwards_and_twice)
    last = Said("treasurer", "FR-59")
    until("both to hold the last word", lambda: nodes.b.side(care.iri, care.members["town"]).group == last)
    assert care.agreed("town").group == last
    care.of_member("town", managing.confirm)
    nodes.settle()
    assert care.agreed("town").member == Said("treasurer", "FR-59")


def one_is_suspended(care: Coalition):
    nodes = care.nodes
    nodes.hold(nodes.b)
    for suspended in (True, False, True):
        care.of_group("town", lambda row, suspended=suspended: managing.suspend(row, suspended=suspended))
    nodes.bring(nodes.b, backwards_and_twice)
    until("both to hold that too", lambda: nodes.b.side(care.iri, care.members["town"]).group.suspended)
    assert care.agreed("town").group.suspended
    assert care.confirmed() == set(care.members), "it is a member still, suspended"


def one_leaves_comes_back_and_leaves(care: Coalition):
    nodes = care.nodes
    nodes.hold(nodes.a)
    care.leave("consumers")
    nodes.settle()
    care.of_group("consumers", lambda row: managing.set_terms(row, role="observer"))
    nodes.settle()
    left = list(nodes.a.wire.held)
    nodes.bring(nodes.a, twice_over)
    assert care.agreed("consumers").state == "ended"

    care.invite("consumers")
    nodes.settle()
    care.accept("consumers")
    nodes.settle()
    assert "consumers" in care.confirmed()
    nodes.hold(nodes.a)
    nodes.a.wire.held = left
    nodes.bring(nodes.a, twice_over)
    assert "consumers" in care.confirmed(), "a Leave from before ended what began after it"

    care.leave("consumers")
    nodes.settle()
    assert care.confirmed() == {"union", "town", "cooperative"}


def one_disappears(care: Coalition):
    nodes, gone = care.nodes, care.members["cooperative"]
    nodes.go_down(nodes.c)
    host = nodes.c.running.base_url.partition("//")[2]
    care.of_group("cooperative", lambda row: managing.set_terms(row, role="observer"))
    for day in range(1, 8):
        until(f"a failure on day {day}", lambda day=day: failing_days(nodes, host) >= day)
        nodes.days_pass(1)
    until("the node to be given up", lambda: nodes.a.deal(lambda: session().get(Host, host).unavailable_at))
    nodes.days_pass(3)
    until("the coalition to see it", lambda: "unreachable" in happened(care, "cooperative"))
    assert care.confirmed() == {"union", "town"}, "it is compared with those who are there"
    shown = nodes.a.deal(
        lambda: {one.actor.handle: one.standing for one in listing.shown(nodes.a.actor(care.iri), "group", "en")}
    )
    assert shown == {"union": "confirmed", "town": "suspended", "cooperative": "silent"}

    care.of_group("cooperative", lambda row: memberships.answer(row, "remove"))
    nodes.come_back(nodes.c)
    nodes.days_pass(4)
    until("its own node to see that", lambda: nodes.c.side(care.iri, gone).group is None)
    nodes.settle()
    assert nodes.a.side(care.iri, gone).group is None
    assert care.members["cooperative"] not in nodes.a.listed("/actors/care/members")


def failing_days(nodes: ThreeNodes, host):
    def read():
        found = session().get(Host, host)
        return 0 if found is None else found.failing_days

    return nodes.a.deal(read)


def happened(care: Coalition, name):
    here = care.nodes.a
    return here.deal(
        lambda: [one.what for one in history.between(here.actor(care.iri), here.actor(care.members[name]))]
    )
