"""What is not for everyone stands nowhere else (A02): collections, lists, feeds, calendars, pages, counts, headers."""

import itertools
import re
from urllib.parse import urlsplit

import pytest

from actors import local
from actors.database import session
from actors.rates import Rates
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.models import DIRECT, FOLLOWERS, PUBLIC, UNLISTED, Publication
from tests.conftest import PASSWORD
from tests.publications.circle import changed, gathered, published, read, told
from tests.reader import Reader

SECRET = "Nocturnal assembly"
ACTOR = "/actors/union"
COLLECTIONS = [
    f"{ACTOR}/{name}{page}"
    for name in ("outbox", "featured", "upcoming", "calls", "initiatives", "posts")
    for page in ("", "/page/1")
]
RELAY = ["/actors/relay/outbox", "/actors/relay/outbox/page/1"]
FEEDS = [
    f"{base}/{file}"
    for base in ("", "/events", "/calls", "/@union", "/@union/events")
    for file in ("feed.atom", "feed.rss", "feed.json", "calendar.ics", "list.csv", "map.geojson")
]
LISTS = [
    "/",
    "/search?q=assembly",
    "/events",
    "/events?past=1",
    "/calls",
    "/initiatives",
    "/@union",
    "/@union/events",
    "/@union/calls",
    "/publications?q=assembly",
    "/embed/publications?actor=union",
    "/feed.json?q=assembly&actor=union",
    "/sitemap.xml",
]
VALUES = {
    "page_handle": ["union"],
    "page_slug": ["nothing"],
    "handle": ["union"],
    "slug": ["events", "calls"],
    "code": ["FR"],
    "tag": ["assembly"],
    "number": ["1"],
    "day": ["2027-01-08"],
    "token": ["nobodys"],
    "filename": ["nothing.png"],
    "name": ["nothing.pdf"],
    "term": ["none"],
    "key": ["none"],
    "version": ["2.0", "2.1"],
    "form": ["json", "md", "csv", "atom"],
    "signature": ["nothing"],
}
"""What is put into the addresses of all routes that lead to lists."""
NOBODYS = {f"/registrations/nobodys{part}" for part in ("", "/confirm", "/no-reminder")} | {
    "/applications/nobodys/confirm",
    "/seats/nobodys",
    "/seats/nobodys/files/none",
    "/media/nothing.png",
    "/actors/union/files/nothing.pdf",
    "/actors/union/project",
    "/actors/union/project/created",
    "/topics/none",
    "/territory/addresses",
    "/interact",
    "/pages/nothing",
    "/actors/union/charters/1",
    "/@union/statements",
    "/@union/statements/1",
    "/actors/union/statements",
}
"""Addresses that hold a secret or a file, that only members may ask, or that only projects or coalitions have."""
QUERIES = {"/.well-known/webfinger": "?resource=acct:union@localhost", "/oembed": "?url=http://localhost/events"}
ROOMS_FOR_MEMBERS = ["admin", "calls.coordinating", "calls.sessions", "moderation", "people"]
FOR_MEMBERS = tuple(
    f"flask_maillage.{room}"
    for room in (
        *ROOMS_FOR_MEMBERS,
        *(f"coalitions.{part}" for part in ("managing_pages", "moving", "own_pages", "views")),
        *(f"coalitions.statements.{part}" for part in ("own_pages", "writing_pages")),
        *(f"publications.{part}" for part in ("editing", "importing", "own")),
        *(f"calls.applying.{part}" for part in ("after_views", "views")),
        *(f"calls.desk.{part}" for part in ("views", "application_views")),
        *(f"calls.following.{part}" for part in ("coordinator_pages", "guest_pages", "leader_pages")),
        "calls.afterwards.log_pages",
        "coalitions.joining.pages",
        "coalitions.together.founding_pages",
        *(f"coalitions.founding.{part}" for part in ("proposing_pages", "founders_pages", "life_pages")),
    )
)
"""Rooms of pages that show what a member may see; strangers are led to the sign-in or find nothing."""


