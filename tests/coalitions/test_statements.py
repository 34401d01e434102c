"""Common statements of a coalition of ours: who signed which text and when, by each member's own word alone."""

import contextlib
import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.kept_keys import find_assertion_key
from actors.models import CLOSED, COALITION, PERSON
from federation import keys, proofs
from federation.signatures import sign
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.statements import answers as answering
from flask_maillage.coalitions.statements import listing, preparing
from flask_maillage.coalitions.statements.models import Rewritten, Statement, StatementSignature
from flask_maillage.coalitions.statements.preparing import Written
from flask_maillage.coalitions.statements.texts import digest_of
from flask_maillage.people import accounts, roles
from flask_maillage.publications.leaving import delete_actor
from tests.inboxes.vouching import lists_key, vouched
from tests.publications.gatherings import outcome, speaking
from tests.reader import Reader

ALLIANCE = "http://localhost/actors/alliance"
TEXT = "We ask for **one** rule for all.\n\nNow."
JSON = {"Accept": "application/activity+json"}


@pytest.fixture
def alliance(app):
    """A coalition of ours, of which the union is a member; ann administers both."""
    with app.app_context():
        made, union = local.create("alliance", COALITION, "An alliance"), local.find("union")
        ann = accounts.find("ann@example.org")
        for actor in (made, union):
            roles.grant(ann, actor, "admin")
        memberships.join(union, made)
        memberships.answer(memberships.find(made, union), "accept")
        session().commit()


@pytest.fixture
def ann(app):
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


@pytest.fixture
def town(app, alliance, fediverse, say):
    """A member on another server, which vouches for what it says."""
    found = fediverse.actor("town", "b.test", kind="Group")
    lists_key(found)
    say(found, "Join", ALLIANCE, "join")
    with app.app_context():
        memberships.answer(memberships.find(local.find("alliance"), remote.find(found.iri)), "accept")
        session().commit()
    return found


@pytest.fixture
def opened(app, alliance):
    """Open a statement for signing, and give its id and its digest."""

    def of(until=None, title="One rule"):
        with app.app_context():
            written = Written(title, TEXT, "en", until)
            statement = preparing.write(local.find("alliance"), written)
            preparing.open_for_signing(statement)
            session().commit()
            return statement.iri, statement.digest

    return of


@pytest.fixture
def answers(client, clock, work, app):
    """Let a member elsewhere answer by a letter, and give what became of it."""

    def said(town, kind, thing, number, *, proof=True, at=None, key="alice", **more):
        letter = town.activity(kind, thing, number, published=_stamp(at or clock()), **more)
        if proof:
            letter = vouched(letter, f"{town.iri}#ed25519-key", clock(), key)
        if town.post(client, letter, "/inbox", now=clock()).status_code != 202:
            return "refused"
        work()
        return outcome(app, letter["id"])[0]

    return said


def _stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def signatures(app, version=1):
    with app.app_context():
        query = select(StatementSignature).join(StatementSignature.statement).where(Statement.version == version)
        return {row.member.handle: row.state for row in session().scalars(query)}


def row_of(app, handle, function=lambda row: row):
    with app.app_context():
        rows = session().scalars(select(StatementSignature).order_by(StatementSignature.id)).all()
        return function(next(row for row in rows if row.member.handle == handle))


def step(reader, answer, number=1, version=1):
    path = f"/@alliance/statements/{number}"
    page = reader.get(f"{path}?version={version}")
    sent = {"csrf_token": reader.form(page)["csrf_token"], "who": reader.form(page, "who")["who"], "answer": answer}
    return reader.post(path, sent)


def publish(app):
    with app.app_context():
        preparing.publish(session().scalars(select(Statement).order_by(Statement.version.desc())).first())
        session().commit()


