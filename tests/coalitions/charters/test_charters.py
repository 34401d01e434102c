"""A charter has versions that nobody rewrites; each member agrees for itself, and to each version anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actors import local, remote
from actors.database import session
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.charters import agreeing, versions
from flask_maillage.coalitions.charters.models import CharterAcceptance, Rewritten
from flask_maillage.people import accounts, roles
from flask_maillage.people.my_page import waiting_for
from flask_maillage.publications import leaving
from tests.publications.gatherings import speaking
from tests.reader import Reader

HEADERS = {"Accept": "application/activity+json"}
COURIERS = "http://localhost/actors/couriers"
FIRST = f"{COURIERS}/charters/1"


@pytest.fixture
def say(app, client, clock, work):
    return speaking(app, client, clock, work)


@pytest.fixture
def town(app, fediverse):
    """An organisation elsewhere that belongs to the couriers."""
    found = fediverse.actor("town", "b.test", kind="Organization")
    with app.app_context():
        copy = remote.remember(found.document)
        memberships.begin(memberships.record(local.find("couriers"), copy, "requested", iri=f"{found.iri}/joins/1"))
        session().commit()
    return found


def publish(app, text="We **share** the work.", **more):
    with app.app_context():
        made = versions.publish(local.find("couriers"), title="Our charter", text=text, **more)
        session().commit()
        return made.iri, made.digest


def agreed(app):
    """Return who agreed to the newest version of the couriers' charter."""
    with app.app_context():
        found = agreeing.of_members(versions.newest(local.find("couriers")))
        return {actor.handle: acceptance is not None for actor, acceptance in found}


def test_everybody_reads_every_version_and_nobody_rewrites_one(app, client, work, fediverse, town):
    iri, digest = publish(app)
    assert iri == FIRST
    publish(app, "We share all of it.", change="All of it.")
    article = client.get("/actors/couriers/charters/1", headers=HEADERS).json
    assert (article["type"], article["attributedTo"], article["name"]) == ("Article", COURIERS, "Our charter")
    assert (article["digest"], article["revision"]) == (digest, 1)
    assert "<strong>share</strong>" in article["content"]
    assert client.get("/actors/couriers", headers=HEADERS).json["charter"] == f"{COURIERS}/charters/2"
    assert client.get("/actors/couriers/charters/3", headers=HEADERS).status_code == 404
    assert "All of it." in client.get("/@couriers/charter").text
    assert "There is a newer version." in client.get("/@couriers/charter?version=1").text
    assert "Our charter" in client.get("/@couriers").text
    with app.app_context():
        versions.one(local.find("couriers"), 1).text = "We share nothing."
        with pytest.raises(Rewritten, match="text"):
            session().flush()
    work()
    updates = [letter for letter in fediverse.letters("/users/town/inbox") if letter["type"] == "Update"]
    assert {letter["object"]["charter"] for letter in updates} == {FIRST, f"{COURIERS}/charters/2"}


def test_a_member_elsewhere_agrees_and_is_asked_anew_by_the_next_version(app, say, town):
    iri, digest = publish(app)
    assert agreed(app) == {"town": False}
    assert say(town, "Accept", {"id": iri, "type": "Article", "digest": "0" * 64}) == "ignored"
    assert agreed(app) == {"town": False}
    assert say(town, "Accept", {"id": iri, "type": "Article", "digest": digest}, 2) == "done"
    assert agreed(app) == {"town": True}
    assert say(town, "Accept", iri, 3) == "done"  # by its id alone, once more
    with app.app_context():
        (kept,) = session().scalars(select(CharterAcceptance))
        assert (kept.iri, kept.document["actor"]) == (f"{town.iri}/activities/2", town.iri)
    publish(app, "We share all of it.", change="All of it.")
    assert agreed(app) == {"town": False}
    assert say(town, "Accept", f"{COURIERS}/charters/9", 4) == "ignored"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " ", "text": "We share."}, "title"),
        ({"title": "Our charter", "text": " "}, "text"),
        ({"title": "Our charter", "text": "We **share** the work."}, "text"),
        ({"title": "Our charter", "text": "Other words."}, "change"),
        ({"title": "Our charter", "text": "x" * 50_001, "change": "Longer."}, "text"),
    ],
)
def test_what_will_not_do_is_refused(app, given, field):
    publish(app)
    with app.app_context():
        with pytest.raises(versions.CharterRefused) as refusal:
            versions.publish(local.find("couriers"), **given)
        assert refusal.value.field == field


def test_members_of_ours_are_asked_and_agree_on_the_page(app, work, town):
    with app.app_context():
        ann, couriers = accounts.by_handle("ann"), local.find("couriers")
        memberships.begin(memberships.record(couriers, ann.actor, "requested", iri="http://localhost/joins/1"))
        session().commit()
    iri, digest = publish(app)
    reader = Reader(app)
    reader.sign_in()
    assert "asks Ann to agree to its charter" in reader.get("/my").text
    form = reader.form(reader.get("/@couriers/charter"), "version")
    assert reader.post("/@couriers/charter", {**form, "who": "999"}).status_code == 400
    assert reader.post("/@couriers/charter", form).status_code == 303
    assert agreed(app) == {"town": False, "ann": True}
    with app.app_context():
        kept = session().scalars(select(CharterAcceptance)).one().document
        assert (kept["object"], kept["proof"]["verificationMethod"]) == (
            {"id": iri, "type": "Article", "digest": digest},
            "http://localhost/actors/ann#ed25519-key",
        )
        assert waiting_for(accounts.by_handle("ann"), [local.find("ann")]) == []
    assert "agreed on" in reader.get("/@couriers/charter").text
    publish(app, "We share all of it.", change="All of it.")
    assert reader.post("/@couriers/charter", form).status_code == 303  # to the version before
    assert agreed(app) == {"town": False, "ann": False}


