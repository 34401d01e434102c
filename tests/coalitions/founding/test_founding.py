"""A project begins with the third distinct person who consents, wherever they live; nothing else makes it begin."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from actors import local, remote
from actors.database import session
from actors.models import COALITION, ORGANISATION, Actor
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.founding import consenting, inviting, projects, proposing
from flask_maillage.coalitions.founding.models import Founder
from flask_maillage.coalitions.models import Membership
from flask_maillage.people import accounts, roles
from flask_maillage.publications import leaving
from flask_maillage.territory import profiles
from tests.conftest import PASSWORD
from tests.fediverse import Answer
from tests.publications.gatherings import speaking

HEADERS = {"Accept": "application/activity+json"}
GARDEN = "http://localhost/actors/garden"


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def zoe(fediverse):
    return fediverse.actor("zoe", "b.test")


@pytest.fixture
def yan(fediverse):
    return fediverse.actor("yan", "c.test", "mallory")


def propose(app, *, consents=True, **more):
    with app.app_context():
        ann = accounts.by_handle("ann")
        made = proposing.propose(ann, ann.actor, handle="garden", name="A garden", consents=consents, **more)
        session().commit()
        return made.iri


def ask(app, work, *others, **more):
    """Ask persons elsewhere, and return the ids of the Invites."""
    with app.app_context():
        asked = []
        for other in others:
            person = remote.remember(other.document)
            asked.append(inviting.invite(local.find("garden"), person, **more).iri)
        session().commit()
    work()
    return asked


def state(app):
    """Return the phase, how many consent, and since when it is short."""
    with app.app_context():
        garden = local.find("garden")
        return garden.phase, projects.consenting(garden), projects.find(garden).short_since is not None


def accept(say, who, invite, number=1, **more):
    thing = {"id": invite, "type": "Invite", "actor": GARDEN, "object": who.iri, "target": GARDEN}
    return say(who, "Accept", thing, number, **more)


def begun(app, work, say, zoe, yan):
    propose(app)
    for number, (who, invite) in enumerate(zip((zoe, yan), ask(app, work, zoe, yan), strict=True)):
        assert accept(say, who, invite, number) == "done"


def test_three_persons_of_three_nodes_found_a_project(app, client, say, work, fediverse, zoe, yan):
    assert propose(app) == GARDEN
    document = client.get("/actors/garden", headers=HEADERS).json
    assert (document["phase"], document["progress"], document["discoverable"]) == ("proposed", "idea", False)

    first, second = ask(app, work, zoe, yan)
    (letter,) = fediverse.letters("/users/zoe/inbox")
    assert (letter["id"], letter["type"], letter["object"], letter["target"]) == (first, "Invite", zoe.iri, GARDEN)
    assert (letter["instrument"], letter["actor"], letter["to"]) == ({"as": "founder"}, GARDEN, [zoe.iri])
    assert letter["proof"]["verificationMethod"] == f"{GARDEN}#ed25519-key"
    assert accept(say, zoe, first) == "done"
    assert state(app) == ("proposed", 2, False)

    assert accept(say, yan, second) == "done"
    assert state(app) == ("active", 3, False)
    update = fediverse.letters("/users/zoe/inbox")[-1]
    assert (update["type"], update["object"]["id"], update["object"]["phase"]) == ("Update", GARDEN, "active")
    with app.app_context():
        assert roles.role_of(accounts.by_handle("ann"), local.find("garden")) == "admin"
        members = session().scalars(select(Membership).where(Membership.group_id == local.find("garden").id))
        assert {(one.state, one.role) for one in members} == {("member", "founder")}
        kept = {one.person.handle: one.document for one in session().scalars(select(Founder))}
    assert kept["ann"]["proof"]["verificationMethod"] == "http://localhost/actors/ann#ed25519-key"
    assert (kept["ann"]["object"]["type"], kept["zoe"]["actor"]) == ("Invite", zoe.iri)


def test_before_the_third_person_it_stands_in_no_list_and_publishes_nothing(app, client):
    propose(app)
    assert "/@garden" not in client.get("/search?q=garden").text
    assert "/@garden" not in client.get("/sitemap.xml").text
    page = client.get("/@garden").text
    assert "Consents so far: 1 of 3" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "Ann" not in page.split("<main")[1]  # she did not agree to be named
    assert client.get("/actors/garden/outbox", headers=HEADERS).json["totalItems"] == 0
    with app.app_context():
        profiles.write(local.find("garden"), name="A garden", summary="Beds.", based_in=None, acts_in=(), addresses=())
        session().commit()
    assert client.get("/actors/garden/outbox", headers=HEADERS).json["totalItems"] == 0
    with app.app_context():
        ann, garden = accounts.by_handle("ann"), local.find("garden")
        assert roles.may(ann, roles.ADMINISTER, garden)
        assert not roles.may(ann, roles.PUBLISH, garden)
        assert garden not in roles.actors_to_publish_for(ann)


@pytest.mark.parametrize("what", ["refused", "doubled", "late", "taken back", "of another", "of a group", "closed"])
def test_other_answers_change_nothing(app, say, work, fediverse, clock, zoe, yan, what):
    propose(app)
    first, _second = ask(app, work, zoe, yan)
    before = ("proposed", 1, False)
    if what == "refused":
        assert say(zoe, "Reject", first) == "done"
    elif what == "doubled":
        assert accept(say, zoe, first) == "done"
        before = ("proposed", 2, False)
    elif what == "late":
        clock.turn(days=30, seconds=1)
    elif what == "taken back":
        with app.app_context():
            inviting.take_back(projects.between(local.find("garden"), remote.find(zoe.iri)))
            session().commit()
        work()
        assert [letter["type"] for letter in fediverse.letters("/users/zoe/inbox")] == ["Invite", "Undo"]
    elif what == "closed":
        with app.app_context():
            local.find("garden").phase = "closed"
            session().commit()
        before = ("closed", 1, False)
    elif what == "of a group":
        with app.app_context():
            remote.find(zoe.iri).type = "Group"
            session().commit()
        zoe.document["type"] = "Group"
        zoe.publish_profile()
    assert state(app) == before
    assert accept(say, yan if what == "of another" else zoe, first, 2) == "ignored"
    assert state(app) == before


def test_nobody_is_asked_but_persons_and_nobody_twice(app, work, fediverse, zoe):
    propose(app)
    group = fediverse.actor("choir", "b.test", kind="Group")
    with pytest.raises(projects.NotPossible, match="Only a person"):
        ask(app, work, group)
    assert ask(app, work, zoe) == ask(app, work, zoe)
    assert len(fediverse.letters("/users/zoe/inbox")) == 1


def test_two_names_of_one_person_count_once(app, say, work, fediverse, zoe):
    propose(app)
    other = fediverse.actor("zoe2", "c.test", "mallory", alsoKnownAs=[zoe.iri])
    for number, (who, invite) in enumerate(zip((zoe, other), ask(app, work, zoe, other), strict=True)):
        assert accept(say, who, invite, number) == "done"
    assert state(app) == ("proposed", 2, False)


@pytest.mark.parametrize("way", ["leaves", "is removed", "is deleted", "deletes the account"])
def test_below_three_it_is_flagged_and_with_a_third_again_no_more(app, client, say, work, fediverse, zoe, yan, way):
    begun(app, work, say, zoe, yan)
    if way == "leaves":
        assert say(zoe, "Leave", GARDEN, 7) == "done"
    elif way == "is deleted":
        fediverse.answer(zoe.iri, Answer(410))
        assert say(zoe, "Delete", zoe.iri, 7, to=["https://www.w3.org/ns/activitystreams#Public"]) == "done"
    with app.app_context():
        garden = local.find("garden")
        if way == "is removed":
            memberships.answer(memberships.find(garden, remote.find(zoe.iri)), "remove")
        elif way == "deletes the account":
            bea = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
            roles.grant(bea, garden, "admin")
            leaving.delete_actor(local.find("ann"))
        session().commit()
    assert state(app) == ("active", 2, True)
    assert "fewer than three founders" in client.get("/@garden").text

    xia = fediverse.actor("xia", "d.test", "alice")
    (invite,) = ask(app, work, xia)
    assert accept(say, xia, invite) == "done"
    assert state(app) == ("active", 3, False)


def test_the_last_admin_cannot_leave_what_they_founded(app, say, work, zoe, yan):
    begun(app, work, say, zoe, yan)
    with app.app_context():
        garden, ann = local.find("garden"), accounts.by_handle("ann")
        founder = projects.between(garden, ann.actor)
        with pytest.raises(roles.LastAdmin):
            consenting.withdraw(founder)
        session().rollback()
        bea = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        roles.grant(bea, local.find("garden"), "admin")
        consenting.withdraw(projects.between(local.find("garden"), local.find("ann")))
        session().commit()
    assert state(app) == ("active", 2, True)


@pytest.fixture
def network(app):
    """A coalition of ours of which the union is a member, and an organisation elsewhere that is one too."""
    with app.app_context():
        made = local.create("alliance", COALITION, "An alliance")
        memberships.begin(memberships.record(made, local.find("union"), "requested", iri="http://localhost/join/1"))
        session().commit()
        return made.iri


def test_founders_are_of_the_network_by_themselves_or_by_their_organisation(app, say, work, fediverse, network, zoe):
    town = fediverse.actor("town", "b.test", kind="Organization")
    with app.app_context():
        alliance, ann = remote.find(network), accounts.by_handle("ann")
        with pytest.raises(proposing.ProposalRefused, match="members of the network"):
            proposing.propose(ann, ann.actor, handle="garden", name="A garden", network=alliance)
        session().rollback()
        alliance, union, ann = remote.find(network), local.find("union"), accounts.by_handle("ann")
        proposing.propose(ann, union, handle="garden", name="A garden", network=alliance, consents=True)
        session().commit()
    assert state(app) == ("proposed", 1, False)

    def ask_for(organisation):
        with app.app_context():
            stands_for = remote.find(organisation) if organisation else None
            return inviting.invite(local.find("garden"), remote.remember(zoe.document), stands_for=stands_for)

    with app.app_context():
        remote.remember(town.document)
        session().commit()
    with pytest.raises(projects.NotPossible, match="members of the network"):
        ask_for(None)
    with pytest.raises(projects.NotPossible, match="members of the network"):
        ask_for(town.iri)  # it does not belong to the network
    with pytest.raises(projects.NotPossible, match="One stands for an organisation"):
        ask_for("http://localhost/actors/union")  # she is nobody in it
    with app.app_context():
        memberships.begin(memberships.record(remote.find(network), remote.find(town.iri), "requested", iri=town.iri))
        zoe_here, town_here = remote.remember(zoe.document), remote.find(town.iri)
        invite = inviting.invite(local.find("garden"), zoe_here, stands_for=town_here).iri
        session().commit()
    work()
    assert fediverse.letters("/users/zoe/inbox")[0]["context"] == town.iri
    assert accept(say, zoe, invite) == "done"
    assert state(app) == ("proposed", 2, False)


def test_who_is_of_the_network_no_more_founds_nothing_in_it(app, say, work, fediverse, network, zoe):
    with app.app_context():
        alliance, union, ann = remote.find(network), local.find("union"), accounts.by_handle("ann")
        person = remote.remember(zoe.document)
        memberships.begin(memberships.record(alliance, person, "requested", iri=f"{zoe.iri}/1"))
        proposing.propose(ann, union, handle="garden", name="A garden", network=alliance)
        invite = inviting.invite(local.find("garden"), person).iri
        session().commit()
    assert say(zoe, "Leave", network, 5) == "done"
    assert accept(say, zoe, invite) == "ignored"
    assert state(app) == ("proposed", 0, False)


def test_a_proposal_that_is_given_up_is_gone(app, client, work, fediverse, zoe):
    propose(app)
    ask(app, work, zoe)
    with app.app_context():
        proposing.give_up(local.find("garden"))
        session().commit()
    work()
    assert "Undo" in [letter["type"] for letter in fediverse.letters("/users/zoe/inbox")]
    assert client.get("/actors/garden", headers=HEADERS).status_code == 410
    with app.app_context():
        assert session().scalars(select(Founder)).all() == []


def test_a_member_has_three_proposals_at_most(app):
    with app.app_context():
        for number in range(4):
            ann = accounts.by_handle("ann")
            make = lambda: proposing.propose(ann, ann.actor, handle=f"garden{number}", name="A garden")  # noqa: B023, E731
            if number < 3:
                make()
            else:
                with pytest.raises(proposing.ProposalRefused, match="Three proposals"):
                    make()


def test_a_project_of_the_node_says_so(app, client):
    assert "Founded by those who run this node" in client.get("/@couriers").text
    with app.app_context(), pytest.raises(projects.NotPossible, match="those who run the node founded it"):
        inviting.invite(local.find("couriers"), local.find("ann"))


def test_a_copy_of_a_proposed_project_is_listed_nowhere_either(app, client, fediverse):
    there = fediverse.actor("mill", "b.test", kind="Group", phase="proposed", progress="concept")
    there.document["kind"] = "maillage:Project"
    with app.app_context():
        remote.remember(there.document)
        session().commit()
    assert "/@mill" not in client.get("/search?q=mill").text
    there.document["phase"] = "active"
    with app.app_context():
        remote.remember(there.document)
        session().commit()
        assert session().scalars(select(Actor.phase).where(Actor.iri == there.iri)).one() == "active"
    assert "/@mill" in client.get("/search?q=mill").text


def test_who_left_before_their_consent_arrives_does_not_found_it(app, say, work, clock, zoe):
    propose(app)
    (invite,) = ask(app, work, zoe)
    agreed, left = (f"2026-11-21T12:0{minute}:00Z" for minute in (1, 2))
    clock.turn(hours=2)
    say(zoe, "Leave", GARDEN, 2, published=left)
    assert accept(say, zoe, invite, 1, published=agreed) == "ignored"
    assert state(app) == ("proposed", 1, False)


def test_organisation_may_not_found(app):
    propose(app)
    with app.app_context(), pytest.raises(projects.NotPossible, match="Only a person"):
        inviting.invite(local.find("garden"), local.create("bakers", ORGANISATION, "Bakers"))


def test_an_invitation_may_be_asked_again_after_it_lapsed(app, say, work, clock, zoe):
    propose(app)
    (first,) = ask(app, work, zoe)
    clock.moment += timedelta(days=31)
    (second,) = ask(app, work, zoe)
    assert second != first
    assert accept(say, zoe, first, 1) == "ignored"
    assert accept(say, zoe, second, 2) == "done"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_third_acceptances_at_once_one_makes_it_active(app, say, work, fediverse, zoe):
    """SQLite has one writer at a time."""
    propose(app)
    (invite,) = ask(app, work, zoe)
    assert accept(say, zoe, invite) == "done"
    with app.app_context():
        for name in ("bea", "carl"):
            person = accounts.add(f"{name}@example.org", name.title(), name, PASSWORD).actor
            inviting.invite(local.find("garden"), person)
        session().commit()
    updates = lambda: len([one for one in fediverse.letters() if one["type"] == "Update"])  # noqa: E731

    def consents(name):
        consenting.consent(projects.between(local.find("garden"), local.find(name)))

    with app.app_context():
        consents("bea")
        with app.app_context():
            session().execute(text("SET LOCAL lock_timeout = '100ms'"), bind_arguments={"mapper": Actor})
            with pytest.raises(OperationalError, match="lock timeout"):
                consents("carl")
            session().rollback()
        session().commit()
    with app.app_context():
        consents("carl")
        session().commit()
    work()
    assert state(app) == ("active", 4, False)
    assert updates() == 1