def test_statement_from_its_draft_to_the_readers(app, client, alliance, ann, clock):
    page = ann.get("/@alliance/statements/new")
    made = ann.post("/@alliance/statements/new", ann.fill(page, title="One rule", text=TEXT, until="2026-12-24"))
    assert made.location.endswith("/@alliance/statements/1")
    assert client.get("/@alliance/statements/1").status_code == 404
    assert step(ann, "open").status_code == 303
    assert "One rule" not in client.get("/@alliance/statements").text
    assert client.get("/@alliance/statements/1").status_code == 404
    assert "Nobody has signed it yet" in ann.get(step(ann, "publish").location).text

    assert "1 common statement to sign" in ann.get("/my").text
    number = row_of(app, "union", lambda row: row.id)
    assert "One rule" in ann.get("/statements").text
    asked = ann.get(f"/statements/{number}")
    assert "<strong>one</strong>" in asked.text
    sent = {"csrf_token": ann.form(asked)["csrf_token"], "who": number, "answer": "sign"}
    assert ann.post(f"/statements/{number}", sent).status_code == 303
    assert client.get("/@alliance/statements/1").status_code == 404
    assert step(ann, "publish").status_code == 303

    shown = client.get("/@alliance/statements/1").text
    assert "<strong>one</strong>" in shown
    assert "Signed by 1 of the 1 member that was asked." in shown
    assert "signed on Saturday 21 November 2026" in shown
    assert "One rule" in client.get("/@alliance").text
    assert "Common statement: One rule" in client.get("/@alliance/feed.atom").text

    document = client.get(row_of(app, "union", lambda row: row.statement.iri), headers=JSON).json
    assert document["statement"]["phase"] == "published"
    said = (document["id"], 1, document["name"], document["inLanguage"], document["source"]["content"])
    assert document["statement"]["digestMultibase"] == digest_of(*said)
    held = client.get(document["signatures"], headers=JSON).json
    assert (held["totalItems"], held["orderedItems"][0]["object"]) == (1, document["id"])
    assert held["orderedItems"][0]["digestMultibase"] == document["statement"]["digestMultibase"]
    with app.app_context():
        for signed, owner in ((document, "alliance"), (held["orderedItems"][0], "union")):
            proof = proofs.read(signed, now=clock())
            key = local.prover_of(local.find(owner))
            assert proof.method == key.key_id
            proof.verify(key.private_key.public_key())
    listed = client.get("/actors/alliance/statements", headers=JSON).json
    assert [one["id"] for one in listed["orderedItems"]] == [document["id"]]
    assert client.get("/actors/alliance", headers=JSON).json["statements"] == listed["id"]


def test_member_elsewhere_is_asked_by_letter_and_signs_with_its_key(
    app, client, fediverse, town, opened, answers, work
):
    iri, digest = opened(date(2026, 12, 24))
    work()
    offer = next(one for one in fediverse.letters() if one["type"] == "Offer")
    assert (offer["to"], offer["object"]["id"], offer["object"]["statement"]["until"]) == (
        [town.iri],
        iri,
        "2026-12-24",
    )
    assert offer["object"]["statement"]["digestMultibase"] == digest
    assert answers(town, "Accept", iri, 1, digestMultibase=digest) == "done"
    assert signatures(app) == {"union": "invited", "town": "signed"}
    publish(app)
    shown = client.get("/@alliance/statements/1").text
    assert "Signed by 1 of the 2 members that were asked." in shown
    assert "speaks from b.test" in shown
    assert "A union" not in shown
    address = row_of(app, "town", lambda row: f"{row.statement.iri}/signatures/{row.identifier}")
    assert address in shown
    kept = client.get(address, headers=JSON).json
    with app.app_context():
        found = find_assertion_key(f"{town.iri}#ed25519-key", town.iri)
        proofs.read(kept, now=offer_now(app)).verify(keys.load_public(found.public_pem))
    work()
    told = [one for one in fediverse.letters() if one["type"] == "Update"]
    assert [one["object"]["statement"]["phase"] for one in told] == ["published"]


def offer_now(app):
    return app.extensions["maillage"].clock()


@pytest.mark.parametrize(
    ("changed", "becomes"),
    [
        ({"proof": False}, "ignored"),
        ({"key": "mallory"}, "refused"),
        ({"digestMultibase": "zQmSomethingElse"}, "ignored"),
        ({"digestMultibase": None}, "ignored"),
    ],
)
def test_what_is_no_signature_of_this_text_by_this_key_counts_for_nothing(app, town, opened, answers, changed, becomes):
    iri, digest = opened()
    assert answers(town, "Accept", iri, 1, **({"digestMultibase": digest} | changed)) == becomes
    assert signatures(app)["town"] == "invited"


