"""The call of the seed, entered without loss: each fact (`reference/network.md` §0) on the page and in the object."""

import re

import pytest

from actors import local
from actors.database import session
from federation.sanitising import text_of_html
from flask_maillage import sample
from flask_maillage.publications import publishing
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.call import details_of
from tests.conftest import NOW
from tests.publications.board import sample_of
from tests.reader import Reader

FACTS = {
    "A1 to all members at once": ("whole steering committee at once", "IRES", "ETUC", "ASTREES"),
    "A2 the last day": ("13 January 2027", "23:59"),
    "A3 a note of one page": ("at most one page", "What the initiative wants to reach", "Who is involved"),
    "A4 ten": ("ten initiatives most likely to benefit",),
    "A5 two sessions of five": (
        "Two group sessions are held, with five initiatives each",
        "one and a half days",
        "Coaching session 1: 5 places",
        "Coaching session 2: 5 places",
    ),
    "A6 follow-up": (
        "each initiative is accompanied on its own while it carries out what was planned",
        "the right people or sources of money",
        "gets answers to technical questions",
        "stays in contact with the other leaders",
        "Individual follow-up after the session",
    ),
    "A7 who": (
        "European Union",
        "Candidate countries of the European Union",
        "Every sector of activity is welcome.",
        "It makes no difference in which country a platform has its seat.",
        "on-line work",
        "transport, delivery, household services, micro-tasks, creative work and others",
    ),
    "A8 kinds, not exhaustive": (
        "what it does not name is welcome too",
        "in one country or across borders",
        "digital tools, applications or websites",
        "local or regional authorities and consumers",
        "Giving workers a stronger voice",
        "Trade union strategies",
        "Digital tools for organising",
        "Other ways of organising",
        "Extending rights and protection",
        "Negotiated agreements",
        "Structures of representation",
        "New forms of cooperation",
        "Coalitions of different stakeholders",
        "Something else",
    ),
    "A10 who meets, and what comes of it": (
        "the leaders of five initiatives, the coordinators of the project, and experts and stakeholders",
        "European Observatory on Digital Platforms",
        "present their initiatives and learn from each other",
        "strengths, weaknesses and opportunities of each",
        "action plan for each: what stands in the way, what helps, what is needed",
        "organising workers, opening a dialogue with platforms, works councils and bargaining",
        "find out what further support they need",
        "Further expertise can be called in",
    ),
    "A11 contacts": ("All members of the steering committee at once",),
    "the project": ("March 2019", "Sharers & Workers network, which IRES and ASTREES lead"),
    "afterwards": ("It gets in touch with the leaders of those selected soon afterwards",),
}


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("fact", FACTS)
def test_fact_of_the_seed_is_in_what_every_server_reads(fact):
    html = kind_named("call").body(sample.call(NOW))
    said = words(text_of_html(html, limit=50_000))
    assert [part for part in FACTS[fact] if part not in said] == []


def test_facts_of_the_seed_are_on_the_page_and_as_data_in_the_object(app):
    with app.app_context():
        call = publishing.draft(local.find("union"), sample_of("call", NOW))
        publishing.publish(call)
        session().commit()
        document, path = publishing.document(call), call.page.removeprefix("http://localhost")
    page = words(text_of_html(Reader(app).get(path).text, limit=100_000))
    missing = {part for parts in FACTS.values() for part in parts if part not in page}
    assert missing == set()
    assert re.search(r"28 countries|27 countries on 13 January 2027", page)
    facts = document["call"]
    assert (facts["maximumSelected"], [one["capacity"] for one in facts["cohorts"]]) == (10, [5, 5])
    assert facts["noteLimit"] == {"characters": 3000, "pages": 1}
    assert facts["eligibility"] == {
        "territory": ["EU", "EU-candidate"],
        "asOf": "2027-01-13",
        "anySector": True,
        "anyPlatformOrigin": True,
        "text": "Every relevant initiative from there is welcome.",
    }
    assert len(facts["topics"]) == 10
    assert [seat["organisation"] for seat in facts["committee"]] == ["IRES", "ETUC", "ETUC", "ASTREES"]
    assert len({seat["key"] for seat in facts["committee"]}) == 4
    assert [asked["answerType"] for asked in facts["questions"]] == ["long", "long", "choice", "file"]
    assert [one["name"] for one in document["organizers"]["items"]] == ["ETUC", "IRES", "ASTREES"]
    assert document["endTime"] == "2027-01-13T22:59:59Z"
    assert details_of(kind_named("call").from_object(document)).questions == details_of(sample.call(NOW)).questions
