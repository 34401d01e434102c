"""Every address of the node, as everybody: each finds the words that the table of FC-66 gives them, and no other."""

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from actors.database import session
from actors.rates import RATES, Rates
from federation.activities import CONTENT_TYPE
from federation.signatures import sign
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.sight import Thing
from tests.calls import making, swept
from tests.calls.swept import APPLICATIONS, CARE, LATE, NELL, OTTO, RIDERS, ZOE, Story, word
from tests.conftest import Clock
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TABLE = json.loads((Path(__file__).parent.parent / "federated_calls" / "visibility.json").read_text("utf-8"))["sees"]
ROOMS = "flask_maillage.calls."
DECIDED = {OTTO, RIDERS, CARE, ZOE}
COHORT = {OTTO, RIDERS}
KINDS = {
    "name": ([Thing.PRESENCE, Thing.COHORTS], APPLICATIONS),
    "text": ([Thing.APPLICATION], APPLICATIONS),
    "new": ([Thing.APPLICATION], [NELL]),
    "file": ([Thing.APPLICATION], [NELL]),
    "bytes": ([Thing.APPLICATION], [NELL]),
    "mail": ([Thing.ADDRESSES], [ZOE, "post"]),
    "opinion": ([Thing.OPINIONS], APPLICATIONS),
    "pending": ([Thing.PENDING], [NELL]),
    "motive": ([Thing.MOTIVES], sorted(DECIDED)),
    "contact": ([Thing.CONTACTS], sorted(COHORT)),
    "entry": ([Thing.FOLLOW_UP], sorted(COHORT)),
    "note": ([], APPLICATIONS),
    "held": ([], [LATE]),
}
"""By the beginning of a word, the rows of the table that it is of, and of which applications there is one."""
WORDS = re.compile("|".join(word(kind, name) for kind, (_, names) in KINDS.items() for name in names), re.IGNORECASE)
ANYTHING = {"filename": "nothing.png", "day": "2027-01-08", "version": "2.0", "code": "FR", "number": "1"}
QUERIES = {
    "/.well-known/webfinger": "?resource=acct:union@localhost",
    "/oembed": "?url=http://localhost/calls",
    "/search": "?q=zqname",
    "/publications": "?q=zqname",
    "/find": "?q=zqname",
}


LINKS = ("/seats/", "/applications/", "/cohort-sessions/", "/experts/")
"""Addresses that hold a secret: read by who has it."""
OF_PEOPLE = ("/my", "/account/data", "/search", "/publications", "/@union/calls/0")
"""What is read by everybody besides the rooms of calls; a stranger reads all there is."""
PUBLIC = re.compile(r"/(apply(/sent)?|statistics|open-data\.(csv|json))$")
NEVER = "01a1fdfa-4600-7373-bfc2-fcb01a4ad9a7"


@dataclass
class Person:
    """Somebody who reads: how they ask, and what they are to which application; a stranger to the others.

    `more` is what is theirs besides the table, `less` what of it no page shows them.
    """

    ask: Callable[[str], TestResponse]
    roles: dict[str, str] = field(default_factory=dict)
    reviewed: bool = False
    more: set[str] = field(default_factory=set)
    less: set[str] = field(default_factory=set)

    def expected(self, is_decided: bool) -> set[str]:
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