def test_what_is_not_published_is_read_by_whom_it_asks_alone(app, client, fediverse, town, opened, answers, clock):
    iri, digest = opened()
    answers(town, "Accept", iri, 1, digestMultibase=digest)
    stranger = fediverse.actor("village", "c.test", kind="Group")
    signature = row_of(app, "town", lambda row: f"{iri}/signatures/{row.identifier}")
    for address in (iri, f"{iri}/signatures", signature, "/@alliance/statements/1"):
        assert client.get(address, headers=JSON).status_code == 404
    assert client.get("/actors/alliance/statements", headers=JSON).json["totalItems"] == 0
    assert "statements" not in client.get("/actors/alliance", headers=JSON).json
    for reader, status in ((town, 200), (stranger, 404)):
        signed = sign(reader.signer, "GET", iri, None, now=clock())
        answered = client.get(iri, headers=JSON | signed)
        assert answered.status_code == status
        assert answered.headers["Cache-Control"] in ("private, no-store", "no-store")
    assert "One rule" not in client.get("/@alliance").text


def test_who_was_not_asked_signs_nothing(app, fediverse, town, opened, answers, say):
    iri, digest = opened()
    stranger = fediverse.actor("village", "c.test", kind="Group")
    lists_key(stranger)
    say(stranger, "Join", ALLIANCE, "join")
    assert answers(stranger, "Accept", iri, 1, digestMultibase=digest) == "ignored"
    assert set(signatures(app)) == {"union", "town"}


def test_signing_taking_back_and_signing_again_end_the_same_in_every_order(app, opened, clock):
    opened()
    letters = {
        "first": lambda row: answering.sign(row, "first", {}, at=clock() + timedelta(minutes=1)),
        "away": lambda row: answering.take_back(row, "first", at=clock() + timedelta(minutes=2)),
        "again": lambda row: answering.sign(row, "again", {}, at=clock() + timedelta(minutes=3)),
    }
    for order in itertools.permutations(letters):
        with app.app_context():
            row = session().scalars(select(StatementSignature)).one()
            for name in [*order, *order]:
                with contextlib.suppress(answering.Outdated):
                    letters[name](row)
            assert (row.state, row.letter_iri, row.signed_at) == ("signed", "again", clock() + timedelta(minutes=3)), (
                order
            )
            assert all(one["withdrawn"] for one in row.past), order
            session().rollback()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_taken_back_stays_so_and_says_both_days(app, client, town, opened, answers, clock, order):
    iri, digest = opened()
    answers(town, "Accept", iri, "first", digestMultibase=digest)
    publish(app)
    answers(town, "Undo", row_of(app, "town", lambda row: row.document), "away")
    begun = clock()
    clock.turn(days=2)
    again = {"id": f"{town.iri}/activities/1", "type": "Accept", "actor": town.iri, "object": iri}
    letters = [
        ("Accept", iri, 1, begun + timedelta(hours=1), {"digestMultibase": digest}),
        ("Undo", again | {"digestMultibase": digest}, 2, begun + timedelta(days=1), {}),
    ]
    for number in order:
        kind, thing, name, at, more = letters[number]
        assert answers(town, kind, thing, name, at=at, **more) == "done"
    assert signatures(app)["town"] == "withdrawn"
    shown = client.get("/@alliance/statements/1").text
    assert "Signed by 0 of the 2 members" in shown
    assert "Who took its signature back" in shown
    assert shown.count("took it back on") == 2
    assert "took it back on Sunday 22 November 2026" in shown


def test_late_letter_counts_by_the_day_on_which_it_was_signed(app, client, town, opened, answers, clock):
    iri, digest = opened(date(2026, 11, 23))
    signed = clock()
    clock.turn(days=4)
    assert answers(town, "Accept", iri, 1, digestMultibase=digest) == "ignored"
    assert signatures(app)["town"] == "invited"
    assert answers(town, "Accept", iri, 2, at=signed, digestMultibase=digest) == "done"
    publish(app)
    shown = client.get("/@alliance/statements/1").text
    assert "signed on Saturday 21 November 2026" in shown
    assert "its signature came on 25 November 2026" in shown


