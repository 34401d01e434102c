"""What somebody types is found on its own server and kept: a handle, an id, a page, an activity or a domain."""

import json
from itertools import pairwise

import pytest
from sqlalchemy import select

from actors import followers, local, policy, remote
from actors.database import session
from actors.models import Actor
from federation.activities import PUBLIC
from federation.errors import FederationError, Gone, Malformed, NotFound, Refused, Rejected, Unreachable
from flask_maillage.publications import listing, resolving
from flask_maillage.publications.models import Publication
from tests.fediverse import Answer

JRD = "application/jrd+json; charset=utf-8"
AS_PROFILE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.fixture
def alice(fediverse):
    """A person with a page, an event and an account."""
    actor = fediverse.actor("alice", "a.test")
    account(actor)
    event = actor.event(1)
    fediverse.put(event["id"], event)
    return actor


def account(actor, *, host=None, subject=None, kind="application/activity+json", rel="self", **more):
    """Answer WebFinger for an actor."""
    host = host or actor.host
    name = actor.document["preferredUsername"]
    port = actor.fediverse.port
    subject = subject or f"acct:{name}@{host}:{port}"
    jrd = {"subject": subject, "links": [{"rel": rel, "type": kind, "href": actor.iri}], **more}
    webfinger(actor.fediverse, host, {f"acct:{name}@{host}:{port}": jrd})


def webfinger(fediverse, host, answers):
    """Answer WebFinger of a host from a dictionary of resources; others are unknown."""

    def answer(arrived):
        resource = arrived.path.partition("resource=")[2]
        found = answers.get(resource)
        return Answer(404) if found is None else Answer(body=json.dumps(found).encode(), content_type=JRD)

    fediverse.answer(fediverse.address(host, "/.well-known/webfinger"), answer)


def page(fediverse, host, path, body="", **headers):
    """Serve a page for people, and return its address."""
    address = fediverse.address(host, path)
    answer = Answer(body=body.encode(), content_type="text/html; charset=utf-8", headers=headers)
    fediverse.answer(address, answer)
    return address


def resolve(app, text):
    """Resolve in a context of its own, and return the id of what was found."""
    with app.app_context():
        found = resolving.resolve(text)
        iri = found.iri
        session().commit()
        return iri


def kept(app):
    with app.app_context():
        return (
            set(session().scalars(select(Actor.iri).where(~Actor.local))),
            set(session().scalars(select(Publication.iri).where(~Publication.local))),
        )


def at(fediverse, host):
    return [one for one in fediverse.arrived if one.host == host]


@pytest.mark.parametrize("prefix", ["@", "", "acct:", "  @"])
def test_handle_leads_to_its_actor(app, fediverse, alice, prefix):
    assert resolve(app, f"{prefix}alice@a.test:{fediverse.port}") == alice.iri
    assert kept(app) == ({alice.iri}, set())


@pytest.mark.parametrize("kind", ["application/activity+json", AS_PROFILE, "application/activity+json; charset=utf-8"])
def test_self_link_of_either_type_counts(app, fediverse, alice, kind):
    account(alice, kind=kind)
    assert resolve(app, f"@alice@a.test:{fediverse.port}") == alice.iri


@pytest.mark.parametrize(("kind", "rel"), [("text/html", "self"), ("application/json", "self"), (None, "self"),
                                           ("application/activity+json", "alternate")])  # fmt: skip
def test_other_links_lead_nowhere(app, fediverse, alice, kind, rel):
    account(alice, kind=kind, rel=rel)
    with pytest.raises(NotFound):
        resolve(app, f"@alice@a.test:{fediverse.port}")
    assert not [one for one in fediverse.arrived if one.path == "/users/alice"]


def test_account_of_a_split_domain_is_found(app, fediverse, alice):
    port = fediverse.port
    subject = f"acct:alice@a.test:{port}"
    webfinger(fediverse, "short.test", {f"acct:al@short.test:{port}": {"subject": subject, "links": []}})
    assert resolve(app, f"@al@short.test:{port}") == alice.iri


