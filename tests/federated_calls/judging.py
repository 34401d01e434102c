"""A small model of the rules: what comes of a letter, given those before it; it holds the index to be true.

It is no implementation: it keeps facts in sets, believes times that it is told, and knows one call.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from federation import proofs
from federation.activities import PUBLIC, activity_of, same_origin
from federation.errors import BadSignature, Malformed
from flask_maillage.territory import unions
from tests.federated_calls.cast import OWNER, Json, digest_of, key_of, moment
from tests.federated_calls.story import initiatives
from tests.federated_calls.vectors import length

ACCEPTED, IGNORED = "accepted", "ignored"


class Refused(Exception):
    """A letter is refused, with a code."""


class Passed(Exception):
    """A letter is ignored."""


@dataclass
class World:
    """What one node knows of the call: which letters it took, and what follows from them."""

    receiver: str
    letters: dict[str, Json] = field(default_factory=dict)
    call: Json = field(default_factory=dict)
    applications: dict[str, Json] = field(default_factory=dict)
    """Registered ones, in their last version."""
    withdrawn: set[str] = field(default_factory=set)
    opinions: dict[tuple[str, str], str] = field(default_factory=dict)
    committees: list[tuple[datetime, int, set[str]]] = field(default_factory=list)
    """From when which version of the committee held, and to whom applications go in it."""
    closed: set[str] = field(default_factory=set)
    placements: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, Json] = field(default_factory=dict)
    """The last one of each application."""

    def judge(self, letter: Json, at: datetime) -> Json:
        """Return what comes of a letter, and take it where it is to be taken."""
        try:
            activity = activity_of(letter)
        except Malformed:
            return {"outcome": "http", "status": 400}
        try:
            proof = proofs.read(letter, now=moment(letter["published"]))
            if proof is not None:
                proof.verify(key_of(letter["actor"]).public_key())
        except BadSignature:
            return {"outcome": "http", "status": 401}
        try:
            if letter["id"] in self.letters:
                raise Passed
            thing = activity.object if isinstance(activity.object, dict) else {}
            self._take(letter, thing, proof is not None, at)
        except Refused as refused:
            return {"outcome": "refused", "code": str(refused)}
        except Passed:
            return {"outcome": IGNORED}
        self.letters[letter["id"]] = letter
        return {"outcome": ACCEPTED}

    def _take(self, letter: Json, thing: Json, vouched: bool, at: datetime) -> None:
        verb, kind = letter["type"], thing.get("type", "")
        if verb in ("Create", "Update") and kind == "Article":
            self._publish(thing, at)
        elif verb == "Offer":
            self._offer(letter, thing, vouched, at)
        elif verb == "Update" and kind == "Agreement":
            self._correct(letter, thing, at)
        elif verb in ("Undo", "Delete") and kind != "Tombstone":
            self._withdraw(letter, thing)
        elif kind == "Receipt":
            self._receipt(letter, thing)
        elif kind == "Review":
            self._review(letter, thing, at)
        elif "decision" in letter:
            self._decide(letter, thing)
        elif kind == "Agreement" and verb in ("Accept", "Reject"):
            self._confirm(letter, thing, at)
        elif "followUp" in thing:
            self._enter(letter)
        elif "placement" in letter:
            self._place(letter, thing)
        elif verb in ("Invite", "Delete", "Create") or "reasonCode" in letter:
            self._from(letter, OWNER)

    def _publish(self, call: Json, at: datetime) -> None:
        version = call["call"]["committeeVersion"]
        if not self.committees or self.committees[-1][1] != version:
            self.committees.append((at, version, {OWNER, *call["steeringCommittee"]}))
        self.call = call

    def _from(self, letter: Json, actor: str) -> None:
        if letter["actor"] != actor:
            raise Passed

    def _offer(self, letter: Json, thing: Json, vouched: bool, at: datetime) -> None:
        if thing.get("type") != "Agreement" or letter.get("target") != self.call["id"]:
            raise Passed
        if thing["attributedTo"] != letter["actor"]:
            raise Passed
        if "application" not in thing:
            raise Refused("malformed")
        if not vouched:
            raise Refused("proof-missing")
        self._check(thing["application"], letter, at, known=thing["id"] in self.applications)
        self.applications[thing["id"]] = thing

    def _check(self, application: Json, letter: Json, at: datetime, *, known: bool) -> None:
        """Check an application in the order of FC-22."""
        files = [one["attachment"]["url"] for one in application["answers"] if "attachment" in one]
        if not same_origin(letter["actor"], *files):
            raise Refused("malformed")
        if known:
            raise Refused("already-registered")
        if self.call["call"]["callStatus"] == "cancelled":
            raise Refused("cancelled")
        if at < moment(self.call["startTime"]):
            raise Refused("not-open-yet")
        if at > moment(self.call["endTime"]):
            raise Refused("late")
        self._addressed(application, letter, at)
        facts = self.call["call"]
        day = date.fromisoformat(facts["eligibility"]["asOf"])
        eligible = {code for union in facts["eligibility"]["territory"] for code in unions.countries(union, day)}
        if application["territory"] not in eligible:
            raise Refused("not-eligible")
        self._answered(application["answers"], facts)
        self._distinct(application, letter["actor"])

    def _addressed(self, application: Json, letter: Json, at: datetime) -> None:
        named = set(letter["to"])
        if PUBLIC in named:
            raise Refused("public-audience")
        last = self.committees[-1]
        before = self.committees[-2:-1] if at - last[0] < timedelta(hours=24) else []
        taken = {version: people for _, version, people in [*before, last]}
        if application["committeeVersion"] not in taken:
            raise Refused("committee-changed")
        everybody = taken[application["committeeVersion"]]
        if everybody - named:
            raise Refused("missing-recipient")
        if named - everybody:
            raise Refused("extra-recipient")

    def _answered(self, answers: list[Json], facts: Json) -> None:
        asked = {one["key"]: one for one in facts["questions"]}
        given = {one["key"]: one for one in answers}
        if given.keys() - asked.keys():
            raise Refused("unknown-question")
        needed = [key for key, one in asked.items() if one["required"]]
        if any(not length(given.get(key, {}).get("text", "")) for key in needed):
            raise Refused("missing-answer")
        if any(set(one.get("choices", [])) - set(asked[key].get("choices", [])) for key, one in given.items()):
            raise Refused("bad-answer")
        lengths = {key: length(one["text"]) for key, one in given.items() if "text" in one}
        too_long = any(size > asked[key]["characters"] for key, size in lengths.items())
        if too_long or sum(lengths.values()) > facts["noteLimit"]["characters"]:
            raise Refused("too-long")
        for key, one in given.items():
            if "attachment" in one:
                self._attached(one["attachment"], asked[key])

    def _attached(self, document: Json, asked: Json) -> None:
        if document["mediaType"] not in asked["acceptedTypes"]:
            raise Refused("file-type")
        if document["size"] > asked["maximumBytes"]:
            raise Refused("file-size")
        if document["pages"] > asked["pages"]:
            raise Refused("file-pages")

    def _distinct(self, application: Json, applicant: str) -> None:
        named = application.get("initiativeId")
        if named is None:
            return
        if initiatives()[named]["attributedTo"] != applicant:
            raise Refused("not-your-initiative")
        others = [one for iri, one in self.applications.items() if iri not in self.withdrawn]
        if named in {one["application"].get("initiativeId") for one in others}:
            raise Refused("second-for-initiative")

    def _correct(self, letter: Json, thing: Json, at: datetime) -> None:
        stored = self.applications.get(thing["id"])
        if stored is None:
            raise Refused("unknown-application")
        if stored["attributedTo"] != letter["actor"]:
            raise Passed
        if thing["id"] in self.withdrawn:
            raise Refused("withdrawn")
        if thing["application"]["version"] <= stored["application"]["version"]:
            raise Passed
        others = {iri: one for iri, one in self.applications.items() if iri != thing["id"]}
        rest = World(self.receiver, call=self.call, applications=others, committees=self.committees)
        rest._check(thing["application"], letter, at, known=False)
        self.applications[thing["id"]] = thing

    def _withdraw(self, letter: Json, thing: Json) -> None:
        iri = (thing.get("id") or letter["object"]).partition("#")[0]
        if self.applications.get(iri, {}).get("attributedTo") != letter["actor"]:
            raise Passed
        if iri in self.closed:
            raise Refused("closed")
        self.withdrawn.add(iri)

    def _receipt(self, letter: Json, thing: Json) -> None:
        if letter["actor"] not in (OWNER, *self.call["steeringCommittee"]):
            raise Passed
        answered = self.letters.get(thing["inReplyTo"])
        if answered is not None and thing["digestMultibase"] != digest_of(answered):
            raise Passed

    def _review(self, letter: Json, thing: Json, at: datetime) -> None:
        seat, about = letter["actor"], thing["inReplyTo"]
        if seat not in self.call["steeringCommittee"]:
            raise Refused("not-a-seat")
        if self.decisions:
            raise Refused("too-late")
        if seat in {one.get("id") for one in self.applications[about]["application"]["people"]}:
            raise Refused("own-application")
        before = self.opinions.get((seat, about))
        if before == "recused":
            raise Refused("recused")
        if thing["opinion"] != "recused" and at <= moment(self.call["endTime"]):
            raise Refused("too-early")
        if before is not None and letter["type"] == "Create":
            raise Refused("already-registered")
        most = {one["key"]: one["maximum"] for one in self.call["call"]["criteria"]}
        for score in thing.get("scores", []):
            if score["key"] not in most:
                raise Refused("unknown-criterion")
            if not 0 <= score["points"] <= most[score["key"]]:
                raise Refused("bad-answer")
        self.opinions[seat, about] = thing["opinion"]

    def _decide(self, letter: Json, thing: Json) -> None:
        self._from(letter, OWNER)
        before = self.decisions.get(thing["id"])
        if before is not None and before["decision"]["number"] >= letter["decision"]["number"]:
            raise Passed
        self.decisions[thing["id"]] = letter

    def _confirm(self, letter: Json, thing: Json, at: datetime) -> None:
        made = [one for one in self.letters.values() if one.get("result", {}).get("id") == thing["id"]]
        held = made[0]
        if letter["actor"] not in held["to"]:
            raise Passed
        if self.decisions[held["object"]["id"]] is not held:
            raise Refused("superseded")
        if at > moment(held["decision"]["confirmBy"]):
            raise Refused("confirmation-expired")

    def _place(self, letter: Json, thing: Json) -> None:
        self._from(letter, OWNER)
        number = letter["placement"]["number"]
        if number <= self.placements.get(thing["id"], 0):
            raise Passed
        self.placements[thing["id"]] = number

    def _enter(self, letter: Json) -> None:
        coordinating = {one.get("id") for one in self.call["call"]["committee"] if one.get("coordinates")}
        leaders = {iri for one in self.decisions.values() for iri in one["to"]}
        if letter["actor"] not in {OWNER, *coordinating, *leaders}:
            raise Refused("not-allowed")
        iri = next(iter(self.applications))
        if iri in self.closed:
            raise Refused("closed")
        if letter["object"]["followUp"]["entry"] == "result":
            self.closed.add(iri)


def play(row: Json, rows: dict[str, Json], letters: dict[str, Json]) -> Json:
    """Return what comes of a fixture, after those that the index names before it."""
    world = World(row["receiver"])
    for name in row["after"]:
        at = moment(rows[name]["receivedAt"])
        if rows[name]["expected"]["outcome"] == ACCEPTED:
            came = world.judge(letters[name], at)
            assert came == {"outcome": ACCEPTED}, f"{name}, before {row['name']}, comes to {came}"
    return world.judge(letters[row["file"].removesuffix(".json")], moment(row["receivedAt"]))
