"""Who reads in the privacy sweep, what the table of FC-66 gives them, and what they find when they read everything."""

import io
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdf
from flask import Flask
from werkzeug.test import TestResponse

from federation.activities import CONTENT_TYPE
from federation.signatures import sign
from flask_maillage.calls.sight import Thing
from tests.calls.swept_places import APPLICATIONS, CARE, FIELDS, LATE, NELL, OTTO, PAST, RIDERS, WIM, ZOE, Story, word
from tests.conftest import Clock
from tests.reader import Reader

TABLE = json.loads((Path(__file__).parent.parent / "federated_calls" / "visibility.json").read_text("utf-8"))["sees"]
DECIDED = (CARE, OTTO, RIDERS, ZOE)
COHORT = (OTTO, RIDERS)
JUDGED = tuple(name for name in APPLICATIONS if name != WIM)
KINDS: dict[str, tuple[Sequence[Thing], Sequence[str]]] = {
    "name": ([Thing.PRESENCE, Thing.COHORTS], APPLICATIONS),
    **{kind: ([Thing.APPLICATION], APPLICATIONS) for kind in FIELDS},
    "guest": ([Thing.APPLICATION], [ZOE]),
    "new": ([Thing.APPLICATION], [NELL]),
    "file": ([Thing.APPLICATION], [NELL]),
    "bytes": ([Thing.APPLICATION], [NELL]),
    "mail": ([Thing.ADDRESSES], [ZOE, "post"]),
    "opinion": ([Thing.OPINIONS], JUDGED),
    "pending": ([Thing.PENDING], [NELL]),
    "motive": ([Thing.MOTIVES], DECIDED),
    "contact": ([Thing.CONTACTS], COHORT),
    "reach": ([Thing.CONTACTS], COHORT),
    "entry": ([Thing.FOLLOW_UP], COHORT),
    "output": ([Thing.FOLLOW_UP], COHORT),
    "note": ([], JUDGED),
    "departure": ([], [NELL, *DECIDED]),
    "held": ([], [LATE]),
}
"""By the beginning of a word, the rows of the table that it is of, and of which applications there is one."""
NOWHERE = [word(kind, name) for name in (PAST, LATE) for kind in ("name", *FIELDS)]
"""Words of what was erased, and those of an application that was never let in."""
WORDS = re.compile("|".join([*(word(kind, name) for kind, (_, names) in KINDS.items() for name in names), *NOWHERE]))
VIEWS = {
    "/committee": ["?sort=score", "?sort=name&show=waiting"],
    "/manage/applications": ["?sort=score&show=late", "?q=zq&page=1"],
    "/manage/decisions": ["?show=reserve&sort=name"],
    "/manage/groups": ["?view=list", "?suggest=1"],
    "/manage/log": ["?page=2"],
}
"""Other looks at a page, by the end of its address."""


@dataclass
class Person:
    """Somebody who reads: how they ask, and what they are to which application; a stranger to the others.

    `more` is what is theirs besides the table, `less` what of it no page shows them.
    """

    ask: Callable[[str, str], TestResponse] | None
    roles: dict[str, str] = field(default_factory=dict)
    reviewed: bool = False
    more: set[str] = field(default_factory=set)
    less: set[str] = field(default_factory=set)

    def expected(self, is_decided: bool = False) -> set[str]:
        """Return the words that the table gives them."""
        found = set(self.more)
        for kind, (rows, names) in KINDS.items():
            for name in names:
                role = self.roles.get(name, self.roles.get("all", "stranger"))
                if any(self._holds(TABLE[row][role], name, role, is_decided) for row in rows):
                    found.add(word(kind, name))
        return found - self.less

    def _holds(self, cell: str, name: str, role: str, is_decided: bool) -> bool:
        return {
            "yes": True,
            "no": False,
            "decided": name in DECIDED,
            "own": self.reviewed or is_decided,
            "cohort": role == "cohort" or name in COHORT,
        }[cell]


def here(app: Flask, name: str = "") -> Callable[[str, str], TestResponse]:
    """Return how somebody at a browser asks: signed in where they have a name, else each time as somebody new."""
    signed_in = Reader(app)
    if name:
        assert signed_in.sign_in(f"{name}@example.org").status_code == 303

    def ask(path: str, accepted: str) -> TestResponse:
        reader = signed_in if name else Reader(app)
        return reader.get(path, headers={"Accept": accepted}, buffered=True)

    return ask


def there(app: Flask, story: Story, clock: Clock, name: str) -> Callable[[str, str], TestResponse]:
    """Return how an actor of another server asks: signed."""
    actor = story.elsewhere[name]

    def ask(path: str, accepted: str) -> TestResponse:
        signed = sign(actor.signer, "GET", f"http://localhost{path}", None, now=clock(), scheme="cavage")
        return Reader(app).get(path, headers={"Accept": accepted, **signed}, buffered=True)

    return ask


def found_by(person: Person, paths: Iterable[str]) -> dict[str, set[str]]:
    """Return every word that somebody found, with where; and check how answers with words may be kept.

    What answers otherwise to servers, as it says in `Vary`, is asked for as a page and as a document.
    """
    found = defaultdict(set)
    assert person.ask is not None
    for path in paths:
        formats = [CONTENT_TYPE, "text/html"] if path.startswith("/actors/") else ["text/html", CONTENT_TYPE]
        answer = person.ask(path, formats[0])
        answers = [answer]
        if answer.status_code == 200:
            views = next((more for end, more in VIEWS.items() if path.endswith(end)), [])
            answers += [person.ask(path + more, formats[0]) for more in views]
            if "accept" in answer.vary:
                answers.append(person.ask(path, formats[1]))
        for one in answers:
            assert one.status_code < 500, path
            for word_in_it in words_in(one):
                assert one.headers.get("Cache-Control") == "private, no-store", path
                assert "ETag" not in one.headers, path
                found[word_in_it].add(path)
    return found


def words_in(answer: TestResponse) -> set[str]:
    """Return the words of applications in an answer: its head, and its body as a reader would see it."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    body = answer.data.decode(errors="replace")
    if answer.mimetype == "application/pdf":
        body += "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    return words_of(head + body)


def words_of(text: str) -> set[str]:
    """Return the words of applications in a text."""
    text = text.lower()
    return set(WORDS.findall(text)) if "zq" in text else set()


def differences(people: dict[str, Person], paths: Iterable[str], *, is_decided: bool = False) -> dict[str, Any]:
    """Return what differs from the table: by who reads, the words that are too many with where, and those that lack."""
    faults = {}
    for name, person in people.items():
        found, wanted = found_by(person, paths), person.expected(is_decided)
        wrong = {one: sorted(found[one])[:4] for one in set(found) - wanted}
        if wrong or wanted - set(found):
            faults[name] = {"too many": wrong, "lacking": sorted(wanted - set(found))}
    return faults


def all_of(kind: str) -> set[str]:
    """Return all words of a kind."""
    return {word(kind, name) for name in KINDS[kind][1]}