def test_second_change_of_the_subject_is_refused(app, fediverse, alice):
    port = fediverse.port
    names = ["one.test", "two.test", "a.test"]
    for here, there in pairwise(names):
        links = [{"rel": "self", "type": "application/activity+json", "href": alice.iri}]
        jrd = {"subject": f"acct:alice@{there}:{port}", "links": links}
        webfinger(fediverse, here, {f"acct:alice@{here}:{port}": jrd})
    with pytest.raises(Rejected):
        resolve(app, f"@alice@one.test:{port}")


@pytest.mark.parametrize("subject", ["https://a.test/users/alice", "nobody", 7, None, ["acct:alice@a.test"]])
def test_account_without_a_subject_of_its_own_is_refused(app, fediverse, alice, subject):
    account(alice, **{"subject": "acct:x@y"})
    webfinger(fediverse, "a.test", {f"acct:alice@a.test:{fediverse.port}": {"subject": subject, "links": []}})
    with pytest.raises(Rejected):
        resolve(app, f"@alice@a.test:{fediverse.port}")


def test_webfinger_elsewhere_is_found_by_host_meta_when_it_is_not_there(app, fediverse, alice):
    account(alice)
    del fediverse.answers["a.test", "/.well-known/webfinger"]
    template = fediverse.address("finger.test", "/find?about={uri}")
    xrd = f'<?xml version="1.0"?><XRD><Link rel="lrdd" type="application/xrd+xml" template="{template}"/></XRD>'
    fediverse.answer(
        fediverse.address("a.test", "/.well-known/host-meta"),
        Answer(body=xrd.encode(), content_type="application/xrd+xml"),
    )
    jrd = {
        "subject": f"acct:alice@a.test:{fediverse.port}",
        "links": [{"rel": "self", "type": "application/activity+json", "href": alice.iri}],
    }
    fediverse.put(fediverse.address("finger.test", "/find"), jrd, content_type=JRD)

    assert resolve(app, f"@alice@a.test:{fediverse.port}") == alice.iri
    (asked,) = at(fediverse, "finger.test")
    assert asked.path == f"/find?about=acct%3Aalice%40a.test%3A{fediverse.port}"


def test_id_of_an_actor_and_of_an_object_are_found(app, fediverse, alice):
    assert resolve(app, alice.iri) == alice.iri
    assert resolve(app, f"{alice.iri}/events/1") == f"{alice.iri}/events/1"
    assert kept(app) == ({alice.iri}, {f"{alice.iri}/events/1"})
    asked = [one for one in fediverse.arrived if one.path.startswith("/users")]
    assert all("relay#main-key" in one.headers["signature"] for one in asked)


@pytest.mark.parametrize(
    "link",
    [
        '<{iri}>; rel="alternate"; type="application/activity+json"',
        '</feed>; rel=alternate; type=application/rss+xml, <{iri}>; type="application/activity+json"; rel="alternate"',
        '<{path}>; rel="canonical alternate"; type="application/ld+json; profile=\\"https://www.w3.org/ns/activitystreams\\""',
    ],
)
def test_page_leads_to_its_document_by_its_link_header(app, fediverse, alice, link):
    header = link.format(iri=alice.iri, path="/users/alice")
    assert resolve(app, page(fediverse, "a.test", "/@alice", Link=header)) == alice.iri


@pytest.mark.parametrize(
    "html",
    [
        '<!doctype html><head><LINK href="{iri}" rel="alternate" type="application/activity+json"></head>',
        '<html><head><script>\'<link rel="alternate" type="application/activity+json" href="/trap">\'</script>'
        "<link rel='alternate' type='application/activity+json' href='/users/alice'>",
        "<link rel=alternate type=application/activity+json href={iri}>",
    ],
)
def test_page_leads_to_its_document_by_the_link_in_its_head(app, fediverse, alice, html):
    assert resolve(app, page(fediverse, "a.test", "/@alice", html.format(iri=alice.iri))) == alice.iri


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nothing</p>",
        '<body><link rel="alternate" type="application/activity+json" href="/users/alice">',
        '<!-- <link rel="alternate" type="application/activity+json" href="/users/alice"> -->',
        '<link rel="alternate" type="application/rss+xml" href="/users/alice">',
        '<link rel="alternate" type="application/activity+json" href="">',
        '<link rel="alternate" type="application/activity+json" href="javascript:alert(1)">',
        "<link " * 50_000,
    ],
    ids=range(7),
)
def test_page_that_names_no_document_leads_nowhere(app, fediverse, alice, html):
    with pytest.raises(FederationError):
        resolve(app, page(fediverse, "a.test", "/@alice", html))
    assert [one.path for one in fediverse.arrived] == ["/@alice"]


