"""What people read: who sees what, in which order, and what each page answers."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from actors import local, policy, remote
from actors.database import session
from actors.models import ORGANISATION, Actor
from flask_maillage.app import create_app
from flask_maillage.coalitions.partners import partnership
from flask_maillage.publications import keeping
from flask_maillage.publications.listing import PAGE_SIZE
from flask_maillage.publications.models import FOLLOWERS, UNLISTED
from flask_maillage.territory.places import Place
from tests.conftest import PASSWORD, Clock, config_of
from tests.publications import board
from tests.reader import Reader


def words_of(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def names_on(page: str) -> list[str]:
    """Return the titles of the notices on a page, in their order."""
    return [html.unescape(name) for name in re.findall(r'class="notice-name"><a [^>]*>([^<]*)</a>', page)]


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


def sign_in(reader: Reader) -> None:
    page = reader.get("/sign-in")
    answer = reader.post("/sign-in", reader.fill(page, email="ann@example.org", password=PASSWORD))
    assert answer.status_code == 303


def test_empty_board_says_what_to_do_next(reader: Reader) -> None:
    words = words_of(reader.get("/").text)
    for sentence in ("No call is open", "No event is announced", "No initiative is presented", "Sign in to publish"):
        assert sentence in words
    for path in ("/calls", "/events", "/events?past=1", "/initiatives"):
        page = reader.get(path)
        assert page.status_code == 200
        assert 'class="empty"' in page.text
    assert "Nothing has been published here yet" in words_of(reader.get("/@union").text)


def test_home_shows_what_is_open_coming_and_going_on_from_here_and_from_partners(app: Flask, reader: Reader) -> None:
    board.publish(app, "call", name="An open call")
    board.publish(app, "call", name="A closed call", row={"ends_at": board_moment(app, days=-1)})
    board.publish(app, "event", name="A coming event")
    board.publish(app, "event", name="A past event", row=past(app))
    board.receive(app, "initiative", name="A partner's initiative")
    page = reader.get("/").text
    assert names_on(page) == ["An open call", "A coming event", "A partner's initiative"]
    assert "from partner.test" in words_of(page)


def test_home_asks_where_one_is_and_leads_to_what_is_around(app: Flask, reader: Reader) -> None:
    place = Place(name="Hall", latitude=45.2, longitude=5.7)
    board.publish(app, "event", name="An evening in the Alps", place=place)
    board.publish(app, "event", name="An evening elsewhere")
    page = reader.get("/").text
    form = page.partition('<form class="around"')[2].partition("</form>")[0]
    assert 'action="/find"' in form
    field = re.search(r'<input id="around" name="(\w+)"', form)
    assert field is not None
    assert "An evening in the Alps" in reader.get(f"/find?{field[1]}=38000").text
    assert names_on(reader.get(f"/find?{field[1]}=grenoble").text) == ["An evening in the Alps"]
    assert len(names_on(reader.get(f"/find?{field[1]}=").text)) == 2
    assert 'href="/sign-up"' not in page


def board_moment(app: Flask, **amount: float) -> object:
    with app.app_context():
        return app.extensions["maillage"].clock() + timedelta(**amount)


def past(app: Flask) -> dict[str, object]:
    return {"starts_at": board_moment(app, days=-9), "ends_at": board_moment(app, days=-8)}


@pytest.mark.parametrize("path", ["/", "/calls", "/@union", "/@union/calls", "/feed.json", "/calendar.ics"])
def test_draft_withdrawn_and_limited_ones_stand_in_no_list(app: Flask, reader: Reader, path: str) -> None:
    board.draft(app, "call", name="Hidden draft")
    board.withdraw(app, board.publish(app, "call", name="Hidden withdrawn"))
    board.publish(app, "call", name="Hidden limited", row={"visibility": FOLLOWERS})
    board.publish(app, "call", name="Seen by all")
    text = reader.get(path).text
    assert "Seen by all" in text
    assert "Hidden" not in text


def test_unlisted_one_is_seen_on_its_actors_page_and_by_its_link_alone(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call", name="Unlisted call", row={"visibility": UNLISTED})
    for seen in ("/@union", "/@union/feed.atom", path):
        assert "Unlisted call" in reader.get(seen).text
    for unseen in ("/", "/calls", "/feed.atom", "/calls/feed.rss", "/calendar.ics"):
        assert "Unlisted call" not in reader.get(unseen).text
    assert 'name="robots" content="noindex"' in reader.get(path).text


def test_what_a_suspended_or_deleted_actor_published_is_not_shown(app: Flask, reader: Reader) -> None:
    path = board.receive(app, "call", name="From the depot")
    for column, status in (("suspended_at", 404), ("gone_at", 410)):
        with app.app_context():
            actor = board.partner()
            actor.suspended_at = actor.gone_at = None
            setattr(actor, column, app.extensions["maillage"].clock())
            session().commit()
        assert "From the depot" not in reader.get("/calls").text
        assert reader.get(path).status_code == status
        assert reader.get("/@depot@partner.test").status_code == status


def test_limited_one_looks_like_one_that_is_not_there(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call", row={"visibility": FOLLOWERS})
    missing = path[:-4] + "0000"
    assert reader.get(path).status_code == 404
    assert reader.get(path).text.replace(path, "") == reader.get(missing).text.replace(missing, "")
    assert reader.get(f"{path}.atom").status_code == 404


def test_draft_is_there_for_those_who_may_edit_it_only(app: Flask, reader: Reader) -> None:
    path = board.draft(app, "call", name="Not yet")
    assert reader.get(path).status_code == 404
    sign_in(reader)
    page = reader.get(path)
    assert "This is a draft" in words_of(page.text)
    assert f'href="{path}/edit"' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert reader.get(f"{path}.atom").status_code == 404


def test_buttons_to_edit_are_there_for_those_who_may_only(app: Flask, reader: Reader) -> None:
    own, other = board.publish(app, "call"), board.publish(app, "call", handle="couriers")
    copy = board.receive(app, "call")
    assert f"{own}/edit" not in reader.get(own).text
    sign_in(reader)
    assert f"{own}/edit" in reader.get(own).text
    assert f"{own}/withdraw" in reader.get(own).text
    for path in (other, copy):
        assert f"{path}/edit" not in reader.get(path).text


def test_withdrawn_one_answers_gone_with_a_page(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call", name="Taken back")
    board.withdraw(app, path)
    page = reader.get(path)
    assert page.status_code == 410
    assert "This was withdrawn" in words_of(page.text)
    assert "Taken back" not in page.text
    assert reader.get(f"{path}.ics").status_code == 410


def test_calls_are_listed_open_ones_by_deadline_then_coming_then_closed(app: Flask, reader: Reader) -> None:
    day = timedelta(days=1)
    start = app.extensions["maillage"].clock()
    for name, opens, ends in (
        ("closed long ago", -30, -20),
        ("open for long", -1, 40),
        ("opens later", 9, 20),
        ("closed lately", -30, -2),
        ("opens soon", 3, 50),
        ("closes soon", -1, 2),
    ):
        board.publish(app, "call", name=name, row={"starts_at": start + opens * day, "ends_at": start + ends * day})
    board.publish(app, "call", name="no end", row={"starts_at": None, "ends_at": None})
    board.publish(app, "call", name="decided", row={"status": "decided", "ends_at": start - 3 * day})
    assert names_on(reader.get("/calls").text) == [
        "closes soon",
        "open for long",
        "no end",
        "opens soon",
        "opens later",
        "closed lately",
        "decided",
        "closed long ago",
    ]


def test_events_are_listed_coming_first_and_past_ones_apart(app: Flask, reader: Reader) -> None:
    start = app.extensions["maillage"].clock()
    rows = {
        "next month": (timedelta(days=30), None),
        "tomorrow": (timedelta(days=1), timedelta(days=2)),
        "began an hour ago, open end": (timedelta(hours=-1), None),
        "began three hours ago, open end": (timedelta(hours=-3), None),
        "last week": (timedelta(days=-8), timedelta(days=-7)),
    }
    for name, (begins, ends) in rows.items():
        row = {"starts_at": start + begins, "ends_at": start + ends if ends else None}
        board.publish(app, "event", name=name, row=row)
    coming = ["began an hour ago, open end", "tomorrow", "next month"]
    assert names_on(reader.get("/events").text) == coming
    assert names_on(reader.get("/events?past=1").text) == ["began three hours ago, open end", "last week"]


def test_list_goes_on_on_the_next_page(app: Flask, reader: Reader) -> None:
    for number in range(PAGE_SIZE + 1):
        board.publish(app, "initiative", name=f"Initiative {number}")
    first, second = reader.get("/initiatives"), reader.get("/initiatives?page=2")
    assert len(names_on(first.text)) == PAGE_SIZE
    assert 'rel="next" href="/initiatives?page=2"' in first.text
    assert names_on(second.text) == ["Initiative 0"]
    assert 'rel="next"' not in second.text
    assert 'rel="prev" href="/initiatives"' in second.text
    assert reader.get("/initiatives?page=3").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999", "9" * 40, "1e3", "²", ""])
def test_what_is_no_number_of_a_page_is_not_there(reader: Reader, number: str) -> None:
    assert reader.get(f"/calls?page={number}").status_code == 404


def test_call_page_says_what_decides(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call")
    words = words_of(reader.get(path).text)
    for fact in (
        "53 days left",
        "Until Wednesday 13 January 2027, 23:59 (Brussels time)",
        "One may still apply.",
        "A union",
        "10, in 2 groups of 5",
        "Find new collective initiatives",
        "Giving workers a stronger voice Trade union strategies",
        "A European group coaching session",
        "Coaching session 1 : 5 places",
        "European Union , Candidate countries",
        "The steering committee reads all answers",
        "A note of one page at most (3000 characters)",
        "Do you wish to be supported?",
        "First seat of the confederation ETUC",
        "Published here Saturday 21 November 2026.",
    ):
        assert fact.replace(" ,", ",") in words.replace(" ,", ",").replace(" :", " :"), fact


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"ends_at": -1}, "It is too late to apply."),
        ({"starts_at": 2}, "One may apply from Monday 23 November 2026, 13:00"),
        ({"status": "cancelled"}, "This call was cancelled"),
        ({"ends_at": 0}, "Last day"),
    ],
)
def test_call_page_tells_whether_one_may_apply(
    app: Flask, reader: Reader, row: dict[str, object], sentence: str
) -> None:
    changed = {name: board_moment(app, days=value) if isinstance(value, int) else value for name, value in row.items()}
    words = words_of(reader.get(board.publish(app, "call", row=changed)).text)
    assert sentence in words
    assert ("One may still apply." in words) == (sentence == "Last day")


def test_event_page_reads_like_the_printed_programme(app: Flask, reader: Reader) -> None:
    text = reader.get(board.publish(app, "event")).text
    words = words_of(text)
    assert "08:45–14:00 (Paris time)" in words
    sessions = re.findall(r'<h3 class="entry-name">([^<]*)</h3>', text)
    assert any(name.startswith("Session 1") for name in sessions)
    assert re.search(
        r"09:15 Session 1.*09:30 Debate after: Session 1.*10:15 Session 2.*10:30 Debate after: Session 2", words
    )
    assert "Add to my calendar" in words


def test_event_with_an_open_end_is_given_no_end(app: Flask, reader: Reader) -> None:
    with app.app_context():
        details = board.sample_of("event", app.extensions["maillage"].clock()).details
    open_ended = details.model_copy(update={"display_end_time": False, "programme": ()})
    path = board.publish(app, "event", details=open_ended)
    assert "14:00" not in words_of(reader.get(path).text)
    assert "14:00" not in words_of(reader.get("/events").text)


def test_initiative_page_says_what_it_looks_for(app: Flask, reader: Reader) -> None:
    words = words_of(reader.get(board.publish(app, "initiative")).text)
    for fact in (
        "Stage Emerging",
        "A lawyer for labour agreements",
        "A room to meet on Mondays",
        "Negotiated agreements",
    ):
        assert fact in words


def test_copy_says_where_it_came_from_and_leads_there(app: Flask, reader: Reader) -> None:
    path = board.receive(app, "call")
    assert path.startswith("/@depot@partner.test/calls/")
    page = reader.get(path)
    words = words_of(page.text)
    assert "Published on partner.test Thursday 19 November 2026, received here Saturday 21 November 2026." in words
    assert 'href="https://partner.test/@depot/call"' in page.text
    assert "How to apply: on partner.test" in words
    assert 'rel="alternate"; type="application/activity+json"' in page.headers["Link"]
    assert page.headers["Link"].startswith("<https://partner.test/actors/depot/call/")


def test_page_names_the_id_of_its_object_and_leads_servers_to_it(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "call")
    iri = "http://localhost/actors/" + path.removeprefix("/@")
    page = reader.get(path)
    assert f'<link rel="alternate" type="application/activity+json" href="{iri}">' in page.text
    assert page.headers["Link"].startswith(f"<{iri}>")
    for accepted in (
        "application/activity+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    ):
        answer = reader.get(path, headers={"Accept": accepted})
        assert (answer.status_code, answer.headers["Location"]) == (303, iri)
    actor = reader.get("/@union", headers={"Accept": "application/activity+json"})
    assert actor.headers["Location"] == "http://localhost/actors/union"


def test_actor_page_says_who_it_is_and_how_to_follow(app: Flask, reader: Reader) -> None:
    board.publish(app, "initiative", name="Its initiative")
    board.publish(app, "initiative", handle="couriers", name="Another's initiative")
    page = reader.get("/@union")
    words = words_of(page.text)
    for fact in ("Organisation", "A union", "We organise.", "@union@localhost", "Followers 0"):
        assert fact in words
    assert names_on(page.text) == ["Its initiative"]
    assert 'type="application/atom+xml" title="A union" href="http://localhost/@union/feed.atom"' in page.text


def test_actor_page_is_found_by_other_spellings_of_its_handle(reader: Reader) -> None:
    for spelled in ("/@union@localhost", "/@Union"):
        answer = reader.get(spelled)
        assert (answer.status_code, answer.headers["Location"]) == (301, "/@union")
    assert reader.get("/@nobody").status_code == 404
    assert reader.get("/@relay").headers["Location"] == "/"


def test_deleted_actor_answers_gone(app: Flask, reader: Reader, clock: Clock) -> None:
    with app.app_context():
        actor = local.find("union")
        assert actor is not None
        actor.gone_at = clock()
        session().commit()
    assert reader.get("/@union").status_code == 410
    assert reader.get("/@union/feed.atom").status_code == 410


def test_page_that_has_not_changed_is_not_sent_again(app: Flask, reader: Reader, clock: Clock) -> None:
    path = board.publish(app, "call")
    first = reader.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert {"Accept", "Accept-Language", "Cookie"} <= {part.strip() for part in first.headers["Vary"].split(",")}
    clock.turn(minutes=30)
    again = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    clock.turn(days=1)
    assert reader.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_lists_ask_the_database_as_often_for_many_as_for_one(app: Flask, reader: Reader) -> None:
    board.receive(app, "call", name="one")
    few = count_queries(app, reader, "/calls")
    for number in range(8):
        board.publish(app, "call", name=f"more {number}", handle="couriers" if number % 2 else "union")
    assert count_queries(app, reader, "/calls") == few


def count_queries(app: Flask, reader: Reader, path: str) -> int:
    statements: list[str] = []
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engines["maillage"]

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert reader.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert statements
    return len(statements)


def test_hostile_text_of_a_partner_stays_text(app: Flask, reader: Reader) -> None:
    hostile = '"><script>alert(1)</script>'
    path = board.receive(app, "initiative", name="A name " + hostile, row={"name": "A name " + hostile})
    with app.app_context():
        board.partner().name = hostile
        session().commit()
    for page in (path, "/", "/initiatives", "/@depot@partner.test"):
        assert "<script>alert" not in reader.get(page).text


def test_home_names_partner_nodes_and_only_those(app: Flask, reader: Reader, clock: Clock) -> None:
    with app.app_context():
        for name, state in (("Brussels node", "partner"), ("Unknown node", "asked")):
            host = f"{name.partition(' ')[0].lower()}.test"
            other = Actor(
                iri=f"https://{host}/actors/relay",
                local=False,
                type="Application",
                kind="node",
                handle="relay",
                host=host,
                name=name,
                url=f"https://{host}/",
                inbox=f"https://{host}/inbox",
                updated_at=clock(),
            )
            session().add(other)
            session().flush()
            partnership.record(other).state = state
        session().commit()
    text = reader.get("/").text
    assert text.count('<a href="https://brussels.test/" rel="nofollow noopener">Brussels node</a>') == 1
    assert "Unknown node" not in text


def test_node_under_a_path_keeps_its_addresses_there(database_url: str, tmp_path: Path, clock: Clock) -> None:
    base = "http://localhost/network"
    app = create_app(config_of(database_url, tmp_path, MAILLAGE_BASE_URL=base), clock=clock)
    with app.app_context():
        local.create("mounted", ORGANISATION, "Mounted")
        session().commit()
    path = board.publish(app, "call", handle="mounted").removeprefix("/network")
    reader = Reader(app)
    for page in ("/network/", "/network/calls", "/network/@mounted", f"/network{path}"):
        text = reader.get(page).text
        addresses = re.findall(r'(?:href|src)="([^"#?]+)', text)
        outside = [a for a in addresses if not a.startswith(("/network/", base, "mailto:"))]
        assert outside == [], page
    assert f"{base}{path}" in reader.get("/network/feed.atom").text
    assert "Path=/network" in reader.get("/network/?lang=fr").headers["Set-Cookie"]
    with app.app_context():
        app.extensions["sqlalchemy"].engines["maillage"].dispose()


def test_copies_from_a_host_blocked_later_are_in_no_list_and_no_feed(app, client, fediverse):
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        keeping.keep(alice.event(), remote.remember(alice.document))
        session().commit()
    addresses = ("/", "/events", "/feed.atom", "/calendar.ics", "/events/feed.json")
    assert all("An open evening" in client.get(address).text for address in addresses)

    with app.app_context():
        policy.block(f"a.test:{fediverse.port}")
        session().commit()

    assert [one for one in addresses if "An open evening" in client.get(one).text] == []
