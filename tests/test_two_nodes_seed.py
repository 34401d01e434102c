"""The two documents of the seed cross from one node to another over real sockets: nothing of them is lost on the way.

What is kept is compared field by field; what the page says is written out here, line by line, as a reader sees it.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from federation.sanitising import text_of_html
from flask_maillage import sample
from tests.nodes import RunningNode, until
from tests.test_two_nodes import copies, publish

pytestmark = pytest.mark.later

PROGRAMME = """\
08:45
Welcome
09:00
Introduction
09:05
Building collective groups and action in the digital era
Mark Graham, Oxford Internet Institute (United Kingdom)
09:15
Session 1: Defending the rights of crowd workers
Three experiences from abroad
Kristy Milland, Community Manager, TurkerNation.com (Canada)
Robert Fuss, Leader of the platform FairCrowdWork Watch, IG Metall (Germany)
Sarah Bormann, Advisor on cloud and crowd work, Ver.di (Germany)
09:30
Debate after: Session 1: Defending the rights of crowd workers
10:15
Session 2: Creating new unions for self-employed workers
Unions of autonomous workers in the United States, Italy and Spain
Caitlin Pearce, Director of Member Engagement, Freelancers Union (United States)
Claudio Treves, General Secretary, NIdiL-Cgil (Italy)
César Garcia Arnal, Vice General Secretary, UPTA (Spain)
10:30
Debate after: Session 2: Creating new unions for self-employed workers
11:15
Coffee break
11:30
Session 3: Alternative forms of organisation, the role of third parties and professional bodies
A look at the creative professions
Christophe Lemaire, Member of the board, Allianz for Design (France)
Co-working, and business and work co-operatives
Delphine Chenuet, Co-founder, Collectif des tiers-lieux (France)
Stéphane Veyer, Co-leader, Coopaname (France)
11:45
Debate after: Session 3: Alternative forms of organisation, the role of third parties and professional bodies
12:10
Recap and next steps
General overview
Olivier Mériaux, ANACT (France)
Round table on the main issues at stake
13:00
Buffet lunch
"""

SEMINAR = """\
Questions
Why does collective action of independent workers matter, and what do they need?
How can it be brought about, and which resources are there?
Who are the right players and partners: organisations old and new, activism without institutions, local allies?
Programme
"""

CALL = """\
Objectives
Find new collective initiatives that organise and defend workers of digital platforms
Give them the support that they need to grow
What we look for
Giving workers a stronger voice
Trade union strategies
Digital tools for organising
Other ways of organising
Extending rights and protection
Negotiated agreements
Structures of representation
New forms of cooperation
Coalitions of different stakeholders
Something else
What is offered
A European group coaching session of one and a half days, with four other initiatives
Individual follow-up after the session
Groups of those selected
Coaching session 1: 5 places
Coaching session 2: 5 places
Who can apply
European Union, Candidate countries of the European Union
Every relevant initiative from there is welcome.
Every sector of activity is welcome.
It makes no difference in which country a platform has its seat.
European Union: 27 countries on 13 January {year}
Austria, Belgium, Bulgaria, Croatia, Cyprus, Czechia, Denmark, Estonia, Finland, France, Germany, Greece, Hungary, \
Ireland, Italy, Latvia, Lithuania, Luxembourg, Malta, Netherlands, Poland, Portugal, Romania, Slovakia, Slovenia, \
Spain, Sweden
Candidate countries of the European Union: 9 countries on 13 January {year}
Albania, Bosnia & Herzegovina, Georgia, Moldova, Montenegro, North Macedonia, Serbia, Türkiye, Ukraine
Procedure
Write to the whole steering committee at once, at the latest on the last day: say that you wish to be supported, and \
send a note of at most one page.
The steering committee reads all answers and selects the ten initiatives most likely to benefit.
It gets in touch with the leaders of those selected soon afterwards and plans the support with them.
What to write
A note of one page at most (3000 characters)
What the initiative wants to reach
Who is involved
Do you wish to be supported? Choose one:
By a group session and individual follow-up
By individual follow-up first
The note (optional) A file (PDF, ODT), at most 2 MB, at most 1 page Objectives and people involved, on one page; \
instead of the answers above.
Applications that are not selected are deleted 12 months after the decision.
How it is decided
Who is selected confirms within 14 days.
Contacts
All members of the steering committee at once, through the sites of ETUC, IRES and ASTREES
Like, share or reply from your own server
Steering committee
Answers go to all of its members at once.
Coordination of the network IRES
First seat of the confederation ETUC
Second seat of the confederation ETUC
Coordination of the network ASTREES
"""


def lines_of(html):
    """Return what a page says, one line for each thing that stands apart for its readers."""
    text = text_of_html(html.replace("<span", " <span"), limit=100_000)
    lines = (" ".join(line.removeprefix("–").split()) for line in text.splitlines())
    return [line for line in lines if line]


def between(lines, first, after):
    """Return the lines from the one that says `first` up to the one that begins with `after`."""
    begin = lines.index(first)
    return lines[begin : next(place for place in range(begin, len(lines)) if lines[place].startswith(after))]


def key_facts(lines):
    """Return what stands beside the title: when, who, where, how many."""
    return between(lines, "Who", "From")


def crossed(a, b, handle, content):
    """Publish on A, wait for B, and return what A keeps, what B keeps, and the lines of B's page."""
    iri = publish(a, handle, content)
    until("the copy", lambda: copies(b, iri))
    (ours,), (theirs,) = copies(a, iri), copies(b, iri)
    items = b.get("/feed.json", "*/*").json()["items"]
    address = next(item["url"] for item in items if item["id"] == iri)
    assert address.startswith(b.base_url)
    page = b.get(address.removeprefix(b.base_url), "text/html")
    assert page.status_code == 200
    return iri, ours, theirs, lines_of(page.text)


