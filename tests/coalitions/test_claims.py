"""What each side of a membership says: its own word alone counts, the newest of it, in whatever order letters come."""

from datetime import date

import pytest
from sqlalchemy import select

from actors import local, outbox, remote
from actors.database import session
from actors.models import Actor, Posted
from flask_maillage.coalitions import claims, history, managing, memberships
from flask_maillage.coalitions.models import Membership, MembershipEvent
from inboxes.pruning import prune
from tests.publications.gatherings import speaking

UNION, COURIERS = "http://localhost/actors/union", "http://localhost/actors/couriers"
ONE, TWO, THREE, FOUR = (f"2026-11-21T11:0{minute}:00Z" for minute in (1, 2, 3, 4))


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def town(app, fediverse):
    """An organisation on another server, which we know."""
    found = fediverse.actor("town", "b.test", kind="Group")
    with app.app_context():
        remote.remember(found.document)
        session().commit()
    return found


@pytest.fixture
def row(app):
    """Do something with the one membership there is, and return what that gives."""

    def of(function):
        with app.app_context():
            found = function(session().scalars(select(Membership)).one_or_none())
            session().commit()
        return found

    return of


def claim(town, member=COURIERS, number=7, **more):
    """Return what the town says of a member."""
    return {
        "id": f"{town.iri}/members/{number}",
        "type": "Relationship",
        "subject": town.iri,
        "relationship": "https://w3id.org/maillage#hasMember",
        "object": member,
        "role": "observer",
        "published": ONE,
        **more,
    }


def join(app, town):
    """Let the couriers ask the town, and return the id of their Join."""
    with app.app_context():
        iri = memberships.join(local.find("couriers"), remote.find(town.iri)).iri
        session().commit()
    return iri


def happened(app):
    with app.app_context():
        return list(session().scalars(select(MembershipEvent.what).order_by(MembershipEvent.id)))


def standing(found):
    return found and (found.state, found.group_says_at is not None, found.member_says_at is not None)


def test_group_of_ours_claims_whom_it_accepts_and_each_step_is_written_down(app, say, row, town):
    assert say(town, "Join", UNION) == "done"
    assert row(standing) == ("requested", False, True)
    row(lambda found: memberships.answer(found, "accept"))
    assert row(standing) == ("member", True, True)
    made = row(lambda found: found.group_document)
    assert (made["subject"], made["object"], made["since"]) == (UNION, town.iri, "2026-11-21")
    assert made["id"] == f"{UNION}/members/{row(lambda found: found.identifier)}"
    assert made["proof"]["verificationMethod"] == f"{UNION}#ed25519-key"
    assert row(lambda found: found.member_document) is None
    assert happened(app) == ["asked", "claimed by the group", "confirmed"]
    assert say(town, "Leave", UNION, 2) == "done"
    assert row(standing) == ("left", False, False)
    assert happened(app)[3:] == ["left"]


def test_removal_takes_the_groups_word_back_and_not_the_members(say, row, town):
    say(town, "Join", UNION)
    row(lambda found: memberships.answer(found, "accept"))
    row(lambda found: memberships.answer(found, "remove"))
    assert row(standing) == ("removed", False, True)


def test_word_of_a_group_elsewhere_is_kept_and_confirmed_by_ours(app, say, row, town):
    iri = join(app, town)
    shown = claim(town, territory="FR-69", since="2026-10-01", until="no day", suspended="yes")
    assert say(town, "Accept", iri, published=ONE, result=shown) == "done"
    assert row(standing) == ("member", True, True)
    assert row(lambda found: (found.role, found.since, found.until)) == ("observer", date(2026, 10, 1), None)
    assert row(lambda found: found.territory or found.territory_name) == "FR-69"
    ours = row(lambda found: found.member_document)
    assert (ours["id"].partition("/coalitions/")[0], ours["role"], ours["since"]) == (
        COURIERS,
        "observer",
        "2026-10-01",
    )
    assert ours["proof"]["verificationMethod"] == f"{COURIERS}#ed25519-key"
    assert row(claims.differences) == frozenset()


@pytest.mark.parametrize(
    "changed",
    [
        {"object": UNION},
        {"subject": "http://b.test/users/other"},
        {"relationship": "https://w3id.org/maillage#knows"},
        {"id": "http://evil.test/members/7"},
        {"type": "Note"},
    ],
)
def test_relationship_about_something_else_says_nothing(app, say, row, town, changed):
    iri = join(app, town)
    assert say(town, "Accept", iri, result=claim(town) | changed) == "done"
    assert row(lambda found: (found.role, found.group_document)) == ("member", None)
    assert row(standing) == ("member", True, True)


def test_proof_is_kept_while_it_holds_and_no_other(app, row, town):
    join(app, town)
    with app.app_context():
        signed = outbox.vouch(local.find("union"), {"type": "Relationship"})
    forged = claim(town) | {"proof": signed["proof"], "@context": signed["@context"]}
    assert "proof" not in row(lambda found: claims.kept_form(found, claims.GROUP, forged))
    with app.app_context():
        memberships.join(local.find("couriers"), local.find("union"))
        found = memberships.find(local.find("union"), local.find("couriers"))
        memberships.answer(found, "accept")
        assert claims.kept_form(found, claims.GROUP, found.group_document)["proof"] == found.group_document["proof"]
        changed = found.group_document | {"role": "admin"}
        assert "proof" not in claims.kept_form(found, claims.GROUP, changed)


