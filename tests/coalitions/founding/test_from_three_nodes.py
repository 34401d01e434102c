"""A project founded by three persons of three nodes in three processes, whose letters come late, twice and backwards.

After every step the nodes hold the same of what the project and each founder say.
"""

import pytest

from actors.models import ACTIVE, PROPOSED
from flask_maillage.coalitions.founding import consenting, inviting, projects, proposing
from flask_maillage.people import accounts
from tests.coalitions.three import Node, ThreeNodes, backwards_and_twice, running
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.later, pytest.mark.timeout(900)]


class Pantry:
    """The project, at home on the first node, with who is asked to found it."""

    def __init__(self, nodes: ThreeNodes):
        self.nodes = nodes
        self.home = {"ann": nodes.a, "ben": nodes.b, "carl": nodes.c, "dora": nodes.c}
        self.persons = {name: signed_up(node, name) for name, node in self.home.items()}
        self.iri = nodes.a.deal(self._propose)

    def _propose(self):
        ann = accounts.by_handle("ann")
        return proposing.propose(ann, ann.actor, handle="pantry", name="A pantry", consents=True).iri

    def ask(self, name):
        """Let the project ask somebody."""
        here = self.nodes.a
        here.deal(lambda: inviting.invite(here.actor(self.iri), here.actor(self.persons[name])))

    def founder(self, node: Node, name):
        """Return what a node holds of somebody as founder."""
        found = projects.between(node.actor(self.iri), node.actor(self.persons[name]))
        assert found is not None
        return found

    def answer(self, name, what):
        """Let somebody answer on their own node."""
        home = self.home[name]
        home.deal(lambda: what(self.founder(home, name)))

    def phases(self):
        """Return how far each node says that the project is, as everybody reads it."""
        here = self.nodes.a
        shown = here.running.get("/actors/pantry").json()
        others = [node.deal(lambda node=node: node.actor(self.iri).phase) for node in (self.nodes.b, self.nodes.c)]
        return [shown["phase"], *others]

    def is_short(self):
        """Tell whether the project is flagged as one that fewer than three found."""
        return self.nodes.a.deal(lambda: projects.find(self.nodes.a.actor(self.iri)).short_since is not None)

    def founders(self):
        """Return who founds the project by what both sides say, after what their nodes hold was compared."""
        confirmed = set()
        for name, home in self.home.items():
            here, there = (node.side(self.iri, self.persons[name]) for node in (self.nodes.a, home))
            assert here == there, name
            if here.state == "member":
                assert here.group.role == here.member.role == "founder"
                confirmed.add(name)
        consenting_here = self.nodes.a.deal(lambda: projects.consenting(self.nodes.a.actor(self.iri)))
        assert consenting_here == len(confirmed)
        return confirmed


def signed_up(node: Node, name):
    """Let somebody have an account on a node, and return the id of their actor."""

    def sign_up():
        member = accounts.add(f"{name}@example.org", name.capitalize(), name, PASSWORD)
        member.actor.federated = True
        return member.actor.iri

    return node.deal(sign_up)


def test_a_project_is_founded_from_three_nodes(tmp_path):
    with running(tmp_path) as nodes:
        pantry = Pantry(nodes)
        three_consent(pantry)
        one_who_is_asked_no_more_is_no_founder(pantry)
        one_leaves_and_another_comes(pantry)


def three_consent(pantry: Pantry):
    nodes = pantry.nodes
    nodes.hold(nodes.b)
    nodes.hold(nodes.c)
    pantry.ask("ben")
    pantry.ask("carl")
    nodes.bring(nodes.b, backwards_and_twice)
    nodes.bring(nodes.c, backwards_and_twice)
    assert pantry.founders() == {"ann"}

    nodes.hold(nodes.a)
    pantry.answer("ben", consenting.consent)
    nodes.bring(nodes.a, backwards_and_twice)
    assert pantry.founders() == {"ann", "ben"}
    assert pantry.phases()[0] == PROPOSED, "two persons found nothing, however often one says yes"

    pantry.answer("carl", consenting.consent)
    nodes.settle()
    assert pantry.founders() == {"ann", "ben", "carl"}
    assert pantry.phases() == [ACTIVE, ACTIVE, ACTIVE]


def one_who_is_asked_no_more_is_no_founder(pantry: Pantry):
    nodes = pantry.nodes
    pantry.ask("dora")
    nodes.settle()
    nodes.hold(nodes.a)
    nodes.hold(nodes.c)
    pantry.answer("dora", consenting.consent)
    nodes.a.deal(lambda: inviting.take_back(pantry.founder(nodes.a, "dora")))
    nodes.bring(nodes.a, backwards_and_twice)
    nodes.bring(nodes.c, backwards_and_twice)
    assert nodes.a.side(pantry.iri, pantry.persons["dora"]).state != "member"
    assert nodes.a.side(pantry.iri, pantry.persons["dora"]).group is None


def one_leaves_and_another_comes(pantry: Pantry):
    nodes = pantry.nodes
    nodes.hold(nodes.a)
    pantry.answer("carl", consenting.withdraw)
    nodes.settle()
    assert not pantry.is_short(), "nobody heard of it yet"
    nodes.bring(nodes.a, backwards_and_twice)
    assert pantry.is_short()
    pantry.ask("carl")
    nodes.settle()
    pantry.answer("carl", consenting.consent)
    nodes.settle()
    assert not pantry.is_short()
    here, there = (node.side(pantry.iri, pantry.persons["carl"]) for node in (nodes.a, nodes.c))
    assert here == there