def test_page_behind_a_page_is_not_followed(app, fediverse, alice):
    second = page(fediverse, "a.test", "/two", Link=f'<{alice.iri}>; rel="alternate"; type="application/activity+json"')
    first = page(fediverse, "a.test", "/one", Link=f'<{second}>; rel="alternate"; type="application/activity+json"')
    with pytest.raises(Rejected):
        resolve(app, first)


def test_page_that_answers_with_the_document_itself_is_asked_again_at_its_id(app, fediverse, alice):
    address = fediverse.address("a.test", "/@alice")
    fediverse.put(address, alice.document)
    assert resolve(app, address) == alice.iri


def test_document_that_says_it_is_elsewhere_counts_only_as_it_is_there(app, fediverse, alice):
    forged = {**alice.event(1), "name": "Forged"}
    address = fediverse.address("m.test", "/x")
    fediverse.put(address, forged)
    resolve(app, address)
    with app.app_context():
        assert session().scalars(select(Publication.name)).all() == ["An open evening"]


@pytest.mark.parametrize("verb", ["Create", "Announce"])
@pytest.mark.parametrize("embedded", [True, False])
def test_activity_leads_to_its_object(app, fediverse, alice, verb, embedded):
    thing = alice.event(1, name="As the letter has it") if embedded else f"{alice.iri}/events/1"
    activity = alice.activity(verb, thing, to=[PUBLIC])
    fediverse.put(activity["id"], activity)
    assert resolve(app, activity["id"]) == f"{alice.iri}/events/1"
    with app.app_context():
        assert session().scalars(select(Publication.name)).all() == ["An open evening"]


def test_chain_of_activities_ends(app, fediverse, alice):
    for number in range(1000, 1010):
        activity = alice.activity("Announce", f"{alice.iri}/activities/{number + 1}", number)
        fediverse.put(activity["id"], activity)
    with pytest.raises(Rejected):
        resolve(app, f"{alice.iri}/activities/1000")
    assert len(fediverse.arrived) <= 4


def test_activities_that_name_each_other_end(app, fediverse, alice):
    for number, other in ((1, 2), (2, 1)):
        activity = alice.activity("Announce", f"{alice.iri}/activities/{other}", number)
        fediverse.put(activity["id"], activity)
    with pytest.raises(Rejected):
        resolve(app, f"{alice.iri}/activities/1")
    assert len(fediverse.arrived) <= 4


