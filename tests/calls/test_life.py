"""No sequence of allowed and refused actions breaks a call: a machine plays them against a small model of the rules."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from actors.database import BIND, session
from actors.rates import Rates
from flask_maillage.app import create_app
from flask_maillage.calls import audit
from flask_maillage.calls.models import Dossier, Place, Slot
from inboxes import worker
from tests.calls import making
from tests.calls.life import SEATS, Scene, Told, snapshot
from tests.conftest import config_of

NUMBERS = st.integers(0, 3)
OPINIONS = st.sampled_from(["admissible", "not_admissible", "abstain", "recused"])
OUTCOMES = st.sampled_from(["selected", "selected", "reserve", "declined", ""])
BEGINNINGS = ["scheduled", "open", "deliberating", "decided", "confirmed"]
FIRST = ["selected", "selected", "reserve", "declined"]
HELD = {"selected", "confirmed", "in_cohort"}
SELECTABLE = {"submitted", "reserve", "declined", "expired", "refused", "selected"}
MAY_BECOME = {
    "selected": SELECTABLE,
    "reserve": SELECTABLE - {"selected"},
    "declined": {"submitted", "selected", "reserve"},
}
"""From where a decision leads where: FC-62, written down here once more."""


@dataclass
class Model:
    """What should be true of one application."""

    state: str = "submitted"
    version: int = 1
    cohort: str = ""
    opinions: dict[str, str] = field(default_factory=dict)
    pending: str = ""

    def told(self) -> Told:
        """Return it as the rows should say it."""
        opinions = frozenset(self.opinions.items())
        return Told(self.state, self.version, self.state in HELD, self.cohort, opinions, self.pending)


class Life(RuleBasedStateMachine):
    """A call with two or three places, two groups, four who apply and two seats."""

    scenes: Any = None
    reached: set[str]
    numbers = iter(range(1, 1_000_000))

    @initialize(places=st.integers(2, 3), begin=st.sampled_from(BEGINNINGS), outcomes=st.permutations(FIRST))
    def publish_the_call(self, places: int, begin: str, outcomes: list[str]) -> None:
        """Begin before the call opens, or later, so that what comes late in a life is played as often."""
        self.scene: Scene = self.scenes(places, next(self.numbers))
        self.places = places
        self.call = "scheduled"
        self.known: dict[int, Model] = {}
        self.decided_once = False
        if begin != "scheduled":
            self.let_time_pass(1)
            for number in range(4):
                self.apply(number, "")
        if begin in ("deliberating", "decided", "confirmed"):
            self.scene.clock.moment = self.scene.ends + timedelta(seconds=1)
            self.deliberate()
        if begin in ("decided", "confirmed"):
            for number, outcome in enumerate(outcomes):
                self.arrange(number, outcome)
            self.publish()
        if begin == "confirmed":
            self.answer_a_selection(outcomes.index("selected"), "Accept", "")

    @property
    def stands(self) -> str:
        """Where the call stands: by the clock, then by what people said."""
        now = self.scene.clock()
        if self.call != "scheduled":
            return self.call
        if now < self.scene.opens:
            return "scheduled"
        return "open" if now <= self.scene.ends else "closed"

    # Time

    @rule(days=st.sampled_from([0.01, 1, 5, 32]))
    def let_time_pass(self, days: float) -> None:
        """Let days pass; what is due happens."""
        self.scene.clock.turn(days=days)

    @rule()
    def come_to_the_last_second(self) -> None:
        """Stand at the deadline, or one second after it."""
        now, ends = self.scene.clock(), self.scene.ends
        if now <= ends:
            self.scene.clock.moment = ends if now < ends else ends + timedelta(seconds=1)

    # Applicants

    @rule(number=NUMBERS, flaw=st.sampled_from(["", "", "", "by another", "one missing", "one more"]))
    def apply(self, number: int, flaw: str) -> None:
        """Somebody sends an Offer."""
        scene, named = self.scene, None
        if flaw == "one missing":
            named = ["http://localhost/actors/union", scene.seats["ires"].iri]
        if flaw == "one more":
            everybody = (seat.iri for seat in scene.seats.values())
            named = ["http://localhost/actors/union", *everybody, scene.stranger.iri]
        letter = scene.offer(number, to=named)
        fits = self.stands == "open" and not flaw and number not in self.known
        scene.send(scene.applicants[(number + 1) % 4] if flaw == "by another" else scene.applicants[number], letter)
        if fits:
            self.known[number] = Model()

    @rule(number=NUMBERS, ahead=st.integers(0, 2), flaw=st.sampled_from(["", "", "by another"]))
    def correct(self, number: int, ahead: int, flaw: str) -> None:
        """Somebody sends an Update, with the version that counts or a later one."""
        scene, model = self.scene, self.known.get(number)
        version = max(2, (model.version if model else 1) + ahead)
        fits = model is not None and model.state == "submitted" and self.stands == "open" and not flaw
        sender = scene.applicants[(number + 1) % 4] if flaw else scene.applicants[number]
        scene.send(sender, scene.offer(number, version))
        if model is not None and fits and version > model.version:
            model.version = version

    @rule(number=NUMBERS, by=st.sampled_from(["", "", "another", "a seat"]))
    def withdraw(self, number: int, by: str) -> None:
        """Somebody takes an application back."""
        scene, model = self.scene, self.known.get(number)
        if model is None:
            return
        sender = {"another": scene.applicants[(number + 1) % 4], "a seat": scene.seats["ires"]}.get(by)
        scene.send(sender or scene.applicants[number], scene.undo(number, by=sender))
        if not sender and model.state != "withdrawn":
            model.state, model.cohort, model.pending = "withdrawn", "", ""

    @precondition(lambda self: any(one.state in HELD | {"expired", "declined"} for one in self.known.values()))
    @rule(number=NUMBERS, verb=st.sampled_from(["Accept", "Accept", "Reject"]), by=st.sampled_from(["", "", "another"]))
    def answer_a_selection(self, number: int, verb: str, by: str) -> None:
        """Somebody confirms a place, or gives it back."""
        scene, model = self.scene, self.known.get(number)
        sender = scene.applicants[(number + 1) % 4] if by else scene.applicants[number]
        letter = scene.answer(number, verb, by=sender)
        if letter is None or model is None:
            return
        scene.send(sender, letter)
        if not by and model.state == "selected":
            model.state = "confirmed" if verb == "Accept" else "refused"

    # Seats

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS, seat=st.sampled_from(SEATS), opinion=OPINIONS, by=st.sampled_from(["", "", "stranger"]))
    def give_an_opinion(self, number: int, seat: str, opinion: str, by: str) -> None:
        """A seat gives an opinion, changes it, or recuses itself."""
        scene, model = self.scene, self.known.get(number)
        before = model.opinions.get(seat) if model else None
        verb = "Update" if before else "Create"
        sender = scene.stranger if by else scene.seats[seat]
        scene.send(sender, scene.review(number, seat, opinion, verb, by=sender))
        in_time = self.stands in ("closed", "deliberating") or (opinion == "recused" and self.stands == "open")
        if model and not by and in_time and model.state == "submitted" and before != "recused":
            model.opinions[seat] = opinion

    # Coordinators

    @rule()
    def deliberate(self) -> None:
        """A person lets the call go on."""
        could = self.stands == "closed"
        assert self.scene.step("deliberating") == could
        if could:
            self.call = "deliberating"

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS, outcome=OUTCOMES)
    def arrange(self, number: int, outcome: str) -> None:
        """A person has a decision in mind."""
        model = self.known.get(number)
        if model is None:
            return
        in_time = self.stands in ("deliberating", "decided")
        could = in_time and (not outcome or model.state in MAY_BECOME[outcome])
        could = could or (in_time and outcome == model.pending)
        assert self.scene.wish(number, outcome) == could
        if could:
            model.pending = outcome

    @precondition(lambda self: self.stands in ("deliberating", "decided"))
    @rule()
    def publish(self) -> None:
        """A person publishes what is arranged."""
        living = [one for one in self.known.values() if one.state != "withdrawn"]
        sent = [one for one in living if one.pending]
        held = sum(one.state in HELD and not one.pending for one in living)
        selected = sum(one.pending == "selected" for one in sent)
        could = bool(sent) and held + selected <= self.places
        could = could and all(one.state in MAY_BECOME[one.pending] for one in sent)
        if not self.decided_once:
            could = could and len(sent) == len(living)
        assert self.scene.publish() == could
        if could:
            self.call, self.decided_once = "decided", True
            for one in sent:
                one.state, one.pending = one.pending, ""

    @precondition(lambda self: any(one.state in ("confirmed", "in_cohort") for one in self.known.values()))
    @rule(first=NUMBERS, second=NUMBERS, keys=st.permutations("12"))
    def place(self, first: int, second: int, keys: list[str]) -> None:
        """A person puts two into groups, or lets them change places."""
        wanted = {number: key for number, key in ((first, keys[0]), (second, keys[1])) if number in self.known}
        coming = {
            number: key for number, key in wanted.items()
            if self.known[number].state in ("confirmed", "in_cohort") and self.known[number].cohort != key
        }  # fmt: skip
        staying = [one.cohort for number, one in self.known.items() if one.cohort and number not in coming]
        groups = [*staying, *coming.values()]
        could = all(groups.count(key) <= held for key, held in self.scene.groups.items())
        assert self.scene.place(wanted) == could
        if could:
            for number, key in coming.items():
                self.known[number].state, self.known[number].cohort = "in_cohort", key

    # Whoever listens

    @precondition(lambda self: self.scene.letters)
    @rule(data=st.data())
    def deliver_again(self, data: Any) -> None:
        """Somebody delivers a letter that came before once more: it changes nothing."""
        sender, document = data.draw(st.sampled_from(self.scene.letters))
        self.scene.work()
        before = snapshot(self.scene.app)
        self.scene.deliver(sender, document)
        assert snapshot(self.scene.app) == before

    # What holds at every moment (FC-63)

    @invariant()
    def rows_say_what_should_be_true(self) -> None:
        """The rows are as the model has them, after what was due."""
        self._expire()
        assert self.scene.told() == {number: one.told() for number, one in self.known.items()}
        self.reached.update(one.state for one in self.known.values())

    @invariant()
    def nobody_is_one_too_many(self) -> None:
        """Places, groups and numbers of the reserve are held by one each, and the log says where all stand."""
        with self.scene.app.app_context():
            call = making.found(self.scene.iri)
            rows = session().scalars(select(Dossier).where(Dossier.call_id == call.id)).all()
            held = [one.place_id for one in rows if one.place_id]
            assert len(held) == len(set(held)) <= self.places
            ranks = [one.rank for one in rows if one.state == "reserve"]
            assert len(ranks) == len(set(ranks))
            assert None not in ranks
            assert session().scalar(select(func.count()).where(Place.call_id == call.id)) == self.places
            assert session().scalar(select(func.count()).where(Slot.call_id == call.id)) == self.places
            assert all(self.scene.opens <= one.registered_at <= self.scene.ends for one in rows)
            assert audit.verify(call) == []
            last = {record["subject"]: record["to"] for record in audit.records(call) if record["subject"]}
            computed = {"admissible", "not_admissible"}
            for one in rows:
                said = last[f"{call.iri}/dossiers/{one.identifier}"]
                assert said == one.state or (one.state == "submitted" and said in computed)

    def _expire(self) -> None:
        now = self.scene.clock()
        overdue = {number: self.scene.confirm_by(number) for number in self.known}
        self.scene.expire()
        for number, until in overdue.items():
            if self.known[number].state == "selected" and until is not None and now > until:
                self.known[number].state = "expired"


def dispose(app):
    with app.app_context():
        app.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def scenes(new_database, tmp_path, clock, fediverse, monkeypatch):
    """Give a new call for each example, on a node of its own: chores look at every call that a node has."""
    monkeypatch.setattr(Rates, "allow", lambda *args, **more: True)
    with ExitStack() as ended:

        def scene(places, number):
            ended.close()
            clock.turn(days=1)
            app = create_app(config_of(new_database(), tmp_path), clock=clock, client=fediverse.client(clock))
            ended.callback(dispose, app)
            return Scene(app, app.test_client(), clock, fediverse, partial(worker.run_until_idle, app), places, number)

        yield scene


def machine(scenes, reached):
    return type("Machine", (Life,), {"scenes": staticmethod(scenes), "reached": reached})


def play(scenes, **chosen):
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    always = {"deadline": None, "suppress_health_check": quiet, "database": None, "phases": [Phase.generate]}
    run_state_machine_as_test(machine(scenes, set()), settings=settings(**always, **chosen))


def test_the_machine_comes_to_every_state(scenes):
    reached = set()
    life = machine(scenes, reached)()
    life.publish_the_call(places=3, begin="confirmed", outcomes=["selected", "selected", "reserve", "declined"])
    steps = [
        lambda: life.place(0, 2, ["1", "2"]),
        lambda: life.answer_a_selection(1, "Reject", ""),
        lambda: life.arrange(2, "selected"),
        lambda: life.publish(),
        lambda: life.let_time_pass(32),
        lambda: life.withdraw(0, ""),
    ]
    for step in [lambda: None, *steps]:
        step()
        life.rows_say_what_should_be_true()
        life.nobody_is_one_too_many()

    assert reached == {"confirmed", "selected", "reserve", "declined", "in_cohort", "refused", "expired", "withdrawn"}


def test_no_sequence_of_actions_breaks_a_call(scenes):
    play(scenes, max_examples=8, stateful_step_count=20, derandomize=True)


@pytest.mark.later
@pytest.mark.timeout(600)
def test_no_sequence_of_actions_breaks_a_call_at_random(scenes):
    play(scenes, max_examples=6, stateful_step_count=40)