def routes(app, *, of_one):
    """Return every GET route of ours but those of members: of one publication or more, or of lists."""
    for rule in app.url_map.iter_rules():
        is_members = app.view_functions[rule.endpoint].__module__.startswith(FOR_MEMBERS)
        is_public = "GET" in rule.methods and not is_members and not rule.endpoint.endswith((".static", ".activity"))
        if is_public and ("identifier" in rule.arguments) == of_one:
            yield rule


def paths_of(rule, **values):
    """Return the addresses of a route, with each of the words that it takes."""
    names = sorted(rule.arguments)
    choices = [values.get(name) or _words(rule, name) for name in names]
    for chosen in itertools.product(*choices):
        path = rule.rule
        for name, word in zip(names, chosen, strict=True):
            path = re.sub(rf"<([^>]*:)?{name}>", word, path)
        yield path + QUERIES.get(path, "")


def _words(rule, name):
    words = getattr(rule._converters[name], "items", None) or VALUES.get(name)
    assert words, f"say in VALUES what {name} of {rule.rule} may be, or in FOR_MEMBERS that the page is a member's"
    return sorted(words)


@pytest.fixture
def exits(app):
    """Every address at which a stranger may find something of many publications: made from the routes themselves."""
    app.extensions["maillage"].rates = Rates({"exports": "9999 per minute", "paging": "9999 per minute"})
    found = {path for rule in routes(app, of_one=False) for path in paths_of(rule)}
    return sorted(found | {*COLLECTIONS, *RELAY, *FEEDS, *LISTS})


@pytest.fixture
def circle(app, fediverse):
    return gathered(app, fediverse)


@pytest.fixture
def reader(app):
    """Ann, who edits what the union writes."""
    return Reader(app)


def everything(client, exits):
    """Return what every exit gives to a stranger."""
    return {path: told(client.get(path, headers={"Accept": _accepted(path)})) for path in exits}


def _accepted(path):
    return "application/activity+json" if path.startswith("/actors/") else "text/html"


@pytest.mark.parametrize(("visibility", "kind"), [(FOLLOWERS, "event"), (DIRECT, "call"), (FOLLOWERS, "initiative")])
def test_no_exit_changes_by_what_is_not_for_everyone(app, client, clock, circle, exits, visibility, kind):
    published(app, PUBLIC, name="An open evening")
    clock.turn(seconds=1)
    before = everything(client, exits)
    assert {path for path, (status, _, _) in before.items() if status not in (200, 303)} <= NOBODYS
    named = (circle["named"],) if visibility == DIRECT else ()
    iri, _ = published(app, visibility, *named, kind=kind, name=SECRET)
    assert everything(client, exits) == before
    changed(app, iri, lambda one: publishing.revise(one, one.content.model_copy(update={"name": f"{SECRET} 2"})))
    assert everything(client, exits) == before
    changed(app, iri, publishing.withdraw)
    assert everything(client, exits) == before


def test_a_signature_of_a_follower_opens_no_collection(app, client, clock, circle):
    iri, _ = published(app, FOLLOWERS, name=SECRET)
    for path in COLLECTIONS + RELAY:
        assert SECRET not in read(client, path, circle["follower"], clock).text
        assert urlsplit(iri).path not in read(client, path, circle["follower"], clock).text


def addresses(app, page):
    """Return every address under which a publication could be had by who is not its people, its page's first."""
    handle, slug, identifier = page.removeprefix("/@").split("/")
    values = {"page_handle": [handle], "handle": [handle], "slug": [slug], "identifier": [identifier]}
    found = {
        path
        for rule in routes(app, of_one=True)
        if rule.endpoint.startswith("maillage.")
        for path in paths_of(rule, **values)
    }
    return [page, *sorted(found - {page}), f"/oembed?url=http://localhost{page}"]


