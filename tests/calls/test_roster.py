"""The roster of experts: offered or entered with consent, seen by the organisation's people, left at any time."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import reading, session
from flask_maillage.calls.models import CohortSession, Expert, SessionRole
from flask_maillage.calls.sessions import inviting, links, roster
from flask_maillage.mail.models import Mail
from tests.calls import decided, gathered, making
from tests.calls.test_session_pages import bea, coordinator  # noqa: F401 - fixtures
from tests.reader import Reader

ROSTER, OFFER = "/@union/experts", "/@union/experts/offer"
TYPED = {
    "name": "Ada Legge",
    "organisation": "Chamber of law",
    "email": "ada@example.org",
    "competences": "Delivery\nCooperative law",
    "languages": "Italian, français",
    "consent": "by mail, 3 March",
}


def enter(reader, **typed):
    values = reader.form(reader.get(ROSTER), "consent")
    for name, value in (TYPED | typed).items():
        values[name] = value
    return reader.post(ROSTER, values)


def stands(app):
    with app.app_context(), reading():
        return {
            one.name: (one.competences, one.languages, one.consent)
            for one in session().scalars(select(Expert).where(Expert.retired_at.is_(None)))
        }


def test_an_expert_is_entered_with_their_consent_told_by_mail_and_leaves_by_its_link(app, coordinator):  # noqa: F811
    assert enter(coordinator).status_code == 303
    assert stands(app) == {"Ada Legge": (["Delivery", "Cooperative law"], ["it", "fr"], "by mail, 3 March")}
    assert "Cooperative law" in coordinator.get(ROSTER).text
    with app.app_context(), reading():
        mail = session().scalars(select(Mail)).one()
        path = links.address_of_expert(session().scalars(select(Expert)).one()).removeprefix("http://localhost")
        assert (mail.recipient, path in mail.text) == ("ada@example.org", True)

    somebody = Reader(app)
    assert "Cooperative law" in somebody.get(path).text
    assert somebody.get(path[:-1]).status_code == 404
    assert somebody.post(path).status_code == 200
    assert stands(app) == {}
    assert somebody.get(path).status_code == 404
    with app.app_context(), reading():
        left = session().scalars(select(Expert)).one()
        assert (left.name, left.email, left.competences) == ("", None, [])


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"consent": ""}, "Nobody stands here who did not agree"),
        ({"email": ""}, "Give a handle or an e-mail address"),
        ({"email": "ada"}, "This is no e-mail address."),
        ({"languages": "Klingon"}, "is no language known here"),
        ({"competences": ""}, "Write at least one thing."),
        ({"actor": "@nobody"}, "Nobody is known here"),
    ],
)
def test_nobody_is_entered_without_consent_address_or_competence(app, coordinator, typed, problem):  # noqa: F811
    answered = enter(coordinator, **typed)
    assert (answered.status_code, problem in answered.text) == (422, True)
    assert stands(app) == {}


def test_a_member_offers_themselves_changes_it_and_leaves(app, coordinator, bea):  # noqa: F811
    assert bea.get(ROSTER).status_code == 404
    said = {"competences": "Bookkeeping", "languages": "en", "availability": "in spring"}
    assert bea.post(OFFER, bea.fill(bea.get(OFFER), **said)).status_code == 303
    assert bea.post(OFFER, bea.fill(bea.get(OFFER), competences="Accounts")).status_code == 303
    assert stands(app) == {"Bea": (["Accounts"], ["en"], "own")}
    assert "Offered this themselves." in coordinator.get(ROSTER).text
    assert "You offer what you know" in bea.get("/my/sessions").text
    assert f'href="{OFFER}"' in bea.get("/my").text

    form = bea.form(bea.get(OFFER), "who")
    assert bea.post(OFFER, form).status_code == 303
    assert stands(app) == {}
    assert Reader(app).get(OFFER).status_code == 303
    assert bea.get("/@bea/experts/offer").status_code == 404


def test_who_deletes_their_account_stands_in_no_roster(app, bea):  # noqa: F811
    said = {"competences": "Bookkeeping", "languages": "en"}
    bea.post(OFFER, bea.fill(bea.get(OFFER), **said))
    with app.app_context():
        roster.forget(local.find("bea"))
        session().commit()
    assert stands(app) == {}


def test_who_fits_is_suggested_with_the_reason_and_invited_by_mail(app, fediverse, coordinator):  # noqa: F811
    iri = gathered.call_of(app, fediverse)
    manage = iri.replace("http://localhost/actors/", "/@") + "/manage/sessions/1"
    assert enter(coordinator, languages="English, Italian").status_code == 303
    assert enter(coordinator, name="Bob", competences="Beekeeping", email="bob@example.org").status_code == 303
    with app.app_context():
        gathered.held(making.found(iri))
        session().commit()

    page = coordinator.get(manage)
    fitting, _, others = page.text.partition("Others in the roster")
    assert "Delivery: needed by 2; speaks English, as 2 initiatives do" in " ".join(fitting.split())
    assert "Cooperative law: needed" not in fitting
    assert "Beekeeping" in others
    with app.app_context(), reading():
        number = session().scalars(select(Expert.id).where(Expert.name == "Ada Legge")).one()
    values = {"csrf_token": coordinator.form(page)["csrf_token"], "do": "expert", "who": number}
    assert coordinator.post(manage, values).status_code == 303
    with app.app_context(), reading():
        role = session().scalars(select(SessionRole).where(SessionRole.role == "expert")).one()
        mail = session().scalars(select(Mail).where(Mail.purpose == "session: invitation")).one()
        assert (role.name, mail.recipient) == ("Ada Legge", "ada@example.org")
        assert links.address(role) in mail.text
    assert "Ada Legge" not in coordinator.get(manage).text.partition("Experts who fit")[2]


def test_nobody_is_invited_from_a_roster_of_others_or_without_consent(app, fediverse):
    iri = gathered.call_of(app, fediverse)
    with app.app_context():
        call = making.found(iri)
        held = gathered.held(call)
        said = {"name": "Ada", "email": "ada@example.org", "languages": ["en"], "competences": ["Law"]}
        others = roster.enter(local.find("relay") or local.application(), said, consent="by mail")
        silent = roster.enter(call.actor, said, consent="by mail")
        silent.consented_at = None
        for expert in (others, silent):
            with pytest.raises(inviting.NotReached):
                inviting.invite(held, "expert", decided.COORDINATOR, expert=expert)
        assert session().scalars(select(SessionRole).where(SessionRole.role == "expert")).all() == []
        assert session().scalars(select(CohortSession)).one() is held
