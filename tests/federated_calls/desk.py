"""What the owner's collections answer, to whom: pages, dossiers and counts."""

from tests.federated_calls.cast import ASTREES, CALL, CARE, CONTEXT, DEADLINE, ETUC, IRES, MAIL_SEAT, RIDERS, Json
from tests.federated_calls.story import DOSSIERS


def answers(told: dict[str, Json]) -> dict[str, Json]:
    """Return documents by name, as they are at the end of January, after the recusal and one opinion."""
    return {
        "applications": _page(told),
        "dossier-before-own-review": _dossier(told, {"needed": 3, "given": 1}),
        "dossier-after-own-review": _dossier(
            told,
            {
                "needed": 3,
                "given": 2,
                "opinions": {"admissible": 2, "not_admissible": 0, "abstain": 0},
                "comesTo": "undecided",
            },
            reviews=[
                told["review-changed"]["object"],
                {"attributedTo": ETUC, "type": "Review", "opinion": "admissible"},
            ],
        ),
        "dossier-of-the-applicant": _dossier(told, None),
        "statistics": {
            "@context": CONTEXT,
            "id": f"{CALL}/statistics",
            "type": "Statistics",
            "context": CALL,
            "applications": 13,
            "selected": 10,
            "by": {
                "country": [{"name": "FR", "count": 6}, {"name": "*", "count": 7}],
                "sector": [{"name": "Delivery", "count": 5}, {"name": "Care", "count": 4}, {"name": "*", "count": 4}],
            },
        },
    }


def _page(told: dict[str, Json]) -> Json:
    """Return the list as the seat of ASTREES reads it: of one application it is recused."""
    riders, care = told["correction"]["object"], told["offer-care"]["object"]
    items: list[Json] = [
        {
            "id": DOSSIERS[RIDERS],
            "type": "Dossier",
            "name": riders["name"],
            "object": riders["id"],
            "state": "submitted",
            "version": 2,
            "attributedTo": RIDERS,
            "territory": "FR",
            "incomplete": [],
        },
        {
            "id": DOSSIERS[CARE],
            "type": "Dossier",
            "name": care["name"],
            "object": care["id"],
            "state": "submitted",
            "incomplete": [],
            "recused": True,
        },
    ]
    reviewed = [{**item, "reviewedByReader": False} for item in items]
    return {
        "@context": CONTEXT,
        "id": f"{CALL}/desk/applications/page/1",
        "type": "OrderedCollectionPage",
        "partOf": f"{CALL}/desk/applications",
        "totalItems": len(items),
        "orderedItems": reviewed,
    }


def _dossier(told: dict[str, Json], quorum: Json | None, reviews: list[Json] | None = None) -> Json:
    seats = {
        "ires": (IRES, told["receipt-seat"]),
        "etuc-1": (ETUC, told["receipt-local-seat"]),
        MAIL_SEAT: (None, told["receipt-mail"]),
        "astrees": (ASTREES, told["receipt-late-seat"]),
    }
    receipts = [
        {"seat": key, **({"id": actor} if actor else {}), "receipt": one["object"]["id"]}
        for key, (actor, one) in seats.items()
    ]
    dossier: Json = {
        "@context": CONTEXT,
        "id": DOSSIERS[RIDERS],
        "type": "Dossier",
        "context": CALL,
        "state": "submitted",
        "registered": told["receipt-owner"]["object"]["receivedAt"],
        "deadline": DEADLINE,
        "object": told["correction"]["object"]["id"],
        "version": 2,
        "versions": f"{DOSSIERS[RIDERS]}/versions",
        "receivedBy": {"version": 1, "seats": 4, "receipts": receipts},
        "incomplete": [],
    }
    if quorum is not None:
        dossier["quorum"] = quorum
    if reviews is not None:
        dossier["reviews"] = reviews
    return dossier