def test_programme_and_call_of_the_seed_are_whole_on_the_second_node(tmp_path):
    now = datetime.now(UTC)
    with RunningNode(tmp_path / "a") as a, RunningNode(tmp_path / "b") as b:
        a.work(), b.work()
        addresses = {handle: a.add_actor(handle) for handle in ("etuc", "astrees")}
        addresses["ires"] = b.add_actor("ires")
        project = a.add_actor("platform_workers", "project")
        b.follow("ires", project)
        b.follow("ires", addresses["astrees"])

        seminar = sample.seminar(now, addresses)
        _, ours, theirs, page = crossed(a, b, "astrees", seminar)
        added = {"participants": 0, "programme_version": 1}
        for kept, expected in ((ours, {}), (theirs, {"source": ""})):
            details = seminar.details.model_dump() | (added if kept is theirs else {})
            assert kept.model_dump() == seminar.model_dump() | expected | {"details": details}
        assert between(page, "Programme", "The programme as a file")[1:] == PROGRAMME.splitlines()
        assert between(page, "Questions", "08:45") == SEMINAR.splitlines()
        day = seminar.starts_at.astimezone(ZoneInfo("Europe/Paris"))
        assert f"{day:%A} {day.day} {day:%B} {day.year}, 08:45–14:00 (Paris time)" in page
        assert key_facts(page)[2:] == [
            "France Stratégie", "ASTREES", "IRES", "Where", "Paris, France", "France", "Île-de-France", "Paris",
            "Places", "120 of 120 left",
        ]  # fmt: skip
        assert between(page, lines_of(seminar.html)[0], "Questions") == lines_of(seminar.html)

        call = sample.call(now, addresses)
        iri, ours, theirs, page = crossed(a, b, "platform_workers", call)
        form = iri.replace("/actors/", "/@")
        desk = {name: f"{iri}/desk/{name}" for name in ("applications", "decisions", "cohorts", "audit")}
        desk["statistics"] = f"{iri}/statistics"
        for kept, expected in ((ours, {}), (theirs, {"source": ""})):
            details = call.details.model_dump() | ({"apply_url": form, "desk": desk} if kept is theirs else {})
            assert kept.model_dump() == call.model_dump() | expected | {"details": details}
        last = call.ends_at.astimezone(ZoneInfo("Europe/Brussels"))
        assert f"Until {last:%A} 13 January {last.year}, 23:59 (Brussels time)" in page
        assert between(page, "Objectives", "Where it comes from") == CALL.format(year=last.year).splitlines()
        assert key_facts(page)[2:6] == ["ETUC", "IRES", "ASTREES", "Places"]
        assert key_facts(page)[6] == "10, in 2 groups of 5"
        assert between(page, lines_of(call.html)[0], "Objectives") == lines_of(call.html)
