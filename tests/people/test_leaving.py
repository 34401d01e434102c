"""What a member takes along, and what goes and what stays when they leave."""

import io
import json
import zipfile

import pytest
from sqlalchemy import func, select

from actors import local
from actors.database import Base, session
from actors.models import Actor, Posted
from flask_maillage.files import storing
from flask_maillage.files.media_types import IMAGE
from flask_maillage.files.models import StoredFile
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts, exporting, roles, tokens
from flask_maillage.people.models import Member
from flask_maillage.publications import publishing
from flask_maillage.publications.enclosures.models import FileUse
from flask_maillage.publications.models import Publication, Reply
from flask_maillage.publications.own import closing
from flask_maillage.publications.own import exporting as own_part
from flask_maillage.publications.own import uploaded as own_files
from tests.conftest import PASSWORD
from tests.files import nasty
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def zoe(app):
    """Zoe, who edits for the union, and published twice: in its name and in her own."""
    member = accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)
    union = local.find("union")
    roles.grant(member, union, "editor")
    tokens.issue(member, union, label="our website", scope="draft", expires_at=None)
    member.actor.federated = True
    for actor in (union, member.actor):
        publishing.publish(
            publishing.draft(actor, board.sample_of("news", board.now()), author=member.actor), author=member.actor
        )
    session().commit()
    return member


def test_all_that_is_held_is_taken_along_and_nothing_that_opens_anything(app, zoe):
    reader = Reader(app)
    reader.sign_in("zoe@example.org")
    page = reader.get("/account/data")
    answer = reader.post("/account/export", reader.form(page))
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "private, no-store"
    files = zipfile.ZipFile(io.BytesIO(answer.data))
    held = {name.removesuffix(".json"): json.loads(files.read(name)) for name in files.namelist()}

    assert held["account"]["email"] == "zoe@example.org"
    assert [one["role"] for one in held["roles"]] == ["editor"]
    assert len(held["publications"]) == 2
    assert held["tokens"][0]["label"] == "our website"
    assert len(held["sessions"]) == 1
    assert held["about"]["parts"] == sorted(set(held) - {"about"})
    whole = b"".join(files.read(name) for name in files.namelist()).decode()
    assert "ann@example.org" not in whole
    assert "argon2" not in whole
    assert all("digest" not in one for one in held["tokens"] + held["sessions"])
    assert reader.post("/account/export").status_code == 400
    assert Reader(app).post("/account/export").status_code == 303


def test_who_has_no_role_any_more_takes_nothing_of_the_organisation_along(app, zoe):
    union = local.find("union")
    draft = publishing.draft(union, board.sample_of("news", board.now()), author=zoe.actor)
    draft.source = "What a colleague added."
    roles.grant(zoe, union, "member")
    session().flush()

    own = [one for one in own_part.publications(zoe) if one["in_the_name_of"] == zoe.actor.address]
    assert own[0]["state"] == "published"
    parts = [one for one in own_part.publications(zoe) if one["in_the_name_of"] == union.address]
    assert sorted(len(one) for one in parts) == [3, 4]  # of what everybody reads, the title as well
    assert all("source" not in one for one in parts)
    assert draft.name not in {one.get("name") for one in parts if one["id"] == draft.id}
    roles.grant(zoe, union, "editor")
    assert "What a colleague added." in {one["source"] for one in own_part.publications(zoe)}


def test_every_table_that_names_members_is_exported_or_goes_with_them(app):
    """A table that is added later must not be forgotten: it is held by the member, and goes when they go."""
    for table in Base.metadata.sorted_tables:
        for key in (key for column in table.columns for key in column.foreign_keys):
            if key.target_fullname == "maillage_members.id":
                assert key.ondelete in ("CASCADE", "SET NULL"), table.name


def test_who_leaves_takes_their_own_along_and_leaves_the_organisations(app, zoe):
    reader = Reader(app)
    reader.sign_in("zoe@example.org")
    page = reader.get("/account/data")
    wrong = reader.post("/account/data", closing_form(reader, page, "a wrong password"))
    assert (wrong.status_code, accounts.find("zoe@example.org") is not None) == (422, True)
    assert reader.post("/account/data", closing_form(reader, page, PASSWORD)).location == "/"

    session().rollback()
    assert accounts.find("zoe@example.org") is None
    assert session().scalar(select(func.count()).select_from(Member)) == 1
    actor = local.find("zoe")
    assert (actor.gone_at is not None, actor.name) == (True, "zoe")
    states = {one.actor.handle: one.state for one in session().scalars(select(Publication))}
    assert states == {"union": "published", "zoe": "withdrawn"}
    assert session().scalars(select(Publication.author_id).where(Publication.state == "published")).one() is None
    for model in closing.SIGNED:
        assert session().scalars(select(model.author_id).where(model.author_id.is_not(None))).all() == [], model
    assert session().scalars(select(Posted.type).where(Posted.actor_id == actor.id)).all()[-1] == "Delete"
    assert reader.get("/account").status_code == 303
    assert reader.sign_in("zoe@example.org").status_code == 422
    last = session().scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert (last.recipient, last.state) == ("zoe@example.org", "pending")
    with pytest.raises(accounts.AccountRefused, match="taken"):
        accounts.add("zoe@example.org", "Zoe", "zoe", PASSWORD)


