"""Four nodes of the seed's call, in processes of their own: the owner, two seats' nodes, and the applicants'."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from actors import local, remote
from actors.database import session
from actors.models import ORGANISATION, PERSON, Actor, Delivery
from actors.node import now
from flask_maillage import sample
from flask_maillage.calls import cohorts, giving, letters, private_files
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.applying import drafts, files, sending, the_call
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.deciding import arranging
from flask_maillage.calls.deciding.arranging import Wish
from flask_maillage.calls.desk import elsewhere
from flask_maillage.calls.following import people, writing
from flask_maillage.calls.following.saying import FollowUp
from flask_maillage.calls.giving import Opinion
from flask_maillage.calls.models import CallLetter, CommitteeCopy, Dossier, Draft, Receipt, Review
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications import keeping
from flask_maillage.publications import publishing as publications
from flask_maillage.publications.models import Publication
from tests.nodes import RunningNode, TurnedClock, until

OWNER, IRES, ETUC, ASTREES = "platform_workers", "ires_seat", "etuc_seat", "astrees_seat"
APPLICANTS = 13


@dataclass
class FourNodes:
    """The nodes with their clock, and the call once it is published."""

    clock: TurnedClock
    a: RunningNode
    b: RunningNode
    c: RunningNode
    d: RunningNode
    iri: str = ""

    def seats(self) -> dict[str, tuple[RunningNode, str]]:
        """Return the seats that have an actor, with the node of each."""
        return {"ires": (self.b, IRES), "etuc": (self.a, ETUC), "astrees": (self.c, ASTREES)}

    def publish(self) -> None:
        """Publish the seed's call, with its four seats of three organisations; everybody gets their copy."""
        owner = self.a.add_actor(OWNER, ORGANISATION)
        for node, handle in self.seats().values():
            node.add_actor(handle, PERSON)
        for number in range(1, APPLICANTS + 1):
            self.d.add_actor(applicant(number), ORGANISATION)
        for node, handle in ((self.b, IRES), (self.c, ASTREES), (self.d, applicant(1))):
            node.follow(handle, owner)
        with self.a.app.app_context():
            for node, handle in self.seats().values():
                if node is not self.a:
                    remote.remember(remote.look_up(f"{node.base_url}/actors/{handle}"))
            content = sample.call(now())
            first, etuc, second, last = content.details.committee
            addressed = (
                first.model_copy(update={"key": "ires", "actor": f"{self.b.base_url}/actors/{IRES}"}),
                etuc.model_copy(update={"key": "etuc", "actor": f"{self.a.base_url}/actors/{ETUC}"}),
                second.model_copy(update={"key": "etuc-2"}),
                last.model_copy(update={"key": "astrees", "actor": f"{self.c.base_url}/actors/{ASTREES}"}),
            )
            details = content.details.model_copy(update={"committee": addressed, "quorum": 2})
            call = publications.draft(_actor(OWNER), content.model_copy(update={"details": details}))
            publications.publish(call)
            session().commit()
            self.iri, self.deadline = call.iri, call.ends_at
        for node in (self.b, self.c, self.d):
            until("the copy of the call", lambda node=node: self.holds_the_call(node))
        with self.d.app.app_context():  # somebody looks at the call while all are there
            assert the_call.read_afresh(self.iri) == []
            session().commit()

    def holds_the_call(self, node: RunningNode) -> bool:
        """Tell whether a node has a copy of the call."""
        with node.app.app_context():
            return keeping.find(self.iri) is not None

    def go_down(self, node: RunningNode) -> None:
        """Let a node be gone, its web server and its worker."""
        for process in node.processes:
            process.send_signal(signal.SIGTERM)
        for process in node.processes:
            process.wait(20)
        node.processes.clear()

    def come_back(self, node: RunningNode) -> subprocess.Popen[bytes]:
        """Let a node that was gone run again, and return its worker."""
        node.__enter__()
        return node.work()

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a process as an administrator does."""
        process.send_signal(signal.SIGTERM)
        process.wait(20)

    def apply(self, number: int, *, note: bytes = b"") -> None:
        """Let an applicant write an application, with a file where one is given, and send it to everybody at once."""
        with self.d.app.app_context():
            assert the_call.read_afresh(self.iri) == []
            session().commit()
            call = the_call.find(self.iri)
            draft = drafts.begin(call.row, _actor(applicant(number)), None, language="en")
            answers = [{"key": "note", "attachment": self._attach(draft, note)}] if note else []
            drafts.save(draft, written(number, answers))
            sending.send(draft, call)
            session().commit()

    def of_applicant(self, number: int, what: Callable[[Draft, TheCall], Any]) -> Any:
        """Let an applicant do something with their application, and return what comes of it."""
        with self.d.app.app_context():
            call = the_call.find(self.iri)
            (draft,) = drafts.of_actor(call.row, _actor(applicant(number)))
            result = what(draft, call)
            session().commit()
            return result

    def of_call(self, what: Callable[[Publication], Any]) -> Any:
        """Let a person at the owner's node do something with the call."""
        with self.a.app.app_context():
            result = what(keeping.find(self.iri))
            session().commit()
            return result

    def dossiers(self) -> dict[int, Any]:
        """Return the state of each application as its owner's node has it, by the number of its applicant."""
        with self.a.app.app_context():
            found = session().execute(select(Dossier.applicant_iri, Dossier.state)).all()
            return {_number(iri): state for iri, state in found}

    def drafts(self) -> dict[int, str]:
        """Return the state of each application as its applicant's node has it."""
        with self.d.app.app_context():
            found = session().execute(select(Actor.handle, Draft.state).join(Actor, Actor.id == Draft.actor_id)).all()
            return {_number(handle): state for handle, state in found}

    def receipts(self, number: int) -> set[str]:
        """Return the seats whose receipts an applicant's node holds, the owner's among them as an empty word."""
        with self.d.app.app_context():
            query = select(Receipt.seat_key).where(Receipt.matches)
            (draft,) = drafts.of_actor(keeping.find(self.iri), _actor(applicant(number)))
            agreement = drafts.agreement_of(draft)
            return set(session().scalars(query.where(Receipt.letter.has(agreement_iri=agreement))))

    def copies(self, node: RunningNode, handle: str) -> int:
        """Return how many letters of applications a seat holds on its own node."""
        with node.app.app_context():
            query = select(func.count(CommitteeCopy.id)).join(Actor, Actor.id == CommitteeCopy.seat_actor_id)
            return session().scalar(query.where(Actor.handle == handle, CommitteeCopy.hidden_at.is_(None)))

    def pending(self, node: RunningNode) -> int:
        """Return how many deliveries a node still has to make."""
        with node.app.app_context():
            return session().scalar(select(func.count(Delivery.id)).where(Delivery.state == "pending"))

    def incomplete(self) -> set[int]:
        """Return whose application lacks something, as their own node was told."""
        with self.d.app.app_context():
            query = select(CallLetter).where(CallLetter.verb == str(Shape.RECEIPT), CallLetter.sent.is_(False))
            found = [(one, letters.document_of(one)) for one in session().scalars(query)]
            return {_number(one.agreement_iri) for one, said in found if said["object"].get("incomplete")}

    def opinions(self) -> int:
        """Return how many opinions the owner's node holds."""
        with self.a.app.app_context():
            return session().scalar(select(func.count(Review.id)))

    def told_decisions(self) -> int:
        """Return how many decisions the applicants' node holds."""
        with self.d.app.app_context():
            query = select(func.count(CallLetter.id)).where(CallLetter.verb == str(Shape.DECISION))
            return session().scalar(query)

    def status(self, node: RunningNode) -> str:
        """Return what a node's copy says of the call."""
        with node.app.app_context():
            return keeping.find(self.iri).content.status

    def place(self, groups: dict[int, str]) -> None:
        """Let a coordinator put applications into groups."""

        def placed(call: Publication) -> None:
            rows = session().execute(select(Dossier.applicant_iri, Dossier.identifier)).all()
            names = {_number(iri): identifier for iri, identifier in rows}
            cohorts.arrange(call, {names[number]: key for number, key in groups.items()}, self.coordinator)

        self.of_call(placed)

    def follow_up(self, number: int, what: FollowUp, content: str) -> None:
        """Let a coordinator write an entry about an initiative."""

        def written(call: Publication) -> None:
            query = select(Dossier).where(Dossier.applicant_iri.endswith(f"/{applicant(number)}"))
            followed = people.of_dossier(session().scalars(query).one())
            writing.write(call.actor, followed, what, content)

        self.of_call(written)

    def answer_follow_up(self, number: int, what: FollowUp, content: str) -> None:
        """Let a leader write an entry about their own initiative."""

        def written(draft: Draft, call: TheCall) -> None:
            agreement = drafts.agreement_of(draft)
            followed = people.of_leader(call.row.iri, agreement, draft.actor.iri, draft.dossier_iri)
            writing.write(draft.actor, followed, what, content)

        self.of_applicant(number, written)

    def entries(self, node: RunningNode) -> int:
        """Return how many letters of follow-ups came to a node."""
        with node.app.app_context():
            query = select(func.count(CallLetter.id)).where(CallLetter.verb == str(Shape.ENTRY))
            return session().scalar(query.where(CallLetter.sent.is_(False)))

    @property
    def by_name(self) -> dict[str, RunningNode]:
        """Return the nodes by their letters."""
        return {"a": self.a, "b": self.b, "c": self.c, "d": self.d}

    def read_and_judge(self, key: str, opinion: Callable[[int], str]) -> int:
        """Let a seat read the owner's list by its own signature, and say what it thinks of each application."""
        node, handle = self.seats()[key]
        with node.app.app_context():
            call, seat = keeping.find(self.iri), _actor(handle)
            owner = elsewhere.owner_of(call, seat)
            session().commit()
            found = elsewhere.applications(owner)
            assert found is not None
            judged = [dossier for dossier in found if dossier["state"] != "withdrawn"]
            for dossier in judged:
                agreement = dossier["object"] if isinstance(dossier["object"], str) else dossier["object"]["id"]
                number = _number(agreement)
                said = Opinion(opinion(number), {}, "As we read it.")
                giving.give(seat, call.actor.iri, self.iri, agreement, 1, said)
            session().commit()
            return len(judged)

    def judge_here(self, opinion: Callable[[int], str]) -> None:
        """Let the seat of the owner's own node say what it thinks."""
        with self.a.app.app_context():
            call, seat = keeping.find(self.iri), _actor(ETUC)
            for dossier in session().scalars(select(Dossier).where(Dossier.state == "submitted")).all():
                number = _number(dossier.applicant_iri)
                said = Opinion(opinion(number), {}, "As we read it.")
                giving.give(seat, call.actor.iri, self.iri, dossier.agreement_iri, 1, said)
            session().commit()

    def arrange(self, outcomes: dict[int, str]) -> None:
        """Let a coordinator arrange decisions."""

        def arranged(call: Publication) -> None:
            wishes = {}
            for line in arranging.lines(call, self.coordinator):
                number = _number(line.dossier.applicant_iri)
                if number in outcomes:
                    motives = f"We talked about number {number}."
                    wishes[line.dossier.identifier] = Wish(outcomes[number], line.mark, motives=motives)
            arranging.arrange(call, wishes, self.coordinator)

        self.of_call(arranged)

    def _attach(self, draft: Draft, data: bytes) -> dict[str, Any]:
        """Keep a file, and let other bytes be found where it is."""
        said = {"title": "note.pdf", "media_type": "application/pdf", "pages": 1}
        looked = files.Looked({"note": {"data": data, **said}})
        attachment = files.keep(looked, draft, draft.actor)["note"]
        stored = private_files.path_of(attachment["url"].rpartition("/")[2])
        stored.write_bytes(data.replace(b"%PDF", b"%QDF"))
        return attachment

    @property
    def coordinator(self) -> Acting:
        """Who acts for the owner."""
        return Acting(iri=f"{self.a.base_url}/actors/{OWNER}", coordinator=True)


