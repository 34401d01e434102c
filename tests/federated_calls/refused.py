"""Letters that have to be refused, ignored or answered by a status: each is one step from one that is taken."""

from federation.activities import PUBLIC
from tests.federated_calls.cast import (
    ALL,
    ASTREES,
    CALL,
    CARE,
    DEADLINE,
    ETUC,
    IRES,
    LATER_SEAT,
    MAIL_SEAT,
    OWNER,
    RIDERS,
    STRANGER,
    TEXTS,
    Json,
    digest_of,
    letter,
    proved,
    stub,
)
from tests.federated_calls.outcome import decision
from tests.federated_calls.story import COMMITTEE, agreement, file_answer, offer, receipt, review, the_call

AT = "2027-01-12T10:00:00Z"
FEW = (OWNER, IRES, ETUC)
OTHER = {"initiativeId": f"{CARE}/initiatives/9", "territory": "BE"}


def answers(objectives: str, *more: Json) -> list[Json]:
    """Return answers to the questions of the call."""
    people = {"key": "people", "text": "Nine carers."}
    return [{"key": "objectives", "text": objectives}, people, *more]


def offers() -> dict[str, Json]:
    """Return Offers, each wrong in one thing."""
    good = offer(CARE, "c01", AT, **OTHER)
    broken = {**good, "id": f"{CARE}/applications/c02#offer-1", "published": "2027-01-12T10:00:01Z"}
    long = [answers("o" * 1501), [*answers("o" * 1500)[:1], {"key": "people", "text": "p" * 1501}]]
    other = {"key": "password", "text": "hunter2"}
    choice = {"key": "help", "choices": ["A yacht"]}
    only = [{"key": "people", "text": "Nine carers."}]
    book = file_answer(CARE, pages=2)
    page = file_answer(CARE, mediaType="text/html")
    large = file_answer(CARE, size=5242881)
    elsewhere = file_answer(CARE, url="https://node-e.example/files/note.pdf")
    good = offer(CARE, "c20", AT, **OTHER)
    named = proved({**good, "object": {**good["object"], "attributedTo": RIDERS}})
    return {
        "offer-missing-recipient": offer(CARE, "c03", AT, to=FEW, **OTHER),
        "offer-extra-recipient": offer(CARE, "c04", AT, to=(*ALL, STRANGER), **OTHER),
        "offer-public": offer(CARE, "c05", AT, to=(*ALL, PUBLIC), **OTHER),
        "offer-unknown-committee": offer(CARE, "c06", AT, committee=4, **OTHER),
        "offer-early": offer(CARE, "c07", "2026-11-16T08:59:59Z", **OTHER),
        "offer-last-second": offer(CARE, "c08", "2027-01-13T22:59:59Z", **OTHER),
        "offer-late": offer(CARE, "c09", "2027-01-13T23:00:00Z", **OTHER),
        "offer-too-long": offer(CARE, "c10", AT, **OTHER, answers=long[0]),
        "offer-too-long-in-all": offer(CARE, "c11", AT, **OTHER, answers=long[1]),
        "offer-missing-answer": offer(CARE, "c12", AT, **OTHER, answers=only),
        "offer-empty-answer": offer(CARE, "c13", AT, **OTHER, answers=answers(" \r\n ")),
        "offer-unknown-question": offer(CARE, "c14", AT, **OTHER, answers=answers("Rest.", other)),
        "offer-bad-choice": offer(CARE, "c15", AT, **OTHER, answers=answers("Rest.", choice)),
        "offer-two-pages": offer(CARE, "c16", AT, **OTHER, answers=answers("Rest.", book)),
        "offer-wrong-file-type": offer(CARE, "c17", AT, **OTHER, answers=answers("Rest.", page)),
        "offer-large-file": offer(CARE, "c18", AT, **OTHER, answers=answers("Rest.", large)),
        "offer-file-elsewhere": offer(CARE, "c19", AT, **OTHER, answers=answers("Rest.", elsewhere)),
        "offer-not-eligible": offer(CARE, "c21", AT, **OTHER | {"territory": "US"}),
        "offer-foreign-initiative": offer(CARE, "c22", AT, **OTHER | {"initiativeId": f"{RIDERS}/initiatives/2"}),
        "offer-second-for-initiative": offer(RIDERS, "9d2", AT),
        "offer-already-registered": offer(RIDERS, "9d1", AT, number=2),
        "offer-with-a-seat": offer(CARE, "c25", AT, **OTHER, people=[{"name": "An adviser", "id": ETUC}]),
        "offer-without-proof": offer(CARE, "c23", AT, vouched=False, **OTHER),
        "offer-broken-proof": broken,
        "offer-in-anothers-name": named,
        "offer-replayed": offer(RIDERS, "9d1", "2027-01-10T17:02:00Z", territory="DE"),
        "offer-at-keyword": {**offer(CARE, "c24", AT, **OTHER), "@graph": []},
    }


