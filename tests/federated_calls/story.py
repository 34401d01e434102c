"""The letters that are taken, in the order of the story: call, applications, receipts, opinions and decisions."""

from typing import Any

from federation.activities import PUBLIC
from tests.federated_calls.cast import (
    ALL,
    ASTREES,
    CALL,
    CARE,
    DEADLINE,
    ETUC,
    FIRST_DEADLINE,
    IRES,
    MAIL_SEAT,
    OPENS,
    OWNER,
    RELAY,
    RIDERS,
    SEATS,
    TEXTS,
    Json,
    digest,
    digest_of,
    letter,
    stub,
)

NOTE = b"%PDF-1.4 one page about the riders\n"
DOSSIERS = {RIDERS: f"{CALL}/dossiers/q4w8", CARE: f"{CALL}/dossiers/h7t2", TEXTS: f"{CALL}/dossiers/m3k9"}
QUESTIONS: list[Json] = [
    {"key": "objectives", "label": "Objectives", "required": True, "answerType": "long", "characters": 1500},
    {"key": "people", "label": "People involved", "required": True, "answerType": "long", "characters": 1500},
    {
        "key": "help",
        "label": "What would help most?",
        "required": False,
        "answerType": "choice",
        "choices": ["Legal advice", "Organising", "Funding"],
        "several": True,
    },
    {
        "key": "note",
        "label": "A note of one page",
        "required": False,
        "answerType": "file",
        "acceptedTypes": ["application/pdf"],
        "maximumBytes": 5242880,
        "pages": 1,
    },
]
COMMITTEE: list[Json] = [
    {"type": "Person", "key": "ires", "name": "A researcher", "organisation": "IRES", "id": IRES},
    {"type": "Person", "key": "etuc-1", "name": "An adviser", "organisation": "ETUC", "id": ETUC, "coordinates": True},
    {"type": "Person", "key": MAIL_SEAT, "name": "A secretary", "organisation": "ETUC"},
    {"type": "Person", "key": "astrees", "name": "A director", "organisation": "ASTREES", "id": ASTREES},
]


def the_call(deadline: str = FIRST_DEADLINE, **facts: Any) -> Json:
    """Return the object of the call."""
    return {
        "id": CALL,
        "type": "Article",
        "attributedTo": OWNER,
        "name": "Coaching for initiatives that protect platform workers",
        "content": "<p>Ten initiatives are coached, in two sessions of five.</p>",
        "to": [PUBLIC],
        "url": "https://node-a.example/@platform_workers/calls/1",
        "startTime": OPENS,
        "endTime": deadline,
        "timezone": "Europe/Brussels",
        "purpose": "request",
        "unitBased": False,
        "publishes": {
            "id": f"{CALL}#intent",
            "type": "Intent",
            "action": "deliverService",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "10"},
        },
        "steeringCommittee": list(SEATS),
        "call": {
            "expects": "expressionOfInterest",
            "callStatus": "open",
            "committee": COMMITTEE,
            "committeeVersion": 2,
            "questions": QUESTIONS,
            "noteLimit": {"characters": 3000, "pages": 1},
            "eligibility": {"territory": ["EU", "EU-candidate"], "asOf": "2026-11-16", "text": "Any sector."},
            "maximumSelected": 10,
            "quorum": 3,
            "criteria": [
                {"key": "workers", "label": "Use for workers", "weight": 2, "maximum": 5},
                {"key": "lasting", "label": "Will it last?", "weight": 1, "maximum": 5},
            ],
            "confirmDays": 14,
            "retentionMonths": 12,
            "onePerApplicant": False,
            "cohorts": [
                {"id": f"{CALL}/cohorts/1", "name": "Coaching session 1", "capacity": 5},
                {"id": f"{CALL}/cohorts/2", "name": "Coaching session 2", "capacity": 5},
            ],
            "desk": {
                "applications": f"{CALL}/desk/applications",
                "decisions": f"{CALL}/desk/decisions",
                "cohorts": f"{CALL}/desk/cohorts",
                "audit": f"{CALL}/desk/audit",
                "statistics": f"{CALL}/statistics",
            },
            **facts,
        },
    }