class TestDomain:
    @pytest.fixture
    def relay(self, fediverse):
        return fediverse.actor("relay", "node.test", kind="Application")

    @pytest.mark.parametrize("text", ["node.test:{port}", "http://node.test:{port}/", "node.test:{port}/"])
    def test_nodeinfo_names_the_application(self, app, fediverse, relay, text):
        link = {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": relay.iri}
        address = fediverse.address("node.test", "/.well-known/nodeinfo")
        fediverse.put(address, {"links": [link]}, content_type="application/json")
        assert resolve(app, text.format(port=fediverse.port)) == relay.iri

    def test_application_of_another_host_is_not_taken(self, app, fediverse, relay):
        link = {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": relay.iri}
        address = fediverse.address("other.test", "/.well-known/nodeinfo")
        fediverse.put(address, {"links": [link]}, content_type="application/json")
        with pytest.raises(NotFound):
            resolve(app, f"other.test:{fediverse.port}")
        assert not at(fediverse, "node.test")

    def test_webfinger_of_the_host_is_asked_next(self, app, fediverse, relay):
        root = fediverse.address("node.test")
        link = {"rel": "https://www.w3.org/ns/activitystreams#Service", "href": relay.iri}
        webfinger(fediverse, "node.test", {root: {"subject": root, "links": [link]}})
        assert resolve(app, f"node.test:{fediverse.port}") == relay.iri

    @pytest.mark.parametrize("name", ["relay", "events"])
    def test_the_names_that_nodes_give_themselves_are_asked_last(self, app, fediverse, name):
        actor = fediverse.actor(name, "node.test", kind="Application")
        account(actor)
        assert resolve(app, f"node.test:{fediverse.port}") == actor.iri

    def test_domain_with_nothing_is_not_found(self, app, fediverse):
        with pytest.raises(NotFound):
            resolve(app, f"node.test:{fediverse.port}")


class TestKeeping:
    def test_what_only_a_search_brought_stands_in_no_list_until_somebody_follows(self, app, fediverse, alice):
        iri = f"{alice.iri}/events/1"
        resolve(app, iri)
        with app.app_context():
            author = remote.find(alice.iri)
            assert listing.first(listing.coming_events(), 5) == []
            assert [one.iri for one in listing.first(listing.coming_events(actor=author), 5)] == [iri]
            followers.record(local.find("union"), author, iri="http://localhost/f", state="accepted")
            session().commit()
        resolve(app, iri)
        with app.app_context():
            assert [one.iri for one in listing.first(listing.coming_events(), 5)] == [iri]

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"to": ["https://a.test/followers"], "cc": []}, Refused),
            ({"to": [], "cc": []}, Refused),
            ({"type": "Question"}, Malformed),
            ({"attributedTo": "http://b.test/users/bob"}, Malformed),
            ({"attributedTo": None}, Malformed),
            ({"@graph": []}, Malformed),
        ],
    )
    def test_what_is_not_for_everyone_or_not_the_authors_is_refused_and_leaves_nothing(
        self, app, fediverse, alice, change, error
    ):
        event = {**alice.event(2), **change}
        fediverse.put(event["id"], event)
        with pytest.raises(error):
            resolve(app, event["id"])
        assert kept(app) == (set(), set())
        assert [one.path for one in fediverse.arrived] == ["/users/alice/events/2"], "its author was not asked for"

    def test_blocked_host_is_not_asked(self, app, fediverse, alice):
        with app.app_context():
            policy.block("a.test")
            session().commit()
        for text in (alice.iri, f"@alice@a.test:{fediverse.port}", f"a.test:{fediverse.port}"):
            with pytest.raises(Refused):
                resolve(app, text)
        assert fediverse.arrived == []

    def test_way_that_leads_over_a_blocked_host_is_not_gone(self, app, fediverse, alice):
        fediverse.answer(fediverse.address("c.test", "/x"), Answer(302, headers={"Location": alice.iri}))
        link = f'<{alice.iri}>; rel="alternate"; type="application/activity+json"'
        address = page(fediverse, "c.test", "/page", Link=link)
        with app.app_context():
            policy.block("a.test")
            session().commit()
        for text in (fediverse.address("c.test", "/x"), address):
            with pytest.raises(Refused):
                resolve(app, text)
        assert kept(app) == (set(), set())

    def test_suspended_actor_comes_not_back(self, app, fediverse, alice):
        resolve(app, alice.iri)
        with app.app_context():
            remote.find(alice.iri).suspended_at = remote.now()
            session().commit()
        for text in (alice.iri, f"{alice.iri}/events/1"):
            with pytest.raises(Refused):
                resolve(app, text)
        assert kept(app)[1] == set()


@pytest.mark.parametrize(
    ("answer", "error"),
    [(Answer(404), NotFound), (Answer(410), Gone), (Answer(403), Rejected), (Answer(503), Unreachable),
     (Answer(body=b"{}", content_type="application/json"), Rejected), (Answer(body=b"[]"), Rejected)],
)  # fmt: skip
def test_every_failure_has_its_sentence(app, fediverse, answer, error):
    fediverse.answer(fediverse.address("a.test", "/x"), answer)
    with pytest.raises(error) as caught:
        resolve(app, fediverse.address("a.test", "/x"))
    assert resolving.sentence_for(caught.value).endswith(".")


@pytest.mark.parametrize("text", ["", " ", "alice", "two words", "javascript:alert(1)", "x" * 3000, "a\x00b", "@a"])
def test_what_names_nothing_asks_nobody(app, fediverse, text):
    with pytest.raises(FederationError):
        resolve(app, text)
    assert fediverse.arrived == []


def test_our_own_things_are_found_without_the_network(app, fediverse):
    assert resolve(app, "@union@localhost") == "http://localhost/actors/union"
    with pytest.raises(NotFound):
        resolve(app, "http://localhost/actors/nobody")
    assert fediverse.arrived == []
