"""A committee of another server's call, on the pages of this node: read with the member's own signature, and answered.

The owner is a server of the tests' fediverse: what it lists, what it refuses, and that it is down is said by the tests.
"""

import pytest
from sqlalchemy import select

from actors.database import session
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.models import GivenOpinion
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.models import Publication
from tests.calls import committee, far_owner
from tests.calls.far_owner import WORDS, Owner
from tests.inboxes import vouching
from tests.reader import Reader

WHY = "It stands on its own feet"


@pytest.fixture
def owner(app, clock, fediverse):
    """The owner of a call in whose committee Ires and Etuc of this node sit; both have a copy of one application."""
    made = Owner(fediverse)
    with app.app_context():
        seats = tuple(
            Seat(key=key, name=f"Somebody of {key}", organisation=key.upper(), actor=committee.member(key).iri)
            for key in ("ires", "etuc")
        )
        far_owner.publish(made, seats)
        far_owner.copied(made, made.agreement, committee.member("ires"), committee.member("etuc"))
        committee.member("mallory")
        session().commit()
    clock.moment = committee.DELIBERATING
    return made


@pytest.fixture
def desk(app, owner):
    """The address of the committee's page here."""
    with app.app_context():
        call = session().scalars(select(Publication).where(Publication.iri == owner.call)).one()
        return call.page.removeprefix("http://localhost") + "/committee"


@pytest.fixture
def visit(app):
    """Return a browser in which somebody is signed in."""

    def visited(who):
        reader = Reader(app)
        assert reader.sign_in(f"{who}@example.org").status_code == 303
        return reader

    return visited


def test_the_owners_desk_is_read_with_the_members_own_signature(app, owner, desk, visit):
    owner.serve(owner.item)
    reader = visit("ires")
    assert "1 application waits for your opinion" in reader.get("/my/committees").text
    listed = reader.get(desk)
    assert "A pay log" in listed.text
    assert "registered" in listed.text
    assert listed.headers["Cache-Control"] == "private, no-store"
    one = reader.get(f"{desk}/{key_of(owner.agreement)}").text
    assert WORDS in one
    assert "1 of 2 opinions that are needed" in one
    assert "Somebody of etuc, ETUC" in one  # who has a conflict of interest
    paths, keys = owner.asked()
    assert len(paths) == 5
    with app.app_context():
        assert keys == {f"{committee.member('ires').iri}#main-key"}


def test_an_opinion_goes_to_the_owner_alone_and_without_the_note(app, owner, desk, visit, work, fediverse):
    owner.serve(owner.item)
    reader, path = visit("ires"), f"{desk}/{key_of(owner.agreement)}"
    form = {"opinion": "admissible", "points-workers": "4", "why": "It *lasts*.", "private_note": "Ask Zoe"}
    assert reader.submit(path, **form).status_code == 303
    work()
    sent = [(one.host, one.path, one.json) for one in fediverse.arrived if one.method == "POST"]
    assert [(host, path) for host, path, _ in sent] == [("a.test", "/users/owners/inbox")]
    letter = sent[0][2]
    assert (letter["type"], letter["to"], "proof" in letter) == ("Create", [owner.actor.iri], True)
    review = letter["object"]
    assert (review["type"], review["inReplyTo"], review["opinion"]) == ("Review", owner.agreement, "admissible")
    assert review["scores"] == [{"key": "workers", "points": 4}]
    assert "Zoe" not in str(letter)
    shown = reader.get(path)
    assert reader.form(shown, "opinion")["private_note"] == "Ask Zoe"
    assert reader.submit(path, opinion="abstain").status_code == 303
    work()
    later = fediverse.letters("/users/owners/inbox")[-1]
    assert (later["type"], later["object"]["id"], later["object"]["opinion"]) == ("Update", review["id"], "abstain")


def test_others_opinions_are_shown_as_the_owner_gives_them_and_cleaned(owner, desk, visit):
    review = {
        "type": "Review",
        "seat": "etuc",
        "opinion": "not_admissible",
        "content": f"<p onclick=x>{WHY}</p><script>",
    }
    owner.serve({**owner.item, "reviewedByReader": True}, reviews=[review, "nonsense"])
    shown = visit("ires").get(f"{desk}/{key_of(owner.agreement)}").text
    assert WHY in shown
    assert "Somebody of etuc, ETUC: not admissible" in shown
    assert "onclick" not in shown