def test_only_who_administers_the_group_publishes_a_version(app, client, town):
    publish(app)
    reader = Reader(app)
    reader.sign_in()
    typed = {"title": "Our charter", "text": "We share nothing.", "change": "All."}
    assert 'name="title"' not in reader.get("/@couriers/charter").text
    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("couriers"), "admin")
        session().commit()
    form = reader.form(reader.get("/@couriers/charter"), "title").to_dict() | typed
    with app.app_context():
        bea = accounts.add("bea@example.org", "Bea", "bea", "correct horse battery")
        roles.grant(bea, local.find("couriers"), "admin")
        roles.grant(accounts.by_handle("ann"), local.find("couriers"), "editor")
        session().commit()
    assert reader.post("/@couriers/charter", form).status_code == 403
    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("couriers"), "admin")
        session().commit()
    assert reader.post("/@couriers/charter", {**form, "change": ""}).status_code == 422
    assert reader.post("/@couriers/charter", form).status_code == 303
    assert "We share nothing." in client.get("/@couriers/charter").text
    page = reader.get("/@couriers/charter").text
    assert ("Who has agreed" in page, "not yet" in page) == (True, True)
    assert "Who has agreed" not in client.get("/@couriers/charter").text


def test_the_charter_of_a_group_elsewhere_is_read_there_and_agreed_to_by_a_letter(app, work, say, fediverse):
    iri = fediverse.address("b.test", "/charters/4")
    guild = fediverse.actor("guild", "b.test", kind="Group", charter=iri)
    article = {
        "id": iri,
        "type": "Article",
        "attributedTo": guild.iri,
        "name": "The guild's charter",
        "content": "<p>We <b>help</b> each other.<script>x</script></p>",
        "digest": "ab" * 32,
    }
    fediverse.put(iri, article)
    with app.app_context():
        copy, ann = remote.remember(guild.document), local.find("ann")
        assert versions.newest(copy) is None  # nobody of ours belongs to it
        memberships.begin(memberships.record(copy, ann, "invited", iri=f"{guild.iri}/invites/1"))
        session().commit()
        path = f"/@{copy.page_handle}/charter"
    reader = Reader(app)
    assert reader.get(path).status_code == 303
    assert say(guild, "Update", guild.document) == "done"
    reader.sign_in()
    assert "asks Ann to agree to its charter" in reader.get("/my").text
    page = reader.get(path)
    assert ("We <b>help</b>" in page.text or "help" in page.text, "<script>x" in page.text) == (True, False)
    assert reader.post(path, reader.form(page, "version")).status_code == 303
    work()
    (accept,) = [letter for letter in fediverse.letters("/users/guild/inbox") if letter["type"] == "Accept"]
    assert accept["object"] == {"id": article["id"], "type": "Article", "digest": "ab" * 32}
    assert accept["proof"]["proofPurpose"] == "assertionMethod"

    fediverse.put(iri, article | {"content": "<p>Other words.</p>"})
    assert "agreed on" not in reader.get(path).text  # what she agreed to stands there no more
    fediverse.put(iri, article | {"attributedTo": f"{guild.iri}/other"})
    assert "Other words" in reader.get(path).text
    guild.document["charter"] = fediverse.address("elsewhere.test", "/charters/4")
    guild.publish_profile()
    assert "Other words" in reader.get(path).text
    assert not [one for one in fediverse.arrived if one.host == "elsewhere.test"]


def test_who_leaves_for_good_is_forgotten_and_old_agreements_of_strangers_go(app, clock, say, town, fediverse):
    iri, _digest = publish(app)
    stranger = fediverse.actor("eve", "c.test", "mallory")
    assert say(stranger, "Accept", iri) == "done"
    assert say(town, "Accept", iri, 2) == "done"
    with app.app_context():
        agreeing.let_go(clock() + timedelta(days=1))
        session().commit()
        assert [one.actor.handle for one in session().scalars(select(CharterAcceptance))] == ["town"]
        leaving.delete_actor(local.find("couriers"))
        session().commit()
        assert session().scalars(select(CharterAcceptance)).all() == []


def test_commands_publish_show_and_agree(app, town, tmp_path):
    def maillage(*words):
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["maillage", "actor", *words])
        return result.exit_code, result.output

    file = tmp_path / "charter.md"
    file.write_text("We share.")
    assert maillage("charter", "couriers") == (1, "Error: couriers has no charter.\n")
    assert maillage("charter", "couriers", str(file))[0] == 1  # it needs a title
    assert maillage("charter", "couriers", str(file), "--title", "Our charter") == (0, f"version 1 is at {FIRST}\n")
    assert maillage("agree", "union", "couriers") == (
        1,
        "Error: union neither belongs to @couriers@localhost nor asks to.\n",
    )
    with app.app_context():
        memberships.join(local.find("union"), local.find("couriers"))
        memberships.answer(memberships.find(local.find("couriers"), local.find("union")), "accept")
        session().commit()
    assert maillage("agree", "union", "couriers") == (0, f"union agrees to {FIRST}\n")
    shown = maillage("charter", "couriers")[1]
    assert "not yet      @town@" in shown
    assert "2026-11-21   @union@localhost" in shown