def test_update_of_the_claim_changes_what_the_group_says_and_ours_is_seen_to_differ(app, say, row, town):
    say(town, "Accept", join(app, town), published=ONE, result=claim(town))
    newer = claim(town, role="treasurer", suspended=True, published=THREE)
    assert say(town, "Update", newer, 2, published=THREE) == "done"
    assert row(lambda found: (found.role, found.suspended_at is not None)) == ("treasurer", True)
    assert row(claims.differences) == {"role"}
    older = claim(town, role="observer", published=TWO)
    assert say(town, "Update", older, 3, published=TWO) == "ignored"
    assert row(lambda found: found.role) == "treasurer"
    assert say(town, "Update", claim(town, role="treasurer", published=FOUR), 4, published=FOUR) == "done"
    assert happened(app)[-3:] == ["role", "suspended", "resumed"]


def test_nobody_else_speaks_for_a_side(app, say, row, fediverse, town):
    say(town, "Accept", join(app, town), published=ONE, result=claim(town))
    neighbour = fediverse.actor("neighbour", "b.test", "mallory")
    changed = claim(town, role="admin", published=TWO)
    assert say(neighbour, "Update", changed, published=TWO) == "ignored"
    assert say(neighbour, "Add", changed, 2, published=TWO, target=f"{town.iri}/members") == "ignored"
    ours = row(lambda found: found.member_document)
    assert say(town, "Update", {**ours, "role": "admin"}, 3, published=TWO) == "ignored"
    assert row(lambda found: found.role) == "observer"
    assert row(lambda found: found.member_document["role"]) == "observer"


def test_update_that_overtakes_the_accept_is_an_accept(app, say, row, town):
    iri = join(app, town)
    assert say(town, "Update", claim(town, role="treasurer", published=TWO), 2, published=TWO) == "done"
    assert row(standing) == ("member", True, True)
    assert say(town, "Accept", iri, published=ONE, result=claim(town)) == "ignored"
    assert row(lambda found: found.role) == "treasurer"


def test_remove_that_overtakes_the_accept_holds(app, say, row, town):
    iri = join(app, town)
    assert say(town, "Remove", COURIERS, 2, published=TWO, target=f"{town.iri}/members") == "done"
    assert say(town, "Accept", iri, published=ONE, result=claim(town)) == "ignored"
    assert row(standing)[0] == "removed"


def test_remove_older_than_what_the_group_says_now_ends_nothing(app, say, row, town):
    say(town, "Accept", join(app, town), published=THREE, result=claim(town, published=THREE))
    assert say(town, "Remove", COURIERS, 2, published=TWO, target=f"{town.iri}/members") == "ignored"
    assert row(standing) == ("member", True, True)


def test_group_that_reads_claims_is_told_what_it_left_and_each_side_lets_go_by_its_own_word(app, say, row, town):
    say(town, "Accept", join(app, town), published=ONE, result=claim(town))
    with app.app_context():
        memberships.leave(local.find("couriers"), remote.find(town.iri))
        session().commit()
    assert row(standing) == ("left", True, False)
    assert say(town, "Remove", COURIERS, 2, published=FOUR, target=f"{town.iri}/members") == "done"
    assert row(standing) == ("left", False, False)
    assert say(town, "Remove", COURIERS, 3, published=FOUR, target=f"{town.iri}/members") == "ignored"


@pytest.mark.parametrize("shows", [True, False])
def test_member_that_left_hears_that_our_group_lets_go_where_it_shows_claims(app, say, row, work, fediverse, shows):
    bob = fediverse.actor("bob", "b.test")
    say(bob, "Join", UNION, published=ONE)
    row(lambda found: memberships.answer(found, "accept"))
    if shows:
        own = claim(bob, bob.iri, id=f"{bob.iri}/coalitions/1", subject=UNION)
        assert say(bob, "Add", own, 2, published=TWO, target=f"{bob.iri}/coalitions") == "done"
    assert say(bob, "Leave", UNION, 3, published=THREE) == "done"
    work()
    told = [letter["object"] for letter in fediverse.letters() if letter["type"] == "Remove"]
    assert told == ([bob.iri] if shows else [])


def test_of_two_words_of_one_second_the_groups_server_is_asked_which_is_the_last(app, say, row, town, fediverse):
    say(town, "Accept", join(app, town), published=ONE, result=claim(town))
    fediverse.put(f"{town.iri}/members/7", claim(town, role="chair"))
    assert say(town, "Update", claim(town, role="chair"), 2, published=ONE) == "done"
    assert say(town, "Update", claim(town, role="treasurer"), 3, published=ONE) == "done"
    assert row(lambda found: found.role) == "chair"


