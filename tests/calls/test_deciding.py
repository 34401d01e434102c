"""Decisions are arranged in private, published together or not at all, and never beyond the places of a call."""

import json

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from actors.database import session
from actors.models import Actor, Delivery, Posted
from flask_maillage.calls import audit, letters
from flask_maillage.calls.deciding import arranging, checking, publishing, stating
from flask_maillage.calls.deciding.arranging import Meanwhile, Wish
from flask_maillage.calls.deciding.publishing import Lacking
from flask_maillage.calls.models import CallLetter, Decision, Dossier, Place, Review
from flask_maillage.publications.kinds.call import details_of
from tests.calls import decided, making
from tests.calls.decided import COORDINATOR, UNION
from tests.calls.fixtures import fixture


@pytest.fixture
def call(app, fediverse):
    """A call with two places that deliberates about four applications."""
    iri = decided.call_of(app, fediverse, 4)
    with app.app_context():
        yield making.found(iri)


def lacks(call):
    return [one.in_english() for one in checking.look(call).lacks]


def states(call):
    session().expire_all()
    return [dossier.state for dossier in decided.dossiers(call)]


def sent(call):
    query = select(CallLetter).where(CallLetter.call_iri == call.iri, CallLetter.verb == "decision", CallLetter.sent)
    return [letters.document_of(letter) for letter in session().scalars(query.order_by(CallLetter.id))]


def test_decisions_are_published_together_in_the_shape_of_the_document(call):
    published = decided.publish(call, "selected", "reserve", "declined", "selected")
    session().commit()

    assert states(call) == ["selected", "reserve", "declined", "selected"]
    assert call.status == "decided"
    documents = sent(call)
    assert [one["type"] for one in documents] == ["Accept", "TentativeAccept", "Reject", "Accept"]
    assert {one["decision"]["batch"] for one in documents} == {published.batch}
    assert len({one["published"] for one in documents}) == 1
    head = audit.head(call)
    assert all(one["decision"]["head"] == head for one in documents)
    assert audit.verify(call) == []
    assert [record["letter"] for record in audit.records(call)] == [one["id"] for one in documents]
    assert {record["from"] for record in audit.records(call)} == {"admissible"}
    for document, name in zip(documents, ("selected", "reserve", "declined"), strict=False):
        like = fixture(f"decision-{name}")
        assert set(document) == set(like)
        assert set(document["decision"]) == set(like["decision"])
        assert set(document["object"]) == set(like["object"])
    accept = documents[0]
    assert set(accept["result"]) == set(fixture("decision-selected")["result"])
    assert accept["result"]["stipulates"]["satisfies"] == f"{call.iri}#intent"
    assert accept["decision"]["confirmBy"].endswith("22:59:59Z")  # a whole day of Brussels in winter
    assert accept["to"] == [decided.dossiers(call)[0].applicant_iri]
    assert accept["cc"] == [details_of(call.content).committee[0].actor]
    assert accept["object"]["id"] == stating.offer_of(decided.dossiers(call)[0])["id"]
    assert documents[1]["decision"]["rank"] == 1
    named = select(Actor.inbox).where(Actor.iri.in_([*accept["to"], *accept["cc"]]))
    inboxes = session().scalars(select(Delivery.inbox).join(Posted).where(Posted.iri == accept["id"]))
    assert sorted(inboxes) == sorted(session().scalars(named))


def test_first_publication_wants_a_decision_for_everybody(call):
    decided.wish(call, "selected", "reserve", "declined")

    assert lacks(call) == ["“Application 4” has no decision yet."]
    with pytest.raises(Lacking):
        publishing.publish(call, COORDINATOR)
    session().rollback()
    assert states(call) == ["submitted"] * 4
    assert sent(call) == []


