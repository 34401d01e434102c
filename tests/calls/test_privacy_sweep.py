"""Every address of the node, as everybody: each finds the words that the table of FC-66 gives them, and no other."""

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from actors.database import session
from actors.models import Posted
from actors.rates import RATES, Rates
from federation.activities import CONTENT_TYPE, recipients
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.mail import queue
from flask_maillage.mail.models import Mail
from tests.calls import making, swept
from tests.calls.swept_places import (
    APPLICATIONS,
    CARE,
    FIELDS,
    LATE,
    NELL,
    OTTO,
    PAST,
    RIDERS,
    WIM,
    ZOE,
    Story,
    addresses,
    word,
)  # fmt: skip
from tests.calls.swept_readers import NOWHERE, WORDS, Person, all_of, differences, found_by, here, there, words_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LINKS = ("/seats/", "/applications/", "/cohort-sessions/", "/experts/")
"""Addresses that hold a secret: read by who has it."""
OF_PEOPLE = ("/my", "/account/data", "/search", "/publications", "/@union/calls/0")
"""What is read by everybody besides the rooms of calls; a stranger reads all there is."""
SEARCHES = ("/search?q=", "/find?q=", "/publications?q=", "/calls?q=", "/find/cells.json?q=", "/territory/complete?q=")
COMMANDS = (
    "call list",
    "call applications {}",
    "call audit {} --json-lines",
    "call journal {}",
    "call purge {} --dry-run",
    "delivery list",
    "delivery letters",
    "mail list",
    "member list",
    "actor list",
    "report list",
)
PUBLIC = re.compile(r"/(apply(/sent)?|statistics|open-data\.(csv|json))$")
NEVER = "01a1fdfa-4600-7373-bfc2-fcb01a4ad9a7"


@pytest.fixture
def story(app, clock, fediverse, monkeypatch):
    monkeypatch.setattr(queue, "is_on", lambda: True)
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
        "leader": Person(
            here(app, OTTO), {OTTO: "applicant", RIDERS: "cohort"}, less={word("contact", OTTO), word("reach", OTTO)}
        ),
    }
    seats = {
        "seat": Person(here(app, "ires"), {"all": "seat"}, less=motives),
        "recused": Person(here(app, "astrees"), {"all": "seat", NELL: "recused"}, less=motives),
        "reviewer": Person(here(app, "etuc"), {"all": "seat"}, reviewed=True, more=all_of("note"), less=motives),
    }
    others |= {
        "who left the committee": Person(here(app, "lou")),
        "member of the owner": Person(here(app, "kim")),
        "applicant": Person(here(app, NELL), {NELL: "applicant"}, less={word("bytes", NELL)}),
        "coordinator": Person(
            here(app, "boss"),
            {"all": "coordinator"},
            more=all_of("held") | all_of("departure"),
            less={word("mail", ZOE)},
        ),
    }
    walked = [path for path in everything if not path.startswith(LINKS)]
    admins = [path for path in everything if path in paths or path.startswith("/admin")]
    faults = differences({"nobody": Person(here(app))}, walked) | differences(others | seats, paths)
    faults |= differences({"administrator": Person(here(app, "root"))}, admins)
    decide(app, story)
    desk, seat = [path for path in paths if "/committee" in path], {"seat": seats["seat"]}
    faults |= {f"{name}, decided": one for name, one in differences(seat, desk, is_decided=True).items()}
    assert faults == {}
    assert not WORDS.search(caplog.text)


