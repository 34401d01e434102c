"""Who may read what is not for everyone (A01, A04): the object, its parts and its activities, signed or not."""

import pytest
from sqlalchemy import select

from actors import followers, local, remote
from actors.database import session
from actors.models import Posted
from flask_maillage.publications import publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.models import DIRECT, FOLLOWERS
from tests.fediverse import Answer
from tests.inboxes.letters import nothing_written
from tests.publications.circle import changed, gathered, published, read, told

PARTS = ("", "/replies", "/likes", "/shares", "/context", "/attendees", "/organizers")
NEVER = "http://localhost/actors/union/events/0197c2d0-0000-7000-8000-000000000000"


@pytest.fixture
def circle(app, fediverse):
    return gathered(app, fediverse)


@pytest.mark.parametrize("scheme", ["cavage", "rfc9421"])
@pytest.mark.parametrize("part", ["", "/organizers"])
def test_what_is_for_followers_is_read_by_followers_alone(app, client, clock, circle, part, scheme):
    iri, _ = published(app, FOLLOWERS)
    answer = read(client, iri + part, circle["follower"], clock, scheme)
    assert (answer.status_code, answer.json["id"]) == (200, iri + part)
    for name in ("stranger", "pending", "former", "blocked", "suspended", "named"):
        assert read(client, iri + part, circle[name], clock, scheme).status_code == 404, name
    assert read(client, iri + part).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_what_is_for_some_is_read_by_those_who_are_named(app, client, clock, circle, part):
    iri, _ = published(app, DIRECT, circle["named"])
    statuses = {name: read(client, iri + part, circle[name], clock).status_code for name in circle.people}
    assert {name for name, status in statuses.items() if status == 200} == {"named"}
    assert set(statuses.values()) == {200, 404}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", [None, "stranger", "pending", "blocked", "suspended"])
