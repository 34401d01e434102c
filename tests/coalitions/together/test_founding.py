"""A coalition is founded by several: one organisation proposes it, and it begins when a second one says yes."""

import pytest

from actors import local, remote
from actors.database import session
from actors.models import Posted
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.together import founding
from flask_maillage.people import accounts, roles
from tests.publications.gatherings import speaking
from tests.reader import Reader

COMMONS = "http://localhost/actors/commons"
TYPED = {"name": "The commons", "handle": "commons", "summary": "We *share*.", "by": "union"}


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


@pytest.fixture
def ann(app):
    """A member who administers the union."""
    with app.app_context():
        roles.grant(accounts.find("ann@example.org"), local.find("union"), "admin")
        session().commit()
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


def propose(reader, **changes):
    form = reader.form(reader.get("/coalitions/propose"), "summary")
    return reader.post("/coalitions/propose", dict(form.items()) | TYPED | changes)


def invite(reader, who):
    form = reader.form(reader.get("/@commons/founding"), "message")
    return reader.post("/@commons/founding", dict(form.items()) | {"who": who})


def end(reader, do):
    form = reader.form(reader.get("/@commons/founding"), "message")
    return reader.post("/@commons/founding", {"csrf_token": form["csrf_token"], "do": do})


def standing(app):
    with app.app_context():
        coalition = local.find("commons")
        rows = memberships.of_group(coalition)
        return coalition.phase, {row.member.handle: (row.state, row.role) for row in rows}


def test_coalition_begins_when_a_second_organisation_says_yes(app, client, ann):
    assert propose(ann).headers["Location"].endswith("/@commons/founding")
    assert standing(app) == ("proposed", {"union": ("member", "founder")})
    assert "Proposed: it waits for others." in client.get("/@commons").text
    assert "The commons" not in client.get("/sitemap.xml").text
    assert invite(ann, "@couriers").status_code == 303
    assert standing(app)[1]["couriers"] == ("invited", "founder")
    with app.app_context():
        row = memberships.find(local.find("commons"), local.find("couriers"))
        memberships.answer_invite(row, accept=True)
        session().commit()
    assert standing(app) == ("active", {"union": ("member", "founder"), "couriers": ("member", "founder")})
    assert "Proposed" not in client.get("/@commons").text
    document = client.get(COMMONS, headers={"Accept": "application/activity+json"}).json
    assert document["phase"] == "active"


def test_organisation_elsewhere_founds_it_by_its_own_word(app, say, ann, fediverse):
    town = fediverse.actor("town", "b.test", kind="Group")
    with app.app_context():
        remote.remember(town.document)
        session().commit()
    propose(ann)
    assert invite(ann, town.iri).status_code == 303
    with app.app_context():
        asked = session().query(Posted).filter_by(type="Invite").one().iri
    other = fediverse.actor("other", "c.test", "mallory", kind="Group")
    assert say(other, "Accept", asked) == "ignored"
    assert standing(app)[0] == "proposed"
    assert say(town, "Accept", asked) == "done"
    assert standing(app) == ("active", {"union": ("member", "founder"), "town": ("member", "founder")})


def test_a_no_and_a_person_do_not_let_it_begin(app, ann):
    propose(ann)
    assert "Organisations found a coalition" in invite(ann, "@ann").text
    invite(ann, "@couriers")
    with app.app_context():
        memberships.answer_invite(memberships.find(local.find("commons"), local.find("couriers")), accept=False)
        session().commit()
    assert standing(app)[0] == "proposed"


@pytest.mark.parametrize("changes", [{"handle": "union"}, {"handle": "two words"}, {"name": ""}, {"by": "couriers"}])
def test_what_will_not_do_makes_nothing(app, ann, changes):
    assert propose(ann, **changes).status_code == 422
    with app.app_context():
        assert local.find("commons") is None


def test_only_who_administers_an_organisation_proposes_one(app, client):
    with app.app_context():
        roles.grant(accounts.find("ann@example.org"), local.find("union"), "editor")
        session().commit()
    editor = Reader(app)
    editor.sign_in()
    assert '<form class="form"' not in editor.get("/coalitions/propose").text
    assert client.get("/coalitions/propose").status_code == 303
    with app.app_context(), pytest.raises(memberships.NotPossible, match="Only who administers"):
        founding.propose(accounts.find("ann@example.org"), local.find("union"), handle="commons", name="The commons")


def test_proposal_is_given_up_and_what_has_begun_is_closed(app, client, ann):
    propose(ann)
    assert "Only a coalition that has begun" in ann.get(end(ann, "close").headers["Location"]).text
    assert end(ann, "give-up").status_code == 303
    assert client.get("/@commons").status_code == 410
    propose(ann, handle="commons")
    with app.app_context():
        assert local.find("commons").gone_at is not None, "a handle is never given again"


def test_closed_coalition_takes_nobody_more_and_its_members_stay_readable(app, client, say, ann, fediverse):
    propose(ann)
    invite(ann, "@couriers")
    with app.app_context():
        memberships.answer_invite(memberships.find(local.find("commons"), local.find("couriers")), accept=True)
        session().commit()
    assert end(ann, "give-up").status_code == 303
    assert standing(app)[0] == "active"
    assert "/@commons/join" in ann.get("/@commons").text
    assert end(ann, "close").status_code == 303
    assert "/@commons/join" not in ann.get("/@commons").text
    assert "It is closed." in client.get("/@commons").text
    assert "Couriers" in client.get("/@commons/members").text
    with app.app_context(), pytest.raises(memberships.NotPossible, match="It is over"):
        founding.invite(local.find("commons"), local.find("couriers"))
    with app.app_context(), pytest.raises(memberships.NotPossible, match="It is closed"):
        memberships.join(local.find("ann"), local.find("commons"))
    assert say(fediverse.actor("town", "b.test", kind="Group"), "Join", COMMONS) == "ignored"
