"""Every `reasonCode` of federated calls (FC-41) with its sentence for people, and a refusal that carries one.

A new code is added to the table of docs/federated-calls.md, here, and in French to `kinds/words.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.activities import Document, ids_of
from flask_maillage.publications.call_parts import KEYS, MAX_QUESTIONS, MAX_SEATS
from flask_maillage.publications.kinds import reading
from flask_maillage.publications.kinds.base import timestamp
from flask_maillage.publications.kinds.words import clock, day_in_words, words

SENTENCES = {
    "malformed": "This could not be read: something in it is missing, or is not of the kind that belongs there.",
    "proof-missing": "This is not signed by whoever it is from.",
    "public-audience": "An application goes to the committee alone, and this one was addressed to everybody.",
    "not-open-yet": "This call is not open yet.",
    "late": "It is too late: this call is closed.",
    "cancelled": "This call was cancelled.",
    "committee-changed": "The committee is another one now: look at the call again, and send the application anew.",
    "missing-recipient": "Your application was not sent to every member of the committee.",
    "extra-recipient": "Your application was also sent to somebody who is not in the committee.",
    "not-eligible": "One cannot apply to this call from this territory.",
    "unknown-question": "There is an answer to something that was not asked.",
    "missing-answer": "An answer that is required is missing.",
    "bad-answer": "An answer is not of the kind that was asked for.",
    "too-long": "This is too long.",
    "file-type": "A file is not of a kind that is accepted here.",
    "file-size": "A file is too large.",
    "file-pages": "A PDF has too many pages.",
    "file-unavailable": "A file could not be fetched.",
    "file-digest": "A file is not the one that the application named.",
    "file-unreadable": "A PDF is encrypted or broken.",
    "not-your-initiative": "The initiative does not name you as who carries it.",
    "second-for-initiative": "There is an application for this initiative already.",
    "second-for-applicant": "You have applied already, and to this call one can apply once.",
    "already-registered": "This is registered already: correct what is there.",
    "unknown-application": "There is no such application here.",
    "withdrawn": "This application was withdrawn.",
    "closed": "This is closed: nothing can be changed in it any more.",
    "not-a-seat": "Only members of the committee can do this.",
    "own-application": "Nobody gives an opinion on an application of their own.",
    "recused": "You have a conflict of interest with this application.",
    "too-early": "It is too early for this: it begins after the deadline.",
    "too-late": "It is too late for this: it is decided already.",
    "unknown-criterion": "There is a score for something that is no criterion of this call.",
    "confirmation-expired": "It is too late to answer: the time to confirm the place is over.",
    "superseded": "A later decision holds.",
    "not-allowed": "You cannot do this.",
    "blocked": "This server does not deal with yours.",
}
"""What each code tells who gets it, in English; the keys are all codes that there are."""

TOO_LATE = "It is too late: one could apply until {date}, {time} ({zone})."
TOO_LONG = "This is too long: {count} characters, where at most {limit} are possible."


@dataclass(frozen=True)
class Refusal:
    """Why something may not be: a code, and what helps to do better.

    `keys` are questions or criteria, `missing` ids of recipients; `count` and `limit` are of `too-long`.
    """

    code: str
    keys: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    committee_version: int | None = None
    count: int | None = None
    limit: int | None = None
    end_time: datetime | None = None

    def __post_init__(self) -> None:
        """Let no code be given that is none: that is a mistake in the program."""
        if self.code not in SENTENCES:
            raise ValueError(f"there is no code {self.code!r}")

    def document(self) -> Document:
        """Return the properties of a `Reject` that say it; `content` is for the caller (`sentence`)."""
        more: dict[str, Any] = {
            "missing": list(self.missing),
            "committeeVersion": self.committee_version,
            "count": self.count,
            "limit": self.limit,
            "keys": list(self.keys),
            "endTime": timestamp(self.end_time) if self.end_time else None,
        }
        return {"reasonCode": self.code} | {name: value for name, value in more.items() if value not in (None, [])}

    def sentence(
        self, language: str | None, *, timezone: str | None = None, labels: Mapping[str, str] | None = None
    ) -> str:
        """Return it for people.

        Args:
            language: of who reads it: French, and English for all others.
            timezone: of the call, in which its deadline is said.
            labels: what the questions or criteria are called, by key; those that are concerned are named.
        """
        text = words(language, SENTENCES[self.code])
        if self.code == "late" and self.end_time:
            day, time = day_in_words(language, self.end_time, timezone), clock(self.end_time, timezone)
            text = words(language, TOO_LATE, date=day, time=time, zone=timezone or "UTC")
        elif self.code == "too-long" and self.count is not None and self.limit is not None:
            text = words(language, TOO_LONG, count=self.count, limit=self.limit)
        named = [labels[key] for key in self.keys if key in labels] if labels else []
        return f"{text} ({', '.join(named)})" if named else text


class Refused(Exception):
    """Something may not be; raised deep, answered once: by a page in words, by an inbox with a `Reject`."""

    def __init__(self, refusal: Refusal, *, content: str = "", held_until: datetime | None = None) -> None:
        """Keep why.

        Args:
            refusal: the code, and what helps.
            content: what people are told, as HTML, in place of the code's sentence.
            held_until: until when the refused letter is kept all the same (FC-34).
        """
        super().__init__(refusal.code)
        self.refusal = refusal
        self.content = content
        self.held_until = held_until


def refusal_of(document: Document) -> Refusal | None:
    """Return what a `Reject` of a call's owner says, or None where it has no code that we know.

    What helps is taken as far as it can be read: the code alone is the answer.
    """
    code = document.get("reasonCode")
    if not isinstance(code, str) or code not in SENTENCES:
        return None
    keys = document.get("keys")
    return Refusal(
        code,
        keys=tuple(key for key in keys if isinstance(key, str) and KEYS.fullmatch(key))[:MAX_QUESTIONS]
        if isinstance(keys, list)
        else (),
        missing=tuple(ids_of(document.get("missing")))[: MAX_SEATS + 1],
        committee_version=reading.whole_number_of(document.get("committeeVersion"), 1, 1_000_000),
        count=reading.whole_number_of(document.get("count"), 0, 10_000_000),
        limit=reading.whole_number_of(document.get("limit"), 0, 10_000_000),
        end_time=reading.instant_of(document.get("endTime"), None),
    )
