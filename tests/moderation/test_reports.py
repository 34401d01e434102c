"""Reports: what arrives is for moderators alone and bounded; what leaves names nobody here."""

import pytest
from sqlalchemy import select

from actors import iris, remote
from actors.database import session
from flask_maillage.moderation import reports
from flask_maillage.moderation.models import Report
from flask_maillage.publications.models import DIRECT, Publication
from tests.inboxes.letters import UNION
from tests.publications import board
from tests.reader import Reader


@pytest.fixture
def alice(fediverse):
    return fediverse.actor("alice", "a.test")


@pytest.fixture
def ann(app):
    reader = Reader(app)
    assert reader.sign_in().status_code == 303
    return reader


def stored(app):
    with app.app_context():
        return [(one.objects, one.text, one.reporter.iri) for one in session().scalars(select(Report))]


def command(app, *words):
    result = app.test_cli_runner().invoke(args=["maillage", "report", *words])
    return result.exit_code, result.output


@pytest.mark.parametrize("kind", ["Application", "Person", "Service"])
def test_flag_of_a_server_or_a_person_is_kept_for_moderators(app, client, tell, fediverse, kind):
    board.publish(app, "call")
    who = fediverse.actor("mod", "a.test", kind=kind)
    with app.app_context():
        call = session().scalars(select(Publication.iri)).one()
    things = [UNION, call, "http://elsewhere.test/1"]
    assert tell(who, "Flag", things, content="It is <b>spam</b>.<script>x</script>") == "done"
    assert stored(app) == [([UNION, call], "It is spam.", who.iri)]
    assert fediverse.letters() == [], "nobody is told"
    assert "spam" not in client.get("/@union").text
    assert "spam" in command(app, "list")[1]
    shown = command(app, "show", "1")[1]
    assert f"About  {call}" in shown
    assert who.iri.partition("/users")[0].partition("://")[2] in shown
    assert command(app, "resolve", "1", "--note", "spoken to them")[0] == 0
    assert "spam" not in command(app, "list")[1]
    assert "spam" in command(app, "list", "--all")[1]
    assert "spoken to them" in command(app, "show", "1")[1]


def test_flag_in_every_form(app, tell, alice):
    forms = [UNION, [UNION], {"id": UNION, "type": "Group"}, [{"id": UNION}, {"type": "Note"}, 7, None]]
    assert [tell(alice, "Flag", form) for form in forms] == ["done"] * 4
    assert stored(app) == [([UNION], "", alice.iri)] * 4


def test_flag_of_nothing_of_ours_is_nothing(app, tell, alice):
    for thing in ("http://elsewhere.test/1", [], ["http://elsewhere.test/1"], {"type": "Note"}, "spam"):
        assert tell(alice, "Flag", thing) == "ignored", thing
    assert stored(app) == []


def test_flag_tells_nothing_of_what_is_private(app, tell, alice):
    """B23: one id that is there and private, one that is not: both are kept and answered alike."""
    board.publish(app, "call", row={"visibility": DIRECT})
    with app.app_context():
        private = session().scalars(select(Publication.iri)).one()
    assert tell(alice, "Flag", [private]) == tell(alice, "Flag", [private + "x"]) == "done"
    assert [objects for objects, _, _ in stored(app)] == [[private], [private + "x"]]


def test_flag_is_cut_and_one_host_cannot_fill_the_queue(app, tell, fediverse, alice, monkeypatch):
    things = [f"{UNION}/calls/{number}" for number in range(2000)]
    assert tell(alice, "Flag", things, content="x" * 20_000) == "done"
    ((objects, text, _),) = stored(app)
    assert (len(objects), len(text)) == (100, 5000)
    monkeypatch.setattr(reports, "MAX_OPEN_OF_HOST", 2)
    told = [tell(fediverse.actor(f"m{number}", "a.test"), "Flag", UNION) for number in range(3)]
    assert told == ["done", "ignored", "ignored"]
    bob = fediverse.actor("bob", "b.test", "bob")
    assert tell(bob, "Flag", UNION) == "done"
    command(app, "resolve", "1")
    assert tell(alice, "Flag", UNION) == "done", "what is settled makes room"
    monkeypatch.setattr(reports, "MAX_OPEN", 3)
    assert tell(fediverse.actor("carol", "c.test"), "Flag", UNION) == "ignored"


