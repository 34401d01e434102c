"""The server of a call elsewhere in whose committee members of this node sit, for tests: a server of the fediverse."""

import json
from datetime import timedelta
from typing import Any

from actors import remote
from actors.database import session
from actors.node import now
from federation.activities import PUBLIC
from flask_maillage.calls import letters
from flask_maillage.calls.models import CallLetter, CommitteeCopy
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications import keeping
from flask_maillage.publications.call_parts import Desk, Question, Seat
from flask_maillage.publications.content import Envelope
from flask_maillage.publications.kinds import kind_named
from tests.calls import committee, making
from tests.fediverse import Answer
from tests.inboxes import vouching
from tests.publications import board

WORDS = "Forty riders write down what they are paid"
QUESTION = Question(key="objectives", label="Objectives", required=True, characters=1500)


class Owner:
    """The server of the call: its actor, and the desk that it serves to whoever signs as the member."""

    def __init__(self, fediverse):
        self.fediverse = fediverse
        self.actor = fediverse.actor("owners", "a.test", "bob", kind="Group")
        vouching.lists_key(self.actor)
        self.call = f"{self.actor.iri}/calls/1"
        self.applicant = fediverse.actor("riders", "d.test", kind="Group")
        self.agreement = f"{self.applicant.iri}/applications/1"
        self.dossier = f"{self.call}/dossiers/1"
        self.list = f"{self.call}/desk/applications"
        self.item = {
            "id": self.dossier,
            "type": "Dossier",
            "name": "A pay log",
            "object": self.agreement,
            "state": "submitted",
            "version": 1,
            "attributedTo": self.applicant.iri,
            "territory": "FR",
        }
        self.said = {"quorum": {"needed": 2, "given": 1, "recused": ["etuc"]}}

    def serve(self, *items, **dossier):
        first = {"id": f"{self.list}/page/1", "type": "OrderedCollectionPage", "orderedItems": list(items)}
        self.put(self.list, {"id": self.list, "type": "OrderedCollection", "first": first["id"]})
        self.put(first["id"], first)
        self.put(self.dossier, {"id": self.dossier, "type": "Dossier", "state": "submitted", **self.said, **dossier})

    def put(self, iri, document):
        self.fediverse.put(iri, {"@context": "https://www.w3.org/ns/activitystreams", **document})

    def be_down(self):
        for key in [key for key in self.fediverse.answers if key[0] == self.actor.host]:
            self.fediverse.answers[key] = Answer(503)

    def asked(self):
        """Return the paths below the call that were asked for, and by whose keys."""
        gets = [one for one in self.fediverse.arrived if one.method == "GET" and "/calls/1/" in one.path]
        return [one.path for one in gets], {key for one in gets for key in _keys(one.headers)}


def _keys(headers):
    said = headers.get("signature", "") + headers.get("signature-input", "")
    yield said.partition('keyId="')[2].partition('"')[0] or said.partition('keyid="')[2].partition('"')[0]


def publish(made: Owner, seats: tuple[Seat, ...], **more: Any) -> None:
    """Let this node know the call of that server, with these seats, and who applied."""
    author = remote.remember(made.actor.document, confirmed=made.actor.key_id)
    remote.remember(made.applicant.document, confirmed=made.applicant.key_id)
    content = board.sample_of("call", now(), name="A call of another server", **more)
    details = content.details.model_copy(
        update={
            "committee": seats,
            "criteria": committee.CRITERIA,
            "questions": (QUESTION,),
            "quorum": 2,
            "extensions": (),
            "desk": Desk(applications=made.list),
        }
    )
    envelope = Envelope(
        iri=made.call,
        url=f"{made.call}/page",
        actor=made.actor.iri,
        application=made.actor.iri,
        followers=made.actor.followers,
        to=(PUBLIC,),
        cc=(),
        published=now() - timedelta(days=2),
        updated=now() - timedelta(days=2),
    )
    kept = keeping.keep(kind_named("call").to_object(content.model_copy(update={"details": details}), envelope), author)
    kept.starts_at, kept.ends_at, kept.timezone = committee.OPENS, committee.DEADLINE, "Europe/Brussels"
    session().flush()


def copied(owner, agreement, *seats, people=()):
    """Keep the copies of an application that came to seats, as the node does when the letter arrives."""
    said = {"id": agreement, "type": "Agreement", "attributedTo": owner.applicant.iri, "context": owner.call}
    said |= {"name": "A pay log", "to": [owner.actor.iri], "published": "2026-12-01T10:00:00Z"}
    said["stipulates"] = {
        "type": "Commitment",
        "satisfies": f"{owner.call}#intent",
        "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
    }
    answers = [{"key": "objectives", "text": WORDS}]
    said["application"] = making.CONTENT | {"answers": answers, "people": list(people)}
    offer = {"id": f"{agreement}#offer", "type": "Offer", "actor": owner.applicant.iri, "object": said}
    letter = CallLetter(
        sender_iri=owner.applicant.iri,
        iri=offer["id"],
        verb=str(Shape.OFFER),
        call_iri=owner.call,
        agreement_iri=agreement,
        sent=False,
        received_at=letters.whole_second(now()),
        digest=letters.digest_of_document(offer),
        document=json.dumps(offer),
    )
    session().add(letter)
    session().flush()
    for seat in seats:
        session().add(CommitteeCopy(seat_actor_id=seat.id, call_iri=owner.call, letter_id=letter.id))
    session().flush()
