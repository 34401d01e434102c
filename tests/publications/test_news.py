"""News: what a note says to Mastodon and to us, whose notes are read as news, and how they stand on pages."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from actors import following, local, remote
from actors.database import session
from federation.activities import CONTENT_TYPE, PUBLIC
from federation.sanitising import text_of_html
from flask_maillage.publications import keeping
from flask_maillage.publications.kinds import kind_named, recognise
from flask_maillage.publications.kinds.news import BEGINNING, NewsDetails, beginning
from flask_maillage.publications.models import Publication
from tests.conftest import Clock
from tests.fediverse import Answer, Fediverse, RemoteActor
from tests.publications import board
from tests.publications.test_kinds import ENVELOPE, sent
from tests.reader import Reader

NEWS = kind_named("news")


def toot(actor: RemoteActor, number: int = 1, **more: Any) -> dict[str, Any]:
    """Return a note as Mastodon writes it."""
    return {
        "id": f"{actor.iri}/statuses/{number}",
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "published": "2026-11-20T10:00:00Z",
        "url": f"{actor.iri}/{number}",
        "attributedTo": actor.iri,
        "to": [PUBLIC],
        "cc": [f"{actor.iri}/followers"],
        "sensitive": False,
        "content": '<p>We meet on Monday. <a href="https://b.test/tags/lyon">#<span>Lyon</span></a></p>',
        "contentMap": {"fr": "<p>We meet on Monday.</p>"},
        "attachment": [],
        "tag": [{"type": "Hashtag", "href": "https://b.test/tags/lyon", "name": "#lyon"}],
        **more,
    }


def test_note_has_no_summary_which_would_be_a_warning_and_its_title_in_its_text() -> None:
    document = sent(board.sample_of("news", ENVELOPE.published))
    assert document["type"] == "Note"
    assert document["name"] == "What we learned in spring"
    assert document["content"].startswith("<p><strong>What we learned in spring</strong></p><p>The minutes")
    assert document.keys() & {"summary", "preview", "inReplyTo", "sensitive"} == set()


def test_note_without_title_has_no_name_and_is_named_by_its_beginning() -> None:
    html = "<p>" + "words and more " * 20 + "</p>"
    content = board.sample_of("news", ENVELOPE.published, html=html, name=beginning(html), details=NewsDetails())
    document = sent(content)
    assert "name" not in document
    back = NEWS.from_object(document)
    assert back.name == content.name
    assert back.name.endswith("…")
    assert len(back.name) <= BEGINNING
    assert "<strong>" not in document["content"].partition("</p>")[0]


def test_warning_of_a_note_stands_before_its_text() -> None:
    document = {"id": "https://b.test/1", "type": "Note", "content": "<p>Details</p>", "summary": "An accident"}
    content = NEWS.from_object(document)
    assert (content.name, content.html, content.details) == ("An accident", "<p>Details</p>", NewsDetails(titled=True))


@pytest.mark.parametrize("text", ["---", "![]()", "​"])
def test_text_that_shows_nothing_still_has_a_name(app: Flask, text: str) -> None:
    with app.test_request_context():
        from_form = NEWS.form()(data={"text": text, "language": "fr", "audience": "public"}, meta={"csrf": False})
        assert NEWS.content_from_form(from_form, language=None).name


@pytest.fixture
def bob(app: Flask, fediverse: Fediverse) -> RemoteActor:
    """A person on b.test whom the union follows."""
    actor = fediverse.actor("bob", "b.test", "bob")
    _follow(app, actor)
    return actor


def _follow(app: Flask, actor: RemoteActor) -> None:
    with app.app_context():
        following.follow(local.find("union"), remote.remember(remote.look_up(actor.iri))).state = "accepted"
        session().commit()


def kept(app: Flask) -> list[str]:
    with app.app_context():
        return [one.name for one in session().query(Publication).filter_by(kind="news", local=False)]


def test_note_of_somebody_followed_shows_as_news_with_its_tags(app: Flask, bob: RemoteActor, tell: Any) -> None:
    assert tell(bob, "Create", toot(bob)) == "done"
    assert kept(app) == ["We meet on Monday. #Lyon"]
    reader = Reader(app)
    for path in ("/", "/news", "/tags/lyon"):
        assert "We meet on Monday." in reader.get(path).text, path
    assert (
        tell(bob, "Update", toot(bob, content="<p>We meet on Tuesday.</p>", updated="2026-11-20T11:00:00Z")) == "done"
    )
    assert kept(app) == ["We meet on Tuesday."]
    assert tell(bob, "Delete", {"id": toot(bob)["id"], "type": "Tombstone"}) == "done"
    assert kept(app) == []


def test_article_of_a_followed_site_is_news(app: Flask, bob: RemoteActor, tell: Any) -> None:
    article = toot(bob, type="Article", name="Our year", summary="<p>In short.</p>")
    assert tell(bob, "Create", article) == "done"
    assert kept(app) == ["Our year"]


@pytest.mark.parametrize("more", [{"inReplyTo": "https://c.test/1"}, {"type": "Question"}, {"content": "<p> </p>"}])
def test_answer_or_note_without_words_is_no_news(app: Flask, bob: RemoteActor, tell: Any, more: dict[str, Any]) -> None:
    assert tell(bob, "Create", toot(bob, **more)) == "ignored"
    assert kept(app) == []


@pytest.mark.parametrize("to", [[PUBLIC], ["http://localhost/actors/union"], [PUBLIC, "http://localhost/actors/union"]])
@pytest.mark.parametrize("verb", ["Create", "Update"])
def test_note_of_a_stranger_is_no_news_whoever_it_names(
    app: Flask, fediverse: Fediverse, tell: Any, to: list[str], verb: str
) -> None:
    alice = fediverse.actor("alice", "a.test")
    assert tell(alice, verb, toot(alice, to=to, cc=[]), to=to) == "ignored"
    assert kept(app) == []


@pytest.mark.parametrize(
    ("sharer", "names"), [("Person", []), ("Group", []), ("Application", ["We meet on Monday. #Lyon"])]
)
def test_shared_note_of_a_stranger_counts_where_a_node_shares_it(
    app: Flask, fediverse: Fediverse, tell: Any, sharer: str, names: list[str]
) -> None:
    alice = fediverse.actor("alice", "a.test", "alice")
    relay = fediverse.actor("relay", "b.test", "bob", sharer)
    _follow(app, relay)
    note = toot(alice)
    fediverse.answer(note["id"], lambda request: Answer(body=json.dumps(note).encode()))
    tell(relay, "Announce", note["id"])
    assert kept(app) == names


def test_news_is_written_without_title_published_and_listed(app: Flask, client: FlaskClient, clock: Clock) -> None:
    reader = Reader(app)
    reader.sign_in()
    text = "The minutes are **out**, at last. " + "And there is more to say. " * 5
    saved = reader.submit("/@union/news/new", text=text, name="", do="publish")
    assert saved.status_code == 303, saved.text
    page = reader.get(saved.location).text
    assert '<h1 class="unseen"' in page
    assert "<strong>out</strong>" in page
    name = "The minutes are out, at last. And there is more to say. And there is more to…"
    listed = reader.get("/news").text
    assert name in listed
    assert text_of_html(listed, limit=10**6).count("The minutes are out") == 1
    assert reader.form(reader.get(f"{saved.location}/edit"), "text")["name"] == ""
    posts = client.get("/actors/union/posts/page/1", headers={"Accept": CONTENT_TYPE}).json
    assert posts is not None
    assert [one["type"] for one in posts["orderedItems"]] == ["Note"]
    assert name in reader.get("/news/feed.atom").text
    assert name in reader.get("/@union").text


def test_every_sort_of_note_is_kept_or_passed_over(app: Flask) -> None:
    for nonsense in (None, 7, [], {}, "x", {"fr": 7}, ["<p>x</p>"]):
        document = {
            "id": "https://b.test/1",
            "type": "Note",
            "content": nonsense,
            "contentMap": nonsense,
            "name": nonsense,
        }
        kind = recognise(document)
        assert kind is None or kind.from_object(document).name
    with app.app_context():
        assert keeping.find("https://b.test/1") is None
