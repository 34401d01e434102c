"""Numbers and tables that a second implementation has to come to: counting, quorum and scores, the audit log, codes."""

import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import rfc8785

from tests.federated_calls import story
from tests.federated_calls.cast import CALL, OWNER, RIDERS, Json, digest, digest_of


def length(text: str) -> int:
    """Return the length of a text as the document counts it."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return len(text.strip(" \t\n"))


def counting() -> list[Json]:
    """Return texts with their lengths."""
    texts = {
        "plain": "Forty riders",
        "ends are taken off": " \t\n a b \r\n",
        "a line end is one": "a\r\nb\rc\nd",
        "composed": "é",
        "decomposed, and the same": "e\u0301",
        "a flag is two code points": "🇫🇷",
        "a family is seven": "👩\u200d👩\u200d👧\u200d👦",
        "beyond the first plane is one, where UTF-16 has two": "𝄞",
        "a no-break space stays": "\u00a0a\u00a0",
        "nothing": " \r\n ",
    }
    return [{"what": what, "text": text, "length": length(text)} for what, text in texts.items()]


def needed(seats: int, recused: int, quorum: int | None) -> int | None:
    """Return how many opinions an application needs, or None where nobody may give one."""
    eligible = seats - recused
    if eligible == 0:
        return None
    wanted = quorum or seats // 2 + 1
    return max(1, -(-wanted * eligible // seats))


def standing(opinions: Json, least: int | None) -> str:
    """Return what the opinions of an application come to."""
    yes, no = opinions["admissible"], opinions["not_admissible"]
    if least is None or yes + no + opinions["abstain"] < least or yes == no:
        return "undecided"
    return "admissible" if yes > no else "not_admissible"


def total(criteria: list[Json], scores: Json) -> Fraction | None:
    """Return the total of a review, or None where it scores not all criteria."""
    if any(one["key"] not in scores for one in criteria):
        return None
    parts = [Fraction(one["weight"] * scores[one["key"]], one["maximum"]) for one in criteria]
    return sum(parts, Fraction(0)) / sum(one["weight"] for one in criteria)


def percent(value: Fraction | None) -> str | None:
    """Write a score in percent, with one decimal, half to even."""
    if value is None:
        return None
    tenths = value * 1000
    whole = Decimal(round(tenths)) if tenths.denominator == 1 else Decimal(tenths.numerator) / tenths.denominator
    return str((whole / 10).quantize(Decimal("0.1"), ROUND_HALF_EVEN))


def arithmetic() -> Json:
    """Return cases of quorum and of scores."""
    cases = [
        (4, 0, None, (3, 0, 0)),
        (4, 0, None, (2, 0, 0)),
        (4, 1, 3, (1, 1, 1)),
        (4, 1, 3, (2, 1, 0)),
        (4, 2, 3, (0, 1, 1)),
        (4, 3, None, (0, 0, 1)),
        (4, 4, None, (0, 0, 0)),
        (5, 1, None, (2, 0, 1)),
        (20, 7, 11, (8, 0, 0)),
    ]
    quorums = []
    for seats, recused, quorum, (yes, no, neither) in cases:
        opinions = {"admissible": yes, "not_admissible": no, "abstain": neither}
        least = needed(seats, recused, quorum)
        quorums.append(
            {
                "seats": seats,
                "recused": recused,
                "quorum": quorum,
                "opinions": opinions,
                "needed": least,
                "comesTo": standing(opinions, least),
            }
        )
    criteria = [{"key": "workers", "weight": 2, "maximum": 5}, {"key": "lasting", "weight": 1, "maximum": 5}]
    reviews: list[Json] = [{"workers": 5, "lasting": 3}, {"workers": 4, "lasting": 4}, {"workers": 5}, {}]
    totals = [total(criteria, scores) for scores in reviews]
    given = [one for one in totals if one is not None]
    shown = [{"scores": scores, "total": percent(one)} for scores, one in zip(reviews, totals, strict=True)]
    mean = percent(sum(given, Fraction(0)) / len(given))
    return {"quorum": quorums, "scores": {"criteria": criteria, "reviews": shown, "mean": mean}}


@cache
def audit_log() -> list[Json]:
    """Return the first records of the log of the call."""
    steps: list[tuple[str, str, str, str | None, str | None]] = [
        ("2027-01-10T17:02:02Z", "register", RIDERS, "draft", "submitted"),
        ("2027-01-11T09:00:01Z", "correct", RIDERS, "submitted", "submitted"),
        ("2027-02-03T09:00:00Z", "decide", OWNER, "admissible", "selected"),
    ]
    told = story.beginning()
    letters = [told["offer"], told["correction"], None]
    records: list[Json] = []
    previous = digest(CALL.encode())
    for number, ((at, act, by, before, after), letter) in enumerate(zip(steps, letters, strict=True), 1):
        record: Json = {
            "number": number,
            "at": at,
            "call": CALL,
            "subject": f"{CALL}/dossiers/q4w8",
            "act": act,
            "by": by,
            "node": by.split("/")[2],
            "from": before,
            "to": after,
            "letter": letter["id"] if letter else f"{CALL}/decisions/9d1-1",
            "digest": digest_of(letter) if letter else None,
            "previous": previous,
        }
        previous = digest(rfc8785.dumps(record))
        records.append({**record, "hash": previous})
    return records


REASONS: dict[str, str] = {
    "malformed": "a property is missing, of another type, or has a value that is not known; or no `application`",
    "proof-missing": "no proof of the actor",
    "public-audience": "addressed to everybody",
    "not-open-yet": "before the opening",
    "late": "received after the deadline; in the refusal `endTime`",
    "cancelled": "the call is cancelled",
    "committee-changed": "another committee was seen; in the refusal the current `committeeVersion`",
    "missing-recipient": "not to every seat and the owner; in the refusal `missing`",
    "extra-recipient": "to somebody else as well",
    "not-eligible": "the territory is none of the call's",
    "unknown-question": "an answer to what was not asked; in the refusal `keys`",
    "missing-answer": "a required answer is not there or empty; `keys`",
    "bad-answer": "of another sort than asked, a choice that is none, a score out of range; `keys`",
    "too-long": "beyond a limit of characters; `count`, `limit`",
    "file-type": "a file of another media type than asked; `keys`",
    "file-size": "a file is too large; `keys`",
    "file-pages": "a PDF has too many pages; `keys`",
    "file-unavailable": "a file could not be fetched (only in `incomplete`)",
    "file-digest": "a file is not the one that the letter named (only in `incomplete`)",
    "file-unreadable": "a PDF is encrypted or broken (only in `incomplete`)",
    "not-your-initiative": "the initiative does not name the applicant",
    "second-for-initiative": "there is a registered application of this initiative",
    "second-for-applicant": "there is a registered application of this applicant, and one is allowed",
    "already-registered": "this application, or this seat's review, is there already: correct it",
    "unknown-application": "nothing registered under this id",
    "withdrawn": "the application was withdrawn",
    "closed": "the dossier is closed",
    "not-a-seat": "no seat of the committee",
    "own-application": "nobody reviews their own",
    "recused": "the seat has declared a conflict of interest",
    "too-early": "opinions are taken after the deadline",
    "too-late": "decided already",
    "unknown-criterion": "a score for what is no criterion",
    "confirmation-expired": "after `confirmBy`",
    "superseded": "a later decision holds",
    "not-allowed": "not by this actor",
    "blocked": "the node does not deal with this host or actor",
}
"""Every `reasonCode`, and when it is given."""

READERS = ("stranger", "member", "other applicant", "applicant", "cohort", "seat", "recused", "coordinator")
SIGHT: dict[str, str] = {
    "the call, its committee, its extensions": "yes yes yes yes yes yes yes yes",
    "statistics, open data": "decided decided decided decided decided decided decided decided",
    "that an application is there; how many": "no no no yes no yes yes yes",
    "the application, its versions and files": "no no no yes no yes no yes",
    "receipts, n of N, digests": "no no no yes no yes yes yes",
    "mail addresses of seats and guests": "no no no no no no no yes",
    "registered, incomplete, withdrawn": "no no no yes no yes yes yes",
    "opinions, scores, what they come to": "no no no no no own no yes",
    "recusals": "no no no no no yes yes yes",
    "pending decisions": "no no no no no no no yes",
    "the decision and its rank": "no no no decided no decided decided yes",
    "motives": "no no no decided no decided no yes",
    "the confirmation": "no no no yes no yes no yes",
    "cohorts and who is in them": "no no no cohort cohort decided decided yes",
    "contacts of leaders": "no no no cohort cohort no no yes",
    "follow-up, outputs": "no no no yes no no no yes",
    "audit records": "no no no no no no no yes",
}
"""What the readers of `READERS` see of each thing: see Reading in the document."""


def visibility() -> Json:
    """Return who sees what."""
    rows = {thing: dict(zip(READERS, cells.split(), strict=True)) for thing, cells in SIGHT.items()}
    return {"readers": list(READERS), "sees": rows}


def table(head: list[str], rows: list[list[Any]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