def test_a_withdrawn_application_needs_and_gets_no_decision(call):
    decided.wish(call, "selected", "reserve", "declined", "selected")
    decided.dossiers(call)[3].state = "withdrawn"
    publishing.publish(call, COORDINATOR)

    assert states(call) == ["selected", "reserve", "declined", "withdrawn"]
    assert len(sent(call)) == 3
    assert session().scalars(select(Decision).where(Decision.published_at.is_(None))).all() == []


def test_never_more_than_there_are_places(call):
    decided.wish(call, "selected", "selected", "selected", "declined")

    assert lacks(call) == ["3 would be selected, and there are 2 places."]


def test_a_third_place_has_no_row(call):
    decided.publish(call, "selected", "selected", "reserve", "declined")
    query = select(Place.id).where(Place.call_id == call.id)
    places = session().scalars(query).all()
    assert len(places) == 2
    third = update(Dossier).where(Dossier.id == decided.dossiers(call)[2].id)
    third = third.values(state="selected", rank=None, confirm_by=call.created_at)
    for place in (*places, None):
        attempt = third.values(place_id=place)
        with pytest.raises(IntegrityError), session().begin_nested():
            session().execute(attempt)


@pytest.mark.parametrize(
    ("opinion", "outcome", "is_missing"),
    [
        ("admissible", "selected", False),
        ("admissible", "reserve", False),
        ("admissible", "declined", True),
        ("not_admissible", "declined", False),
        ("not_admissible", "selected", True),
        ("abstain", "declined", False),
    ],
)
def test_a_departure_from_the_opinions_wants_a_reason(call, opinion, outcome, is_missing):
    decided.opine(decided.dossiers(call)[0], opinion, number=2)
    decided.wish(call, outcome, reason="")

    assert bool([one for one in lacks(call) if "departs" in one]) is is_missing


def test_too_few_opinions_want_a_reason_and_so_does_everything_motives(call):
    session().execute(delete(Review))
    decided.wish(call, "declined", reason="", motives=" ")

    found = lacks(call)
    assert "“Application 1” has no motives: they are what the applicant is told." in found
    assert "“Application 1”: say why, since too few of the committee gave an opinion." in found


def test_ranks_follow_one_another_and_equal_ones_are_for_a_person(call):
    decided.wish(call, "reserve", "reserve", "reserve", "declined")
    found = {line.dossier.name: line for line in arranging.lines(call, COORDINATOR)}
    first = found["Application 1"]
    last = Wish("reserve", first.mark, 9, "Because.", "We had to.")
    arranging.arrange(call, {first.dossier.identifier: last}, COORDINATOR)
    ranks = {line.dossier.name: line.pending.rank for line in arranging.lines(call, COORDINATOR) if line.pending}
    assert ranks == {"Application 2": 1, "Application 3": 2, "Application 1": 3, "Application 4": None}

    second = arranging.lines(call, COORDINATOR)[1]
    same = Wish("reserve", second.mark, 3, "Because.", "We had to.")
    arranging.arrange(call, {second.dossier.identifier: same}, COORDINATOR)
    assert lacks(call) == ["Two applications have number 3 of the reserve."]


def test_two_coordinators_do_not_overwrite_one_another(call):
    seen = arranging.lines(call, COORDINATOR)[0]
    wishes = {seen.dossier.identifier: Wish("selected", seen.mark, motives="Mine")}
    arranging.arrange(call, wishes, COORDINATOR)

    with pytest.raises(Meanwhile):
        arranging.arrange(call, {seen.dossier.identifier: Wish("declined", seen.mark, motives="Theirs")}, COORDINATOR)
    assert arranging.lines(call, COORDINATOR)[0].pending.motives == "Mine"
    other = arranging.lines(call, COORDINATOR)[1]
    assert arranging.arrange(call, {other.dossier.identifier: Wish("declined", other.mark)}, COORDINATOR) == 1