def agreement(by: str, iri: str, *, version: int = 1, committee: int = 2, **changes: Any) -> Json:
    """Return an application as its applicant sends it; `changes` are made in `application`."""
    own = {} if "initiative" in changes else {"initiativeId": f"{by}/initiatives/2"}
    return {
        "id": iri,
        "type": "Agreement",
        "attributedTo": by,
        "context": CALL,
        "name": "A pay log kept by riders",
        "content": "<p>Objectives: forty riders write down what they are paid.</p>",
        "published": "2027-01-10T17:02:00Z",
        "to": list(ALL),
        "stipulates": {
            "type": "Commitment",
            "satisfies": f"{CALL}#intent",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
        },
        "application": {
            "version": version,
            "committeeVersion": committee,
            "language": "en",
            "territory": "FR",
            "topics": ["https://w3id.org/maillage#voice"],
            "sectors": ["Delivery"],
            "answers": [
                {"key": "objectives", "text": "Forty riders write down what they are paid, and bargain with it."},
                {"key": "people", "text": "Forty riders of four platforms; two lawyers."},
                {"key": "help", "choices": ["Legal advice"]},
            ],
            "people": [{"name": "A rider", "role": "Speaker", "organisation": "Riders' collective"}],
            **own,
            **changes,
        },
    }


def file_answer(applicant: str = RIDERS, data: bytes = NOTE, **changes: Any) -> Json:
    """Return the answer to the question for a file."""
    document = {
        "type": "Document",
        "url": f"{applicant}/files/note.pdf",
        "mediaType": "application/pdf",
        "size": len(data),
        "digestMultibase": digest(data),
        "name": "Our note",
        "pages": 1,
    }
    return {"key": "note", "attachment": {**document, **changes}}


def offer(by: str, name: str, at: str, *, to: tuple[str, ...] = ALL, **changes: Any) -> Json:
    """Return an application's Offer."""
    iri = f"{by}/applications/{name}"
    number = changes.pop("number", 1)
    vouched = changes.pop("vouched", True)
    thing = agreement(by, iri, **changes) | {"to": list(to), "published": at}
    return letter(f"{iri}#offer-{number}", "Offer", by, thing, to=to, at=at, vouched=vouched, target=CALL)


def receipt(by: str, of: Json, at: str, name: str, *, version: int = 1, **more: Any) -> Json:
    """Return the receipt of a letter, to its sender, and to the owner where a seat sends it."""
    to = (of["actor"],) if by == OWNER else (of["actor"], OWNER)
    thing = {
        "id": f"{by}/receipts/{name}",
        "type": "Receipt",
        "attributedTo": by,
        "context": CALL,
        "inReplyTo": of["id"],
        "version": version,
        "receivedAt": at,
        "digestMultibase": digest_of(of),
        "to": list(to),
        **more,
    }
    return letter(f"{thing['id']}#create-1", "Create", by, thing, to=to, at=at)


def review(by: str, of: Json, opinion: str, at: str, name: str, verb: str = "Create", **more: Any) -> Json:
    """Return a seat's opinion of an application."""
    thing = {
        "id": f"{by}/reviews/{name}",
        "type": "Review",
        "attributedTo": by,
        "context": CALL,
        "inReplyTo": of["object"]["id"],
        "version": of["object"]["application"]["version"],
        "opinion": opinion,
        **more,
        "to": [OWNER],
    }
    return letter(f"{thing['id']}#{verb.lower()}-{at[8:10]}", verb, by, thing, to=(OWNER,), at=at)


def initiatives() -> dict[str, Json]:
    """Return what is at the ids of the initiatives that applications name."""
    own = [(RIDERS, 2), (CARE, 2), (CARE, 9), (TEXTS, 2)]
    return {
        iri: {"id": iri, "type": "Article", "attributedTo": actor}
        for actor, number in own
        for iri in [f"{actor}/initiatives/{number}"]
    }