@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}, {"Accept": "text/html"}])
def test_what_one_may_not_read_looks_like_what_was_never_there(app, client, clock, circle, part, name, headers):
    iri, _ = published(app, FOLLOWERS)
    reader = circle[name] if name else None
    answers = [told(read(client, one + part, reader, clock, **headers)) for one in (iri, NEVER)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_an_answer_for_one_reader_is_kept_by_no_cache(app, client, clock, circle):
    iri, _ = published(app, FOLLOWERS)
    answer = read(client, iri, circle["follower"], clock)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert {"Accept", "Signature", "Signature-Input"} <= set(answer.vary)
    assert not {"ETag", "Last-Modified", "Access-Control-Allow-Origin"} & set(answer.headers.keys())
    refused = read(client, iri)
    assert refused.headers["Cache-Control"] == "no-store"
    assert "Signature" in refused.vary
    again = read(client, iri, circle["follower"], clock, **{"If-None-Match": "*"})
    assert again.status_code == 200


def test_a_follower_who_leaves_reads_no_more(app, client, clock, circle):
    iri, _ = published(app, FOLLOWERS)
    assert read(client, iri, circle["follower"], clock).status_code == 200
    with app.app_context():
        followers.remove(remote.find(circle["follower"].iri), local.find("union"))
        session().commit()
    assert read(client, iri, circle["follower"], clock).status_code == 404


@pytest.mark.parametrize("spoil", ["signature", "date", "target", "actor"])
def test_a_signature_that_does_not_hold_is_nobodys(app, client, clock, circle, spoil):
    iri, _ = published(app, FOLLOWERS)
    follower = circle["follower"]
    if spoil == "date":
        clock.turn(minutes=-70)
    good = read(client, iri, follower, clock).request.headers
    if spoil == "date":
        clock.turn(minutes=70)
    headers = {"Date": good["Date"], "Signature": good["Signature"]}
    if spoil == "signature":
        headers["Signature"] = headers["Signature"].replace('signature="', 'signature="AAAA')
    if spoil == "actor":
        headers["Signature"] = read(client, iri, circle["stranger"], clock).request.headers["Signature"]
        headers["Signature"] = headers["Signature"].replace(circle["stranger"].key_id, follower.key_id)
    answer = read(client, NEVER if spoil == "target" else iri, None, None, **headers)
    assert answer.status_code == 404


@pytest.mark.parametrize("there", [True, False])
def test_reading_writes_nothing_and_asks_strangers_for_no_key(app, client, clock, fediverse, circle, there):
    iri, _ = published(app, FOLLOWERS)
    with nothing_written(app, fediverse):
        for name in ("stranger", "blocked", "follower"):
            read(client, iri if there else NEVER, circle[name], clock)


@pytest.mark.parametrize("there", [True, False])
def test_a_new_key_of_a_follower_is_asked_for_whether_the_thing_is_there_or_not(
    app, client, clock, fediverse, circle, there
):
    iri, _ = published(app, FOLLOWERS)
    follower = circle["follower"]
    follower.document["publicKey"]["publicKeyPem"] = circle["pending"].document["publicKey"]["publicKeyPem"]
    follower.signer = type(follower.signer)(follower.key_id, circle["pending"].signer.private_key)
    follower.publish_profile()
    before = len(fediverse.arrived)
    assert read(client, iri if there else NEVER, follower, clock).status_code == (200 if there else 404)
    assert [one.path for one in fediverse.arrived[before:]] == ["/users/follower"]
    assert read(client, iri, follower, clock).status_code == 200
    assert len(fediverse.arrived) == before + 1


@pytest.mark.parametrize("there", [True, False])
def test_a_key_that_cannot_be_had_now_is_told_alike(app, client, clock, fediverse, circle, there):
    iri, _ = published(app, FOLLOWERS)
    follower = circle["follower"]
    fediverse.answer(follower.iri, Answer(503))
    follower.signer = type(follower.signer)(f"{follower.iri}#other", follower.signer.private_key)
    answer = read(client, iri if there else NEVER, follower, clock)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


def test_an_activity_by_its_id_is_for_those_it_is_addressed_to(app, client, clock, circle):
    for visibility, named, reader in ((FOLLOWERS, (), "follower"), (DIRECT, (circle["named"],), "named")):
        iri, _ = published(app, visibility, *named)
        with app.app_context():
            create = session().scalars(select(Posted.iri).where(Posted.object_iri == iri)).one()
        statuses = {name: read(client, create, circle[name], clock) for name in circle.people}
        assert {name for name, answer in statuses.items() if answer.status_code == 200} == {reader}
        assert statuses[reader].headers["Cache-Control"] == "private, no-store"
        unsigned, never = read(client, create), read(client, f"{create[:-12]}000000000000")
        assert told(unsigned) == told(never)


def test_what_was_withdrawn_is_gone_for_those_who_had_it_and_was_never_there_for_others(app, client, clock, circle):
    iri, _ = published(app, FOLLOWERS)
    changed(app, iri, publishing.withdraw)
    assert read(client, iri, circle["follower"], clock).status_code == 410
    assert told(read(client, iri)) == told(read(client, NEVER))
    assert told(read(client, iri, circle["stranger"], clock)) == told(read(client, NEVER, circle["stranger"], clock))


def test_a_public_thing_needs_no_signature_and_a_bad_one_does_no_harm(app, client, clock, fediverse, circle):
    iri, _ = published(app, "public")
    before = len(fediverse.arrived)
    assert read(client, iri).status_code == 200
    assert read(client, iri, circle["stranger"], clock).status_code == 200
    assert read(client, iri, None, None, Signature="nonsense").status_code == 200
    assert read(client, iri, circle["blocked"], clock).status_code == 404
    assert fediverse.arrived[before:] == []


def test_who_is_left_out_later_reads_no_activity_of_before(app, client, clock, circle):
    iri, _ = published(app, DIRECT, circle["named"], circle["follower"])
    with app.app_context():
        create = session().scalars(select(Posted.iri).where(Posted.object_iri == iri)).one()
    assert read(client, create, circle["follower"], clock).status_code == 200
    changed(app, iri, lambda one: publishing.revise(one, one.content, Audience(DIRECT, (audience_of(one)[0],))))
    statuses = {name: read(client, create, circle[name], clock).status_code for name in ("named", "follower")}
    assert statuses == {"named": 200, "follower": 404}


def audience_of(publication):
    """Return who is named, the one called `named` first."""
    return sorted((row.actor for row in publication.audience), key=lambda actor: actor.handle != "named")
