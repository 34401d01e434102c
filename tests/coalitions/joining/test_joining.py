"""Who may join a group: open, by approval or by invitation, with questions, for some sorts; by page and by letter."""

import re

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from actors.models import ORGANISATION, PROPOSED, Posted
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.charters import agreeing, versions
from flask_maillage.coalitions.joining import conditions
from flask_maillage.coalitions.joining.conditions import Terms
from flask_maillage.coalitions.models import Membership
from flask_maillage.coalitions.questions import LONGEST, Question
from flask_maillage.people import accounts, roles
from flask_maillage.territory import profiles
from flask_maillage.territory.models import Profile
from tests.conftest import PASSWORD
from tests.publications.gatherings import speaking
from tests.reader import Reader

UNION, COURIERS = "http://localhost/actors/union", "http://localhost/actors/couriers"
WHY = Question("Why do you come?", required=True)
HOW = Question("How did you hear of us?")


@pytest.fixture
def say(app, client, clock, work):
    """Let a remote actor say something, have it opened, and give what became of the letter."""
    return speaking(app, client, clock, work)


@pytest.fixture
def ann(app):
    """A member who administers the union."""
    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("union"), "admin")
        session().commit()
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


@pytest.fixture
def bea(app):
    """Somebody who publishes for a cooperative."""
    with app.app_context():
        member = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        roles.grant(member, local.create("coop", ORGANISATION, "A cooperative"), "editor")
        profiles.be(local.find("coop"), "cooperative")
        session().commit()
    reader = Reader(app)
    assert reader.sign_in("bea@example.org").status_code == 303
    return reader


def set_terms(app, **terms):
    with app.app_context():
        conditions.change(local.find("union"), Terms(**terms))
        session().commit()


def standing(app):
    with app.app_context():
        found = session().scalars(select(Membership)).one_or_none()
        return found and (found.state, found.answers)


def ask(reader, **typed):
    page = reader.get("/@union/join")
    return reader.post("/@union/join", reader.fill(page, **typed))


def test_a_group_says_who_may_join_and_everybody_reads_it(app, ann, client):
    page = ann.get("/@union/joining")
    sent = ann.fill(page, openness="open", welcome="Come in.", questions="* Why do you come?\nHow did you hear of us?")
    assert ann.post("/@union/joining", sent).location == "/@union/members/manage"
    document = client.get("/actors/union", headers={"Accept": "application/activity+json"}).json
    assert document["openness"] == "open"
    assert document["joining"] == {
        "admission": "open",
        "questions": [{"text": WHY.text, "required": True}, {"text": HOW.text, "required": False}],
        "welcome": "Come in.",
    }
    page = ann.get("/@union/joining")
    assert ann.form(page)["questions"].split("\n")[0].strip() == "* Why do you come?"
    assert re.search(r'<input checked[^>]*value="open"', page.text)


def test_only_who_administers_a_group_says_that(app, bea, client):
    assert bea.get("/@union/joining").status_code == 403
    assert bea.get("/@union/members/invite").status_code == 403
    assert client.get("/@union/joining").status_code == 303
    assert bea.get("/@nobody/joining").status_code == 404


def test_without_conditions_its_people_decide(app, bea):
    assert ask(bea, who="coop", message="We would like to.").status_code == 303
    assert standing(app) == ("requested", {})
    assert "has asked; the answer is still to come" in bea.get("/@union/join").text


def test_an_open_group_takes_who_answered_what_it_has_to_know(app, ann, bea):
    set_terms(app, openness="open", questions=(WHY, HOW))
    answered = ask(bea, who="coop", **{"answers-0": "", "answers-1": "By a friend."})
    assert answered.status_code == 422
    assert "Answer the questions that it asks of everybody." in answered.text
    assert "By a friend." in answered.text
    assert standing(app) is None
    assert ask(bea, who="coop", **{"answers-0": "To ride.", "answers-1": ""}).status_code == 303
    assert standing(app) == ("member", {WHY.text: "To ride."})
    assert "To ride." in ann.get("/@union/members/manage").text
    assert "asks to join" not in ann.get("/my/notifications").text