def addresses(app: Flask, story: Story) -> Iterator[tuple[str, bool]]:
    """Yield every address at which something can be read, and whether it is one of the rooms of calls."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" not in rule.methods or rule.endpoint.endswith("static"):
            continue
        is_ours = app.view_functions[rule.endpoint].__module__.startswith(ROOMS)
        names = sorted(rule.arguments)
        for chosen in itertools.product(*(_words(rule, name, story, is_ours) for name in names)):
            if ("identifier" in names and "slug" in names) and ("calls" in chosen) != (story.identifier in chosen):
                continue  # below a list of other things
            path = rule.rule
            for name, value in zip(names, chosen, strict=True):
                path = re.sub(rf"<([^>]*:)?{name}>", value, path)
            yield path + QUERIES.get(path, ""), is_ours
    yield from ((path, False) for path in story.posted)


def _words(rule: Any, name: str, story: Story, is_ours: bool) -> list[str]:
    """Return what may stand in the place of a name in a rule."""
    for beginning, named in (one for one in story.places if isinstance(one, tuple)):
        if named == name and rule.rule.startswith(beginning):
            return story.places[beginning, named]
    items = getattr(rule._converters[name], "items", None)
    if name in story.places or items:
        return story.places.get(name) or sorted(items)
    assert not is_ours, f"say in swept.py what {name} of {rule.rule} may be"
    return [ANYTHING.get(name, "nothing")]


@pytest.fixture
def story(app, clock, fediverse):
    told = swept.told(app, clock, fediverse)
    app.extensions["maillage"].rates = Rates(dict.fromkeys(RATES, "99999 per minute"))
    return told


@pytest.fixture
def everything(app, story):
    """Every address, and whether it is one of the rooms of calls."""
    return dict(addresses(app, story))


@pytest.fixture
def paths(everything):
    """The addresses at which something of an application could be, without those that hold a secret."""
    return [
        path
        for path, is_ours in everything.items()
        if (is_ours or path.startswith(OF_PEOPLE)) and not path.startswith(LINKS)
    ]


def here(app: Flask, name: str = "") -> Callable[[str], TestResponse]:
    """Return how somebody at a browser asks: signed in where they have a name, else each time as somebody new."""
    signed_in = Reader(app)
    if name:
        assert signed_in.sign_in(f"{name}@example.org").status_code == 303

    def ask(path: str) -> TestResponse:
        reader = signed_in if name else Reader(app)
        accepted = CONTENT_TYPE if path.startswith("/actors/") else "text/html"
        return reader.get(path, headers={"Accept": accepted}, buffered=True)

    return ask


def there(app: Flask, story: Story, clock: Clock, name: str) -> Callable[[str], TestResponse]:
    """Return how an actor of another server asks: signed."""
    actor = story.elsewhere[name]

    def ask(path: str) -> TestResponse:
        signed = sign(actor.signer, "GET", f"http://localhost{path}", None, now=clock(), scheme="cavage")
        return Reader(app).get(path, headers={"Accept": CONTENT_TYPE, **signed}, buffered=True)

    return ask


def found_by(person: Person, paths: Iterable[str]) -> dict[str, set[str]]:
    """Return every word that somebody found, with where; and check how answers with words may be kept."""
    found = defaultdict(set)
    for path in paths:
        answer = person.ask(path)
        assert answer.status_code < 500, path
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        words = {one.lower() for one in WORDS.findall(head + answer.data.decode(errors="replace"))}
        if words:
            assert answer.headers.get("Cache-Control") == "private, no-store", path
            assert "ETag" not in answer.headers, path
        for one in words:
            found[one].add(path)
    return found


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


def decide(app: Flask, story: Story) -> None:
    """Say that the call is decided."""
    with app.app_context():
        making.found(story.iri).status = "decided"
        session().commit()


@pytest.mark.later
@pytest.mark.timeout(600)
def test_members_see_what_the_table_says(app, story, paths, everything, caplog):
    caplog.set_level("INFO")
    motives = all_of("motive")  # on the pages of a seat there are none; its server reads them
    others = {
        "leader": Person(here(app, OTTO), {OTTO: "applicant", RIDERS: "cohort"}, less={word("contact", OTTO)}),
    }
    seats = {
        "seat": Person(here(app, "ires"), {"all": "seat"}, less=motives),
        "recused": Person(here(app, "astrees"), {"all": "seat", NELL: "recused"}, less=motives),
        "reviewer": Person(here(app, "etuc"), {"all": "seat"}, reviewed=True, more=all_of("note"), less=motives),
    }
    others |= {
        "member": Person(here(app, "lou")),
        "administrator": Person(here(app, "root")),
        "applicant": Person(here(app, NELL), {NELL: "applicant"}, less={word("bytes", NELL)}),
        "coordinator": Person(here(app, "boss"), {"all": "coordinator"}, more=all_of("held"), less={word("mail", ZOE)}),
    }
    walked = [path for path in everything if not path.startswith(LINKS)]
    faults = differences({"nobody": Person(here(app))}, walked) | differences(others | seats, paths)
    decide(app, story)
    desk, seat = [path for path in paths if "/committee" in path], {"seat": seats["seat"]}
    faults |= {f"{name}, decided": one for name, one in differences(seat, desk, is_decided=True).items()}
    assert faults == {}
    assert not WORDS.search(caplog.text)


def test_servers_see_what_the_table_says(app, clock, story, everything, caplog):
    caplog.set_level("INFO")
    served = [path for path, is_ours in everything.items() if is_ours and path.startswith("/actors/")]
    follower = {"neighbour": Person(there(app, story, clock, "neighbour"))}
    people = {name: Person(there(app, story, clock, name)) for name in ("stranger", "server", "former")}
    people |= {
        "leader": Person(there(app, story, clock, RIDERS), {RIDERS: "applicant", OTTO: "cohort"}),
        "applicant": Person(there(app, story, clock, CARE), {CARE: "applicant"}),
    }
    seat = {"seat": Person(there(app, story, clock, "seat"), {"all": "seat"})}
    faults = differences(follower, [path for path in everything if path.startswith("/actors/")])
    faults |= differences(people | seat, served)
    decide(app, story)
    faults |= {f"{name}, decided": one for name, one in differences(seat, served, is_decided=True).items()}
    assert faults == {}
    assert not WORDS.search(caplog.text)


def test_a_link_opens_what_it_is_for_and_no_more(app, story, everything, caplog):
    caplog.set_level("INFO")
    told = {
        "/seats/": {word(kind, NELL) for kind in ("name", "text", "new", "file", "bytes")},
        "/applications/": {word(kind, ZOE) for kind in ("name", "text", "motive")},
        "/cohort-sessions/": set(),
        "/experts/": set(),
    }
    found = {
        beginning: set(found_by(Person(here(app)), [path for path in everything if path.startswith(beginning)]))
        for beginning in LINKS
    }
    assert found == told
    assert not WORDS.search(caplog.text)


def test_what_is_not_for_somebody_is_what_never_existed(app, clock, story, everything):
    private = [path for path, is_ours in everything.items() if is_ours and not PUBLIC.search(path)]
    of_call = [path for path in private if f"/calls/{story.identifier}/" in path]
    assert len(of_call) > 60
    strangers = ("stranger", "former")
    for ask in (here(app), here(app, "lou"), *(there(app, story, clock, name) for name in strangers)):
        for path in of_call:
            assert _told(ask, path, story.identifier) == _told(ask, path.replace(story.identifier, NEVER), NEVER), path
    theirs = {story.dossiers[CARE]: NEVER, key_of(story.agreements[CARE]): key_of("https://d.test/none")}
    for ask in (here(app, NELL), here(app, "lou"), there(app, story, clock, RIDERS)):
        for one, never in theirs.items():
            for path in (one_path for one_path in of_call if one in one_path):
                assert _told(ask, path, one) == _told(ask, path.replace(one, never), never), path


def _told(ask: Callable[[str], TestResponse], path: str, named: str) -> tuple[int, str, list[tuple[str, str]]]:
    """Return all that an answer tells, but for the hour, the form's token and what was asked for."""
    answer = ask(path)
    text = re.sub(r'name="csrf_token"[^>]*', "", answer.data.decode(errors="replace")).replace(named, "")
    kept = [(name, value.replace(named, "")) for name, value in answer.headers if name not in ("Date", "Set-Cookie")]
    return answer.status_code, text, sorted(kept)