def test_what_the_owner_does_not_take_is_shown_with_its_reason(app, owner, desk, visit, work, client, clock):
    owner.serve(owner.item)
    reader, path = visit("ires"), f"{desk}/{key_of(owner.agreement)}"
    assert reader.submit(path, opinion="admissible").status_code == 303
    work()
    letter = owner.fediverse.letters("/users/owners/inbox")[-1]
    with app.app_context():
        seat = committee.member("ires")
        refused = owner.actor.activity(
            "Reject",
            {"id": letter["id"], "type": "Create", "object": letter["object"]["id"]},
            to=[seat.iri],
            reasonCode="too-late",
        )
        refused = vouching.vouched(refused, f"{owner.actor.iri}#ed25519-key", clock())
        inbox = seat.inbox.removeprefix("http://localhost")
    assert owner.actor.post(client, refused, inbox, now=clock()).status_code == 202
    work()
    shown = reader.get(path).text
    assert "Your opinion was not taken:" in shown
    assert "decided already" in shown
    assert "Your opinion was not taken." in reader.get(desk).text


def test_the_members_own_copy_is_shown_while_the_owner_is_down(owner, desk, visit):
    owner.serve(owner.item)
    owner.be_down()
    reader = visit("ires")
    listed = reader.get(desk)
    assert listed.status_code == 200
    assert "The server of the call did not answer." in listed.text
    assert "A pay log" in listed.text
    one = reader.get(f"{desk}/{key_of(owner.agreement)}").text
    assert "The server of the call did not answer." in one
    assert WORDS in one


def test_a_copy_that_the_owner_does_not_list_is_shown_as_not_registered(owner, desk, visit):
    owner.serve()
    reader = visit("ires")
    assert "came here, but is not registered" in reader.get(desk).text
    assert "it is not registered, so it does not count" in reader.get(f"{desk}/{key_of(owner.agreement)}").text


def test_who_declares_a_conflict_reads_the_application_nowhere_any_more(app, owner, desk, visit, work):
    owner.serve(owner.item)
    reader, path = visit("ires"), f"{desk}/{key_of(owner.agreement)}"
    assert reader.submit(f"{path}/conflict", sure="y").status_code == 303
    work()
    assert owner.fediverse.letters("/users/owners/inbox")[-1]["object"]["opinion"] == "recused"
    for address in (path, desk, f"{desk}/table", f"{desk}/table.csv"):
        assert WORDS not in reader.get(address).text
    owner.be_down()
    assert WORDS not in reader.get(path).text
    assert reader.get(path).status_code in (200, 404)
    assert WORDS in visit("etuc").get(path).text  # the other seat reads its own copy


@pytest.mark.parametrize("is_told", [True, False])
def test_nobody_reads_or_reviews_what_names_them(app, owner, desk, visit, is_told):
    own = f"{owner.agreement}0"
    with app.app_context():
        person = {"name": "Ires", "id": committee.member("ires").iri}
        far_owner.copied(owner, own, committee.member("ires"), people=[person])
        session().commit()
    item = {**owner.item, "id": f"{owner.call}/dossiers/2", "object": own, "name": "Mine"}
    owner.serve(owner.item, {**item, "recused": True} if is_told else item)
    reader, path = visit("ires"), f"{desk}/{key_of(own)}"
    shown = reader.get(path)
    assert "You have a conflict of interest" in shown.text
    for address in (path, f"{desk}/table.csv"):
        assert WORDS not in reader.get(address).text
    other = reader.form(reader.get(f"{desk}/{key_of(owner.agreement)}"), "why")
    reader.post(path, {**other, "opinion": "admissible"})
    with app.app_context():
        assert session().scalars(select(GivenOpinion.sent_at).where(GivenOpinion.sent_at.is_not(None))).all() == []


@pytest.mark.parametrize("who", ["mallory", "boss"])
def test_others_of_this_node_find_nothing_and_ask_nothing(app, owner, desk, visit, who):
    with app.app_context():
        committee.coordinator()
        session().commit()
    owner.serve(owner.item)
    reader = visit(who)
    for address in (desk, f"{desk}/table", f"{desk}/table.csv", f"{desk}/{key_of(owner.agreement)}"):
        assert reader.get(address).status_code == 404
    assert owner.asked()[0] == []