@pytest.mark.parametrize("signed_in", [False, True])
def test_its_page_and_feeds_look_like_none_to_strangers(app, circle, signed_in):
    _, page = published(app, DIRECT, circle["named"], name=SECRET)
    with app.app_context():
        accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
        session().commit()
    zoe = Reader(app)
    if signed_in:
        zoe.sign_in("zoe@example.org")
    for path in [*addresses(app, page), f"{page}/edit", f"{page}/withdraw"]:
        never = path.replace(page, f"{page[:-12]}000000000000")
        answer, absent = zoe.get(path), zoe.get(never)
        assert answer.status_code == absent.status_code
        assert answer.status_code == 404 or (answer.status_code == 303 and not signed_in), path
        assert SECRET not in answer.text
        assert answer.text.replace(page[-12:], "") == absent.text.replace("0" * 12, ""), path
    assert zoe.get(page, headers={"Accept": "application/activity+json"}).status_code == 404


def test_its_feeds_are_for_nobody_even_of_those_who_may_read_it(app, reader, circle):
    _, page = published(app, FOLLOWERS, name=SECRET)
    reader.sign_in()
    assert reader.get(page).status_code == 200
    for path in addresses(app, page)[1:]:
        answer = reader.get(path)
        assert answer.status_code == 404 or answer.headers["Cache-Control"] == "private, no-store", path
    shown = reader.get(page)
    assert "feed.atom" not in shown.text
    assert (shown.headers["Cache-Control"], "ETag" in shown.headers) == ("private, no-store", False)


@pytest.mark.parametrize("role", ["member", "editor", None])
def test_its_page_is_for_the_people_of_an_actor_that_may_read_it(app, circle, role):
    _, page = published(app, DIRECT, "couriers", name=SECRET)
    with app.app_context():
        zoe = accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
        if role:
            roles.grant(zoe, local.find("couriers"), role)
        session().commit()
    person = Reader(app)
    person.sign_in("zoe@example.org")
    assert person.get(page).status_code == (200 if role else 404)
    listed = person.get("/account").text
    assert (SECRET in listed) is bool(role)
    for path in LISTS + FEEDS:
        assert SECRET not in person.get(path).text


def test_after_narrowing_the_address_that_was_public_is_nobodys(app, client, clock, circle, exits):
    published(app, PUBLIC, name="An open evening")
    clock.turn(seconds=1)
    iri, page = published(app, PUBLIC, name=SECRET)
    etags = {path: client.get(path).headers.get("ETag", "") for path in (urlsplit(iri).path, page, "/feed.atom")}
    modified = client.get("/feed.atom").headers["Last-Modified"]
    activities = [one["id"] for one in client.get(f"{ACTOR}/outbox/page/1").json["orderedItems"]]
    clock.turn(minutes=5)
    changed(app, iri, lambda one: publishing.revise(one, one.content, Audience(FOLLOWERS)))
    for path in (urlsplit(iri).path, page):
        for headers in ({}, {"If-None-Match": etags[path]}, {"Accept": "application/activity+json"}):
            assert client.get(path, headers=headers).status_code == 404
    for path in exits:
        assert SECRET not in client.get(path).text
        assert urlsplit(iri).path not in client.get(path).text, path
    for reader in (None, circle["follower"]):
        assert read(client, activities[0], reader, clock).status_code == 404
    assert client.get("/feed.atom", headers={"If-Modified-Since": modified}).status_code == 200
    assert read(client, iri, circle["follower"], clock).status_code == 200


def test_unlisted_stands_on_its_page_and_its_actors_and_in_no_list(app, client, circle):
    iri, page = published(app, UNLISTED, name=SECRET)
    document = read(client, iri)
    assert (document.status_code, document.json["cc"]) == (200, ["https://www.w3.org/ns/activitystreams#Public"])
    assert SECRET in client.get(page).text
    assert '<meta name="robots" content="noindex">' in client.get(page).text
    assert SECRET in client.get("/@union").text
    for path in ("/", "/events", "/feed.atom", "/calendar.ics", f"{ACTOR}/upcoming/page/1", *RELAY):
        assert SECRET not in client.get(path).text
        assert urlsplit(iri).path not in client.get(path).text


def test_a_draft_changes_no_feed(app, client, clock):
    published(app, PUBLIC)
    clock.turn(minutes=5)
    before = told(client.get("/feed.atom"))
    with app.app_context():
        one = session().query(Publication).one()
        publishing.draft(local.find("union"), one.content)
        session().commit()
    assert told(client.get("/feed.atom")) == before
