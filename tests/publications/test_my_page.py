"""A member's own page: what those whom they follow publish, as far as they may read it, and what waits for them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import followers, following, local, remote
from actors.database import session
from actors.models import Follow
from flask_maillage.coalitions import memberships
from flask_maillage.moderation import reports
from flask_maillage.people import accounts
from flask_maillage.people.my_page import Section, section
from flask_maillage.publications.models import (
    DIRECT,
    FOLLOWERS,
    PUBLIC,
    Publication,
    PublicationZone,
    Reply,
    Share,
    TerritoryShare,
)
from flask_maillage.territory.models import Profile
from tests.conftest import PASSWORD
from tests.publications.circle import changed, published
from tests.reader import Reader


@pytest.fixture
def bea(app):
    """A member without any role, who follows nobody yet."""
    with app.app_context():
        accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        session().commit()
    reader = Reader(app)
    reader.sign_in("bea@example.org")
    return reader


def follow(app, who, whom="union"):
    with app.app_context():
        following.follow(local.find(who), local.find(whom))
        session().commit()


def test_following_an_actor_of_ours_holds_at_once_and_fills_the_page(app, bea):
    published(app, PUBLIC, name="An open evening")
    assert "You follow nobody yet." in bea.get("/my").text
    page = bea.get("/@union")
    answer = bea.post("/@union/follow", bea.fill(page))
    assert (answer.status_code, answer.location) == (303, "/@union")
    shown = bea.get("/my")
    assert "An open evening" in shown.text
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert "A union" in bea.get("/my/following").text
    answer = bea.post("/@union/follow", bea.form(bea.get("/my/following"), "answer"))
    assert answer.location == "/my/following"
    assert "An open evening" not in bea.get("/my").text


def test_the_page_of_oneself_offers_no_following_and_a_stranger_is_sent_to_sign_in(app, bea):
    assert "/follow" not in bea.get("/@bea").text
    form = bea.fill(bea.get("/@union"), follower="bea")
    assert bea.post("/@bea/follow", form).status_code in (400, 404)
    assert Reader(app).get("/my").location.startswith("/sign-in")
    assert Reader(app).get("/my/following").status_code == 303


def test_who_approves_its_followers_is_asked_and_answers(app, bea):
    with app.app_context():
        local.find("union").approves_followers = True
        session().commit()
    published(app, FOLLOWERS, name="Nocturnal assembly")
    bea.post("/@union/follow", bea.fill(bea.get("/@union")))
    assert "the answer is still to come" in bea.get("/@union").text
    assert "Nocturnal assembly" not in bea.get("/my").text
    ann = Reader(app)
    ann.sign_in()
    assert "1 asks to follow" in ann.get("/my").text
    ann.post("/account/followers/1/accept", ann.form(ann.get("/account/followers")))
    assert "1 asks to follow" not in ann.get("/my").text
    assert "Nocturnal assembly" in bea.get("/my").text


def test_an_actor_elsewhere_is_followed_over_the_wire_and_what_it_shares_stands_on_the_page(
    app, bea, client, clock, work, fediverse
):
    bob = fediverse.actor("bob", "b.test")
    with app.app_context():
        who = remote.remember(bob.document)
        path = f"/@{who.page_handle}"
        session().commit()
    published(app, PUBLIC, name="An open evening")
    bea.post(f"{path}/follow", bea.fill(bea.get(path)))
    work()
    (letter,) = fediverse.letters("/users/bob/inbox")
    assert (letter["type"], letter["actor"]) == ("Follow", "http://localhost/actors/bea")
    with app.app_context():
        found = session().scalars(select(Publication)).one()
        shared = Share(publication_id=found.id, actor_id=remote.find(bob.iri).id, iri="x:1", created_at=clock())
        session().add(shared)
        session().commit()
    assert "An open evening" not in bea.get("/my").text, "it has not accepted yet"
    bob.post(client, bob.activity("Accept", letter), now=clock())
    work()
    assert "An open evening" in bea.get("/my").text


def test_each_page_of_a_member_leads_to_the_others_and_says_where_one_is(bea):
    paths = ("/my", "/my/following", "/my/notifications", "/my/settings", "/account")
    for path in paths:
        tabs = bea.get(path).text.partition('<nav class="tabs"')[2].partition("</nav>")[0]
        assert [f'href="{other}"' in tabs for other in paths] == [True] * len(paths)
        assert f'href="{path}" aria-current="page"' in tabs


@pytest.mark.parametrize(("visibility", "is_shown"), [(FOLLOWERS, True), (DIRECT, False)])
def test_only_what_one_may_read_stands_there(app, bea, visibility, is_shown):
    follow(app, "bea")
    published(app, visibility, *(["ann"] if visibility == DIRECT else []), name="Nocturnal assembly")
    assert ("Nocturnal assembly" in bea.get("/my").text) is is_shown


def test_a_card_says_who_may_read_what_is_not_for_everybody(app, bea):
    follow(app, "bea")
    published(app, PUBLIC, name="An open evening")
    assert "For followers only" not in bea.get("/my").text
    published(app, FOLLOWERS, name="Nocturnal assembly")
    before, after = bea.get("/my").text.split("Nocturnal assembly")
    assert "For followers only" in before.rpartition("<article")[2]
    assert "For followers only" not in after


def test_the_page_of_what_is_not_for_everybody_says_for_whom_it_is(app, bea):
    follow(app, "bea")
    _, followers_only = published(app, FOLLOWERS, name="Nocturnal assembly")
    _, to_bea = published(app, DIRECT, "bea", name="A quiet word")
    assert "For followers only" in bea.get(followers_only).text
    assert "For those who are named only" in bea.get(to_bea).text


def test_calls_that_close_soon_stand_above(app, bea, clock):
    follow(app, "bea")
    for name, days in (("Later on", 40), ("Hurry up", 3)):
        iri, _ = published(app, PUBLIC, kind="call", name=name)
        changed(app, iri, lambda call, days=days: setattr(call, "ends_at", clock() + timedelta(days=days)))
    page = bea.get("/my").text
    assert page.index("Hurry up") < page.index('id="followed"') < page.index("Later on")


def test_what_a_followed_territory_announces_and_what_closes_where_one_acts_stand_there(app, bea, clock):
    follow(app, "bea", "couriers")
    iri, _ = published(app, PUBLIC, name="In Grenoble")
    near, _ = published(app, PUBLIC, kind="call", name="Near by")
    far, _ = published(app, PUBLIC, kind="call", name="Far away")
    assert "In Grenoble" not in bea.get("/my").text
    with app.app_context():
        rows = {one.iri: one for one in session().scalars(select(Publication))}
        session().add(TerritoryShare(publication_id=rows[iri].id, actor_id=local.find("couriers").id, iri="x:1"))
        for call, zone in ((near, "insee:38185"), (far, "insee:75056")):
            rows[call].ends_at = clock() + timedelta(days=3)
            session().add(PublicationZone(publication_id=rows[call].id, code=zone))
        session().add(Profile(actor_id=local.find("bea").id, based_in="insee:38185", acts_in=[], links=[]))
        session().commit()
    page = bea.get("/my").text
    assert "In Grenoble" in page
    assert page.index('id="closing"') < page.index("Near by") < page.index('id="followed"')
    assert "Far away" not in page


def test_what_waits_is_counted_for_those_who_can_answer_it(app, bea, clock, fediverse):
    bob = fediverse.actor("bob", "b.test")
    iri, _ = published(app, PUBLIC, name="An open evening")
    with app.app_context():
        found, author = session().scalars(select(Publication)).one(), remote.remember(bob.document)
        union = local.find("union")
        session().add(
            Reply(iri="x:1", publication_id=found.id, actor_id=author.id, in_reply_to=iri, html="<p>Yes</p>",
                  public=True, state="held", published_at=clock(), updated_at=clock())
        )  # fmt: skip
        memberships.ask(union, author, iri=f"{bob.iri}/joins/1")
        memberships.invite(union, local.find("bea"))
        reports.take(f"{bob.iri}/flags/1", author, [iri], "Look")
        followers.record(author, union, iri=f"{bob.iri}/follows/1", state="accepted")
        session().commit()
    ann = Reader(app)
    ann.sign_in()
    for words in ("1 reply to look at: An open evening", "1 asks to join A union"):
        assert words in ann.get("/my").text
        assert words not in bea.get("/my").text
    assert "1 invitation" in bea.get("/my").text
    assert "report to look at" not in ann.get("/my").text
    with app.app_context():
        accounts.by_handle("ann").is_admin = True
        session().commit()
    assert "1 report to look at" in ann.get("/my").text


def test_a_higher_room_adds_a_section_and_leaves_it_out(app, bea, monkeypatch):
    monkeypatch.setattr("flask_maillage.people.my_page._sections", [])
    section(lambda member: Section("Your applications", "maillage/macros/empty.html") if member.name == "Bea" else None)
    ann = Reader(app)
    ann.sign_in()
    assert "Your applications" in bea.get("/my").text
    assert "Your applications" not in ann.get("/my").text


def test_who_is_gone_is_listed_no_longer(app, bea, clock):
    follow(app, "bea", "couriers")
    with app.app_context():
        local.find("couriers").gone_at = clock()
        session().commit()
        assert session().scalar(select(Follow.state)) == "accepted"
    assert "You follow nobody yet." in bea.get("/my/following").text
    assert "You follow nobody yet." in bea.get("/my").text