def applicant(number: int) -> str:
    """Return the handle of an applicant."""
    return f"riders_{number}"


def written(number: int, more: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what an applicant writes into the form of the seed's call."""
    countries = ("FR", "DE", "IT", "ES", "BE", "PL")
    answers = [
        {"key": "objectives", "text": f"Riders of town {number} write down what they are paid."},
        {"key": "people", "text": f"Forty riders, and lawyer {number}."},
        {"key": "support", "choices": ["By a group session and individual follow-up"]},
    ]
    return {
        "name": f"Pay log of town {number}",
        "language": ("en", "fr")[number % 2],
        "territory": countries[number % len(countries)],
        "sectors": ["Delivery"],
        "answers": [*answers, *more],
        "initiative": {"name": f"Pay log {number}", "summary": "What is earned in an hour, written down."},
        "people": [{"name": f"Rider {number}", "role": "Speaker"}],
    }


@contextmanager
def running(folder: Path, port_of_d: int) -> Iterator[FourNodes]:
    """Run the web servers of the four nodes; the last is reached at another port than its own."""
    clock = TurnedClock(folder / "clock")
    with ExitStack() as stack:
        a, b, c = (stack.enter_context(RunningNode(folder / name, clock=clock, lease_seconds=2)) for name in "abc")
        d = stack.enter_context(RunningNode(folder / "d", clock=clock, public_port=port_of_d))
        yield FourNodes(clock, a, b, c, d)


def _number(iri: str) -> int:
    """Return the number of the applicant that an id is of."""
    return int(iri.partition("/applications/")[0].rpartition("_")[2])


def _actor(handle: str) -> Actor:
    found = local.find(handle)
    assert found is not None
    return found