def of_the_call() -> dict[str, Json]:
    """Return what changes the call, in courses of the story of their own, and Offers on both sides of it."""
    seats = [one if one["key"] != MAIL_SEAT else {**one, "id": LATER_SEAT} for one in COMMITTEE]
    wider = the_call(DEADLINE, committee=seats, committeeVersion=3)
    wider["steeringCommittee"] = [IRES, ETUC, LATER_SEAT, ASTREES]
    ended = the_call(DEADLINE, callStatus="cancelled", cancellationReason="There is no money.")
    changed, everybody = "2027-01-11T12:00:00Z", (*ALL, LATER_SEAT)

    def updated(name: str, thing: Json, at: str) -> Json:
        return letter(f"{CALL}#{name}", "Update", OWNER, thing, to=(PUBLIC,), at=at, vouched=False)

    called = {"id": CALL, "type": "Article", "attributedTo": OWNER}
    return {
        "call-committee-changed": updated("update-2", wider, changed),
        "call-cancelled": updated("update-3", ended, changed),
        "seat-declined": letter(
            f"{ASTREES}/rejects/1", "Reject", ASTREES, called, to=(OWNER,), at=changed, vouched=False
        ),
        "offer-recent-committee": offer(CARE, "c31", "2027-01-12T11:59:59Z", **OTHER),
        "offer-old-committee": offer(CARE, "c32", "2027-01-12T12:00:00Z", **OTHER),
        "offer-new-committee": offer(CARE, "c33", AT, to=everybody, committee=3, **OTHER),
        "offer-new-committee-missing": offer(CARE, "c34", AT, committee=3, **OTHER),
    }


def foreign() -> dict[str, Json]:
    """Return what others mean by an Offer."""
    plain = agreement(CARE, f"{CARE}/agreements/1")
    del plain["application"]
    badge = {"id": f"{STRANGER}/badges/1", "type": "Badge", "name": "Facilitator"}
    return {
        "offer-plain-0837": letter(f"{CARE}/offers/1", "Offer", CARE, plain, to=(OWNER,), at=AT, target=CALL),
        "offer-communecter-badge": letter(
            f"{STRANGER}/offers/1", "Offer", STRANGER, badge, to=(OWNER,), at=AT, vouched=False, target=OWNER
        ),
        "offer-communecter-role": letter(
            f"{STRANGER}/offers/2",
            "Offer",
            STRANGER,
            STRANGER,
            to=(OWNER,),
            at=AT,
            vouched=False,
            target=OWNER,
            instrument="admin",
        ),
    }


def changes(told: dict[str, Json]) -> dict[str, Json]:
    """Return corrections, withdrawals, receipts, opinions and decisions that nobody has to believe."""
    sent, corrected = told["offer"], told["correction"]
    after = "2027-01-22T10:00:00Z"

    def update(by: str, name: str, at: str, version: int) -> Json:
        thing = {**corrected["object"], "updated": at}
        thing["application"] = {**thing["application"], "version": version}
        return letter(f"{by}/applications/9d1#update-{name}", "Update", by, thing, to=ALL, at=at)

    unknown = agreement(CARE, f"{CARE}/applications/c99", version=2, territory="BE")
    forged = receipt(STRANGER, sent, "2027-01-10T17:02:09Z", "1")
    wrong = digest_of(told["offer-care"])
    other_text = receipt(ASTREES, sent, "2027-01-10T17:02:09Z", "9", digestMultibase=wrong)
    no = decision(sent, 2, "declined", "2027-02-04T09:00:00Z", "I say no.")
    return {
        "update-late": update(RIDERS, "3", "2027-01-13T23:00:00Z", 3),
        "update-old-version": update(RIDERS, "1", "2027-01-11T10:00:00Z", 1),
        "update-by-another": update(STRANGER, "4", AT, 4),
        "update-unknown": letter(f"{unknown['id']}#update-2", "Update", CARE, unknown, to=ALL, at=AT),
        "withdrawal-by-another": letter(f"{STRANGER}/undos/1", "Undo", STRANGER, stub(sent), to=ALL, at=AT),
        "withdrawal-to-the-owner-alone": letter(
            f"{CARE}/undos/1", "Undo", CARE, stub(told["offer-care"]), to=(OWNER,), at=AT
        ),
        "update-withdrawn": letter(
            f"{TEXTS}/applications/5c2#update-2",
            "Update",
            TEXTS,
            agreement(TEXTS, f"{TEXTS}/applications/5c2", version=2, territory="RS"),
            to=ALL,
            at="2027-01-12T13:00:00Z",
        ),
        "withdrawal-closed": letter(
            f"{RIDERS}/applications/9d1#undo-1", "Undo", RIDERS, stub(sent), to=ALL, at="2027-12-01T09:00:00Z"
        ),
        "review-own": review(ETUC, offers()["offer-with-a-seat"], "admissible", after, "7"),
        "receipt-by-another": forged,
        "receipt-of-another-text": other_text,
        "review-by-a-stranger": review(STRANGER, corrected, "admissible", after, "1"),
        "review-too-early": review(IRES, sent, "admissible", AT, "2"),
        "review-too-late": review(ETUC, corrected, "not_admissible", "2027-02-04T10:00:00Z", "2"),
        "review-after-recusal": review(ASTREES, told["offer-care"], "admissible", after, "2"),
        "review-twice": review(IRES, corrected, "not_admissible", after, "4"),
        "review-score-out-of-range": review(
            ETUC, corrected, "admissible", after, "5", scores=[{"key": "workers", "points": 6}]
        ),
        "review-unknown-criterion": review(
            ETUC, corrected, "admissible", after, "6", scores=[{"key": "charm", "points": 1}]
        ),
        "decision-by-a-seat": proved({**no, "id": f"{IRES}/decisions/1", "actor": IRES}),
        "follow-up-by-a-seat": letter(
            f"{IRES}/entries/1#create-1",
            "Create",
            IRES,
            {
                "id": f"{IRES}/entries/1",
                "type": "Note",
                "attributedTo": IRES,
                "context": f"{CALL}/dossiers/q4w8/follow-up",
                "to": [OWNER],
                "content": "<p>Hello.</p>",
                "followUp": {"entry": "contact"},
            },
            to=(OWNER,),
            at="2027-04-03T09:00:00Z",
            vouched=False,
        ),
    }
