"""A decision about a host: what was under way with it ends at once, and nobody is told."""

import pytest
from sqlalchemy import select

from actors import followers, following, iris, local, outbox, policy, remote
from actors.database import session
from actors.models import Delivery, Follow
from actors.node import now
from flask_maillage.publications import keeping
from flask_maillage.publications.models import Publication
from inboxes import consequences
from inboxes.models import Letter, Polling
from tests.inboxes.letters import UNION, nothing_written


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


@pytest.fixture
def entangled(app, client, clock, work, alice, fediverse):
    """Alice and the union follow each other, her event is here, a delivery and a letter wait, her outbox is polled."""
    alice.post(client, alice.activity("Follow", UNION), now=clock())
    work()
    with app.app_context():
        union, sender = local.find("union"), remote.find(alice.iri)
        followers.record(union, sender, iri=iris.activity("union", "1"), state="accepted")
        keeping.keep(alice.event(), sender)
        session().add(Polling(actor_id=sender.id, due_at=now()))
        outbox.post(union, "Create", {"id": f"{UNION}/calls/1", "type": "Note"}, to=[sender.iri], inboxes=[alice.inbox])
        session().commit()
    alice.post(client, alice.activity("Create", alice.event(2), 2), now=clock())
    return app


def states(model, column="state"):
    return list(session().scalars(select(getattr(model, column)).order_by(model.id)))


def decide(app, host="a.test", **what):
    with app.app_context():
        outcome = consequences.decide(host, **what)
        session().commit()
    return outcome


@pytest.mark.parametrize("host", ["a.test", "A.TEST.", "test", "https://a.test/users/alice"])
def test_block_ends_everything_at_once_and_tells_nobody(entangled, client, work, fediverse, alice, host):
    sent = len(fediverse.arrived)
    outcome = decide(entangled, host, level="block", force=True)
    assert (outcome.deliveries, outcome.follows, outcome.letters) == (1, 2, 1)
    with entangled.app_context():
        assert states(Follow) == ["rejected", "rejected"]
        assert states(Delivery)[-1] == "cancelled"
        assert "pending" not in states(Delivery)
        assert session().scalars(select(Letter).where(Letter.type == "Create")).one().state == "ignored"
        assert states(Polling, "due_at") == []
        assert session().scalars(select(Publication)).one().name == "An open evening"
    assert "An open evening" not in client.get("/events").text
    work()
    assert len(fediverse.arrived) == sent
    with entangled.app_context():
        assert consequences.enforce() == consequences.Outcome()


def test_what_was_hidden_shows_again_and_what_ended_stays_ended(entangled, client, work, fediverse):
    decide(entangled, level="block")
    with entangled.app_context():
        assert consequences.undo("a.test")
        session().commit()
    assert "An open evening" in client.get("/events").text
    with entangled.app_context():
        assert states(Follow) == ["rejected", "rejected"]
        assert "pending" not in states(Delivery)


def test_what_is_kept_of_a_host_is_erased_where_that_is_asked_for(entangled, client):
    decide(entangled, level="block")
    with entangled.app_context():
        assert consequences.erase("test") == 1
        session().commit()
        assert session().scalars(select(Publication)).all() == []
        assert consequences.undo("a.test")
        session().commit()
    assert "An open evening" not in client.get("/events").text


def test_other_hosts_go_on(entangled, work, fediverse, alice):
    decide(entangled, "b.a.test", level="block")
    decide(entangled, "aa.test", level="block")
    with entangled.app_context():
        assert states(Follow) == ["accepted", "accepted"]
        assert "pending" in states(Delivery)
    work()
    assert fediverse.letters("/users/alice/inbox")[-1]["type"] == "Create"


def test_an_archipelago_ends_what_is_not_with_one_of_its_islands(entangled):
    entangled.extensions["maillage"].archipelago = True
    decide(entangled, "partner.test", level="allow")
    with entangled.app_context():
        assert states(Follow) == ["rejected", "rejected"]
        assert "pending" not in states(Delivery)


@pytest.mark.parametrize("level", ["silence", "none", "allow"])
def test_what_is_no_block_ends_nothing(entangled, level):
    assert decide(entangled, level=level, refuses_media=True) == consequences.Outcome()
    with entangled.app_context():
        assert states(Follow) == ["accepted", "accepted"]


def test_nothing_goes_to_a_blocked_host_and_nobody_there_is_followed(app, alice, fediverse):
    with app.app_context():
        remote.remember(alice.document)
        session().commit()
    decide(app, level="block")
    with nothing_written(app, fediverse), app.app_context():
        assert followers.allowed([alice.inbox, "https://b.test/inbox"]) == {"https://b.test/inbox"}
        with pytest.raises(ValueError, match="blocked"):
            following.follow(local.find("union"), remote.find(alice.iri))


@pytest.mark.parametrize("host", ["localhost", "com", "org.", "co.uk", "asso.fr"])
def test_what_covers_ourselves_or_half_of_the_network_is_refused_unless_forced(app, host):
    with app.app_context():
        with pytest.raises(consequences.TooWide, match=host.rstrip(".")):
            consequences.decide(host, level="block")
        assert policy.verdict_on(f"x.{host.rstrip('.')}").level == "none"
        consequences.decide(host, level="block", force=True)
        assert policy.is_blocked(f"https://x.{host}/") is True


@pytest.mark.parametrize("host", ["example.org", "a.co.uk", "192.0.2.1", "[2001:db8::1]", "be.example"])
def test_what_is_one_host_is_decided_without_force(app, host):
    with app.app_context():
        consequences.decide(host, level="block")
        assert policy.is_blocked(f"https://{host}/")