def test_by_invitation_nobody_asks_and_who_is_invited_comes(app, ann, bea):
    set_terms(app, openness="invitation")
    assert "by invitation only" in bea.get("/@union/join").text
    with app.app_context(), pytest.raises(memberships.NotPossible, match="invitation"):
        memberships.join(local.find("coop"), local.find("union"))
    page = ann.get("/@union/members/invite")
    assert ann.post("/@union/members/invite", ann.fill(page, who="@coop")).status_code == 303
    assert standing(app)[0] == "invited"
    with app.app_context():
        memberships.join(local.find("coop"), local.find("union"))
        session().commit()
    assert standing(app)[0] == "member"


@pytest.mark.parametrize(
    ("kinds", "who", "said"),
    [
        (("authority",), "coop", "It takes members of other sorts only."),
        (("authority",), "bea", "It takes members of other sorts only."),
        (("cooperative",), "coop", None),
        (("person",), "bea", None),
    ],
)
def test_only_some_sorts_may(app, bea, kinds, who, said):
    set_terms(app, kinds=kinds)
    answered = ask(bea, who=who)
    if said is None:
        assert standing(app)[0] == "requested"
    else:
        assert (answered.status_code, said in answered.text) == (422, True)
        assert standing(app) is None


def test_who_says_no_sort_is_told_to(app, bea):
    set_terms(app, kinds=("cooperative",))
    with app.app_context():
        session().get(Profile, local.find("coop").id).organisation_kind = None
        session().commit()
    assert "say in your profile which yours is" in ask(bea, who="coop").text


def test_nobody_joins_for_whom_they_do_not_publish(app, bea):
    page = bea.get("/@union/join")
    assert bea.post("/@union/join", bea.fill(page, who="couriers")).status_code == 400
    assert standing(app) is None


def answer_to(app):
    """Return the verbs of what the union wrote, the last last."""
    with app.app_context():
        query = select(Posted).join(Posted.actor).where(Posted.public.is_(False)).order_by(Posted.id)
        return [one.type for one in session().scalars(query)]


def test_a_letter_passes_the_same_conditions(app, say, fediverse, work):
    set_terms(app, openness="open", questions=(WHY,))
    alice = fediverse.actor("alice", "a.test")
    said = [{"question": WHY.text, "content": "To help."}, {"question": "Else?", "content": "x"}, "no answer", 7]
    assert say(alice, "Join", UNION, 1, answers=said) == "done"
    assert standing(app) == ("member", {WHY.text: "To help.", "Else?": "x"})
    assert answer_to(app)[-1] == "Accept"


def test_who_knows_nothing_of_questions_waits_and_is_not_let_in(app, say, fediverse):
    set_terms(app, openness="open", questions=(WHY,))
    assert say(fediverse.actor("alice", "a.test"), "Join", UNION, 1) == "done"
    assert standing(app) == ("requested", {})


def test_a_letter_to_a_group_by_invitation_is_refused_with_the_reason(app, say, fediverse, work):
    set_terms(app, openness="invitation")
    alice = fediverse.actor("alice", "a.test")
    assert say(alice, "Join", UNION, 1) == "done"
    assert standing(app) is None
    work()
    (letter,) = [one for one in fediverse.letters() if one["type"] == "Reject"]
    assert letter["object"]["id"] == alice.activity("Join", UNION, 1)["id"]
    assert "invitation only" in letter["content"]


def test_an_organisation_elsewhere_whose_sort_nobody_knows_is_judged_by_people(app, say, fediverse):
    set_terms(app, openness="open", kinds=("cooperative",))
    assert say(fediverse.actor("shop", "a.test", kind="Group"), "Join", UNION, 1) == "done"
    assert standing(app)[0] == "requested"