def test_who_leaves_stays_named_with_the_day_and_signs_no_more(app, client, town, opened, answers, say, clock):
    iri, digest = opened()
    answers(town, "Accept", iri, 1, digestMultibase=digest)
    publish(app)
    clock.turn(days=1)
    say(town, "Leave", ALLIANCE, "leave", published=_stamp(clock()))
    shown = client.get("/@alliance/statements/1").text
    assert "Signed by 1 of the 2 members" in shown
    assert "left the coalition on 22 November 2026" in shown
    clock.turn(days=1)
    answers(town, "Undo", row_of(app, "town", lambda row: row.document), 2)
    assert answers(town, "Accept", iri, 3, digestMultibase=digest) == "ignored"
    assert signatures(app)["town"] == "withdrawn"


def test_signature_from_before_leaving_counts_though_it_comes_after(app, town, opened, answers, say, clock):
    iri, digest = opened()
    signed = clock()
    clock.turn(hours=1)
    say(town, "Leave", ALLIANCE, "leave", published=_stamp(clock()))
    clock.turn(hours=1)
    assert answers(town, "Accept", iri, 1, digestMultibase=digest) == "ignored"
    assert answers(town, "Accept", iri, 2, at=signed, digestMultibase=digest) == "done"


def test_another_text_is_another_version_with_signatures_of_its_own(app, client, town, opened, answers, ann):
    iri, digest = opened()
    answers(town, "Accept", iri, 1, digestMultibase=digest)
    publish(app)
    page = ann.get("/@alliance/statements/1/edit")
    assert ann.post("/@alliance/statements/1/edit", ann.fill(page, text="We ask for two rules.")).status_code == 303
    assert step(ann, "open", version=2).status_code == 303
    assert answers(town, "Reject", iri, 2, digestMultibase="zQmOfNoText") == "ignored"
    assert signatures(app, 2) == {"union": "invited", "town": "invited"}
    assert "two rules" not in client.get("/@alliance/statements/1").text
    assert client.get("/@alliance/statements/1?version=2").status_code == 404
    with app.app_context():
        second = session().scalars(select(Statement.digest).where(Statement.version == 2)).one()
    assert answers(town, "Accept", iri, 3, digestMultibase=second) == "done"
    assert step(ann, "publish", version=2).status_code == 303
    newest, before = (client.get(f"/@alliance/statements/1{more}").text for more in ("", "?version=1"))
    assert ("two rules" in newest, "<strong>one</strong>" in newest) == (True, False)
    assert ("two rules" in before, "<strong>one</strong>" in before) == (False, True)
    assert "There is a newer version of this text." in before
    with app.app_context():
        session().scalars(select(Statement).where(Statement.version == 1)).one().text = "Another."
        with pytest.raises(Rewritten):
            session().flush()


def test_news_names_who_signed_and_no_more_who_took_it_back(app, client, town, opened, answers):
    iri, digest = opened(title="One *rule* [here](http://evil.test)")
    answers(town, "Accept", iri, 1, digestMultibase=digest)
    publish(app)
    assert "<li>Town</li>" in client.get("/@alliance/feed.json").json["items"][0]["content_html"]
    answers(town, "Undo", row_of(app, "town", lambda row: row.document), 2)
    assert "Town" not in client.get("/@alliance/feed.json").json["items"][0]["content_html"]


def test_withdrawn_statement_stays_to_be_read_as_withdrawn(app, client, town, opened, answers, ann):
    iri, digest = opened()
    answers(town, "Accept", iri, 1, digestMultibase=digest)
    publish(app)
    assert step(ann, "withdraw").status_code == 303
    shown = client.get("/@alliance/statements/1").text
    assert "An alliance withdrew this statement on 21 November 2026." in shown
    assert "Town" in shown
    assert client.get(iri, headers=JSON).json["statement"]["phase"] == "withdrawn"
    assert "withdrew" in client.get("/@alliance/feed.json").json["items"][0]["content_html"]


