"""Members and organisations that go, and calls that are withdrawn: nothing of applications is left, the log is."""

import json
import re

import pytest
from sqlalchemy import select

from actors import local, policy, remote
from actors.database import session
from flask_maillage.calls import audit, departing, giving, private_files
from flask_maillage.calls.afterwards import chores
from flask_maillage.calls.models import CommitteeCopy, Dossier, Draft, GivenOpinion
from flask_maillage.calls.shapes import Shape
from flask_maillage.mail import queue
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts, exporting, roles
from flask_maillage.publications import leaving, publishing
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from flask_maillage.publications.own import closing
from tests.calls import committee, making
from tests.calls.applying import drafted
from tests.calls.said import COURIERS, WORDS, declined, everything, of, riders, sweep
from tests.publications import board

__all__ = ["riders"]


@pytest.fixture
def call(app):
    """An open call of the union with three members and a mail seat in its committee; Zoe is a member as well."""
    iri = committee.call(app)
    with app.app_context():
        committee.member("zoe")
        roles.grant(accounts.find("zoe@example.org"), local.find("couriers"), "editor")
        session().commit()
    return iri


def applied(call, *handles):
    """Let actors of this node apply, each with a file; all of it says the word."""
    zoe = local.find("zoe")
    for handle in handles:
        draft = drafted.sent_of(making.found(call), local.find(handle), zoe, name=f"{WORDS} of {handle}")
        private_files.store(f"{WORDS} file".encode(), title="a.txt", media_type="text/plain", draft=draft)
    session().commit()


def taken_along(email):
    return exporting.collect(accounts.find(email))


def test_export_has_ones_own_applications_and_opinions_and_nothing_of_others(app, call):
    with app.app_context():
        applied(call, "zoe", "couriers")
        agreement = session().scalars(select(Dossier.agreement_iri)).first()
        giving.note(local.find("ires"), call, agreement, "Ask them about the log")
        session().commit()
        zoes, ires = taken_along("zoe@example.org"), taken_along("ires@example.org")
        assert [one["content"]["name"] for one in zoes.parts["applications"]] == [
            f"{WORDS} of zoe",
            f"{WORDS} of couriers",
        ]
        names = [one["file"] for row in zoes.parts["applications"] for one in row["files"]]
        assert [file.name for file in zoes.files] == names
        assert [one["private_note"] for one in ires.parts["opinions"]] == ["Ask them about the log"]
        assert (WORDS in json.dumps(ires.parts, default=str), "Ask them" in json.dumps(zoes.parts, default=str)) == (
            False,
            False,
        )
        roles.revoke(accounts.find("zoe@example.org"), local.find("couriers"))
        session().commit()
        later = taken_along("zoe@example.org").parts["applications"]
        assert [one.get("content", {}).get("name") for one in later] == [f"{WORDS} of zoe", None]


def test_application_of_a_member_who_leaves_goes_everywhere_and_an_organisations_stays(app, call):
    with app.app_context():
        applied(call, "zoe", "couriers")
        closing.close(accounts.find("zoe@example.org"))
        session().commit()
        assert [one.state for one in session().scalars(select(Dossier).order_by(Dossier.id))] == [
            "withdrawn",
            "submitted",
        ]
        assert [(one.actor.handle, one.author_id) for one in session().scalars(select(Draft))] == [("couriers", None)]
        acts = [one["act"] for one in audit.records(making.found(call))]
        assert acts == ["register", "register", "withdraw", "erase"]
        assert audit.verify_all() == {}
        assert session().query(CommitteeCopy).count() == 3
    text = everything(app)
    assert (f"{WORDS} of zoe" in text, f"{WORDS} of couriers" in text) == (False, True)


def test_seat_that_leaves_becomes_one_by_mail_and_its_copies_and_opinions_go(app, call):
    with app.app_context():
        applied(call, "couriers")
        agreement = session().scalars(select(Dossier.agreement_iri)).one()
        giving.note(local.find("ires"), call, agreement, "Secret thoughts")
        closing.close(accounts.find("ires@example.org"))
        session().commit()
        seats = {seat.key: seat.actor for seat in details_of(making.found(call).content).committee}
        assert (seats["ires"], seats["etuc"]) == (None, committee.member("etuc").iri)
        assert session().query(GivenOpinion).count() == 0
        assert session().query(CommitteeCopy).count() == 2
        assert session().query(Dossier).one().state == "submitted"
    text = everything(app)
    assert ("Secret thoughts" in text, f"{WORDS} of couriers" in text) == (False, True)


