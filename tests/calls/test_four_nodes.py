"""The seed's call from its publication to its groups, over four nodes in processes of their own.

One seat's node is down while applications are sent and comes back days later; a worker is killed while the decisions
are on their way; of thirteen who apply one is late, one sends a file that is another one than it said, one withdraws.
"""

import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actors.database import session
from flask_maillage.calls import audit, cohorts
from flask_maillage.calls.applying import outcomes, sending
from flask_maillage.calls.deciding import publishing
from flask_maillage.calls.following.saying import FollowUp
from flask_maillage.calls.models import CallLetter, Dossier, Place
from flask_maillage.publications import calling
from tests.calls.four import ASTREES, IRES, FourNodes, running
from tests.files.nasty import pdf
from tests.nodes import until
from tests.proxy import Proxy

pytestmark = pytest.mark.later

CHOSEN, INCOMPLETE, WITHDRAWN, LATE = range(1, 11), 11, 12, 13
FIRST, SECOND = range(1, 6), range(6, 11)
KILLED_AT = 4


class Killer:
    """Kills a worker while it brings the decisions to the applicants, once."""

    def __init__(self):
        self.pid, self.decisions = 0, 0

    def __call__(self, request):
        """Let a letter arrive; at the fourth decision its sender dies before it hears so."""
        if not self.pid or b'"decision":' not in request:
            return False
        self.decisions += 1
        if self.decisions != KILLED_AT:
            return False
        os.kill(self.pid, signal.SIGKILL)
        return True


def test_the_seeds_call_lives_to_its_end(tmp_path):
    killer = Killer()
    with Proxy(killer) as wire, running(tmp_path, wire.port) as nodes:
        wire.target = nodes.d.port
        workers = {name: node.work() for name, node in nodes.by_name.items()}
        nodes.publish()
        applications_are_sent_while_a_seat_is_down(nodes)
        workers["c"] = the_seat_comes_back(nodes)
        the_deadline_passes(nodes, workers)
        the_committee_gives_its_opinions(nodes)
        the_decisions_are_published_and_a_worker_is_killed(nodes, workers, killer)
        the_chosen_confirm_and_are_placed(nodes)
        the_initiatives_are_followed_to_a_result(nodes)
        nothing_was_lost_or_doubled(nodes)


def applications_are_sent_while_a_seat_is_down(nodes: FourNodes):
    nodes.go_down(nodes.c)
    for number in (*CHOSEN, WITHDRAWN):
        nodes.apply(number)
    nodes.apply(INCOMPLETE, note=pdf())
    everybody = {*CHOSEN, INCOMPLETE, WITHDRAWN}
    until("the applications to be registered", lambda: nodes.dossiers() == dict.fromkeys(everybody, "submitted"))
    until("the applicants to hear so", lambda: nodes.drafts() == dict.fromkeys(everybody, "registered"))
    until("the receipts of who is there", lambda: all(nodes.receipts(one) == {"", "ires", "etuc"} for one in everybody))
    assert nodes.copies(nodes.b, IRES) == len(everybody)
    until("the owner to see that a file is another one", lambda: nodes.incomplete() == {INCOMPLETE})


def the_seat_comes_back(nodes: FourNodes):
    worker = nodes.come_back(nodes.c)
    nodes.clock.turn_to(nodes.clock() + timedelta(days=3))
    everybody = {*CHOSEN, INCOMPLETE, WITHDRAWN}
    until("what waited to arrive", lambda: nodes.copies(nodes.c, ASTREES) == len(everybody))
    until("its receipts", lambda: all("astrees" in nodes.receipts(one) for one in everybody))
    nodes.of_applicant(WITHDRAWN, sending.withdraw)
    until("the withdrawal", lambda: nodes.dossiers()[WITHDRAWN] == "withdrawn")
    return worker


def the_deadline_passes(nodes: FourNodes, workers):
    nodes.clock.turn_to(nodes.deadline - timedelta(hours=1))
    nodes.stop(workers["d"])
    nodes.apply(LATE)
    nodes.clock.turn_to(nodes.deadline + timedelta(seconds=5))
    workers["d"] = nodes.d.work()
    until("the late one to be refused", lambda: nodes.drafts()[LATE] == "refused")
    assert LATE not in nodes.dossiers()
    nodes.of_call(lambda call: calling.step(call, "deliberating"))


