"""What has to come of each fixture: who gets it, when, after which others, and the rules that it shows."""

from tests.federated_calls.cast import ASTREES, OWNER, RELAY, RIDERS, Json

OPEN = ["call", "deadline-extended"]
SENT = [*OPEN, "offer"]
BOTH = [*SENT, "offer-care"]
FIXED = [*SENT, "correction"]
DONE = [*FIXED, "decision-selected"]
PLACED = [*DONE, "confirmation", "cohort-add"]
WIDER = [*OPEN, "call-committee-changed"]

TAKEN: dict[str, tuple[str, list[str], str]] = {
    "call": (RIDERS, [], "FC-15"),
    "deadline-extended": (RIDERS, ["call"], "FC-16 FC-17"),
    "offer": (OWNER, OPEN, "FC-19 FC-26"),
    "offer-care": (OWNER, SENT, "FC-19"),
    "offer-texts": (OWNER, SENT, "FC-24"),
    "offer-guest": (ASTREES, OPEN, "FC-28"),
    "receipt-owner": (RIDERS, SENT, "FC-30 FC-13"),
    "receipt-seat": (RIDERS, SENT, "FC-30 FC-32"),
    "receipt-local-seat": (RIDERS, SENT, "FC-29"),
    "receipt-mail": (RIDERS, SENT, "FC-31"),
    "receipt-late-seat": (RIDERS, SENT, "FC-10 FC-32"),
    "correction": (OWNER, SENT, "FC-35 FC-37"),
    "receipt-correction": (RIDERS, FIXED, "FC-30"),
    "receipt-incomplete": (RIDERS, [*FIXED, "receipt-correction"], "FC-40 FC-33"),
    "withdrawal": (OWNER, [*OPEN, "offer-texts"], "FC-36"),
    "review": (OWNER, FIXED, "FC-42 FC-49"),
    "review-changed": (OWNER, [*FIXED, "review"], "FC-43"),
    "recusal": (OWNER, BOTH, "FC-45"),
    "decision-selected": (RIDERS, FIXED, "FC-52 FC-51"),
    "decision-reserve": ("care", BOTH, "FC-52"),
    "decision-declined": (RELAY, [*OPEN, "offer-guest"], "FC-52"),
    "confirmation": (OWNER, DONE, "FC-55"),
    "decision-superseding": ("care", [*BOTH, "decision-reserve"], "FC-53 FC-54"),
    "decision-expired": ("care", [*BOTH, "decision-superseding"], "FC-56"),
    "cohort-add": (RIDERS, [*DONE, "confirmation"], "FC-57"),
    "cohort-swap": (RIDERS, [*DONE, "confirmation", "cohort-add"], "FC-57"),
    "session-invite": (RIDERS, [*DONE, "confirmation"], "FC-58"),
    "session-accept": (OWNER, [*DONE, "confirmation", "session-invite"], "FC-58"),
    "follow-up-contact": (RIDERS, [*DONE, "confirmation", "cohort-add"], "FC-59"),
    "follow-up-outputs": (OWNER, [*DONE, "confirmation", "cohort-add"], "FC-60"),
    "contact-shared": (OWNER, [*DONE, "confirmation", "cohort-add"], "FC-79"),
    "follow-up-result": (RIDERS, [*DONE, "confirmation", "cohort-add"], "FC-61"),
    "purge-notice": (RELAY, [*OPEN, "offer-guest", "decision-declined"], "FC-68"),
    "purge": (ASTREES, [*OPEN, "offer-guest", "decision-declined"], "FC-68"),
    "refusal": (RIDERS, SENT, "FC-41 FC-19"),
    "receipt-in-time-elsewhere": (OWNER, [*OPEN, "offer-owner-down"], "FC-34"),
    "receipt-admitted": ("care", [*OPEN, "offer-owner-down", "receipt-in-time-elsewhere"], "FC-34"),
    "place-refused": (OWNER, DONE, "FC-55"),
    "erasure": (OWNER, SENT, "FC-69"),
    "call-committee-changed": (RIDERS, OPEN, "FC-15"),
    "call-cancelled": (RIDERS, OPEN, "FC-18"),
    "seat-declined": (OWNER, OPEN, "FC-78"),
    "offer-recent-committee": (OWNER, WIDER, "FC-20"),
    "offer-new-committee": (OWNER, WIDER, "FC-20"),
    "offer-with-a-seat": (OWNER, OPEN, "FC-44"),
    "cohort-remove": (RIDERS, [*DONE, "confirmation", "cohort-add"], "FC-57"),
    "offer-last-second": (OWNER, OPEN, "FC-17"),
    "withdrawal-to-the-owner-alone": (OWNER, BOTH, "FC-36"),
}
"""Fixtures that are taken: to whom they come, after which others, and what they show."""

