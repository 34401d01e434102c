"""The letters that are taken, from the first decision to the purge."""

from typing import Any

from tests.federated_calls.cast import (
    ALL,
    ASTREES,
    CALL,
    CARE,
    DEADLINE,
    ETUC,
    IRES,
    OWNER,
    RELAY,
    RIDERS,
    SEATS,
    Json,
    letter,
    stub,
)
from tests.federated_calls.story import DOSSIERS, offer, receipt
from tests.federated_calls.vectors import audit_log

DECIDED = "2027-02-03T09:00:00Z"
OUTCOMES = {"selected": "Accept", "reserve": "TentativeAccept", "declined": "Reject", "expired": "Reject"}


def decision(of: Json, number: int, outcome: str, at: str, words: str, **more: Any) -> Json:
    """Return a decision about an application.

    Args:
        of: the Offer.
        number: which decision about this application it is.
        outcome: what is decided.
        at: when it is published.
        words: the motives.
        more: what else `decision` holds; `cc` are the seats that get it.
    """
    cc = more.pop("cc", SEATS)
    name = of["object"]["id"].rpartition("/")[2]
    head = {field: audit_log()[-1][field] for field in ("number", "hash")}
    result: Json = {}
    if outcome == "selected":
        iri = f"{CALL}/agreements/{name}-{number}"
        commitment = {"id": f"{iri}#commitment", "type": "Commitment", "satisfies": f"{CALL}#intent"}
        quantity = {"resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"}}
        stipulated = {"stipulates": commitment | quantity}
        result = {"result": {"id": iri, "type": "Agreement", "attributedTo": OWNER, **stipulated}}
    facts = {"outcome": outcome, "number": number, "batch": f"{CALL}/batches/{at[:10]}", "head": head, **more}
    return letter(
        f"{CALL}/decisions/{name}-{number}",
        OUTCOMES[outcome],
        OWNER,
        stub(of),
        to=(of["actor"],),
        at=at,
        cc=list(cc),
        target=CALL,
        decision=facts,
        content=f"<p>{words}</p>",
        **result,
    )


def ending(told: dict[str, Json]) -> dict[str, Json]:
    """Return the letters from the first decision on, by name, in their order."""
    selected = decision(
        told["offer"], 1, "selected", DECIDED, "Useful at once, and it will last.", confirmBy="2027-02-17T22:59:59Z"
    )
    reserve = decision(told["offer-care"], 1, "reserve", DECIDED, "First of the reserve.", rank=1, cc=(IRES, ETUC))
    declined = decision(told["offer-guest"], 1, "declined", DECIDED, "Too early: come back when it has met twice.")
    later = {"supersedes": reserve["id"], "confirmBy": "2027-03-04T22:59:59Z", "cc": (IRES, ETUC)}
    raised = decision(told["offer-care"], 2, "selected", "2027-02-18T09:00:00Z", "A place became free.", **later)
    gone = {"supersedes": raised["id"], "cc": (IRES, ETUC)}
    expired = decision(told["offer-care"], 3, "expired", "2027-03-05T09:00:00Z", "Not confirmed in time.", **gone)
    return {
        "decision-selected": selected,
        "decision-reserve": reserve,
        "decision-declined": declined,
        "confirmation": _confirmation(selected, "Accept"),
        "decision-superseding": raised,
        "decision-expired": expired,
        **_afterwards(told, selected),
    }


def _confirmation(of: Json, verb: str, at: str = "2027-02-05T11:00:00Z", by: str = RIDERS) -> Json:
    agreed = {name: of["result"][name] for name in ("id", "type", "attributedTo")}
    to = (OWNER, *of["cc"])
    wishes = {"publicise": True} if verb == "Accept" else {}
    return letter(f"{by}/{verb.lower()}s/{at[8:10]}", verb, by, agreed, to=to, at=at, inReplyTo=of["id"], **wishes)


def _entry(by: str, name: str, at: str, to: tuple[str, ...], words: str, **facts: Any) -> Json:
    note = {
        "id": f"{by}/entries/{name}",
        "type": "Note",
        "attributedTo": by,
        "context": f"{DOSSIERS[RIDERS]}/follow-up",
        "published": at,
        "to": list(to),
        "content": f"<p>{words}</p>",
        "followUp": facts,
    }
    return letter(f"{note['id']}#create-1", "Create", by, note, to=to, at=at, vouched=False)


def _placed(selected: Json, number: int, cohort: int, at: str, **more: Any) -> Json:
    agreed = {name: selected["result"][name] for name in ("id", "type", "attributedTo")}
    target = f"{CALL}/cohorts/{cohort}"
    facts = {"placement": {"number": number, **more}}
    to = (RIDERS, *SEATS)
    return letter(f"{CALL}/placements/9d1-{number}", "Add", OWNER, agreed, to=to, at=at, target=target, **facts)