def test_flag_with_an_id_that_a_neighbour_used_is_no_error(app, client, clock, work, tell, fediverse, alice):
    mallory = fediverse.actor("mallory", "a.test", "mallory")
    first = alice.activity("Flag", UNION, 1)
    alice.post(client, first, now=clock())
    mallory.post(client, first | {"actor": mallory.iri}, now=clock())
    work()
    assert [iri for _, _, iri in stored(app)] == [alice.iri]


def test_odd_contents_of_a_flag_are_no_error(app, tell, alice):
    for content in (None, 7, ["a"], {"a": 1}, "<" * 9000):
        assert tell(alice, "Flag", UNION, content=content) == "done", content


def test_member_reports_what_is_elsewhere_and_nobody_elsewhere_learns_who(app, ann, work, fediverse, alice):
    with app.app_context():
        page = f"/@{remote.remember(alice.document).page_handle}"
        session().commit()
    assert 'href="/report?thing=' in ann.get(page).text
    form = ann.get(f"/report?thing={alice.iri}")
    answer = ann.post("/report", ann.fill(form, text="Ann says: it is spam", forward="y"))
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    ((objects, text, reporter),) = stored(app)
    assert (objects, text, reporter) == ([alice.iri], "Ann says: it is spam", "http://localhost/actors/ann")
    work()
    (flag,) = fediverse.letters()
    with app.app_context():
        assert (flag["type"], flag["actor"], flag["object"]) == ("Flag", iris.application(), [alice.iri])
    assert flag["content"] == "Ann says: it is spam"
    assert (flag["to"], flag["cc"]) == ([], [])
    assert "actors/ann" not in str(flag)
    outbox = Reader(app).get("/actors/relay/outbox/page/1", headers={"Accept": "application/activity+json"})
    assert "spam" not in outbox.text


def test_report_that_is_not_sent_on_stays_here(app, ann, work, fediverse):
    path = board.receive(app, "call")
    assert "/report?thing=" in ann.get(path).text
    assert "/report?thing=" not in Reader(app).get(path).text
    with app.app_context():
        iri = session().scalars(select(Publication.iri)).one()
    answer = ann.post("/report", ann.fill(ann.get(f"/report?thing={iri}"), text="Not true"))
    assert answer.status_code == 303
    work()
    assert stored(app)[0][0] == [iri]
    assert fediverse.letters() == []


def test_report_wants_a_member_a_reason_and_something_from_elsewhere(app, ann, fediverse, alice):
    with app.app_context():
        remote.remember(alice.document)
        session().commit()
    assert Reader(app).get(f"/report?thing={alice.iri}").status_code == 303
    for thing in ("", UNION, "http://unknown.test/1", "%00", "x" * 5000):
        assert ann.get(f"/report?thing={thing}").status_code == 404, thing
    form = ann.get(f"/report?thing={alice.iri}")
    refused = ann.post("/report", ann.fill(form, text=""))
    assert refused.status_code == 422
    assert "Say in a few words what is wrong." in refused.text
    assert ann.post("/report", {"thing": alice.iri, "text": "x"}).status_code == 422, "without the token of a page"
    assert stored(app) == []


def test_moderator_reports_to_the_servers_of_all_who_are_named(app, work, fediverse, alice):
    bob = fediverse.actor("bob", "b.test", "bob")
    with app.app_context():
        for who in (alice, bob):
            remote.remember(who.document)
        session().commit()
    assert command(app, "send", alice.iri, bob.iri, "--text", "Spam")[0] == 0
    assert command(app, "send", UNION, "--text", "Spam")[0] == 1
    assert command(app, "send", "http://unknown.test/1", "--text", "Spam")[0] == 1
    work()
    assert sorted(letter["object"][0] for letter in fediverse.letters()) == [alice.iri, bob.iri]
    assert stored(app) == []