def test_questions_of_a_group_elsewhere_are_asked_and_answered_in_the_letter(app, ann, fediverse, work):
    asked = [{"text": WHY.text, "required": True}, {"text": "x" * (LONGEST + 50)}, {"text": WHY.text}, 5]
    town = fediverse.actor("town", "b.test", kind="Group", joining={"admission": "open", "questions": asked})
    town.publish_profile()
    with app.app_context():
        path = f"/@{remote.remember(town.document).page_handle}/join"
        session().commit()
    page = ann.get(path)
    assert WHY.text in page.text
    sent = ann.fill(page, who="union", **{"answers-0": "We are neighbours."})
    assert ann.post(path, sent).status_code == 303
    work()
    (letter,) = [one for one in fediverse.letters() if one["type"] == "Join"]
    assert letter["answers"] == [{"question": WHY.text, "content": "We are neighbours."}]
    assert standing(app) == ("requested", {})


@pytest.mark.parametrize("said", [5, "open", [], {"admission": ["open"], "questions": 5, "kinds": "x", "welcome": {}}])
def test_what_is_no_conditions_says_nothing(app, fediverse, said):
    town = fediverse.actor("town", "b.test", kind="Group", joining=said)
    with app.app_context():
        assert conditions.of(remote.remember(town.document)) == Terms()


@pytest.mark.parametrize(
    ("word", "openness"), [("open", "open"), ("invite_only", "invitation"), ("moderated", "approval")]
)
def test_what_mobilizon_says_of_joining_is_read(app, fediverse, word, openness):
    group = fediverse.actor("town", "b.test", kind="Group", openness=word)
    with app.app_context():
        assert conditions.of(remote.remember(group.document)).openness == openness


def test_who_is_invited_is_looked_up_and_what_is_none_is_said(app, ann, fediverse, work):
    alice = fediverse.actor("alice", "a.test")
    page = ann.get("/@union/members/invite")
    assert ann.post("/@union/members/invite", ann.fill(page, who="@nobody@a.test")).status_code == 422
    sent = ann.fill(page, who=alice.iri, message="Come!")
    assert ann.post("/@union/members/invite", sent).status_code == 303
    work()
    (letter,) = [one for one in fediverse.letters() if one["type"] == "Invite"]
    assert letter["object"].endswith("/alice")
    assert standing(app)[0] == "invited"


def with_charter(app, **terms):
    with app.app_context():
        union = local.find("union")
        charter = versions.publish(union, title="What we promise", text="To be fair.")
        conditions.change(union, Terms(needs_charter=True, **terms))
        session().commit()
        return charter.iri, charter.digest


def test_who_joins_agrees_to_the_charter_first(app, bea):
    with_charter(app, openness="open")
    refused = ask(bea, who="coop")
    assert (refused.status_code, "What we promise" in refused.text) == (422, True)
    assert "It asks everybody to agree to its charter first." in refused.text
    assert standing(app) is None
    assert ask(bea, who="coop", agrees="y").status_code == 303
    assert standing(app)[0] == "member"
    with app.app_context():
        assert agreeing.has_agreed(local.find("union"), local.find("coop"))


def test_who_did_not_agree_elsewhere_waits_and_who_did_comes(app, say, fediverse):
    iri, digest = with_charter(app, openness="open")
    assert say(fediverse.actor("bob", "b.test"), "Join", UNION, 1) == "done"
    assert standing(app)[0] == "requested"
    alice = fediverse.actor("alice", "a.test")
    say(alice, "Accept", {"id": iri, "type": "Article", "digest": digest}, 1)
    say(alice, "Join", UNION, 2)
    with app.app_context():
        assert memberships.find(local.find("union"), remote.find(alice.iri)).state == "member"


def test_nobody_asks_to_join_what_is_not_founded_yet(app, say, fediverse):
    with app.app_context():
        local.find("union").phase = PROPOSED
        session().commit()
    assert say(fediverse.actor("alice", "a.test"), "Join", UNION, 1) == "done"
    assert standing(app) is None