def test_only_administrators_decide_and_only_they_sign(app, client, alliance, opened):
    opened()
    with app.app_context():
        zoe = accounts.add("zoe@example.org", "Zoe", "zoe", "a long enough password")
        root = accounts.add("root@example.org", "Root", "rooted", "a long enough password", is_admin=True)
        for actor in ("alliance", "union"):
            roles.grant(zoe, local.find(actor), "editor")
            roles.grant(root, local.find(actor), "editor")
        session().commit()
    number = row_of(app, "union", lambda row: row.id)
    for mail in ("zoe@example.org", "root@example.org"):
        reader = Reader(app)
        assert reader.sign_in(mail, "a long enough password").status_code == 303
        assert reader.get(f"/statements/{number}").status_code == 404
        assert "One rule" not in reader.get("/statements").text
    zoe = Reader(app)
    zoe.sign_in("zoe@example.org", "a long enough password")
    page = zoe.get("/@alliance/statements/1")
    assert "Publish it" not in page.text
    token = zoe.form(zoe.get("/@alliance/statements/new"))["csrf_token"]
    with app.app_context():
        row = session().scalars(select(Statement.id)).one()
    sent = {"csrf_token": token, "who": row, "answer": "withdraw"}
    assert zoe.post("/@alliance/statements/1", sent).status_code == 403
    assert client.post("/@alliance/statements/1", data=sent).status_code == 303
    assert client.get(f"/statements/{number}").status_code == 303
    assert client.get("/@alliance/statements/new").status_code == 303
    assert client.get("/@union/statements").status_code == 404
    with app.app_context():
        assert session().scalars(select(Statement.phase)).one() == "open"


def test_members_of_later_are_asked_when_the_coalition_says_so(app, ann, opened):
    opened()
    assert "Ask those who joined since" not in ann.get("/@alliance/statements/1").text
    with app.app_context():
        alliance, couriers = local.find("alliance"), local.find("couriers")
        memberships.join(couriers, alliance)
        memberships.answer(memberships.find(alliance, couriers), "accept")
        session().commit()
    assert set(signatures(app)) == {"union"}
    assert step(ann, "ask").status_code == 303
    assert signatures(app) == {"union": "invited", "couriers": "invited"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Give the statement a title."),
        ({"text": "  "}, "Write the text that is to be signed."),
        ({"until": "2026-11-20"}, "The last day for signing is today or later"),
        ({"until": "soon"}, "until-error"),
    ],
)
def test_what_will_not_do_comes_back_with_what_to_do(app, alliance, ann, typed, said):
    page = ann.get("/@alliance/statements/new")
    values = {"title": "One rule", "text": TEXT, "until": ""} | typed
    answered = ann.post("/@alliance/statements/new", ann.fill(page, **values))
    assert answered.status_code == 422
    assert said in answered.text
    with app.app_context():
        assert session().scalars(select(Statement)).all() == []


def test_coalition_that_is_closed_says_nothing_new_and_what_it_said_is_read(app, client, town, opened, answers, ann):
    iri, digest = opened()
    answers(town, "Accept", iri, 1, digestMultibase=digest)
    publish(app)
    page = ann.get("/@alliance/statements/new")
    with app.app_context():
        local.find("alliance").phase = CLOSED
        session().commit()
    answered = ann.post("/@alliance/statements/new", ann.fill(page, title="Another", text=TEXT))
    assert answered.status_code == 403
    with app.app_context(), pytest.raises(memberships.NotPossible, match="closed"):
        preparing.write(local.find("alliance"), Written("Another", TEXT, "en"))
    assert "Town" in client.get("/@alliance/statements/1").text


def test_organisation_that_is_gone_stays_named_and_a_person_does_not(app, client, town, opened, answers, alliance, say):
    with app.app_context():
        mia = accounts.add("mia@example.org", "Mia Okonkwo", "mia", "a long enough password").actor
        assert mia.kind == PERSON
        memberships.join(mia, local.find("alliance"))
        memberships.answer(memberships.find(local.find("alliance"), mia), "accept")
        session().commit()
    iri, digest = opened()
    answers(town, "Accept", iri, 1, digestMultibase=digest)
    reader = Reader(app)
    reader.sign_in("mia@example.org", "a long enough password")
    number = row_of(app, "mia", lambda row: row.id)
    token = reader.form(reader.get(f"/statements/{number}"))["csrf_token"]
    assert (
        reader.post(f"/statements/{number}", {"csrf_token": token, "who": number, "answer": "sign"}).status_code == 303
    )
    publish(app)
    assert "Mia Okonkwo" in client.get("/@alliance/statements/1").text
    assert say(town, "Delete", town.iri, "gone") == "done"
    with app.app_context():
        delete_actor(local.find("mia"))
        session().commit()
    shown = client.get("/@alliance/statements/1").text
    assert ("Town" in shown, "Mia" in shown, "Somebody who has left" in shown) == (True, False, True)
    assert shown.count("left the coalition on 21 November 2026") == 2
    with app.app_context():
        delete_actor(local.find("alliance"))
        assert listing.versions(iri) == []