def test_accept_of_an_earlier_join_of_ours_begins_nothing(app, say, row, town):
    first = join(app, town)
    with app.app_context():
        memberships.leave(local.find("couriers"), remote.find(town.iri))
        session().commit()
    join(app, town)
    whole = {"id": first, "type": "Join", "actor": COURIERS, "object": town.iri}
    assert say(town, "Accept", whole, published=ONE) == "ignored"
    assert row(standing)[0] == "requested"


@pytest.mark.parametrize("order", [(1, 2, 3), (1, 3, 2), (2, 1, 3), (2, 3, 1), (3, 1, 2), (3, 2, 1)])
def test_join_leave_and_join_again_end_as_a_request_in_any_order(say, row, town, order):
    for number in order:
        verb = "Leave" if number == 2 else "Join"
        say(town, verb, UNION, number, published=(ONE, TWO, THREE)[number - 1])
    assert row(standing) == ("requested", False, True)
    assert row(lambda found: found.iri) == f"{town.iri}/activities/3"


def test_join_that_comes_after_its_leave_is_not_taken(say, row, town):
    assert say(town, "Leave", UNION, 2, published=TWO) == "done"
    assert say(town, "Join", UNION, 1, published=ONE) == "ignored"
    assert row(standing) is None


def test_leave_that_overtakes_the_answer_to_an_invitation_holds(app, say, row, town):
    with app.app_context():
        iri = memberships.invite(local.find("union"), remote.find(town.iri)).iri
        session().commit()
    assert say(town, "Leave", UNION, 2, published=TWO) == "done"
    assert say(town, "Accept", iri, 1, published=ONE) == "ignored"
    assert row(standing)[0] == "left"


def test_past_of_a_group_names_organisations_and_those_persons_who_agreed(app, say, row, fediverse, town):
    with app.app_context():
        union, ann, couriers = (local.find(name) for name in ("union", "ann", "couriers"))
        for member in (ann, couriers):
            memberships.join(member, union)
            memberships.answer(memberships.find(union, member), "accept")
        assert {event.member.handle for event in history.of_group(union)} == {"couriers"}
        assert "asked" not in {event.what for event in history.of_group(union)}
        memberships.find(union, ann).listed = True
        assert {event.member.handle for event in history.of_group(union)} == {"couriers", "ann"}


def test_past_of_organisations_stays_and_that_of_persons_goes(app, say, clock, fediverse, town):
    bob = fediverse.actor("bob", "c.test")
    for who in (town, bob):
        say(who, "Join", UNION)
        with app.app_context():
            memberships.answer(memberships.find(local.find("union"), remote.find(who.iri)), "accept")
            session().commit()
        say(who, "Leave", UNION, 2)
    clock.turn(days=31)
    with app.app_context():
        prune()
        assert remote.find(bob.iri) is None
        assert [event.what for event in history.of_group(local.find("union"))] == [
            "left",
            "confirmed",
            "claimed by the group",
        ]


def test_remove_older_than_what_ours_asks_now_ends_nothing(app, say, row, town):
    join(app, town)
    assert say(town, "Remove", COURIERS, published="2026-11-20T11:00:00Z", target=f"{town.iri}/members") == "ignored"
    assert row(standing)[0] == "requested"


def test_leave_older_than_our_invitation_does_not_refuse_it(app, say, row, town):
    with app.app_context():
        memberships.invite(local.find("union"), remote.find(town.iri))
        session().commit()
    assert say(town, "Leave", UNION, published="2026-11-20T11:00:00Z") == "ignored"
    assert row(standing)[0] == "invited"


def test_person_elsewhere_is_listed_while_their_server_says_so_to_everybody(app, say, row, fediverse):
    bob = fediverse.actor("bob", "c.test")
    say(bob, "Join", UNION, published=ONE)
    row(lambda found: memberships.answer(found, "accept"))
    own = claim(bob, id=f"{bob.iri}/coalitions/7", subject=UNION, object=bob.iri)
    public = {"to": ["https://www.w3.org/ns/activitystreams#Public"], "target": f"{bob.iri}/coalitions"}
    assert say(bob, "Add", own, 2, published=TWO, **public) == "done"
    assert row(lambda found: found.listed)
    assert say(bob, "Update", own, 3, published=THREE, to=[UNION]) == "done"
    assert row(lambda found: (found.state, found.listed)) == ("member", False)


def test_person_of_ours_who_is_named_no_longer_still_belongs_to_a_group_elsewhere(app, say, row, town):
    with app.app_context():
        iri = memberships.join(local.find("ann"), remote.find(town.iri)).iri
        session().commit()
    say(town, "Accept", iri, published=ONE, result=claim(town, "http://localhost/actors/ann"))
    row(lambda found: managing.list_person(found, listed=True))
    row(lambda found: managing.list_person(found, listed=False))
    with app.app_context():
        posted = select(Posted).join(Actor, Actor.id == Posted.actor_id).where(Actor.handle == "ann")
        sent = list(session().scalars(posted.order_by(Posted.id)))
        assert [(one.type, one.public) for one in sent] == [
            ("Join", False),
            ("Add", False),
            ("Add", True),
            ("Update", False),
        ]