def test_seat_elsewhere_that_is_gone_holds_nobody_up(app, call, riders):
    with app.app_context():
        found, actor = making.found(call), remote.remember(riders.document)
        details = details_of(found.content)
        committee_ = (*details.committee, Seat(key="far", name="Far away", actor=riders.iri))
        changed = details.model_copy(update={"committee": committee_})
        publishing.revise(found, found.content.model_copy(update={"details": changed}))
        session().commit()
        departing.forget_seat(actor)
        actor.gone_at = making.now()
        session().commit()
        applied(call, "couriers")
        assert session().query(Dossier).one().state == "submitted"


@pytest.mark.parametrize("way", ["the call", "the organisation"])
def test_what_came_to_a_call_that_is_withdrawn_is_erased_and_everybody_told(app, call, riders, way, monkeypatch):
    monkeypatch.setattr(queue, "is_on", lambda: True)
    with app.app_context():
        found = making.found(call)
        declined(found, riders.iri)
        applied(call, "zoe")
        drafted.guest_of(found, email=f"{WORDS.lower()}@example.org")
        session().commit()
        if way == "the call":
            publishing.withdraw(making.found(call))
        else:
            leaving.delete_actor(local.find("union"))
        session().commit()
        assert session().query(Dossier).filter(Dossier.purged_at.is_(None)).count() == 0
        assert [one["act"] for one in audit.records(making.found(call))] == ["register", "purge", "purge"]
        assert audit.verify_all() == {}
        session().query(Mail).delete()
        kept = session().query(Draft).one()
        assert (kept.actor.handle, kept.content["name"]) == ("zoe", f"{WORDS} of zoe")
        closing.close(accounts.find("zoe@example.org"))
        session().query(Mail).delete()
        session().commit()
    told = [set(one["to"]) for one in of(app, Shape.PURGE)]
    assert told[0] == {riders.iri, COURIERS}
    assert "http://localhost/actors/zoe" in told[1]
    with app.app_context():
        sweep()
        for chore in (chores.warn_before_purge, chores.purge_applications, chores.forget_held):
            assert chore() == 0
    assert WORDS.lower() not in everything(app).lower()


def test_application_from_a_server_that_is_blocked_meanwhile_is_shown_and_breaks_nothing(app, clock, call, riders):
    with app.app_context():
        committee.coordinator()
        remote.remember(riders.document)
        declined(making.found(call), riders.iri)
        policy.block("d.test")
        session().commit()
        path = making.found(call).page.removeprefix("http://localhost")
    boss = committee.sign_in(app, "boss")
    for page in ("", "/applications", "/decisions", "/publish", "/places", "/log"):
        answer = boss.get(f"{path}/manage{page}")
        assert answer.status_code == 200, page
    assert f"{WORDS} name" in boss.get(f"{path}/manage/applications").text
    with app.app_context():
        making.found(call).status = "decided"
        session().commit()
    for days in (340, 31):
        clock.turn(days=days)
        with app.app_context():
            while chores.warn_before_purge() or chores.purge_applications():
                pass
    with app.app_context():
        assert session().query(Dossier).one().purged_at is not None
    assert riders.iri not in of(app, Shape.PURGE)[0]["to"]


def test_application_to_an_owner_that_is_blocked_meanwhile_stays_its_writers(app):
    board.receive(app, "call")
    with app.app_context():
        zoe = committee.member("zoe")
        theirs = session().scalars(select(Publication).where(~Publication.local)).one()
        draft = drafted.draft_of(theirs, zoe, zoe, name=f"{WORDS} of zoe")
        draft.state, draft.offer_iri, draft.version = "registered", "http://localhost/actors/zoe/1#offer", 1
        policy.block("partner.test")
        session().commit()
    zoes = committee.sign_in(app, "zoe")
    mine = zoes.get("/my/applications")
    assert (mine.status_code, f"{WORDS} of zoe" in mine.text) == (200, True)
    (path,) = set(re.findall(r'href="(/[^"]*applications/[^"]+)"', mine.text))
    assert zoes.get(path).status_code == 200