def the_committee_gives_its_opinions(nodes: FourNodes):
    def opinion(number):
        return "admissible" if number in CHOSEN else "not_admissible"

    for node in (nodes.b, nodes.c):
        until("the copy to deliberate", lambda node=node: nodes.status(node) == "deliberating")
    assert nodes.read_and_judge("ires", opinion) == len(CHOSEN) + 1
    nodes.judge_here(opinion)
    assert nodes.read_and_judge("astrees", opinion) == len(CHOSEN) + 1
    until("all opinions", lambda: nodes.opinions() == 3 * (len(CHOSEN) + 1))


def the_decisions_are_published_and_a_worker_is_killed(nodes: FourNodes, workers, killer):
    nodes.stop(workers["a"])
    nodes.arrange({**dict.fromkeys(CHOSEN, "selected"), INCOMPLETE: "declined"})
    nodes.of_call(lambda call: publishing.publish(call, nodes.coordinator))
    assert nodes.pending(nodes.a) >= len(CHOSEN) + 1

    workers["a"] = nodes.a.work()
    killer.pid = workers["a"].pid
    assert workers["a"].wait(60) == -signal.SIGKILL
    assert nodes.pending(nodes.a) > 0
    workers["a"] = nodes.a.work()
    until("all to be told", lambda: nodes.told_decisions() == len(CHOSEN) + 1)


def the_chosen_confirm_and_are_placed(nodes: FourNodes):
    for number in CHOSEN:
        nodes.of_applicant(number, lambda draft, call: sending.answer_selection(draft, call, accept=True))
    until("all to be confirmed", lambda: [nodes.dossiers()[one] for one in CHOSEN] == ["confirmed"] * len(CHOSEN))
    first, second = nodes.of_call(lambda call: list(cohorts.capacities(call)))
    groups = {**dict.fromkeys(FIRST, first), **dict.fromkeys(SECOND, second)}
    nodes.place(groups)
    for number, cohort in groups.items():
        until("the leader to hear of it", lambda n=number, c=cohort: nodes.of_applicant(n, outcomes.cohort_of))
    assert {one: nodes.dossiers()[one] for one in CHOSEN} == dict.fromkeys(CHOSEN, "in_cohort")


def the_initiatives_are_followed_to_a_result(nodes: FourNodes):
    for number in CHOSEN:
        nodes.follow_up(number, FollowUp(entry="contact", on=f"{nodes.clock():%Y-%m-%d}"), "We talked for an hour.")
    until("the leaders to read it", lambda: nodes.entries(nodes.d) == len(CHOSEN))
    assert {one: nodes.dossiers()[one] for one in CHOSEN} == dict.fromkeys(CHOSEN, "followed_up")
    nodes.answer_follow_up(1, FollowUp(entry="next_step"), "We look for a lawyer.")
    until("the owner to read it", lambda: nodes.entries(nodes.a) == 1)
    for number in CHOSEN:
        nodes.follow_up(number, FollowUp(entry="result"), "They bargain now.")
    until("the leaders to read the end", lambda: nodes.entries(nodes.d) == 2 * len(CHOSEN))
    assert {one: nodes.dossiers()[one] for one in CHOSEN} == dict.fromkeys(CHOSEN, "closed")


def nothing_was_lost_or_doubled(nodes: FourNodes):
    with nodes.a.app.app_context():
        (call,) = {dossier.call for dossier in session().scalars(select(Dossier))}
        assert audit.verify(call) == []
        assert session().scalar(select(func.count(Place.id)).where(Place.call_id == call.id)) == len(CHOSEN)
    with nodes.d.app.app_context():
        decisions = select(CallLetter.agreement_iri).where(CallLetter.verb == "decision")
        told = list(session().scalars(decisions))
        assert len(told) == len(set(told)) == len(CHOSEN) + 1
