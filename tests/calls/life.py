"""A call of ours from its opening to its cohorts, with everybody elsewhere: their letters, and what the rows say.

`Scene` sends letters through the real inbox and presses what coordinators press; it judges nothing.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from actors import remote
from actors.database import session
from flask_maillage.calls import cohorts
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.deciding import arranging, confirming, publishing
from flask_maillage.calls.deciding.arranging import Meanwhile, Wish
from flask_maillage.calls.models import AuditRecord, CallLetter, Decision, Dossier, Placement, Review, Version
from flask_maillage.publications import calling
from flask_maillage.publications.call_parts import Cohort, Seat
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible
from tests.calls import decided, making
from tests.calls.decided import COORDINATOR, UNION
from tests.calls.fixtures import fixture
from tests.conftest import Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.inboxes import vouching

Json = dict[str, Any]
SEATS = ("ires", "etuc")


@dataclass(frozen=True)
class Told:
    """What the rows say of one application."""

    state: str
    version: int
    placed: bool
    cohort: str
    opinions: frozenset[tuple[str, str]]
    pending: str


@dataclass
class Scene:
    """One call of the union, four who apply, two who sit, and one who has nothing to do with it."""

    app: Flask
    client: FlaskClient
    clock: Clock
    fediverse: Fediverse
    work: Callable[[], int]
    places: int
    number: int
    letters: list[tuple[RemoteActor, Json]] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))

    def __post_init__(self) -> None:
        """Publish the call, with everybody known."""
        self.applicants = [decided.applicant(self.fediverse, number) for number in range(1, 5)]
        self.seats = {key: self._known(f"seat_{key}", "b.test") for key in SEATS}
        self.stranger = self._known("mallory", "m.test")
        self.opens = self.clock() + timedelta(hours=1)
        self.ends = self.opens + timedelta(days=20)
        committee = tuple(Seat(key=key, name=key, actor=one.iri) for key, one in self.seats.items())
        self.groups = {"1": self.places - 1, "2": 1}
        details = {
            "committee": committee,
            "maximum_selected": self.places,
            "cohorts": tuple(Cohort(key=key, name=key, capacity=held) for key, held in self.groups.items()),
            "questions": (),
            "criteria": (),
            "extensions": (),
            "quorum": 1,
        }
        self.iri = making.call_of(self.app, starts_at=self.opens, ends_at=self.ends, timezone="UTC", details=details)

    def of(self, number: int) -> str:
        """Return the id of somebody's application."""
        return f"{self.applicants[number].iri}/applications/{self.number}"

    def offer(
        self, number: int, version: int = 1, *, by: RemoteActor | None = None, to: list[str] | None = None
    ) -> Json:
        """Return an Offer, or an Update where it is no first version."""
        applicant, iri = self.applicants[number], self.of(number)
        named = to if to is not None else [UNION, *(seat.iri for seat in self.seats.values())]
        said = copy.deepcopy(fixture("offer")["object"])
        said |= {"id": iri, "attributedTo": applicant.iri, "context": self.iri, "to": named}
        said["stipulates"]["satisfies"] = f"{self.iri}#intent"
        said["application"] = {
            **{name: making.CONTENT[name] for name in ("language", "territory", "topics", "sectors", "answers")},
            "people": [],
            "initiative": making.CONTENT["initiative"],
            "version": version,
            "committeeVersion": 1,
        }
        verb = "Offer" if version == 1 else "Update"
        more = {"target": self.iri} if version == 1 else {}
        return {"verb": verb, "thing": said, "to": named, "id": f"{iri}#{verb}-{next(self.ids)}", **more}

    def undo(self, number: int, *, by: RemoteActor | None = None) -> Json:
        """Return the letter that takes an application back."""
        owner = by or self.applicants[number]
        named = [UNION, *(seat.iri for seat in self.seats.values())]
        with self.app.app_context():
            query = select(CallLetter.iri).join(Version).join(Dossier).where(Dossier.agreement_iri == self.of(number))
            offer = session().scalar(query.order_by(Version.number).limit(1))
        thing = {"id": offer, "type": "Offer", "actor": owner.iri}
        return {"verb": "Undo", "thing": thing, "to": named, "id": f"{owner.iri}/undos/{self.number}-{next(self.ids)}"}

    def review(self, number: int, seat: str, opinion: str, verb: str, *, by: RemoteActor | None = None) -> Json:
        """Return the letter of an opinion, or of a recusal: a Create, or an Update where there was one."""
        sender = by or self.seats[seat]
        iri = f"{sender.iri}/reviews/{self.number}-{number}"
        thing = {
            "id": iri,
            "type": "Review",
            "attributedTo": sender.iri,
            "context": self.iri,
            "inReplyTo": self.of(number),
            "version": 1,
            "opinion": opinion,
            "to": [UNION],
        }
        return {"verb": verb, "thing": thing, "to": [UNION], "id": f"{iri}#{next(self.ids)}"}

    def answer(self, number: int, verb: str, *, by: RemoteActor | None = None) -> Json | None:
        """Return the letter that answers the last selection of an application; None where there was none."""
        sender = by or self.applicants[number]
        with self.app.app_context():
            query = select(Decision).join(Dossier).where(Dossier.agreement_iri == self.of(number))
            query = query.where(Decision.result_iri.is_not(None)).order_by(Decision.number.desc()).limit(1)
            last = session().scalar(query)
            if last is None:
                return None
            thing = {"id": last.result_iri, "type": "Agreement", "attributedTo": UNION}
            iri = f"{sender.iri}/answers/{self.number}-{next(self.ids)}"
            return {"verb": verb, "thing": thing, "to": [UNION], "id": iri, "inReplyTo": last.iri}

    def send(self, sender: RemoteActor, letter: Json) -> Json:
        """Let somebody write a letter, and deliver it."""
        said = {name: value for name, value in letter.items() if name not in ("verb", "thing")}
        document = sender.activity(letter["verb"], letter["thing"], **said)
        document = decided.vouch(sender, document | {"published": self.clock().isoformat()}, self.clock())
        self.letters.append((sender, document))
        self.deliver(sender, document)
        return document

    def deliver(self, sender: RemoteActor, document: Json) -> None:
        """Deliver a letter that was written, perhaps once more."""
        answer = sender.post(self.client, document, "/actors/union/inbox", now=self.clock())
        assert answer.status_code in (200, 202), answer.text
        self.work()

    def step(self, status: str, reason: str = "") -> bool:
        """Let the call go on, as a person does; tell whether it could."""
        return self._tried(lambda call: calling.step(call, status, reason=reason))

    def wish(self, number: int, outcome: str) -> bool:
        """Arrange a decision, or none; tell whether it could be."""

        def arranged(call: Publication) -> None:
            dossier = session().scalars(select(Dossier).where(Dossier.agreement_iri == self.of(number))).one()
            line = arranging.lines(call, COORDINATOR, only=[dossier.identifier])[0]
            wish = Wish(outcome, line.mark, motives="Because.", departure="We had to.")
            arranging.arrange(call, {dossier.identifier: wish}, COORDINATOR)

        return self._tried(arranged)

    def publish(self) -> bool:
        """Publish what is arranged; tell whether it could be."""
        return self._tried(lambda call: publishing.publish(call, COORDINATOR))

    def place(self, wanted: Mapping[int, str]) -> bool:
        """Put applications into cohorts; tell whether they could be."""

        def placed(call: Publication) -> None:
            names = dict(session().execute(select(Dossier.agreement_iri, Dossier.identifier)).all())
            cohorts.arrange(call, {names[self.of(number)]: key for number, key in wanted.items()}, COORDINATOR)

        return self._tried(placed)

    def expire(self) -> None:
        """Let the node do what is due."""
        with self.app.app_context():
            confirming.expire_confirmations()

    def told(self) -> dict[int, Told]:
        """Return what the rows say of each application."""
        with self.app.app_context():
            found = {}
            for number in range(len(self.applicants)):
                query = select(Dossier).where(Dossier.agreement_iri == self.of(number))
                dossier = session().scalar(query)
                if dossier is not None:
                    found[number] = _told(dossier)
            return found

    def confirm_by(self, number: int) -> datetime | None:
        """Return until when somebody can confirm."""
        with self.app.app_context():
            return session().scalar(select(Dossier.confirm_by).where(Dossier.agreement_iri == self.of(number)))

    def _known(self, name: str, host: str) -> RemoteActor:
        actor = self.fediverse.actor(name, host, "bob" if host == "b.test" else "mallory")
        vouching.lists_key(actor)
        with self.app.app_context():
            remote.remember(actor.document)
            session().commit()
        return actor

    def _tried(self, what: Callable[[Publication], Any]) -> bool:
        with self.app.app_context():
            try:
                what(making.found(self.iri))
            except (Refused, Meanwhile, NotPossible, publishing.Lacking, cohorts.Full):
                session().rollback()
                return False
            session().commit()
        self.work()
        return True


def _told(dossier: Dossier) -> Told:
    opinions: dict[str, str] = {}
    reviews = select(Review).where(Review.dossier_id == dossier.id).order_by(Review.number)
    for review in session().scalars(reviews):
        opinions[review.seat_key] = review.opinion
    waiting = select(Decision.outcome).where(Decision.dossier_id == dossier.id, Decision.published_at.is_(None))
    versions = session().scalars(select(Version.number).where(Version.dossier_id == dossier.id)).all()
    assert max(versions) == dossier.version
    return Told(
        state=dossier.state,
        version=dossier.version,
        placed=dossier.place_id is not None,
        cohort=dossier.slot.cohort if dossier.slot else "",
        opinions=frozenset(opinions.items()),
        pending=session().scalar(waiting) or "",
    )


def snapshot(app: Flask) -> str:
    """Return all that a letter may change, as one text: rows of applications, and the log."""
    models = (Dossier, Version, Review, Decision, Placement, AuditRecord)
    with app.app_context():
        rows = {one.__tablename__: session().execute(select(one.__table__).order_by(one.id)).all() for one in models}
        return repr(rows)
