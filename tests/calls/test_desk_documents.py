"""What the owner's collections answer, to whom: the table of the document over signed GETs, and nothing to others."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from actors import iris, remote
from actors.database import session
from actors.node import now
from federation.activities import CONTENT_TYPE
from federation.signatures import sign
from flask_maillage.calls import giving, letters
from flask_maillage.calls.giving import Opinion
from flask_maillage.calls.models import CallLetter, Decision, Dossier, Place, Receipt, Review
from flask_maillage.calls.shapes import Shape
from flask_maillage.publications.call_parts import Seat
from tests.calls import committee, making
from tests.calls.fixtures import fixture

READERS = ("stranger", "server", "other", "applicant", "seat", "recused", "coordinating")


@pytest.fixture
def people(app, fediverse):
    """Who reads: actors elsewhere whom this node knows, and one whom it does not."""
    made = {
        "stranger": fediverse.actor("stranger", "s.test", "mallory"),
        "server": fediverse.actor("relay", "b.test", "alice", kind="Application"),
        "other": fediverse.actor("other", "d.test", "bob", kind="Group"),
        "applicant": fediverse.actor("riders", "d.test", "alice", kind="Group"),
        "seat": fediverse.actor("seat", "b.test", "bob"),
        "recused": fediverse.actor("recused", "b.test", "mallory"),
        "coordinating": fediverse.actor("coordinating", "c.test", "alice"),
    }
    with app.app_context():
        for name, actor in made.items():
            if name != "stranger":
                remote.remember(actor.document, confirmed=actor.key_id)
        session().commit()
    return made


@pytest.fixture
def call(app, clock, people):
    """The call after its deadline with two applications; one seat of it is recused from the first."""
    seats = [
        Seat(key=key, name=key, organisation=key.upper(), actor=people[key].iri, coordinates=key == "coordinating")
        for key in ("seat", "recused", "coordinating")
    ]
    mail = Seat(key="post", name="A secretary")
    iri = committee.call(app, committee=(*seats, mail))
    with app.app_context():
        found = making.found(iri)
        first = making.dossier_of(found, 1, applicant=people["applicant"].iri)
        making.dossier_of(found, 2, applicant=people["other"].iri)
        receipts = [("seat", people["seat"].iri, "letter"), ("post", found.actor.iri, "mail")]
        for key, by, via in receipts:
            session().add(
                Receipt(
                    letter_id=first.versions[-1].letter_id,
                    seat_key=key,
                    by_iri=by,
                    iri=f"{by}/receipts/{key}",
                    received_at=now(),
                    digest=first.versions[-1].digest,
                    via=via,
                    matches=True,
                )
            )
        said(first, "coordinating", people["coordinating"].iri, "admissible", {"workers": 5}, "<p>Good.</p>")
        said(first, "recused", people["recused"].iri, "recused")
        session().commit()
    clock.moment = committee.DELIBERATING
    return iri


def said(dossier, key, by, opinion, scores=None, content="", number=1):
    session().add(
        Review(
            dossier_id=dossier.id,
            seat_key=key,
            number=number,
            iri=f"{by}/reviews/1",
            by_iri=by,
            opinion=opinion,
            scores=scores or {},
            content=content,
            received_at=now(),
        )
    )
    session().flush()


@pytest.fixture
def read(app, client, clock, people):
    """Return what a reader is answered at an address of this node."""

    def answered(who, address):
        path = address.removeprefix("http://localhost")
        headers = {}
        if who in people:
            signed = sign(people[who].signer, "GET", f"http://localhost{path}", None, now=clock(), scheme="cavage")
            headers = dict(signed)
        return client.get(path, headers={"Accept": CONTENT_TYPE, **headers})

    return answered


def dossiers(app, call):
    with app.app_context():
        return [iris.dossier(call, one) for one in session().scalars(select(Dossier.identifier).order_by(Dossier.id))]


def addresses(app, call) -> Iterator[str]:
    for name, iri in iris.desk(call).items():
        if name != "statistics":
            yield from (iri, f"{iri}/page/1")
    first = dossiers(app, call)[0]
    yield from (first, f"{first}/versions", f"{first}/versions/page/1")


@pytest.mark.parametrize("who", ["nobody", "stranger", "server"])
def test_to_strangers_and_servers_all_of_it_is_what_never_existed(app, call, read, who):
    nothing = call.replace(call.rpartition("/")[2], "01a1fdfa-4600-7373-bfc2-fcb01a4ad9a7")
    for address in addresses(app, call):
        found = read(who, address)
        never = read(who, address.replace(call, nothing))
        assert found.status_code == never.status_code == 404, address
        assert found.data == never.data
        assert sorted(found.headers) == sorted(never.headers)


def test_the_list_counts_what_each_reader_sees(app, call, read):
    iri = iris.desk(call)["applications"]
    counts = {who: read(who, iri).json["totalItems"] for who in READERS[2:]}
    assert counts == {"other": 1, "applicant": 1, "seat": 2, "recused": 2, "coordinating": 2}
    answer = read("seat", f"{iri}/page/1")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers
    assert {"Signature", "Signature-Input"} <= set(answer.headers["Vary"].split(", "))
    wanted = fixture("applications")
    assert set(answer.json) == set(wanted)
    assert set(answer.json["orderedItems"][0]) == set(wanted["orderedItems"][0])
    assert set(read("recused", f"{iri}/page/1").json["orderedItems"][0]) == set(wanted["orderedItems"][1])
    assert read("seat", f"{iri}/page/2").status_code == 404


def test_dossier_has_the_shape_of_the_document_for_each_reader(app, call, read):
    first, second = dossiers(app, call)
    before = fixture("dossier-before-own-review")
    answer = read("seat", first).json
    assert set(answer) == set(before)
    assert set(answer["receivedBy"]) == set(before["receivedBy"])
    assert answer["quorum"] == {"needed": 3, "given": 1, "recused": ["recused"]}
    assert answer["receivedBy"]["seats"] == 4
    assert [set(one) for one in answer["receivedBy"]["receipts"]] == [
        {"seat", "id", "receipt"},
        {"seat", "receipt"},
    ]
    assert set(read("applicant", first).json) == set(fixture("dossier-of-the-applicant"))
    assert read("other", first).status_code == 404
    assert read("applicant", second).status_code == 404
    assert read("applicant", first).json["receivedBy"] == answer["receivedBy"]


def test_others_opinions_come_after_ones_own_and_never_to_who_is_recused(app, call, read, people):
    first = dossiers(app, call)[0]
    with app.app_context():
        dossier = session().scalars(select(Dossier).order_by(Dossier.id)).first()
        said(dossier, "seat", people["seat"].iri, "abstain")
        session().commit()
    answer = read("seat", first).json
    assert set(answer) == set(fixture("dossier-before-own-review")) | {"reviews"}
    assert set(answer["quorum"]) == set(fixture("dossier-after-own-review")["quorum"]) | {"recused"}
    assert [one["opinion"] for one in answer["reviews"]] == ["abstain", "recused", "admissible"]
    assert answer["reviews"][2]["content"] == "<p>Good.</p>"
    recused = read("recused", first).json
    assert not {"reviews", "object", "versions", "decisions", "followUp"} & set(recused)
    assert "opinions" not in recused["quorum"]
    assert read("recused", f"{first}/versions").status_code == 404


def test_versions_are_given_as_they_were_stored(app, call, read):
    first = dossiers(app, call)[0]
    with app.app_context():
        version = session().scalars(select(Dossier).order_by(Dossier.id)).first().versions[0]
        version.letter.document = '{"object": {"id": "x", "unknown": ["kept"]}}'
        session().commit()
    page = read("applicant", f"{first}/versions/page/1").json
    assert page["orderedItems"] == [{"id": "x", "unknown": ["kept"]}]


def test_who_left_the_committee_reads_nothing_from_then_on(app, call, read):
    iri = iris.desk(call)["applications"]
    assert read("seat", iri).status_code == 200
    with app.app_context():
        found = making.found(call)
        seats = [one for one in found.details["committee"] if one["key"] != "seat"]
        found.details = found.details | {"committee": seats}
        session().commit()
    assert read("seat", iri).status_code == 404


def decide(call, outcome, *, published, motives="Because of *this*."):
    found = making.found(call)
    dossier = session().scalars(select(Dossier).order_by(Dossier.id)).first()
    decision = Decision(
        dossier_id=dossier.id, number=1, outcome=outcome, motives=motives, arranged_by="urn:uuid:1", arranged_at=now()
    )
    session().add(decision)
    if published:
        place = session().scalars(select(Place).where(Place.call_id == found.id, Place.number == 1)).one()
        decision.published_at, decision.batch, decision.iri = now(), "b", iris.decision(call, "1")
        dossier.decided_by, dossier.decided_at, dossier.confirm_by = found.actor.iri, now(), now()
        dossier.place_id, dossier.state = place.id, outcome
        found.status = "decided"
    session().commit()


def test_pending_decisions_are_nobodys_who_reads_from_elsewhere(app, call, read):
    with app.app_context():
        decide(call, "selected", published=False)
    iri = iris.desk(call)["decisions"]
    assert [read(who, f"{iri}/page/1").json["orderedItems"] for who in ("seat", "coordinating", "recused")] == [[]] * 3
    assert read("applicant", iri).status_code == 404


def test_published_decisions_are_told_and_motives_not_to_who_is_recused(app, call, read):
    with app.app_context():
        decide(call, "selected", published=True)
    iri, first = iris.desk(call)["decisions"], dossiers(app, call)[0]
    (seen,) = read("seat", f"{iri}/page/1").json["orderedItems"]
    assert (seen["type"], seen["decision"]["outcome"]) == ("Accept", "selected")
    assert seen["content"] == "<p>Because of <em>this</em>.</p>"
    (recused,) = read("recused", f"{iri}/page/1").json["orderedItems"]
    assert set(seen) - set(recused) == {"content"}
    assert read("applicant", f"{iri}/page/1").json["totalItems"] == 1
    assert read("other", iri).status_code == 404
    assert read("applicant", first).json["state"] == "selected"
    assert read("applicant", first).json["decisions"] == [iris.decision(call, "1")]


def test_audit_records_are_the_coordinators_alone(app, call, read):
    assert {read(who, iris.desk(call)["audit"]).status_code for who in READERS} == {404}


def test_a_letter_of_a_seat_here_gives_the_version_that_it_judged(app, call, read):
    with app.app_context():
        seat, found = committee.member("here"), making.found(call)
        seats = [*found.details["committee"], {"key": "here", "name": "Here", "actor": seat.iri}]
        found.details = found.details | {"committee": seats}
        session().commit()
        dossier = session().scalars(select(Dossier).order_by(Dossier.id)).first()
        giving.give(seat, found.actor.iri, call, dossier.agreement_iri, 1, Opinion("admissible", {}))
        session().commit()
        assert letters.about(dossier.agreement_iri, Shape.REVIEW)
        assert session().scalars(select(CallLetter.refused).where(CallLetter.verb == "Create{Review}")).all() == [None]
    reviews = read("coordinating", dossiers(app, call)[0]).json["reviews"]
    assert reviews[-1]["version"] == 1
    assert set(reviews[-1]) == {
        "id",
        "type",
        "attributedTo",
        "context",
        "inReplyTo",
        "version",
        "opinion",
        "to",
    }