def uploaded(actor, uploader, name):
    """Store a photograph as somebody sends it for an actor."""
    prepared = storing.prepare(IMAGE, io.BytesIO(nasty.photograph()), name)
    return storing.store(prepared, actor, uploader)


def taken_along(app, zoe):
    """Return what the file of files says by title, and the bytes of files in the zip by name."""
    reader = Reader(app)
    reader.sign_in("zoe@example.org")
    answer = reader.post("/account/export", reader.form(reader.get("/account/data")))
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    rows = {one["title"]: one["file"] for one in json.loads(archive.read("files.json"))}
    return rows, {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}


def test_the_files_that_a_member_uploaded_and_may_still_see_are_taken_along(app, zoe, monkeypatch):
    union, ann = local.find("union"), accounts.find("ann@example.org")
    own = uploaded(zoe.actor, zoe.actor, "me.jpg")
    uploaded(union, zoe.actor, "the hall.jpg")
    uploaded(union, ann.actor, "of Ann.jpg")
    session().commit()
    rows, files = taken_along(app, zoe)
    assert sorted(rows) == ["me", "the hall"]
    assert sorted(rows.values()) == sorted(files)
    assert len(files[rows["me"]]) == own.size

    monkeypatch.setattr(own_files, "MOST_BYTES", own.size)
    rows, files = taken_along(app, zoe)
    assert (rows["me"], list(files)) == (None, [rows["the hall"]])  # the newest first, as much as there is room
    monkeypatch.undo()

    session().rollback()
    roles.revoke(zoe, union)
    session().commit()
    rows, files = taken_along(app, zoe)
    assert (rows["the hall"], list(files)) == (None, [rows["me"]])


def test_a_file_that_an_organisation_uses_stays_and_forgets_who_uploaded_it(app, zoe):
    union = local.find("union")
    stored = uploaded(union, zoe.actor, "hall.jpg")
    published = session().scalars(select(Publication).where(Publication.actor_id == union.id)).one()
    session().add(FileUse(publication_id=published.id, file_id=stored.id))
    session().commit()
    path = f"/media/{stored.name}.jpg"
    assert Reader(app).get(path, buffered=True).status_code == 200

    session().rollback()
    closing.close(zoe)
    session().commit()

    assert session().scalars(select(StoredFile.uploader_id)).all() == [None]
    assert Reader(app).get(path, buffered=True).status_code == 200


def test_who_administers_alone_is_told_what_to_do_first(app, zoe):
    roles.grant(zoe, local.find("union"), "admin")
    session().commit()
    reader = Reader(app)
    reader.sign_in("zoe@example.org")
    page = reader.get("/account/data")
    assert "You alone administer: A union." in page.text
    assert reader.post("/account/data", closing_form(reader, page, PASSWORD)).status_code == 422
    zoe.is_admin = True
    roles.grant(accounts.find("ann@example.org"), local.find("union"), "admin")
    session().commit()
    refused = reader.post("/account/data", closing_form(reader, page, PASSWORD))
    assert (refused.status_code, "name another administrator first" in refused.text) == (422, True)
    session().rollback()
    assert accounts.find("zoe@example.org") is not None
    assert session().scalar(select(Actor.gone_at).where(Actor.handle == "zoe")) is None


def test_all_that_says_who_wrote_it_is_named_where_a_member_leaves(app):
    signed = {model.__table__ for model in closing.SIGNED} | {Publication.__table__}
    assert signed == {table for table in Base.metadata.sorted_tables if "author_id" in table.columns} - {
        Reply.__table__
    }


def test_a_part_is_registered_once(app):
    with pytest.raises(ValueError, match="account"):
        exporting.exported("account")(lambda member: {})


def closing_form(reader, page, password):
    form = reader.form(page)
    form["current"] = password
    return form
