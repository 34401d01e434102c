"""Writing in the browser: nothing typed is lost, the rules hold, and what leaves goes to the right people."""

import json
import time
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, func, select

from actors import followers, local, remote, tombstones
from actors.database import BIND, reading, session
from actors.models import Delivery, Posted, Tombstone
from actors.node import node
from federation.activities import PUBLIC
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import DRAFT, PUBLISHED, WITHDRAWN, Publication
from flask_maillage.publications.rules import NotPossible
from tests.publications.typing_in import rows
from tests.reader import Reader

NEW = "/@union/calls/new"
CALL = {"name": "Coaching for ten", "text": "Come *all*.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}
UNION = "http://localhost/actors/union"


@pytest.fixture(autouse=True)
def _beside_the_requests(app):
    """Give the test a context of its own, which no request of a `Reader` shares, and never the write lock."""
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


@pytest.fixture
def stranger(app):
    """Somebody with an account, but no role for the union."""
    accounts.add("bea@example.org", "Bea", "bea", "twelve apples")
    session().commit()
    bea = Reader(app)
    assert bea.sign_in("bea@example.org", "twelve apples").status_code == 303
    return bea


@pytest.fixture
def followed(app, fediverse):
    """A follower of the union and a follower of the node, each on a server of its own."""
    alice, partner = fediverse.actor("alice", "a.test"), fediverse.actor("partner", "p.test", kind="Application")
    for who, ours in ((alice, local.find("union")), (partner, local.application())):
        followers.record(remote.remember(who.document), ours, iri=f"{who.iri}/follows/1", state="accepted")
    session().commit()


def stored():
    """Return the one publication that there is, as the database has it now."""
    session().rollback()
    return session().scalars(select(Publication)).one()


def count(model):
    session().rollback()
    return session().scalar(select(func.count()).select_from(model))


def sent():
    """Return what left: verb, sender, first audience, second audience, and the inboxes it is on its way to."""
    session().rollback()
    found = []
    for posted in session().scalars(select(Posted).order_by(Posted.id)):
        body = json.loads(posted.body)
        inboxes = {one.host.partition(":")[0] for one in posted.deliveries if one.state == "pending"}
        found.append((body["type"], body["actor"].rpartition("/")[2], body["to"], body["cc"], inboxes))
    return found


def publish(reader, path=NEW, **typed):
    answer = reader.submit(path, **{**CALL, **typed})
    assert answer.status_code == 303
    return answer.location


def edit_page(**more):
    publication = stored()
    return f"/@{publication.actor.handle}/{publication.kind_of_it.slug}/{publication.identifier}/edit"


def withdraw_page():
    return edit_page().removesuffix("edit") + "withdraw"


# Publishing, changing, withdrawing: what becomes of it.


def test_publishing_tells_followers_and_partners(reader, followed):
    location = publish(reader, objectives="Find them\nHelp them", language="fr")

    publication = stored()
    assert (publication.state, publication.name, publication.language) == (PUBLISHED, "Coaching for ten", "fr")
    assert "Come <em>all</em>." in publication.html
    assert publication.content.details.objectives == ("Find them", "Help them")
    assert publication.author_id == accounts.find("ann@example.org").actor_id
    assert location == f"/@union/calls/{publication.identifier}"
    audience = [f"{UNION}/followers"]
    assert sent() == [
        ("Create", "union", [PUBLIC], audience, {"a.test"}),
        ("Announce", "relay", [PUBLIC], ["http://localhost/actors/relay/followers", UNION], {"p.test"}),
    ]


def test_a_draft_is_told_to_nobody_until_it_is_published(reader, followed):
    answer = reader.submit(NEW, **CALL, do="draft")

    assert (answer.status_code, answer.location) == (303, edit_page())
    assert stored().state == DRAFT
    assert sent() == []
    assert "Coaching for ten" in reader.get("/account").text

    answer = reader.submit(edit_page(), name="Coaching for all", do="publish")

    assert answer.status_code == 303
    assert (stored().state, stored().name) == (PUBLISHED, "Coaching for all")
    assert [verb for verb, *_ in sent()] == ["Create", "Announce"]


def test_a_draft_is_saved_again_as_a_draft(reader):
    reader.submit(NEW, **CALL, do="draft")
    answer = reader.submit(edit_page(), text="Come later.", do="draft")

    assert answer.location == edit_page()
    assert (stored().state, stored().source) == (DRAFT, "Come later.")
    assert count(Posted) == 0


def test_a_change_is_told_to_followers_and_partners(reader, followed, clock):
    publish(reader)
    clock.turn(hours=1)
    answer = reader.submit(edit_page(), deadline="2027-02-13", do="publish")

    assert answer.status_code == 303
    assert stored().updated_at == clock()
    assert sent()[2:] == [("Update", "union", [PUBLIC], [f"{UNION}/followers"], {"a.test", "p.test"})]


def test_saving_without_a_change_tells_nobody(reader, followed):
    asked, seats = rows("questions", {"label": "Who are you?"}), rows("committee", {"role": "Chair"})
    publish(reader, objectives="One\nTwo", **asked, **seats)
    reader.submit(edit_page(), do="publish")

    assert [verb for verb, *_ in sent()] == ["Create", "Announce"]


def test_withdrawing_asks_every_server_to_delete(reader, followed, clock):
    location = publish(reader)
    session().execute(Delivery.__table__.update().values(attempts=1))
    session().commit()
    page = reader.get(withdraw_page())
    assert "Withdraw this publication?" in page.text
    assert stored().state == PUBLISHED

    answer = reader.post(withdraw_page(), reader.form(page))

    assert (answer.status_code, answer.location) == (303, "/@union")
    assert stored().state == WITHDRAWN
    assert tombstones.find(stored().iri, stored().actor) is not None
    verb, actor, to, cc, inboxes = sent()[-1]
    assert (verb, actor, to, cc) == ("Delete", "union", [PUBLIC], [f"{UNION}/followers"])
    assert inboxes == {"a.test", "p.test"}
    assert reader.get(location).status_code == 410
    assert reader.get(edit_page()).status_code == 410
    assert reader.post(withdraw_page(), reader.form(page)).status_code == 410


def test_a_draft_that_is_thrown_away_leaves_nothing(reader):
    reader.submit(NEW, **CALL, do="draft")
    answer = reader.submit(withdraw_page())

    assert answer.status_code == 303
    assert count(Publication) == count(Posted) == count(Tombstone) == 0


@pytest.mark.parametrize("hosts_choice", [True, False])
def test_withdrawing_without_the_token_of_the_form_asks_again(app, reader, hosts_choice):
    app.config["WTF_CSRF_ENABLED"] = hosts_choice
    publish(reader)

    assert reader.post(withdraw_page()).status_code == 400
    assert stored().state == PUBLISHED


def test_a_member_writes_in_their_own_name(reader):
    form = {"name": "Repair café", "text": "We repair.", "needs": "Tools\nA room"}
    answer = reader.submit("/@ann/initiatives/new", **form, do="publish")

    assert answer.status_code == 303
    assert stored().actor.handle == "ann"
    assert stored().content.details.needs == ("Tools", "A room")


def test_an_event_keeps_its_programme_through_the_form(reader):
    programme = "09:00 welcome | Welcome\n10:00 session | Work without a boss | Ann, Chair, A union (FR)"
    form = {"name": "Seminar", "text": "Come.", "starts": "2027-03-01T09:00", "ends": "2027-03-01T17:00"}
    answer = reader.submit("/@union/events/new", **form, programme=programme, do="publish")
    assert answer.status_code == 303
    before = stored().content

    answer = reader.submit(edit_page(), capacity="40", do="publish")

    assert answer.status_code == 303
    after = stored().content
    assert after.details.capacity == 40
    assert after.details.programme == before.details.programme
    assert len(after.details.programme) == 2


def test_boxes_are_ticked_and_cleared(reader):
    both = ["EU", "EU-candidate"]
    publish(reader, territories=both)
    assert stored().content.details.territories == tuple(both)

    page = reader.get(edit_page())
    assert reader.form(page).getlist("territories") == both
    reader.post(edit_page(), reader.fill(page, territories=[], do="publish"))
    assert stored().content.details.territories == ()


def test_what_the_form_does_not_ask_for_stays(reader):
    publish(reader)
    publication = stored()
    details = publication.content.details.model_copy(update={"expects": "application"})
    publication.content = publication.content.model_copy(update={"status": "decided", "details": details})
    session().commit()

    reader.submit(edit_page(), text="Decided; thank you all.", do="publish")

    assert stored().source == "Decided; thank you all."
    assert stored().status == "decided"
    assert stored().content.details.expects == "application"


# Sent twice: one publication.


@pytest.mark.parametrize("do", ["publish", "draft"])
def test_a_new_text_that_is_sent_twice_begins_one_publication(reader, followed, do):
    form = reader.fill(reader.get(NEW), **CALL, do=do)
    first, second = reader.post(NEW, form), reader.post(NEW, form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert stored().identifier == form["identifier"]
    assert len(sent()) == (2 if do == "publish" else 0)


def test_a_draft_that_is_sent_once_more_to_be_published_is_published(reader):
    form = reader.fill(reader.get(NEW), **CALL, do="draft")
    reader.post(NEW, form)
    form["do"] = "publish"

    assert reader.post(NEW, form).status_code == 303
    assert stored().state == PUBLISHED


def test_a_form_that_is_changed_and_sent_again_loses_nothing_and_overwrites_nothing_unasked(reader, clock):
    form = reader.fill(reader.get(NEW), **CALL)
    reader.post(NEW, form)
    clock.turn(minutes=1)
    form["text"] = "Come later."

    answer = reader.post(NEW, form)

    assert answer.status_code == 409
    assert reader.form(answer)["text"] == "Come later."
    assert stored().source == "Come *all*."
    assert reader.post(NEW, reader.form(answer)).status_code == 303
    assert stored().source == "Come later."


@pytest.mark.parametrize(
    "given", ["", "x", "\0", "01936e5e-0000-4000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"]
)
def test_an_identifier_that_no_form_of_ours_carries_is_not_taken(reader, given):
    publish(reader, identifier=given)

    assert stored().identifier != given


def test_the_identifier_of_another_actors_publication_is_not_taken_over(reader, stranger):
    form = reader.fill(reader.get(NEW), **CALL)
    reader.post(NEW, form)
    theirs = stranger.fill(stranger.get("/@bea/calls/new"), **CALL, identifier=form["identifier"])

    assert stranger.post("/@bea/calls/new", theirs).status_code == 303
    session().rollback()
    by_actor = {one.actor.handle: one.identifier for one in session().scalars(select(Publication))}
    assert by_actor["union"] == form["identifier"] != by_actor["bea"]


def test_a_form_stays_the_same_through_errors_and_previews(reader):
    page = reader.get(NEW)
    identifier = reader.form(page)["identifier"]
    wrong = reader.post(NEW, reader.fill(page, **{**CALL, "name": ""}))
    shown = reader.post(NEW, reader.fill(wrong, **CALL, do="preview"))

    assert reader.form(wrong)["identifier"] == reader.form(shown)["identifier"] == identifier


def once_before(app, beginning, action):
    """Let something happen right before the first statement with this beginning, or this ending."""
    engine = app.extensions["sqlalchemy"].engines[BIND]
    happened = []

    @event.listens_for(engine, "before_cursor_execute")
    def interfere(connection, cursor, statement, *more):
        if not happened and beginning in statement:
            happened.append(statement)
            action()

    return happened


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_new_text_that_is_sent_twice_at_once_begins_one_publication(app, reader):
    form = reader.fill(reader.get(NEW), **CALL)
    answers = []
    happened = once_before(app, "INSERT INTO maillage_publications", lambda: answers.append(reader.post(NEW, form)))

    answers.append(reader.post(NEW, form))

    assert happened
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert [verb for verb, *_ in sent()] == ["Create", "Announce"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("action", ["edit", "withdraw"])
def test_a_draft_that_is_thrown_away_by_somebody_else_meanwhile_is_not_found(app, reader, action):
    reader.submit(NEW, **CALL, do="draft")
    path = edit_page().removesuffix("edit") + action
    form = reader.form(reader.get(path))
    session().rollback()

    def throw_away():
        with app.extensions["sqlalchemy"].engines[BIND].begin() as elsewhere:
            elsewhere.execute(delete(Publication))

    happened = once_before(app, "FOR UPDATE", throw_away)

    assert reader.post(path, form).status_code == 404
    assert happened


@pytest.mark.parametrize("identifier", ["%00", "x", "01936E5E-0000-7000-8000-000000000000"])
def test_what_is_no_identifier_is_not_found(reader, identifier):
    assert reader.get(f"/@union/calls/{identifier}/edit").status_code == 404


# Errors: the form again, with everything in it.


def test_an_error_is_said_at_the_field_and_above_and_nothing_typed_is_lost(reader):
    seats = rows("committee", {"name": "a@b.example"})
    answer = reader.submit(NEW, **{**CALL, "deadline": "soon"}, objectives="One <b>\nTwo", **seats)

    assert answer.status_code == 422
    assert '<a href="#committee">' in answer.text
    assert 'id="committee-error"' in answer.text
    assert 'id="deadline-error"' in answer.text
    form = reader.form(answer)
    assert form["name"] == "Coaching for ten"
    assert form["objectives"].splitlines() == ["One <b>", "Two"]
    assert form["committee-0-name"] == "a@b.example"
    assert 'value="soon"' in answer.text
    assert count(Publication) == 0


def test_a_group_is_unfolded_only_where_it_holds_something(reader):
    assert reader.get(NEW).text.count('<details class="folded"') == 8
    assert '<details class="folded" open' not in reader.get(NEW).text

    answer = reader.submit(NEW, support="Coaching", do="preview", name="Coaching for ten", text="Come.")

    assert answer.text.count('<details class="folded" open') == 1


@pytest.mark.parametrize("do", ["publish", "draft", "preview"])
@pytest.mark.parametrize(
    ("path", "field", "typed", "zone"),
    [
        (NEW, "deadline", "9999-12-31", "America/New_York"),
        (NEW, "opens_on", "0001-01-01", "Asia/Tokyo"),
        ("/@union/events/new", "starts", "9999-12-31T23:30", "America/New_York"),
        ("/@union/events/new", "programme", "# 9999-12-31\n23:00-01:00 meal | Night buffet", "America/New_York"),
    ],
)
def test_a_year_for_which_nobody_plans_loses_nothing_typed(reader, path, field, typed, zone, do):
    form = {"name": "A long time", "text": "Come.", "deadline": "2027-01-13", "starts": "2027-03-01T09:00"}
    answer = reader.submit(path, **{**form, field: typed, "timezone": zone, "do": do})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert reader.form(answer)["name"] == "A long time"
    assert reader.form(answer)[field].splitlines() == typed.splitlines()


def test_a_draft_says_who_else_sees_it(reader):
    saved = reader.submit(NEW, **CALL, do="draft")

    page = reader.get(saved.location).text
    assert "Saved as a draft. Only those who publish for A union see it." in page
    assert "a draft, which only those who publish for A union see" in page
    assert "only those who publish for A union see it" in reader.get(saved.location.removesuffix("/edit")).text


@pytest.mark.parametrize("do", ["publish", "preview"])
def test_a_call_is_published_only_with_a_last_day_to_come(reader, do):
    answer = reader.submit(NEW, **{**CALL, "deadline": "2026-11-20"}, do=do)

    assert answer.status_code == 422
    assert 'id="deadline-error"' in answer.text
    assert "choose a day to come" in answer.text
    assert reader.form(answer)["name"] == "Coaching for ten"
    assert count(Publication) == count(Posted) == 0


def test_a_draft_of_the_past_is_kept_but_not_published(reader, clock):
    reader.submit(NEW, **CALL, do="draft")
    clock.turn(days=100)
    answer = reader.submit(edit_page(), text="Changed.", do="publish")

    assert answer.status_code == 422
    assert reader.form(answer)["text"] == "Changed."
    assert (stored().state, stored().source) == (DRAFT, "Come *all*.")


@pytest.mark.parametrize("do", ["publish", "preview"])
def test_a_published_last_day_is_never_made_earlier(reader, do):
    publish(reader)
    answer = reader.submit(edit_page(), deadline="2027-01-12", do=do)

    assert answer.status_code == 422
    assert "it can be made later, not earlier" in answer.text
    assert 'id="deadline-error"' in answer.text
    assert kind_named("call").fill_form(stored().content)["deadline"].isoformat() == "2027-01-13"


def test_the_rules_hold_for_every_way_in(app, clock):
    union = local.find("union")
    publication = publishing.draft(union, call_until(clock() + timedelta(days=10)))
    publishing.publish(publication)

    with pytest.raises(NotPossible, match="later, not earlier") as refusal:
        publishing.revise(publication, call_until(clock() + timedelta(days=9)))
    assert refusal.value.field == "deadline"
    with pytest.raises(NotPossible, match="open already"):
        publishing.revise(publication, call_until(clock() + timedelta(days=20), starts_at=clock() + timedelta(days=1)))
    publishing.revise(publication, call_until(clock() + timedelta(days=20)))
    clock.turn(days=30)
    publishing.revise(publication, call_until(clock() + timedelta(days=1)))
    with pytest.raises(NotPossible, match="a day to come"):
        publishing.publish(publishing.draft(union, call_until(clock())))


def call_until(moment, **more):
    call = kind_named("call")
    content = {"kind": "call", "name": "A call", "html": "<p>Come</p>", "ends_at": moment, "status": "open", **more}
    return publishing.Content(**content, details=call.details())


def test_a_preview_shows_it_and_keeps_everything_and_writes_nothing(reader):
    form = {**CALL, "text": "Come **now** <script>alert(1)</script>", "objectives": "Find & help", "do": "preview"}
    answer = reader.submit(NEW, **form)

    assert answer.status_code == 200
    assert "Come <strong>now</strong>" in answer.text
    assert "<li>Find &amp; help</li>" in answer.text
    assert "<script>alert" not in answer.text
    typed = reader.form(answer)
    assert {name: typed[name] for name in form if name != "do"} == {n: v for n, v in form.items() if n != "do"}
    assert count(Publication) == 0
    assert reader.post(NEW, typed).status_code == 303


def test_two_who_change_the_same_do_not_overwrite_each_other(app, reader, clock):
    publish(reader)
    first, second = reader.get(edit_page()), reader.get(edit_page())
    clock.turn(minutes=1)
    assert reader.post(edit_page(), reader.fill(first, text="The first wording.")).status_code == 303

    answer = reader.post(edit_page(), reader.fill(second, text="The second wording."))

    assert answer.status_code == 409
    assert "Somebody else changed this" in answer.text
    assert "The first wording." in answer.text
    assert reader.form(answer)["text"] == "The second wording."
    assert stored().source == "The first wording."
    assert reader.post(edit_page(), reader.form(answer)).status_code == 303
    assert stored().source == "The second wording."


def test_an_error_in_between_does_not_hide_that_somebody_else_changed_it(reader, clock):
    publish(reader)
    page = reader.get(edit_page())
    clock.turn(minutes=1)
    reader.submit(edit_page(), text="The first wording.")

    refused = reader.post(edit_page(), reader.fill(page, name=""))
    assert refused.status_code == 422
    assert reader.post(edit_page(), reader.fill(refused, name="Coaching for ten")).status_code == 409


@pytest.mark.parametrize("hosts_choice", [True, False])
@pytest.mark.parametrize("token", [None, "", "IjAi.made.up"])
def test_without_the_token_of_the_form_nothing_is_written_and_nothing_lost(app, reader, token, hosts_choice):
    app.config["WTF_CSRF_ENABLED"] = hosts_choice
    form = reader.fill(reader.get(NEW), **CALL)
    form.pop("csrf_token")
    if token is not None:
        form["csrf_token"] = token

    answer = reader.post(NEW, form)

    assert answer.status_code == 400
    assert "Nothing is lost: press the button once more." in answer.text
    assert count(Publication) == 0
    again = reader.form(answer)
    assert again["name"] == "Coaching for ten"
    assert reader.post(NEW, again).status_code == 303


def test_a_form_that_was_open_for_hours_is_still_good(app, reader, monkeypatch):
    form = reader.fill(reader.get(NEW), **CALL)
    hours_later = time.time() + 6 * 3600
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: hours_later)

    assert reader.post(NEW, form).status_code == 303


def test_whose_session_has_ended_gets_back_what_they_typed(app, reader):
    form = reader.fill(reader.get(NEW), **CALL, do="draft")
    reader.submit_sign_out()

    answer = reader.post(NEW, form)

    assert answer.status_code == 403
    assert "You are no longer signed in. Nothing is lost" in answer.text
    assert 'href="/sign-in' in answer.text
    assert count(Publication) == 0
    kept = reader.form(answer)
    assert (kept["name"], kept["text"]) == (CALL["name"], CALL["text"])
    assert 'value="draft"' in answer.text

    reader.sign_in()
    once_more = reader.post(NEW, kept)
    assert once_more.status_code == 400
    assert reader.post(NEW, reader.form(once_more)).status_code == 303


def test_whose_session_ended_while_changing_still_learns_of_others_changes(reader, clock):
    publish(reader)
    form = reader.fill(reader.get(edit_page()), text="Mine.")
    clock.turn(minutes=1)
    reader.submit(edit_page(), text="Theirs.")
    reader.submit_sign_out()

    kept = reader.form(reader.post(edit_page(), form))
    assert kept["text"] == "Mine."
    reader.sign_in()
    kept = reader.form(reader.post(edit_page(), kept))
    assert reader.post(edit_page(), kept).status_code == 409


# Who may.


@pytest.mark.parametrize("path", [NEW, "/write", "/account"])
def test_who_is_not_signed_in_is_asked_to(app, path):
    answer = Reader(app).get(path)

    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={path}")


def test_nobody_writes_for_others(app, reader, stranger):
    assert stranger.get(NEW).status_code == 403
    form = stranger.fill(stranger.get("/@bea/calls/new"), **CALL)
    assert stranger.post(NEW, form).status_code == 403
    assert count(Publication) == 0

    publish(reader)
    assert stranger.get(edit_page()).status_code == 403
    assert stranger.post(edit_page(), form).status_code == 403
    assert stranger.get(withdraw_page()).status_code == 403
    assert stranger.post(withdraw_page(), form).status_code == 403
    assert (stored().state, count(Posted)) == (PUBLISHED, 2)


@pytest.mark.parametrize("action", ["edit", "withdraw"])
def test_a_draft_is_for_others_as_if_it_were_not_there(app, reader, stranger, action):
    reader.submit(NEW, **CALL, do="draft")
    there = edit_page().removesuffix("edit") + action
    nowhere = f"/@union/calls/01936e5e-0000-7000-8000-000000000000/{action}"

    assert stranger.get(there).status_code == stranger.get(nowhere).status_code == 404
    assert stranger.get(there).text == stranger.get(nowhere).text
    form = stranger.form(stranger.get("/@bea/calls/new"))
    assert stranger.post(there, form).status_code == 404
    signed_out = Reader(app)
    assert signed_out.get(there).status_code == signed_out.get(nowhere).status_code == 303
    assert signed_out.post(there, form).status_code == signed_out.post(nowhere, form).status_code
    assert stored().state == DRAFT


@pytest.mark.parametrize(
    "path",
    ["/@nobody/calls/new", "/@relay/calls/new", "/@union/recipes/new", "/@alice@a.test/calls/new"],
)
def test_there_is_nothing_to_write_for_what_is_no_actor_of_ours(followed, reader, path):
    assert reader.get(path).status_code == 404


def test_a_role_that_ended_ends_the_writing(app, reader):
    page = reader.get(NEW)
    roles.revoke(accounts.find("ann@example.org"), local.find("union"))
    session().commit()

    assert reader.post(NEW, reader.fill(page, **CALL)).status_code == 403
    assert count(Publication) == 0


def test_one_chooses_among_the_actors_one_may_write_for(reader, stranger):
    page = reader.get("/write").text
    assert 'href="/@union/calls/new"' in page
    assert 'href="/@union/events/new"' in page
    assert 'href="/@ann/initiatives/new"' in page
    assert "/@couriers/" not in page
    assert "/@union/" not in stranger.get("/write").text
    assert "/@union/" not in stranger.get("/account").text


def test_drafts_are_shown_to_those_who_may_go_on_with_them(reader, stranger):
    reader.submit(NEW, **CALL, do="draft")

    assert edit_page() in reader.get("/account").text
    assert "Coaching for ten" not in stranger.get("/account").text


class HostsMember:
    name = "Zoé of the host"


def test_members_of_a_host_write_by_the_hosts_policy(app):
    asked = []

    def may(member, action, thing):
        asked.append((member.name, action))
        return getattr(thing, "handle", None) == "couriers" or getattr(thing, "actor", None) == local.find("couriers")

    node().state.update(current_member=HostsMember, may=may, own_sign_in=False)
    zoe = Reader(app)

    assert "/@couriers/calls/new" in zoe.get("/account").text
    assert zoe.get(NEW).status_code == 403
    assert zoe.submit("/@couriers/calls/new", **CALL).status_code == 303
    assert stored().author_id is None
    assert zoe.submit(edit_page(), text="Changed.").status_code == 303
    assert zoe.submit(withdraw_page()).status_code == 303
    assert stored().state == WITHDRAWN
    assert ("Zoé of the host", "withdraw") in asked
