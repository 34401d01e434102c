"""The search page: what is known here for everybody, the network for members only; following from an actor's page."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Follow
from flask_maillage.people.models import Member
from flask_maillage.publications import resolving
from tests import postgresql
from tests.fediverse import Answer
from tests.publications.board import publish, receive
from tests.reader import Reader

pytestmark = postgresql.BOTH


@pytest.fixture
def reader(app):
    return Reader(app)


@pytest.fixture
def ann(reader):
    reader.sign_in()
    return reader


@pytest.fixture
def bob(fediverse):
    actor = fediverse.actor("bob", "b.test", "bob", "Group")
    actor.document["name"] = "Bob's group"
    actor.publish_profile()
    event = actor.event(1)
    fediverse.put(event["id"], event)
    return actor


def look_up(reader, text):
    """Fill the form that asks the network."""
    shown = reader.get("/search", query_string={"q": text})
    return reader.post("/search", reader.form(shown))


def test_box_is_on_every_page(reader):
    for path in ("/", "/calls", "/sign-in", "/@union"):
        assert 'role="search" action="/search"' in reader.get(path).text


def test_titles_and_names_are_found_here_by_everybody(app, reader):
    publish(app, "call", name="Coaching for couriers")
    receive(app, "event", name="A seminar of couriers")
    publish(app, "news", name="Something else", html="<p>Bread.</p>", source="Bread.")

    shown = reader.get("/search", query_string={"q": "COURIERS"}).text

    assert "Coaching for couriers" in shown
    assert "A seminar of couriers" in shown
    assert "Couriers together" in shown, "the project of that name"
    assert "Something else" not in shown


@pytest.mark.parametrize(
    "text",
    ["%", "_", "%%", "__", "C%g", "100%", "\\", "' OR unheard=unheard --", "a\x00b", "\ud800", "x" * 5000, "é" * 3000],
)
def test_any_text_is_only_text(app, reader, text):
    publish(app, "call", name="Coaching")
    answer = reader.get("/search", query_string={"q": text.encode("utf-8", "replace")})
    assert answer.status_code == 200
    assert "Coaching" not in answer.text


def test_drafts_and_what_is_not_public_are_not_found(app, reader):
    publish(app, "call", name="Unlisted coaching", row={"visibility": "unlisted"})
    publish(app, "call", name="Withdrawn coaching", row={"visibility": "direct"})
    assert "coaching</a>" not in reader.get("/search?q=coaching").text


def test_persons_are_not_listed_but_found_by_their_handle(app, reader, fediverse):
    zoe = fediverse.actor("zoe", "z.test")
    zoe.document["name"] = "Zoe Example"
    zoe.publish_profile()
    with app.app_context():
        remote.remember(remote.look_up(fediverse.address("z.test", "/users/zoe")))
        session().commit()
    assert "Zoe Example" not in reader.get("/search?q=zoe").text
    assert "Zoe Example" in reader.get(f"/search?q=@zoe@z.test:{fediverse.port}").text


def test_stranger_finds_what_is_known_and_asks_nobody(app, reader, fediverse, bob):
    shown = reader.get("/search", query_string={"q": bob.iri})
    assert "Look it up" not in shown.text
    answer = reader.post("/search", {"q": bob.iri})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in")
    assert fediverse.arrived == []


def test_member_finds_an_actor_and_a_publication_on_the_network(app, ann, fediverse, bob):
    answer = look_up(ann, bob.iri)
    assert (answer.status_code, answer.location) == (303, f"/@bob@b.test:{fediverse.port}")
    assert "Bob&#39;s group" in ann.get(answer.location).text

    answer = look_up(ann, f"{bob.iri}/events/1")
    assert answer.status_code == 303
    assert "An open evening" in ann.get(answer.location).text
    assert "An open evening" not in ann.get("/").text


def test_reading_the_page_asks_nobody_even_for_a_member(app, ann, fediverse, bob):
    assert ann.get("/search", query_string={"q": bob.iri}).status_code == 200
    assert fediverse.arrived == []


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}])
def test_page_of_somebody_else_cannot_make_us_ask(app, ann, fediverse, bob, headers):
    answer = ann.post("/search", {"q": bob.iri}, headers=headers)
    assert answer.status_code in (403, 422)
    assert fediverse.arrived == []


def test_failure_is_told_in_a_sentence_and_what_was_typed_stays(app, ann, fediverse):
    fediverse.answer(fediverse.address("b.test", "/x"), Answer(410))
    answer = look_up(ann, fediverse.address("b.test", "/x"))
    assert answer.status_code == 422
    assert "It was there and is deleted." in answer.text
    assert fediverse.address("b.test", "/x") in answer.text


@pytest.mark.parametrize("error", [kind for kind, _ in resolving.SENTENCES])
def test_every_sentence_is_there_in_french(app, ann, monkeypatch, error):
    def fail(text):
        raise error("x")

    monkeypatch.setattr(resolving, "resolve", fail)
    english = look_up(ann, "@a@b.example").text
    ann.get("/?lang=fr")
    french = look_up(ann, "@a@b.example").text
    sentence = resolving.sentence_for(error("x"))
    assert sentence in english
    assert sentence not in french


def test_member_who_asks_too_much_waits(app, ann, fediverse, bob):
    answers = {look_up(ann, bob.iri).status_code for _ in range(30)}
    assert answers == {303}
    asked = len(fediverse.arrived)
    assert look_up(ann, bob.iri).status_code == 429
    assert len(fediverse.arrived) == asked


def test_nothing_is_fetched_while_a_transaction_is_open(app, ann, fediverse, bob):
    busy = []

    def answer(arrived):
        with app.app_context():
            session().add(Follow(follower_id=1, followed_id=2, iri="http://localhost/x", state="pending",
                                 created_at=remote.now()))  # fmt: skip
            session().flush()
            session().rollback()
            busy.append(False)
        return Answer(body=b"{}")

    fediverse.answer(fediverse.address("b.test", "/slow"), answer)
    assert look_up(ann, fediverse.address("b.test", "/slow")).status_code == 422
    assert busy == [False], "another writer was not kept waiting"


class TestFollowing:
    def test_member_lets_an_organisation_follow_sees_it_wait_and_takes_it_back(
        self, app, ann, client, clock, work, fediverse, bob
    ):
        path = look_up(ann, bob.iri).location
        shown = ann.get(path)
        answer = ann.post(f"{path}/follow", ann.fill(shown, follower="union"))
        assert (answer.status_code, answer.location) == (303, path)
        assert "A union has asked" in ann.get(path).text
        work()
        (letter,) = fediverse.letters("/users/bob/inbox")
        assert (letter["type"], letter["actor"]) == ("Follow", "http://localhost/actors/union")

        bob.post(client, bob.activity("Accept", letter), now=clock())
        work()
        shown = ann.get(path)
        assert "A union follows it." in shown.text

        assert "Follow no longer" in shown.text
        ann.post(f"{path}/follow", ann.fill(shown, follower="union", answer="unfollow"))
        work()
        assert fediverse.letters("/users/bob/inbox")[-1]["type"] == "Undo"
        with app.app_context():
            assert session().scalars(select(Follow)).all() == []

    @pytest.mark.parametrize("follower", ["couriers", "relay", "nobody", ""])
    def test_nobody_follows_in_anothers_name(self, app, ann, fediverse, bob, follower):
        path = look_up(ann, bob.iri).location
        assert ann.post(f"{path}/follow", ann.fill(ann.get(path), follower=follower)).status_code == 400
        with app.app_context():
            assert session().scalars(select(Follow)).all() == []

    def test_stranger_sees_no_form_and_is_sent_to_sign_in(self, app, ann, fediverse, bob):
        path = look_up(ann, bob.iri).location
        stranger = Reader(app)
        assert "Follow from here" not in stranger.get(path).text
        assert stranger.post(f"{path}/follow", {"follower": "union", "answer": "follow"}).status_code == 303
        with app.app_context():
            assert session().scalars(select(Follow)).all() == []

    def test_form_of_another_page_does_nothing(self, app, ann, fediverse, bob):
        path = look_up(ann, bob.iri).location
        assert ann.post(f"{path}/follow", {"follower": "union", "answer": "follow"}).status_code == 400

    def test_node_follows_a_node_at_an_administrators_word(self, app, ann, fediverse, work):
        relay = fediverse.actor("relay", "p.test", "bob", "Application")
        path = look_up(ann, relay.iri).location
        assert 'value="relay"' not in ann.get(path).text
        with app.app_context():
            session().scalars(select(Member)).one().is_admin = True
            session().commit()
        ann.post(f"{path}/follow", ann.fill(ann.get(path), follower="relay"))
        with app.app_context():
            relation = followers.between(local.find("relay"), remote.find(relay.iri))
            assert relation.state == "pending"
