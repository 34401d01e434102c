"""The page of everything: one filter over list, map and agenda; distance, counts, days, and what to loosen."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from actors.database import session, writing
from actors.node import now
from actors.rates import Rates
from flask_maillage.people import accounts
from flask_maillage.people.notifying import preferences
from flask_maillage.publications import agenda, map_cells, publishing, tallying
from flask_maillage.publications.agenda import span_of
from flask_maillage.publications.around import Circle
from flask_maillage.publications.filtering import EVERYTHING
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.models import Publication
from flask_maillage.publications.recurrence import Recurrence
from flask_maillage.publications.searching import index
from flask_maillage.territory.places import Place
from tests import postgresql
from tests.publications.board import draft, publish, receive
from tests.reader import Reader

GRENOBLE = Place(name="Hall", locality="Grenoble", latitude=45.19, longitude=5.72)
LYON = Place(name="Port", locality="Lyon", latitude=45.76, longitude=4.84)
SUVA = Place(name="Suva", latitude=-18.14, longitude=178.44)
SAMOA = Place(name="Apia", latitude=-13.83, longitude=-171.76)


def titles(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.findall(r'notice-name"><a[^>]*>([^<]*)', answer.text)


def slots(client, address):
    """Return the days of an agenda that have entries, each with hour and title."""
    page = client.get(address).text
    found = {}
    for heading, rest in re.findall(r"<h3[^>]*>([^<]*)</h3>(.*?)</section>", page, re.DOTALL):
        lines = re.findall(r'slot-time">(.*?)</span>\s*<a[^>]*>([^<]*)', rest, re.DOTALL)
        if lines:
            found[heading] = [(re.sub("<[^>]*>", "", hour), name) for hour, name in lines]
    return found


@postgresql.BOTH
def test_what_is_around_is_found_by_distance_the_nearest_first(app, client):
    publish(app, "event", name="Near", place=GRENOBLE)
    receive(app, "initiative", name="Far", place=LYON)
    publish(app, "initiative", name="Nowhere", place=None)

    assert titles(client, "/find?lat=45.2&lon=5.7&km=5") == ["Near"]
    assert titles(client, "/find?lat=45.7&lon=4.9&km=200") == ["Far", "Near"]
    assert titles(client, "/publications?lat=45.7&lon=4.9") == ["Far"]
    assert "Near" not in client.get("/feed.atom?lat=45.7&lon=4.9").text
    shown = client.get("/find?lat=45.7&lon=4.9&km=200").text
    assert titles(client, "/find?near=grenoble") == titles(client, "/find?near=insee:38185&km=10") == ["Near"]
    assert "Within 20 km of Grenoble (Is" in client.get("/find?near=grenoble").text
    assert "85 km away" in shown
    assert "8 km away" in shown


@pytest.mark.parametrize(("query", "is_open"), [("", False), ("kind=call", False), ("from=2027-01-01", True)])
def test_what_is_seldom_chosen_is_folded_until_it_is_chosen(client, query, is_open):
    form = client.get(f"/find?{query}").text.partition('<form class="filter')[2].partition("</form>")[0]
    before, _, folded = form.partition("<details")
    assert folded.partition(">")[0].endswith(" open") is is_open
    assert [f'name="{name}"' in before for name in ("q", "near", "km", "from", "kind")] == [True] * 3 + [False] * 2
    assert 'name="from"' in folded


@postgresql.BOTH
def test_the_180th_meridian_and_the_poles_are_places_like_others(app, client):
    publish(app, "event", name="Fiji", place=SUVA)
    publish(app, "event", name="Samoa", place=SAMOA)
    assert titles(client, "/find?lat=-18&lon=-180&km=300") == ["Fiji"]
    assert titles(client, "/find?lat=-15&lon=-178&km=500") == []
    assert titles(client, "/find?lat=-15&lon=-174&km=500") == ["Samoa"]
    assert titles(client, "/find?lat=90&lon=0&km=500") == []


def test_distance_is_that_of_the_globe():
    paris, brussels = (48.8566, 2.3522), (50.8503, 4.3517)
    assert Circle(*paris).kilometres_to(*brussels) == pytest.approx(264, abs=2)
    assert Circle(0, 179.9, 50).box()[1] > Circle(0, 179.9, 50).box()[3], "the box crosses the meridian"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("lat=91&lon=1", "both degrees"),
        ("lat=1", "both degrees"),
        ("lat=nan&lon=1", "both degrees"),
        ("near=Nowherecity", "no place of that name"),
        ("km=0", "from 1 to 500"),
        ("km=501", "from 1 to 500"),
        ("lat=1&lon=1&km=x", "from 1 to 500"),
    ],
)
def test_what_cannot_be_meant_is_said_and_kept(client, query, field):
    answer = client.get(f"/find?q=typed&{query}")
    assert answer.status_code == 400
    assert field in answer.text
    assert 'value="typed"' in answer.text


@postgresql.BOTH
def test_counts_are_of_what_everybody_may_see_and_of_the_rest_of_the_filter(app, client):
    publish(app, "event", name="One", place=GRENOBLE)
    publish(app, "event", name="Two", place=None)
    receive(app, "initiative", name="Three", place=LYON)
    publish(app, "news", name="Hidden", row={"visibility": "direct"})
    draft(app, "call", name="Draft")
    with app.app_context():
        found = tallying.tally(EVERYTHING, unplaced=True)
    assert dict(found.by_kind) == {"call": 0, "event": 2, "initiative": 1, "news": 0}
    assert found.unplaced == 1
    counts = re.findall(r'class="count">(\d+)', client.get("/find?kind=event&lat=45.2&lon=5.7").text)
    assert counts == ["1", "0", "1", "0", "0"], "all kinds around, though events are asked for"


@postgresql.BOTH
def test_a_word_that_very_many_have_is_counted_among_the_newest_and_the_page_says_so(app, client, clock, monkeypatch):
    monkeypatch.setattr(index, "MOST_RANKED", 1)
    monkeypatch.setattr(tallying, "MOST_SEARCHED", 3)
    publish(app, "event", name="Oldest common")
    clock.turn(minutes=1)
    for name in ("Common one", "Common two", "Something else"):
        publish(app, "event", name=name)
    publish(app, "news", name="Common and hidden", row={"visibility": "direct"})

    page = client.get("/find?q=common").text

    assert re.findall(r'class="count">([^<]+)', page)[:3] == ["at least 2", "at least 0", "at least 2"]
    monkeypatch.setattr(tallying, "MOST_SEARCHED", 5)
    assert re.findall(r'class="count">([^<]+)', client.get("/find?q=common").text)[:3] == ["3", "0", "3"]


@postgresql.BOTH
def test_a_square_that_reaches_out_of_a_part_of_the_map_is_counted_within_it(app, monkeypatch):
    monkeypatch.setattr(map_cells, "MOST_ITEMS", 1)
    for name in ("One", "Two"):
        publish(app, "event", name=name, place=GRENOBLE)
    publish(app, "event", name="Beside", place=GRENOBLE.model_copy(update={"latitude": 45.1901}))

    with app.app_context():
        there = map_cells.viewport(EVERYTHING, map_cells.box_of(45.1, 5.6, 45.19005, 5.8), 10)

    assert (there.total, [cell.count for cell in there.cells]) == (2, [2])


def test_what_is_asked_stands_as_chips_and_an_empty_answer_says_what_to_loosen(app, client):
    publish(app, "event", name="Something")
    page = client.get("/find?q=unheard&kind=event&lat=1&lon=2&km=5").text
    without = re.findall(r'class="chip" href="([^"]*)"', page)
    assert "?kind=event&amp;lat=1&amp;lon=2&amp;km=5" in without
    assert "?kind=event&amp;q=unheard" in without, "the point goes with its distance"
    assert "km=100" in " ".join(without), "and a wider circle is offered"


def test_views_keep_the_filter_and_unknown_ones_are_not_there(app, client):
    publish(app, "event", name="Something")
    page = client.get("/find?q=some&kind=event").text
    for view in ("map", "agenda"):
        assert f"/find?kind=event&amp;q=some&amp;view={view}" in page
    assert 'name="view" value="agenda"' in client.get("/find?view=agenda").text
    for query in ("view=x", "view=agenda&span=x", "view=agenda&day=2027-02-30", "sort=x", "page=9"):
        assert client.get(f"/find?{query}").status_code == 404, query


def test_map_without_script_is_a_list_with_what_has_no_place_beside_it(app, client):
    publish(app, "event", name="Placed", place=GRENOBLE)
    publish(app, "event", name="Unplaced", place=None)
    page = client.get("/find?view=map").text
    assert page.index(">Placed<") < page.index("Without a location") < page.index(">Unplaced<")


def event_at(begins, ends=None, zone="Europe/Brussels", **details):
    return {"starts_at": begins, "ends_at": ends, "timezone": zone, "details": EventDetails(**details)}


@postgresql.BOTH
def test_agenda_shows_each_day_on_the_clock_of_the_place(app, client):
    late = datetime(2027, 1, 12, 23, 30, tzinfo=UTC)
    publish(app, "event", name="Past midnight", **event_at(late, datetime(2027, 1, 13, 1, tzinfo=UTC)))
    three = datetime(2027, 1, 12, 9, tzinfo=UTC), datetime(2027, 1, 14, 23, tzinfo=UTC)
    publish(app, "event", name="Three days", **event_at(*three))
    publish(app, "event", name="In Lima", **event_at(late, None, "America/Lima"))
    publish(app, "call", name="A call")

    week = slots(client, "/find?view=agenda&span=week&day=2027-01-13")
    assert week == {
        "Tuesday 12 January": [("10:00", "Three days"), ("18:30", "In Lima")],
        "Wednesday 13 January": [("goes on", "Three days"), ("00:30", "Past midnight"), ("until 23:59", "A call")],
        "Thursday 14 January": [("goes on", "Three days")],
    }, "what ends at midnight does not go on to the next day"


def test_agenda_has_every_day_of_what_comes_again(app, client):
    first = datetime(2027, 3, 24, 17, tzinfo=UTC)
    recurrence = Recurrence(
        rule="FREQ=WEEKLY;COUNT=3",
        first_start=datetime(2027, 3, 24, 18),
        first_end=datetime(2027, 3, 24, 20),
        exceptions=({"day": date(2027, 4, 7), "reason": "Strike"},),
    )
    publish(app, "event", name="Choir", **event_at(first, None, recurrence=recurrence))
    page = client.get("/find?view=agenda&day=2027-03-01").text
    assert page.count(">Choir</a>") == 2
    assert page.count(">18:00<") == 2, "it stays at six when clocks change"
    april = client.get("/find?view=agenda&day=2027-04-01").text
    assert april.count(">Choir</a>") == 1
    assert "is-cancelled" in april


@postgresql.BOTH
def test_agenda_shows_the_past_days_of_a_series_that_has_ended(app, client, clock, work):
    first = datetime(2026, 12, 2, 17, tzinfo=UTC)
    recurrence = Recurrence(rule="FREQ=MONTHLY;COUNT=3", first_start=datetime(2026, 12, 2, 18))
    publish(app, "event", name="Choir", **event_at(first, None, recurrence=recurrence))
    clock.turn(days=120)
    work()
    months = [client.get(f"/find?view=agenda&day={month}-01").text for month in ("2026-11", "2026-12", "2027-01")]
    assert [page.count(">Choir</a>") for page in months] == [0, 1, 1]
    assert client.get("/find?view=agenda&day=2027-02-01").text.count(">Choir</a>") == 1
    assert ">Choir</a>" not in client.get("/find?view=agenda&day=2027-03-01").text


@postgresql.BOTH
def test_what_comes_again_and_what_lasts_for_years_hide_nothing(app, client, monkeypatch):
    monkeypatch.setattr(agenda, "MOST", 2)
    for number in range(4):
        recurrence = Recurrence(rule="FREQ=WEEKLY;COUNT=3", first_start=datetime(2026, 12, 2 + number, 18))
        first = datetime(2026, 12, 2 + number, 17, tzinfo=UTC)
        publish(app, "event", name="Soon over", **event_at(first, None, recurrence=recurrence))
    monthly = Recurrence(rule="FREQ=MONTHLY;COUNT=9", first_start=datetime(2026, 12, 9, 18))
    first = datetime(2026, 12, 9, 17, tzinfo=UTC)
    publish(app, "event", name="Choir", **event_at(first, None, recurrence=monthly))
    publish(app, "event", name="Fair", **event_at(datetime(2027, 2, 3, 9, tzinfo=UTC)))
    years = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 2, 10, tzinfo=UTC)
    publish(app, "event", name="Exhibition", **event_at(*years))
    page = client.get("/find?view=agenda&day=2027-02-01").text
    assert [f">{name}</a>" in page for name in ("Choir", "Fair", "Exhibition")] == [True] * 3
    assert "Soon over</a>" not in page


def test_today_is_that_of_the_zone_which_a_member_chose(app, client, clock):
    with app.app_context(), writing():
        preferences.made_for(accounts.find("ann@example.org")).timezone = "Pacific/Kiritimati"
        session().commit()
    ann = Reader(app)
    ann.sign_in()
    clock.turn(seconds=(datetime(2027, 1, 31, 12, tzinfo=UTC) - clock()).total_seconds())
    shown = [one.get("/find?view=agenda&span=day").text for one in (ann, client)]
    assert ["1 February" in page for page in shown] == [True, False]


def test_month_is_a_table_that_begins_on_the_readers_day(client):
    page = client.get("/find?view=agenda&day=2027-02-10").text
    assert re.findall(r'<abbr title="(\w+)"', page)[0] == "Monday"
    assert page.count("<tr>") == 1 + 4
    assert span_of("month", date(2027, 5, 9)).weeks(0)[0][0] == date(2027, 4, 26)
    assert span_of("week", date(2027, 1, 1), 6).first == date(2026, 12, 27)
    for day in ("1900-01-01", "9999-12-31"):
        assert client.get(f"/find?view=agenda&day={day}").status_code == 200


def cells(client, query=""):
    answer = client.get(f"/find/cells.json?{query}")
    assert answer.status_code == 200, query
    return answer.json


@postgresql.BOTH
def test_map_has_what_everybody_may_see_of_a_part_of_the_world(app, client, monkeypatch):
    publish(app, "event", name="Fiji", place=SUVA)
    publish(app, "event", name="Samoa", place=SAMOA)
    receive(app, "initiative", name="Lyon", place=LYON)
    publish(app, "event", name="Hidden", place=LYON, row={"visibility": "direct"})
    draft(app, "event", name="Draft", place=LYON)
    publish(app, "event", name="Nowhere", place=None)

    def names(query):
        return sorted(item["name"] for cell in cells(client, query)["cells"] for item in cell["items"])

    assert names("") == names("box=-90,-500,90,500") == ["Fiji", "Lyon", "Samoa"]
    assert names("box=-30,170,0,200&zoom=4") == ["Fiji", "Samoa"], "across the 180th meridian"
    assert names("box=-30,-190,0,-175&zoom=4") == ["Fiji"], "a map that was turned around"
    assert names("box=40,0,50,10&zoom=6&kind=initiative") == ["Lyon"]
    assert names("box=40,0,50,10&zoom=6&kind=call") == []

    monkeypatch.setattr(map_cells, "MOST_ITEMS", 1)
    publish(app, "event", name="Beside it", place=LYON)
    found = cells(client, "zoom=1")
    assert found["total"] == 4
    shown = [(cell["count"], [item["name"] for item in cell.get("items", [])]) for cell in found["cells"]]
    assert sorted(shown) == [(1, ["Fiji"]), (1, ["Samoa"]), (2, [])], "many are counted, and a lone one has its name"


@postgresql.BOTH
def test_nothing_that_is_not_for_everybody_is_counted_anywhere(app, client, monkeypatch):
    shown = publish(app, "event", name="Shown", place=LYON)
    pages = [publish(app, "event", name="Hidden", place=LYON) for _number in range(5)]
    pages.append(receive(app, "event", name="Hidden", place=LYON))
    monkeypatch.setattr(map_cells, "MOST_ITEMS", 0)
    with app.app_context():
        zone = session().scalars(select(Publication)).first().zones[0].code

    def counts():
        cells_of_world = cells(client)["cells"]
        by_kind = re.findall(r'class="count">(\d+)', client.get("/find").text)
        there = re.search(r"(\d+) publication", client.get(f"/territories/{zone}").text)
        return sum(cell["count"] for cell in cells_of_world), by_kind[0], int(there[1])

    assert counts() == (7, "7", 7)
    with app.app_context(), writing():
        rows = {row.identifier: row for row in session().scalars(select(Publication))}
        ours = [rows[page.rpartition("/")[2]] for page in pages]
        publishing.withdraw(ours[0])
        ours[1].visibility, ours[2].visibility, ours[3].looked_up = "followers", "unlisted", True
        ours[5].actor.policy_level = "silence"
        session().commit()
    assert counts() == (2, "2", 2), "the one that is shown, and one of the five that was left"
    with app.app_context(), writing():
        session().scalars(select(Publication).where(Publication.local)).first().actor.suspended_at = now()
        session().commit()
    assert counts()[:2] == (0, "0")
    assert shown


@postgresql.BOTH
def test_a_day_of_a_month_shows_its_first_lines_and_leads_to_the_others(app, client):
    for number in range(7):
        begins = datetime(2027, 3, 10, 8 + number, tzinfo=UTC)
        publish(app, "event", name=f"Hour {number}", **event_at(begins, None))
    month = client.get("/find?view=agenda&day=2027-03-01&lang=fr").text
    assert re.findall(r">(Hour \d)</a>", month) == [f"Hour {number}" for number in range(4)]
    assert "et 3 autres" in month
    day = client.get("/find?view=agenda&span=day&day=2027-03-10").text
    assert len(re.findall(r">(Hour \d)</a>", day)) == 7


@pytest.mark.parametrize("query", ["box=1,2,3", "box=a,b,c,d", "box=nan,0,1,1", "box=5,0,1,1", "zoom=x", "kind=x"])
def test_parts_of_the_map_that_are_none_are_refused(client, query):
    assert client.get(f"/find/cells.json?{query}").status_code == 400


def test_tiles_of_another_host_are_loaded_only_where_an_admin_says_so(app, client):
    assert "img-src" not in client.get("/find?view=map").headers["Content-Security-Policy"]
    app.extensions["maillage"].state["map_tiles"] = "https://{s}.tiles.example/{z}/{x}/{y}.png"
    allowed = client.get("/find?view=map").headers["Content-Security-Policy"]
    assert allowed.endswith("; img-src 'self' https://*.tiles.example")
    assert "img-src" not in client.get("/find").headers["Content-Security-Policy"]


def test_one_caller_may_not_search_without_end(app, client):
    app.extensions["maillage"].rates = Rates({"finding": "2 per minute"})
    addresses = ("/find?q=hall", "/find/cells.json", "/find", "/find/cells.json")
    assert [client.get(address).status_code for address in addresses] == [200, 200, 429, 429]
