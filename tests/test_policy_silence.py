"""A silenced host is taken and listed nowhere; from one whose media are refused, no media are kept."""

import pytest
from sqlalchemy import select

from actors import followers, iris, local, remote
from actors.database import session
from actors.models import Follow
from federation.activities import PUBLIC
from federation.media import without_media
from flask_maillage.publications import keeping
from flask_maillage.publications.models import Publication, Reply
from inboxes import consequences
from tests.inboxes.letters import UNION
from tests.publications import board

LISTS = ("/", "/events", "/feed.atom", "/feed.rss", "/feed.json", "/calendar.ics", "/events/feed.atom")
PHOTO = {"type": "Document", "mediaType": "image/png", "url": "https://a.test/photo.png"}
PAGE = {"type": "Link", "mediaType": "text/html", "href": "https://a.test/page"}


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


@pytest.fixture
def followed(app, alice):
    """The union follows Alice."""
    with app.app_context():
        sender = remote.remember(alice.document)
        followers.record(local.find("union"), sender, iri=iris.activity("union", "1"), state="accepted")
        session().commit()
    return alice


@pytest.fixture
def decide(app):
    def run(**what):
        with app.app_context():
            consequences.decide("a.test", **what)
            session().commit()

    return run


def test_what_a_silenced_host_publishes_is_taken_and_listed_nowhere(
    app, client, clock, work, followed, decide, fediverse
):
    decide(level="silence")
    followed.post(client, followed.activity("Create", followed.event()), now=clock())
    work()
    with app.app_context():
        path = session().scalars(select(Publication)).one().page.removeprefix("http://localhost")
    assert [one for one in LISTS if "An open evening" in client.get(one).text] == []
    own = (path, f"/@alice@a.test:{fediverse.port}", f"/@alice@a.test:{fediverse.port}/events")
    assert [one for one in own if "An open evening" not in client.get(one).text] == []
    decide(level="none")
    assert [one for one in LISTS if "An open evening" not in client.get(one).text] == []


@pytest.mark.parametrize("before", [True, False])
def test_who_follows_from_a_silenced_host_waits_for_a_person(client, app, clock, work, alice, decide, before):
    follow = alice.activity("Follow", UNION)
    if before:
        alice.post(client, follow, now=clock())
        work()
    decide(level="silence")
    clock.turn(minutes=1)
    alice.post(client, {**follow, "id": f"{follow['id']}/again"}, now=clock())
    work()
    with app.app_context():
        assert session().scalars(select(Follow)).one().state == ("accepted" if before else "pending")


def test_reply_from_a_silenced_host_waits_for_a_look_even_of_somebody_followed(
    app, client, clock, work, followed, decide
):
    path = board.publish(app, "event", name="Ours")
    with app.app_context():
        iri = session().scalars(select(Publication.iri).where(Publication.local)).one()
    decide(level="silence")
    reply = {
        "id": f"{followed.iri}/notes/1",
        "type": "Note",
        "attributedTo": followed.iri,
        "inReplyTo": iri,
        "content": "<p>Gladly said</p>",
        "to": [PUBLIC],
    }
    followed.post(client, followed.activity("Create", reply, to=[PUBLIC]), now=clock())
    work()
    with app.app_context():
        assert session().scalars(select(Reply)).one().state == "held"
    assert "Gladly said" not in client.get(path).text


def test_media_of_a_host_are_let_go_of_and_not_taken_again(app, client, clock, work, followed, decide):
    event = followed.event(attachment=[PHOTO, PAGE], image=PHOTO)
    followed.post(client, followed.activity("Create", event), now=clock())
    work()
    decide(refuses_media=True)
    with app.app_context():
        assert keeping.find(event["id"]).document == followed.event(attachment=[PAGE])
    changed = {**event, "name": "Another evening", "updated": "2026-11-21T11:00:00Z"}
    followed.post(client, followed.activity("Update", changed, 2), now=clock())
    work()
    with app.app_context():
        kept = keeping.find(event["id"])
        assert kept.name == "Another evening"
        assert "photo.png" not in str(kept.document)
    decide(refuses_media=False)
    followed.post(client, followed.activity("Update", {**changed, "updated": "2026-11-21T11:30:00Z"}, 3), now=clock())
    work()
    with app.app_context():
        assert "photo.png" in str(keeping.find(event["id"]).document)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"attachment": PHOTO}, {"attachment": None}),
        ({"attachment": [{"type": ["Object", "Video"], "href": "x"}]}, {"attachment": []}),
        ({"attachment": [{"mediaType": " Audio/MPEG", "href": "x"}]}, {"attachment": []}),
        ({"url": [PAGE, {"type": "Link", "mediaType": "video/mp4", "href": "x"}]}, {"url": [PAGE]}),
        ({"tag": [{"type": "Emoji", "icon": {"type": "Image", "url": "x"}}]}, {"tag": [{"type": "Emoji"}]}),
        ({"subEvent": [{"name": "a", "image": "x"}]}, {"subEvent": [{"name": "a"}]}),
        (
            {"location": {"icon": "x", "name": "y"}, "attachment": [7, "z"]},
            {"location": {"name": "y"}, "attachment": [7, "z"]},
        ),
    ],
)
def test_documents_without_media(before, after):
    assert without_media({"id": "i", **before}) == {"id": "i", **after}
