"""Memberships on the wire as they were designed: the examples through our inbox, and ours beside the examples."""

from datetime import date

import pytest
from sqlalchemy import select

from actors import local, outbox, remote
from actors.database import session
from actors.models import Posted
from federation import strict_json
from federation.signatures import sign
from flask_maillage.coalitions import claims, managing, memberships
from flask_maillage.coalitions.models import Membership
from tests.coalitions.examples import example, lacking
from tests.publications.gatherings import outcome

UNION, COURIERS = "http://localhost/actors/union", "http://localhost/actors/couriers"
HEADERS = {"Accept": "application/activity+json"}


@pytest.fixture
def town(app, fediverse):
    """An organisation on another server, which reads what we write."""
    found = fediverse.actor("town", "b.test", kind="Group")
    with app.app_context():
        remote.remember({**found.document, "kind": "maillage:Organisation"})
        session().commit()
    return found


@pytest.fixture
def take(app, client, clock, work, town):
    """Let an example arrive from the town, have it opened, and give what became of it."""

    def taken(document):
        letter = {"@context": "https://www.w3.org/ns/activitystreams", **document}
        assert town.post(client, letter, "/inbox", now=clock()).status_code == 202
        work()
        return outcome(app, letter["id"])[0]

    return taken


def row(app, function):
    with app.app_context():
        found = function(session().scalars(select(Membership)).one())
        session().commit()
    return found


def sent(app, verb, number=-1):
    """Return what of ours has this verb, the last of it."""
    with app.app_context():
        bodies = session().scalars(select(Posted.body).where(Posted.type == verb).order_by(Posted.id)).all()
        return strict_json.loads(bodies[number].encode())


def signed(actor, path, clock):
    return {"Accept": HEADERS["Accept"], **sign(actor.signer, "GET", f"http://localhost{path}", None, now=clock())}


def begun(app, take, town):
    """Let the town belong to the union: it asks, and is accepted; and the group says more of it."""
    asked = example("15", UNION, town.iri)
    assert take(asked) == "done"
    row(app, lambda found: memberships.answer(found, "accept"))
    row(app, lambda found: managing.set_terms(found, territory="FR-69", since=date(2026, 11, 21)))
    return asked["id"], row(app, lambda found: claims.iri(found, claims.GROUP))


def test_invitation_and_its_answer_go_through_our_inbox(app, take, town):
    assert take(example("13", town.iri, COURIERS)) == "done"
    assert row(app, lambda found: (found.state, found.message)) == ("invited", "Rejoignez l’alliance.")
    row(app, lambda found: memberships.answer_invite(found, accept=True))
    with app.app_context():
        invited = memberships.invite(local.find("union"), remote.find(town.iri)).iri
        session().commit()
    assert take(example("14", UNION, town.iri, invited=invited)) == "done"
    with app.app_context():
        assert {found.state for found in session().scalars(select(Membership))} == {"member"}
    ours = sent(app, "Accept")
    assert lacking(example("14", town.iri, COURIERS, invited=f"{town.iri}/invites/5"), ours) == []
    assert ours["result"]["id"].startswith(f"{COURIERS}/coalitions/")


def test_our_invitation_is_the_example(app, town):
    with app.app_context():
        memberships.invite(local.find("union"), remote.find(town.iri), "<p>Rejoignez l’alliance.</p>")
        session().commit()
    wanted = example("13", UNION, town.iri)
    assert lacking(wanted | {"content": sent(app, "Invite")["content"]}, sent(app, "Invite")) == []
    assert "Rejoignez l’alliance." in sent(app, "Invite")["content"]


def test_our_join_is_the_example(app, town):
    with app.app_context():
        memberships.join(local.find("couriers"), remote.find(town.iri), "Nous partageons la charte.")
        session().commit()
    assert lacking(example("15", town.iri, COURIERS), sent(app, "Join")) == []