def test_servers_see_what_the_table_says(app, clock, story, everything, caplog):
    caplog.set_level("INFO")
    served = [path for path, is_ours in everything.items() if is_ours and path.startswith("/actors/")] + story.posted
    follower = {"neighbour": Person(there(app, story, clock, "neighbour"))}
    people = {name: Person(there(app, story, clock, name)) for name in ("stranger", "server", "former")}
    people |= {
        "leader": Person(there(app, story, clock, RIDERS), {RIDERS: "applicant", OTTO: "cohort"}),
        "applicant": Person(there(app, story, clock, CARE), {CARE: "applicant"}),
    }
    people["recused"] = Person(there(app, story, clock, "recused"), {"all": "seat", NELL: "recused"})
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
        "/seats/": {word(kind, NELL) for kind in ("name", *FIELDS, "new", "file", "bytes")} - {word("text", NELL)},
        "/applications/": {word(kind, ZOE) for kind in ("name", *FIELDS, "guest", "motive")},
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
    others = [one for name in story.dossiers if name != NELL for one in story.names_of(name)]
    of_one = [path for path in of_call if not any(other in path for other in others)]
    assert len(of_one) > 40
    strangers = ("stranger", "former")
    for ask in (here(app), here(app, "lou"), *(there(app, story, clock, name) for name in strangers)):
        for path in of_one:
            assert _told(ask, path, story.identifier) == _told(ask, path.replace(story.identifier, NEVER), NEVER), path
    theirs = dict(zip(story.names_of(CARE), (NEVER, key_of("https://d.test/none")), strict=True))
    for ask in (here(app, NELL), here(app, "lou"), there(app, story, clock, RIDERS)):
        for one, never in theirs.items():
            for path in (one_path for one_path in of_call if one in one_path):
                assert _told(ask, path, one) == _told(ask, path.replace(one, never), never), path
    words = [word(kind, NELL) for kind in ("name", "new", "initiative")] + [word("mail", ZOE), word("held", LATE)]
    for path in SEARCHES:
        for ask in (here(app), here(app, NELL), here(app, "boss")):
            never = _told(ask, f"{path}zqnever", "zqnever")[:2]  # the mark of an answer is one of what was asked too
            assert [_told(ask, path + one, one)[:2] for one in words] == [never] * len(words), path


def test_what_is_written_to_somebody_and_printed_says_no_more_than_the_table(app, story):
    """Letters that left, mails that wait, and what commands print: each to whom the table gives it, once it is sent."""
    seats, leads = ("ires", "etuc", "astrees", "lou", "far", "former", "out"), {OTTO: RIDERS, RIDERS: OTTO}
    nobody, seat = Person(None), Person(None, {"all": "seat"}, reviewed=True)
    readers = dict.fromkeys(seats, seat) | {"union": Person(None, {"all": "coordinator"}, more=all_of("departure"))}
    readers |= {
        name: Person(None, {name: "applicant"} | ({leads[name]: "cohort"} if name in leads else {}))
        for name in (NELL, OTTO, WIM, RIDERS, CARE)
    }
    readers["relay"] = Person(None, {ZOE: "applicant"})  # the node, through which guests apply
    with app.app_context():
        letters = [json.loads(body) for body in session().scalars(select(Posted.body)) if body]
        told = [
            (iri.rpartition("/")[2], words_of(str(one)) - set(NOWHERE)) for one in letters for iri in recipients(one)
        ]
        wrong = [(name, more) for name, said in told if (more := said - readers.get(name, nobody).expected(True))]
        mails = [(one.recipient, one.subject + one.text + one.html) for one in session().scalars(select(Mail))]
    assert sum(bool(said) for _, said in told) > 20
    assert wrong == []
    copies = {to.partition("@")[0].removeprefix("zqmail"): words_of(text) for to, text in mails if words_of(text)}
    assert set(copies) == {NELL, OTTO, WIM, PAST, ZOE}
    for name, said in copies.items():
        assert all(one.endswith(name) for one in said), f"{name} is written more than about their own application"
    names = {word("name", name) for name in APPLICATIONS}
    printing = {"call applications {}": names, "mail list": all_of("mail")}  # to who runs the server, as they say
    for line in COMMANDS:
        with app.app_context():
            printed = app.test_cli_runner().invoke(args=["maillage", *line.format(story.identifier).split()])
        assert printed.exit_code == 0, printed.output
        assert words_of(printed.output) == printing.get(line, set()), line


def _told(ask: Callable[[str, str], TestResponse], path: str, named: str) -> tuple[int, str, list[tuple[str, str]]]:
    """Return all that an answer tells, but for the hour, the form's token and what was asked for."""
    answer = ask(path, CONTENT_TYPE if path.startswith("/actors/") else "text/html")
    text = re.sub(r'name="csrf_token"[^>]*', "", answer.data.decode(errors="replace")).replace(named, "")
    kept = [(name, value.replace(named, "")) for name, value in answer.headers if name not in ("Date", "Set-Cookie")]
    return answer.status_code, text, sorted(kept)