def test_pressing_twice_sends_once_and_a_stale_page_publishes_nothing(call):
    decided.wish(call, "selected", "reserve", "declined", "declined")
    mark = checking.look(call).mark
    publishing.publish(call, COORDINATOR, mark=mark)
    with pytest.raises(Lacking):
        publishing.publish(call, COORDINATOR, mark=mark)
    with pytest.raises(Lacking) as refusal:
        publishing.publish(call, COORDINATOR)
    assert str(refusal.value) == "There is nothing to publish: arrange decisions first."
    assert len(sent(call)) == 4


def test_a_later_decision_supersedes_and_the_place_of_who_is_declined_is_free(call):
    decided.publish(call, "selected", "reserve", "reserve", "selected")
    decided.publish(call, "declined", "selected", "", "")

    assert states(call) == ["declined", "selected", "reserve", "selected"]
    before, after = sent(call)[1], sent(call)[-1]
    assert (after["type"], after["decision"]["number"]) == ("Accept", 2)
    assert after["decision"]["supersedes"] == before["id"]
    assert set(after["decision"]) == set(fixture("decision-superseding")["decision"])
    assert after["decision"]["batch"] != before["decision"]["batch"]


def test_two_of_the_reserve_change_ranks(call):
    decided.publish(call, "declined", "reserve", "reserve", "declined")
    found = arranging.lines(call, COORDINATOR)[1:3]
    wishes = {
        line.dossier.identifier: Wish("reserve", line.mark, rank, "Because.", "We had to.")
        for line, rank in zip(found, (2, 1), strict=True)
    }
    arranging.arrange(call, wishes, COORDINATOR)
    publishing.publish(call, COORDINATOR)

    assert [dossier.rank for dossier in decided.dossiers(call)] == [None, 2, 1, None]


def test_a_raised_maximum_gives_one_more_place(call):
    decided.publish(call, "selected", "selected", "reserve", "declined")
    decided.wish(call, "", "", "selected")
    assert lacks(call) == ["3 would be selected, and there are 2 places."]
    call.details = call.details | {"maximum_selected": 3}
    publishing.publish(call, COORDINATOR)

    assert states(call).count("selected") == 3


def test_who_is_recused_is_written_nothing_and_sees_nothing_pending(call):
    decided.opine(decided.dossiers(call)[0], "recused", seats=["ires"], number=2)
    by = arranging.Acting(coordinator=True, seat="ires")
    assert next(iter(arranging.lines(call, by))).dossier.name == "Application 2"
    decided.publish(call, "selected", "reserve", "declined", "declined")

    assert sent(call)[0]["cc"] == []
    assert len(sent(call)[1]["cc"]) == 1


def test_an_applicant_who_is_gone_holds_nobody_back(call):
    gone = session().scalars(select(Actor).where(Actor.iri == decided.dossiers(call)[0].applicant_iri)).one()
    gone.gone_at = call.created_at
    assert checking.look(call).unreachable == ()
    decided.wish(call, "selected", "reserve", "declined", "declined")
    assert checking.look(call).unreachable == (gone.iri,)
    publishing.publish(call, COORDINATOR)

    assert sent(call)[0]["to"] == [gone.iri]


def test_nobody_else_publishes(call):
    decided.wish(call, "selected", "reserve", "declined", "declined")
    with pytest.raises(publishing.Refused):
        publishing.publish(call, arranging.Acting(iri=UNION, seat="ires"))


def test_nothing_is_published_before_the_committee_deliberates(call):
    decided.wish(call, "selected", "reserve", "declined", "declined")
    call.status = "closed"
    assert lacks(call)[0] == "The committee does not deliberate yet."


def test_letters_of_decisions_are_public_nowhere(call, client):
    decided.publish(call, "selected", "reserve", "declined", "declined")
    session().commit()
    document = sent(call)[0]
    for iri in (document["id"], document["result"]["id"], document["decision"]["batch"]):
        answer = client.get(iri.removeprefix("http://localhost"), headers={"Accept": "application/activity+json"})
        assert answer.status_code == 404
    assert "Because." not in json.dumps(client.get("/actors/union/outbox").json)