def test_accept_with_the_groups_claim_and_its_add_go_through_our_inbox(app, take, fediverse, town):
    with app.app_context():
        joined = memberships.join(local.find("couriers"), remote.find(town.iri)).iri
        session().commit()
    claim = f"{town.iri}/members/0193c8d2"
    accept = example("16", town.iri, COURIERS, joined=joined, claim=claim)
    added = example("17", town.iri, COURIERS, claim=claim)
    fediverse.put(claim, {"@context": "https://www.w3.org/ns/activitystreams", **accept["result"]})
    assert take(added) == "done"
    assert row(app, lambda found: (found.state, found.territory or found.territory_name)) == ("member", "FR-69")
    assert take(accept) == "done"
    assert row(app, claims.is_confirmed)
    assert row(app, lambda found: (found.since, found.group_document["id"])) == (date(2026, 11, 21), claim)
    mine = row(app, lambda found: claims.iri(found, claims.MEMBER))
    told = sent(app, "Add")
    assert (told["object"], told["target"]) == (mine, f"{COURIERS}/coalitions")
    assert town.iri in told["cc"]


def test_our_accept_and_our_add_are_the_examples(app, take, town):
    joined, claim = begun(app, take, town)
    wanted = example("16", UNION, town.iri, joined=joined, claim=claim)
    wanted["result"].pop("territory")  # it was said afterwards
    assert lacking(wanted, sent(app, "Accept")) == []
    assert lacking(example("17", UNION, town.iri, claim=claim), sent(app, "Add")) == []
    updated = sent(app, "Update")["object"]
    assert lacking({"": example("16", UNION, town.iri, joined=joined, claim=claim)["result"]}, {"": updated}) == []
    assert updated["proof"]["verificationMethod"] == f"{UNION}#ed25519-key"


def test_our_collections_are_the_examples_and_each_claim_stands_at_its_id(app, client, take, town):
    _joined, claim = begun(app, take, town)
    members = client.get("/actors/union/members", headers=HEADERS).json
    assert lacking({"": example("18", UNION, town.iri, claim=claim)}, {"": members}) == []
    alone = client.get(claim.removeprefix("http://localhost"), headers=HEADERS).json
    assert {key: alone[key] for key in members["orderedItems"][0]} == members["orderedItems"][0]
    assert alone["proof"]["proofPurpose"] == "assertionMethod"
    with app.app_context():
        memberships.join(local.find("couriers"), local.find("union"))
        found = memberships.find(local.find("union"), local.find("couriers"))
        memberships.answer(found, "accept")
        managing.set_terms(found, territory="FR-69", since=date(2026, 11, 21))
        managing.confirm(found)
        claim = claims.iri(found, claims.MEMBER)
        session().commit()
    coalitions = client.get("/actors/couriers/coalitions", headers=HEADERS).json
    assert lacking({"": example("18b", UNION, COURIERS, claim=claim)}, {"": coalitions}) == []


def test_claim_of_a_person_is_given_to_the_group_and_the_person_alone(app, client, clock, fediverse):
    bob, eve = fediverse.actor("bob", "b.test"), fediverse.actor("eve", "b.test", "mallory")
    with app.app_context():
        for who in (bob, eve):
            remote.remember(who.document)
        union, person = local.find("union"), remote.find(bob.iri)
        memberships.ask(union, person, iri=f"{bob.iri}/joins/1")
        found = memberships.find(union, person)
        memberships.answer(found, "accept")
        claim = claims.iri(found, claims.GROUP)
        session().commit()
    path = claim.removeprefix("http://localhost")
    assert client.get(path, headers=HEADERS).status_code == 404
    assert client.get(path, headers=signed(eve, path, clock)).status_code == 404
    given = client.get(path, headers=signed(bob, path, clock))
    assert (given.status_code, given.json["object"]) == (200, bob.iri)
    assert "private" in given.headers["Cache-Control"]
    members = client.get("/actors/union/members", headers=HEADERS).json
    assert (members["totalItems"], members.get("orderedItems", [])) == (1, [])
    assert all(bob.iri not in str(sent(app, "Accept", 0).get(key)) for key in ("cc",))


def test_vouched_claim_needs_no_letter(app, town):
    """What we give out stands alone: its proof verifies with the key that our actor lists."""
    with app.app_context():
        memberships.join(local.find("couriers"), local.find("union"))
        found = memberships.find(local.find("union"), local.find("couriers"))
        memberships.answer(found, "accept")
        again = outbox.vouch(local.find("union"), claims.relationship(found, claims.GROUP, found.group_says_at))
        assert claims.kept_form(found, claims.GROUP, again) == again