def beginning() -> dict[str, Json]:
    """Return the letters up to the opinions, by name, in their order."""
    extension = {"published": "2026-12-15T10:00:00Z", "previousDeadline": FIRST_DEADLINE, "deadline": DEADLINE}
    later = the_call(DEADLINE, deadlineExtensions=[{**extension, "reason": "Holidays"}])
    told: dict[str, Json] = {
        "call": letter(f"{CALL}#create", "Create", OWNER, the_call(), to=(PUBLIC,), at=OPENS, vouched=False),
        "deadline-extended": letter(
            f"{CALL}#update-1", "Update", OWNER, later, to=(PUBLIC,), at="2026-12-15T10:00:00Z", vouched=False
        ),
        "offer": offer(RIDERS, "9d1", "2027-01-10T17:02:00Z"),
        "offer-care": offer(CARE, "1a7", "2027-01-11T08:00:00Z", territory="BE", sectors=["Care"]),
        "offer-texts": offer(TEXTS, "5c2", "2027-01-11T09:00:00Z", territory="RS", sectors=["Translation"]),
    }
    guest = {"name": "A driver", "organisation": "Drivers' breakfast"}
    described = {"name": "A drivers' breakfast", "summary": "Every first Monday."}
    told["offer-guest"] = offer(
        RELAY, "g03", "2027-01-11T10:00:00Z", territory="IE", initiative=described, applicant=guest
    )
    told |= _receipts(told)
    told |= _changes(told)
    return told


def _receipts(told: dict[str, Json]) -> dict[str, Json]:
    sent = told["offer"]
    return {
        "receipt-owner": receipt(OWNER, sent, "2027-01-10T17:02:02Z", "1", dossier=DOSSIERS[RIDERS]),
        "receipt-seat": receipt(IRES, sent, "2027-01-10T17:02:03Z", "1"),
        "receipt-local-seat": receipt(ETUC, sent, "2027-01-10T17:02:02Z", "1"),
        "receipt-mail": receipt(OWNER, sent, "2027-01-11T07:40:00Z", "2", seat=MAIL_SEAT, via="mail"),
        "receipt-late-seat": receipt(ASTREES, sent, "2027-01-12T06:00:00Z", "1"),
    }


def _changes(told: dict[str, Json]) -> dict[str, Json]:
    sent = told["offer"]["object"]
    answers = [*sent["application"]["answers"], file_answer()]
    second = sent | {"updated": "2027-01-11T09:00:00Z"}
    second["application"] = sent["application"] | {"version": 2, "answers": answers}
    corrected = letter(f"{sent['id']}#update-2", "Update", RIDERS, second, to=ALL, at="2027-01-11T09:00:00Z")
    ours = receipt(OWNER, corrected, "2027-01-11T09:00:01Z", "3", version=2, dossier=DOSSIERS[RIDERS])
    lacking = ours["object"] | {"incomplete": [{"key": "note", "reasonCode": "file-unavailable"}]}
    return {
        "correction": corrected,
        "receipt-correction": ours,
        "receipt-incomplete": letter(
            f"{lacking['id']}#update-1", "Update", OWNER, lacking, to=(RIDERS,), at="2027-01-18T09:00:01Z"
        ),
        "withdrawal": letter(
            f"{told['offer-texts']['object']['id']}#undo-1",
            "Undo",
            TEXTS,
            stub(told["offer-texts"]),
            to=ALL,
            at="2027-01-12T12:00:00Z",
        ),
        "review": review(
            IRES,
            corrected,
            "admissible",
            "2027-01-20T10:00:00Z",
            "3",
            scores=[{"key": "workers", "points": 4}, {"key": "lasting", "points": 3}],
            content="<p>Concrete, and others can copy it.</p>",
        ),
        "review-changed": review(
            IRES,
            corrected,
            "admissible",
            "2027-01-21T10:00:00Z",
            "3",
            "Update",
            scores=[{"key": "workers", "points": 5}, {"key": "lasting", "points": 3}],
            content="<p>Concrete; and I had missed the second half.</p>",
        ),
        "recusal": review(ASTREES, told["offer-care"], "recused", "2027-01-19T08:00:00Z", "1"),
    }