REFUSED: dict[str, tuple[list[str], str, str]] = {
    "offer-missing-recipient": (OPEN, "missing-recipient", "FC-19"),
    "offer-extra-recipient": (OPEN, "extra-recipient", "FC-19"),
    "offer-public": (OPEN, "public-audience", "FC-6"),
    "offer-old-committee": (WIDER, "committee-changed", "FC-20"),
    "offer-unknown-committee": (OPEN, "committee-changed", "FC-20"),
    "offer-new-committee-missing": (WIDER, "missing-recipient", "FC-19 FC-20"),
    "offer-early": (OPEN, "not-open-yet", "FC-17"),
    "offer-late": (OPEN, "late", "FC-17 FC-34"),
    "offer-owner-down": (OPEN, "late", "FC-34"),
    "offer-too-long": (OPEN, "too-long", "FC-23 FC-14"),
    "offer-too-long-in-all": (OPEN, "too-long", "FC-23 FC-14"),
    "offer-missing-answer": (OPEN, "missing-answer", "FC-23"),
    "offer-empty-answer": (OPEN, "missing-answer", "FC-23 FC-14"),
    "offer-unknown-question": (OPEN, "unknown-question", "FC-22"),
    "offer-bad-choice": (OPEN, "bad-answer", "FC-22"),
    "offer-two-pages": (OPEN, "file-pages", "FC-37"),
    "offer-wrong-file-type": (OPEN, "file-type", "FC-37"),
    "offer-large-file": (OPEN, "file-size", "FC-37"),
    "offer-file-elsewhere": (OPEN, "malformed", "FC-37"),
    "offer-not-eligible": (OPEN, "not-eligible", "FC-24"),
    "offer-foreign-initiative": (OPEN, "not-your-initiative", "FC-25"),
    "offer-second-for-initiative": (SENT, "second-for-initiative", "FC-25"),
    "offer-already-registered": (SENT, "already-registered", "FC-27"),
    "offer-without-proof": (OPEN, "proof-missing", "FC-4"),
    "offer-plain-0837": (OPEN, "malformed", "FC-75"),
    "update-late": (FIXED, "late", "FC-35"),
    "update-withdrawn": ([*OPEN, "offer-texts", "withdrawal"], "withdrawn", "FC-35"),
    "withdrawal-closed": ([*PLACED, "follow-up-result"], "closed", "FC-36"),
    "review-own": ([*OPEN, "offer-with-a-seat"], "own-application", "FC-44"),
    "confirmation-superseded": ([*BOTH, "decision-superseding", "decision-expired"], "superseded", "FC-55"),
    "update-unknown": (OPEN, "unknown-application", "FC-35"),
    "review-by-a-stranger": (FIXED, "not-a-seat", "FC-43"),
    "review-too-early": (SENT, "too-early", "FC-18"),
    "review-too-late": (DONE, "too-late", "FC-18"),
    "review-after-recusal": ([*BOTH, "recusal"], "recused", "FC-45"),
    "review-twice": ([*FIXED, "review"], "already-registered", "FC-43"),
    "review-score-out-of-range": (FIXED, "bad-answer", "FC-43"),
    "review-unknown-criterion": (FIXED, "unknown-criterion", "FC-43"),
    "confirmation-late": (DONE, "confirmation-expired", "FC-55"),
    "follow-up-by-a-seat": ([*DONE, "confirmation", "cohort-add"], "not-allowed", "FC-59"),
}
"""Fixtures that the owner refuses: after which others, with which code, and what they show."""

