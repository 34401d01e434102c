"""What the other side's server says is looked at now and then: lost letters are found out, and nothing ends by it."""

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.coalitions import claims, comparing, listing, memberships
from flask_maillage.coalitions.models import Membership, MembershipEvent
from tests.coalitions.examples import example
from tests.fediverse import Answer

UNION, COURIERS = "http://localhost/actors/union", "http://localhost/actors/couriers"


@pytest.fixture
def town(fediverse):
    """An organisation on another server, with the two collections of ours."""
    found = fediverse.actor("town", "b.test", kind="Group")
    for name in ("members", "coalitions"):
        found.document[name] = f"{found.iri}/{name}"
    found.publish_profile()
    return found


@pytest.fixture
def member(app, town):
    """Let the town belong to the union, and tell how the membership stands."""
    with app.app_context():
        union, there = local.find("union"), remote.remember(town.document)
        memberships.ask(union, there, iri=f"{town.iri}/joins/1")
        memberships.answer(memberships.find(union, there), "accept")
        session().commit()

    def standing():
        with app.app_context():
            found = session().scalars(select(Membership)).one()
            return found.state, listing.standing(found), sorted(claims.differences(found))

    return standing


@pytest.fixture
def compare(app, clock):
    """Let the worker's chore do what is due after some days, and tell how often it found something."""

    def compared(days=1):
        clock.turn(days=days)
        with app.app_context():
            count = 0
            while comparing.compare_memberships():
                count += 1
            return count

    return compared


def serve(fediverse, town, items, total=None):
    collection = example("18b", UNION, town.iri)
    collection["totalItems"] = len(items) if total is None else total
    fediverse.put(f"{town.iri}/coalitions", {**collection, "orderedItems": items})


def claim(town, **more):
    return example("18b", UNION, town.iri)["orderedItems"][0] | more


def test_claim_that_no_letter_brought_is_found_and_seen_to_differ(compare, member, fediverse, town):
    serve(fediverse, town, [claim(town, role="observer")])
    assert compare() == 1
    assert member() == ("member", "confirmed", ["role"])
    assert compare(days=1) == 0


def test_what_its_server_claims_no_longer_is_not_confirmed_any_more_and_stays(app, compare, member, fediverse, town):
    serve(fediverse, town, [claim(town)])
    compare()
    serve(fediverse, town, [])
    assert compare(days=4) == 1
    assert member() == ("member", "group only", [])
    with app.app_context():
        last = session().scalars(select(MembershipEvent.what).order_by(MembershipEvent.id.desc())).first()
    assert last == "not claimed by the member"
    serve(fediverse, town, [claim(town)])
    compare(days=4)
    assert member() == ("member", "confirmed", [])


@pytest.mark.parametrize("case", ["counts more than it lists", "lists nothing of ours", "has none", "is away"])
def test_who_tells_nobody_is_believed_by_the_letter(compare, member, fediverse, town, case):
    if case == "counts more than it lists":
        serve(fediverse, town, [claim(town, subject="http://c.test/1", object="http://c.test/2")], total=7)
    elif case == "lists nothing of ours":
        serve(fediverse, town, [])
    elif case == "is away":
        fediverse.answer(f"{town.iri}/coalitions", Answer(503))
    else:
        del town.document["coalitions"]
        town.publish_profile()
    assert compare() == 1
    assert member() == ("member", "confirmed", [])


def test_claim_is_read_at_its_own_id_by_the_side_that_it_is_for(compare, member, fediverse, town):
    serve(fediverse, town, [claim(town)])
    compare()
    own = claim(town)["id"]
    fediverse.put(own, claim(town, role="observer"))
    serve(fediverse, town, [])
    compare(days=4)
    assert member() == ("member", "confirmed", ["role"])
    asked = [one for one in fediverse.arrived if one.method == "GET" and own.endswith(one.path)]
    assert f'keyId="{UNION}#main-key"' in asked[-1].headers["signature"]


def test_collection_of_another_server_says_nothing(compare, member, fediverse, town):
    town.document["coalitions"] = fediverse.address("evil.test", "/coalitions")
    town.publish_profile()
    fediverse.put(town.document["coalitions"], example("18b", UNION, town.iri))
    compare()
    assert member() == ("member", "confirmed", [])


def test_two_of_ours_are_never_compared(app, compare):
    with app.app_context():
        memberships.join(local.find("couriers"), local.find("union"))
        memberships.answer(memberships.find(local.find("union"), local.find("couriers")), "accept")
        session().commit()
    assert compare(days=30) == 0


def test_command_compares_at_once(app, member, fediverse, town):
    serve(fediverse, town, [claim(town, role="observer")])
    with app.app_context():
        said = app.test_cli_runner().invoke(args=["maillage", "actor", "compare", "union"]).output
    assert said == f"changed      {town.iri}\n"
    assert member() == ("member", "confirmed", ["role"])
