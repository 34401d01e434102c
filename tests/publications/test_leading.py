"""From our page to a reader's own server, and from there to our page: led to nobody else, asked by nobody else."""

import json

import pytest

from actors import local
from actors.database import session
from actors.rates import Rates
from federation import discovery
from tests.fediverse import Answer
from tests.publications import board
from tests.publications.test_resolving import account, webfinger
from tests.reader import Reader

UNION = "http://localhost/actors/union"


@pytest.fixture
def reader(app):
    return Reader(app)


@pytest.fixture
def home(fediverse):
    """The server of somebody who reads our pages, as it is named."""
    me = fediverse.actor("me", "home.test")
    host = f"home.test:{fediverse.port}"
    template = f"http://{host}/authorize_interaction?uri={{uri}}"
    own = {"rel": "self", "type": "application/activity+json", "href": me.iri}
    links = [own, {"rel": discovery.SUBSCRIBE, "template": template}]
    jrd = {"subject": f"acct:me@{host}", "links": links}
    webfinger(fediverse, "home.test", {f"acct:me@{host}": jrd})
    return host


def asked(reader, uri=UNION, **typed):
    page = reader.get(f"/interact?uri={uri}")
    assert page.status_code == 200
    return reader.post("/interact", reader.fill(page, **typed))


def test_a_reader_is_led_to_follow_with_their_own_account(reader, home):
    assert f'href="/interact?uri={UNION}"' in reader.get("/@union").text
    answer = asked(reader, server=f"@me@{home}", do="Follow")
    led = f"http://{home}/authorize_interaction?uri=http%3A%2F%2Flocalhost%2Factors%2Funion"
    assert answer.status_code == 200
    assert f'content="0; url={led}"' in answer.text
    assert f'href="{led}"' in answer.text


def test_the_page_of_a_publication_leads_to_its_author_and_to_itself_on_ones_own_server(app, reader):
    public = reader.get(board.publish(app, "news", name="Bread")).text
    assert f'href="/interact?uri={UNION}" rel="nofollow">Follow A union from your own server<' in public
    assert "Like, share or reply from your own server" in public
    unlisted = reader.get(board.publish(app, "news", row={"visibility": "unlisted"})).text
    assert "Like, share or reply" not in unlisted


def test_a_publication_is_opened_there_or_written_about(app, reader, home, fediverse):
    page = board.publish(app, "news", name="Bread & roses")
    uri = f"http://localhost{page.replace('/@', '/actors/')}"
    assert "authorize_interaction" in asked(reader, uri, server=f"me@{home}", do="Object").text
    assert asked(reader, uri, server=f"me@{home}", do="Create").status_code == 422
    nodeinfo = {"links": [{"rel": f"{discovery.NODEINFO}2.0", "href": f"http://{home}/nodeinfo/2.0"}]}
    fediverse.put(f"http://{home}/.well-known/nodeinfo", nodeinfo, content_type="application/json")
    software = Answer(body=json.dumps({"software": {"name": "Mastodon"}}).encode(), content_type="application/json")
    fediverse.answer(f"http://{home}/nodeinfo/2.0", software)
    assert f"http://{home}/share?text=Bread+%26+roses+http" in asked(reader, uri, server=home, do="Create").text
    assert f"http://{home}/authorize_interaction?" in asked(reader, uri, server=home, do="Object").text


@pytest.mark.parametrize(
    "server", ["", "me", "me@", "javascript:alert(1)", "@me@nobody.test", "@me@localhost", "x" * 400]
)
def test_what_leads_nowhere_is_said_at_the_field_and_stays_typed(reader, server):
    answer = asked(reader, server=server, do="Follow")
    assert answer.status_code == 422
    assert 'id="server-error"' in answer.text
    assert reader.form(answer)["server"] == server


def test_a_server_that_names_another_is_not_believed(reader, fediverse):
    me = fediverse.actor("me", "home.test")
    account(me)
    host = f"home.test:{fediverse.port}"
    own = {"rel": "self", "type": "application/activity+json", "href": me.iri}
    jrd = {
        "subject": f"acct:me@{host}",
        "links": [own, {"rel": discovery.SUBSCRIBE, "template": "http://x.test/{uri}"}],
    }
    webfinger(fediverse, "home.test", {f"acct:me@{host}": jrd})
    answer = asked(reader, server=f"me@{host}", do="Follow")
    assert answer.status_code == 422
    assert "x.test" not in answer.text


def test_only_our_form_makes_us_ask_and_not_too_often(app, reader, home, fediverse):
    typed = {"uri": UNION, "server": f"me@{home}", "do": "Follow"}
    assert reader.post("/interact", typed).status_code == 422
    assert reader.get("/interact", query_string=typed).status_code == 200
    assert fediverse.arrived == []
    app.extensions["maillage"].rates = Rates({"ways to other servers for a caller": "1 per minute"})
    assert asked(reader, server=f"me@{home}", do="Follow").status_code == 200
    assert asked(reader, server=f"me@{home}", do="Follow").status_code == 429


def test_nobody_is_led_from_what_is_not_public(app, reader):
    draft = board.draft(app, "news").replace("/@", "/actors/")
    with app.app_context():
        local.find("couriers").federated = False
        session().commit()
    for uri in ("", "x", f"http://localhost{draft}", "http://localhost/actors/couriers", "https://e.test/1"):
        assert reader.get("/interact", query_string={"uri": uri}).status_code == 404
        assert reader.post("/interact", {"uri": uri, "server": "a.test"}).status_code == 404


def test_a_member_who_comes_from_another_server_lands_on_our_page(app, reader):
    copied = board.receive(app, "news")
    assert reader.get(f"/authorize_interaction?uri={UNION}").headers["Location"].startswith("/sign-in?next=")
    reader.sign_in()
    for uri, path in (
        (UNION, "/@union"),
        ("acct:union@localhost", "/@union"),
        ("https://partner.test/actors/depot", "/@depot@partner.test"),
        ("https://else.test/1", "/search?q=https://else.test/1"),
    ):
        assert reader.get("/authorize_interaction", query_string={"uri": uri}).headers["Location"] == path
    assert copied


def test_our_webfinger_says_where_our_members_act(client):
    links = client.get("/.well-known/webfinger?resource=acct:ann@localhost").json["links"]
    templates = {link["rel"]: link["template"] for link in links if "template" in link}
    assert templates == {
        "http://ostatus.org/schema/1.0/subscribe": "http://localhost/authorize_interaction?uri={uri}",
        "https://w3id.org/fep/3b86/Follow": "http://localhost/authorize_interaction?uri={object}",
        "https://w3id.org/fep/3b86/Object": "http://localhost/authorize_interaction?uri={object}",
    }