IGNORED: dict[str, tuple[str, list[str], str]] = {
    "offer-in-anothers-name": (OWNER, OPEN, "FC-22"),
    "offer-replayed": (OWNER, SENT, "FC-9"),
    "offer-communecter-badge": (OWNER, OPEN, "FC-76"),
    "offer-communecter-role": (OWNER, OPEN, "FC-76"),
    "update-old-version": (OWNER, FIXED, "FC-35"),
    "update-by-another": (OWNER, SENT, "FC-35"),
    "withdrawal-by-another": (OWNER, SENT, "FC-36"),
    "receipt-by-another": (RIDERS, SENT, "FC-32"),
    "receipt-of-another-text": (RIDERS, SENT, "FC-32"),
    "decision-by-a-seat": (RIDERS, FIXED, "FC-53"),
    "confirmation-by-stranger": (OWNER, DONE, "FC-55"),
}
"""Fixtures of which nothing comes, and nobody is told."""

HTTP: dict[str, tuple[int, str]] = {
    "offer-broken-proof": (401, "FC-4"),
    "offer-at-keyword": (400, "FC-5"),
}
"""Fixtures that are answered by a status at once."""

AGAIN: dict[str, tuple[str, str, list[str], str, str]] = {
    "offer-again": ("offer", OWNER, SENT, "", "FC-9"),
    "offer-after-cancellation": ("offer-guest", OWNER, [*OPEN, "call-cancelled"], "cancelled", "FC-18"),
    "offer-before-extension": ("offer", OWNER, ["call"], "late", "FC-17"),
    "decision-out-of-order": ("decision-reserve", "care", [*BOTH, "decision-superseding"], "", "FC-53"),
    "cohort-out-of-order": ("cohort-add", RIDERS, [*PLACED[:-1], "cohort-swap"], "", "FC-57"),
    "follow-up-closed": ("follow-up-outputs", OWNER, [*PLACED, "follow-up-result"], "closed", "FC-59"),
}
"""The same files in another order: which, to whom, after which others, with which code (ignored without one)."""

RECEIVED = {
    "offer": "2027-01-10T17:02:02Z",
    "correction": "2027-01-11T09:00:01Z",
    "offer-owner-down": "2027-01-14T06:10:00Z",
}
"""When a letter was received, where that is another second than the one it was written in."""


def index(letters: dict[str, Json]) -> list[Json]:
    """Return what has to come of each letter, in the order of their names here."""
    rows: list[Json] = []

    def add(name: str, to: str, after: list[str], rules: str, file: str = "", **expected: str | int) -> None:
        document = letters[file or name]
        rows.append(
            {
                "name": name,
                "file": f"{file or name}.json",
                "receiver": f"{RIDERS.rpartition('/')[0]}/care" if to == "care" else to,
                "signer": document["actor"],
                "receivedAt": RECEIVED.get(file or name, document["published"]),
                "after": after,
                "expected": expected,
                "rules": rules.split(),
            }
        )

    for name, (to, after, rules) in TAKEN.items():
        add(name, to, after, rules, outcome="accepted")
    for name, (after, code, rules) in REFUSED.items():
        add(name, OWNER, after, rules, outcome="refused", code=code)
    for name, (to, after, rules) in IGNORED.items():
        add(name, to, after, rules, outcome="ignored")
    for name, (status, rules) in HTTP.items():
        add(name, OWNER, OPEN, rules, outcome="http", status=status)
    for name, (file, to, after, code, rules) in AGAIN.items():
        expected: dict[str, str] = {"outcome": "refused", "code": code} if code else {"outcome": "ignored"}
        add(name, to, after, rules, file, **expected)
    return rows