def _afterwards(told: dict[str, Json], selected: Json) -> dict[str, Json]:
    outputs = {
        "strengths": ["Forty riders who trust each other"],
        "weaknesses": ["One person keeps the log"],
        "opportunities": ["The directive on platform work"],
        "threats": ["Accounts are closed"],
        "obstacles": ["No access to the platforms' data"],
        "levers": ["Requests for one's own data"],
        "needs": ["A lawyer for labour agreements"],
        "actionPlan": [{"action": "Ask for data", "responsible": "A rider", "due": "2027-05-31"}],
    }
    event = f"{OWNER}/events/7"
    invited = letter(
        f"{event}/invites/2",
        "Invite",
        OWNER,
        RIDERS,
        to=(RIDERS,),
        at="2027-02-20T10:00:00Z",
        vouched=False,
        target=event,
        instrument={"as": "leader"},
    )
    purged, guest = f"{CALL}/dossiers/x2v6", told["offer-guest"]["object"]["id"]
    notice = {
        "id": f"{purged}/notice",
        "type": "Note",
        "attributedTo": OWNER,
        "context": purged,
        "to": [RELAY],
        "content": "<p>Your application will be erased on 3 February 2028.</p>",
        "notice": "purge",
        "deleteAfter": "2028-02-03T09:00:00Z",
        "inReplyTo": guest,
    }
    grave = {"id": purged, "type": "Tombstone", "formerType": "Dossier", "inReplyTo": guest}
    return {
        "cohort-add": _placed(selected, 1, 1, "2027-02-06T09:00:00Z"),
        "cohort-swap": _placed(selected, 2, 2, "2027-02-08T09:00:00Z", swap=f"{CALL}/swaps/1"),
        "session-invite": invited,
        "session-accept": letter(
            f"{RIDERS}/accepts/9",
            "Accept",
            RIDERS,
            stub(invited),
            to=(OWNER,),
            at="2027-02-21T10:00:00Z",
            vouched=False,
        ),
        "follow-up-contact": _entry(
            OWNER,
            "1",
            "2027-04-02T14:00:00Z",
            (RIDERS, ETUC),
            "By telephone: the data came, in part. A lawyer is found.",
            entry="contact",
        ),
        "follow-up-outputs": _entry(
            RIDERS, "1", "2027-04-10T09:00:00Z", (OWNER, ETUC), "What we took home.", entry="outputs", outputs=outputs
        ),
        "contact-shared": _entry(
            RIDERS,
            "2",
            "2027-04-11T09:00:00Z",
            (OWNER,),
            "How to reach me.",
            entry="contact_details",
            contact={"name": "A rider", "email": "rider@riders.example"},
        ),
        "follow-up-result": _entry(
            OWNER, "2", "2027-11-30T09:00:00Z", (RIDERS, ETUC), "An agreement on pay was signed.", entry="result"
        ),
        "purge-notice": letter(
            f"{purged}/notice#create-1",
            "Create",
            OWNER,
            notice,
            to=(RELAY,),
            at="2028-01-04T09:00:00Z",
            vouched=False,
        ),
        "purge": letter(
            f"{purged}#delete", "Delete", OWNER, grave, to=(RELAY, *SEATS), at="2028-02-03T09:00:00Z", vouched=False
        ),
    }


def apart(told: dict[str, Json]) -> dict[str, Json]:
    """Return letters that are taken too, but in another course of the story."""
    offered = told["offer"]
    late = offer(CARE, "8f4", "2027-01-13T22:50:00Z", territory="BE", initiativeId=f"{CARE}/initiatives/9")
    in_time = receipt(ASTREES, late, DEADLINE, "2")
    refused = letter(
        f"{CALL}/refusals/1",
        "Reject",
        OWNER,
        stub(offered),
        to=(RIDERS,),
        at="2027-01-10T17:02:02Z",
        target=CALL,
        reasonCode="missing-recipient",
        missing=[ASTREES],
        content="<p>Your application was not sent to every member of the committee.</p>",
    )
    return {
        "refusal": refused,
        "offer-owner-down": late,
        "receipt-in-time-elsewhere": in_time,
        "receipt-admitted": receipt(OWNER, late, "2027-01-14T06:12:00Z", "4", admittedBecause=in_time["object"]["id"]),
        "place-refused": _confirmation(told["decision-selected"], "Reject"),
        "confirmation-late": _confirmation(told["decision-selected"], "Accept", "2027-02-18T00:00:00Z"),
        "confirmation-by-stranger": _confirmation(told["decision-selected"], "Accept", by=CARE),
        "confirmation-superseded": _confirmation(
            told["decision-superseding"], "Accept", "2027-03-06T09:00:00Z", by=CARE
        ),
        "cohort-remove": letter(
            f"{CALL}/placements/9d1-3",
            "Remove",
            OWNER,
            {name: told["decision-selected"]["result"][name] for name in ("id", "type", "attributedTo")},
            to=(RIDERS, *SEATS),
            at="2027-02-09T09:00:00Z",
            target=f"{CALL}/cohorts/1",
            placement={"number": 3},
        ),
        "erasure": letter(
            f"{offered['object']['id']}#delete",
            "Delete",
            RIDERS,
            offered["object"]["id"],
            to=ALL,
            at="2027-01-25T09:00:00Z",
            vouched=False,
        ),
    }
