"""An archive from another node is taken up: as it was, once, in silence; and whatever somebody else made is refused."""

import io
import json
import struct
import zipfile
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from actors import local, policy
from actors.database import session
from actors.models import Posted
from flask_maillage.coalitions.moving import reading, taking_up, working
from flask_maillage.coalitions.moving.models import BroughtArchive
from flask_maillage.people import accounts, roles
from flask_maillage.publications.models import Publication
from inboxes.pruning import prune
from tests.coalitions import leaving
from tests.coalitions.leaving import OLD, OLD_UNION, minimal, note, zipped
from tests.reader import Reader

MOVING, COURIERS = "/@couriers/moving", "http://localhost/actors/couriers"


@pytest.fixture
def ann(app):
    """Ann, who administers the couriers, at her browser."""
    with app.app_context():
        roles.grant(accounts.find("ann@example.org"), local.find("couriers"), "admin")
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    return reader


def bring(reader, data, name="archive.zip"):
    """Send a file on the page, and return the answer."""
    form = dict(reader.form(reader.get(MOVING), "csrf_token"))
    sent = {**form, "file": (io.BytesIO(data), name)}
    return reader.post(f"{MOVING}/archives", sent, content_type="multipart/form-data")


def take_up(reader, data, work):
    """Bring an archive, say that it is to be taken up, let the worker do it, and return the page of what came of it."""
    answer = bring(reader, data)
    assert answer.status_code == 303, answer.text
    page = reader.get(answer.location)
    reader.post(answer.location, {**reader.form(page), "do": "take"})
    work()
    return reader.get(answer.location)


def taken(app):
    """Return what the couriers published, by its name."""
    with app.app_context():
        query = select(Publication).where(Publication.actor_id == local.find("couriers").id)
        return {one.name: one for one in session().scalars(query)}


def outcomes(app):
    with app.app_context():
        return [entry["outcome"] for entry in session().scalars(select(BroughtArchive)).one().report]


def test_all_that_can_be_is_ours_with_its_dates_and_nobody_is_told(app, client, clock, fediverse, work, ann):
    leaving.furnish(app, fediverse)
    data = zipped(leaving.elsewhere(leaving.archived(app)))
    before = clock.moment
    clock.turn(days=10)
    with app.app_context():
        sent = session().scalars(select(Posted.id)).all()
    page = take_up(ann, data, work)
    found = taken(app)

    assert sorted(found) == ["A pay log kept by couriers", "For those who follow", "We have a hall"]
    hall = found["We have a hall"]
    assert (hall.published_at, hall.state, hall.visibility) == (before, "published", "public")
    assert found["For those who follow"].visibility == "followers"
    assert hall.formerly.startswith(f"{OLD_UNION}/news/")
    assert hall.image["url"].startswith("http://localhost/media/")
    assert "applications, its committee" in page.text
    shown = client.get(hall.url.removeprefix("http://localhost")).text
    assert "Published on old.test" in shown
    document = client.get(hall.iri.removeprefix("http://localhost"), headers={"Accept": "application/activity+json"})
    assert (document.json["alsoKnownAs"], document.json["attributedTo"]) == ([hall.formerly], COURIERS)
    with client.get(hall.image["url"].removeprefix("http://localhost")) as picture:
        assert picture.status_code == 200
    with app.app_context():
        assert local.find("couriers").also_known_as == [OLD_UNION]
        told = session().scalars(select(Posted.type).where(Posted.id.not_in(sent))).all()
        assert told == ["Update"]  # of the couriers themselves, who have another name now


def test_what_is_taken_up_can_be_written_on_as_it_was_written(app, work, ann):
    source = {"content": "We **went** on strike #Riders", "mediaType": "text/markdown"}
    take_up(ann, zipped(minimal(note(1, source=source), note(2, content="<p>It is <em>over</em>.</p>"))), work)
    found = taken(app)
    assert (found["News 1"].source, "<strong>went</strong>" in found["News 1"].html) == (source["content"], True)
    assert found["News 2"].source == "It is *over*."
    assert found["News 1"].published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_nothing_is_taken_up_twice(app, work, ann):
    take_up(ann, zipped(minimal(note(1))), work)
    take_up(ann, zipped(minimal(note(1), note(2))), work)
    assert sorted(taken(app)) == ["News 1", "News 2"]
    with app.app_context():
        jobs = session().scalars(select(BroughtArchive).order_by(BroughtArchive.id)).all()
        assert [[one["outcome"] for one in job.report] for job in jobs] == [["taken"], ["kept", "taken"]]


EVENT = {"type": "Event", "startTime": "2027-03-01T10:00:00Z", "endTime": "2027-03-01T12:00:00Z"}
STRANGE = {
    "of somebody else": (note(attributedTo=f"{OLD}/actors/mallory"), "refused"),
    "at another server": (note(id="https://elsewhere.test/1"), "refused"),
    "of no known kind": (note(type="Question"), "refused"),
    "without a name or a text": (note(name=None, content=""), "refused"),
    "no object": (b"[]", "refused"),
    "two equal keys": (b'{"id": "x", "id": "y"}', "refused"),
    "too deep": (b"[" * 90_000, "refused"),
    "too long": (b" " * (reading.LARGEST_TEXT + 1), "refused"),
    "for a few": (note(to=["https://a.test/alice"]), "left"),
    "to be registered for": (note(**EVENT, joinMode="free"), "left"),
    "without registration": (note(**EVENT, joinMode="none", category="MEETING"), "taken"),
    "dated in the future": (note(published="2999-01-01T00:00:00Z"), "taken"),
    "dated nonsense": (note(published="yesterday", updated=7), "taken"),
}


@pytest.mark.parametrize(("thing", "outcome"), STRANGE.values(), ids=STRANGE)
def test_each_publication_is_judged_by_itself(app, clock, work, ann, thing, outcome):
    page = take_up(ann, zipped(minimal(thing, note(5))), work)
    assert outcomes(app) == [outcome, "taken"]
    assert page.status_code == 200
    assert all(one.published_at <= clock.moment for one in taken(app).values())


def test_no_script_of_an_archive_reaches_a_page(app, client, work, ann):
    evil = note(
        content="<script>evil()</script><p onclick='evil()'>Hello</p>",
        url="javascript:evil()",
        source={"content": "<script>evil()</script>[x](javascript:evil())", "mediaType": "text/markdown"},
        name="<script>evil()</script>",
    )
    page = take_up(ann, zipped(minimal(evil, note(3, type="Question", url="javascript:evil()"))), work)
    [found] = taken(app).values()
    for text in (page.text, client.get(found.url.removeprefix("http://localhost")).text):
        assert "<script>evil" not in text
        assert '"javascript:' not in text
        assert "onclick" not in text


def encrypted(data):
    """Set the flag of a password on every entry of the directory."""
    at, changed = 0, bytearray(data)
    while (at := changed.find(b"PK\x01\x02", at)) >= 0:
        changed[at + 8] |= 1
        at += 4
    return bytes(changed)


def doubled(parts):
    target = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(target, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("actor.json", parts["actor.json"])
    return target.getvalue()


def claims_a_large_directory(data):
    end = data.rfind(b"PK\x05\x06")
    return data[: end + 12] + struct.pack("<L", reading.LARGEST_DIRECTORY + 1) + data[end + 16 :]


def of(name, value):
    return minimal() | {name: json.dumps(value).encode()}


ABOUT = json.loads(minimal()["about.json"])
BAD = {
    "no zip": lambda: b"%PDF-1.7 nothing",
    "empty": lambda: b"",
    "a zip of something else": lambda: zipped({"holiday.txt": b"Hello"}),
    "cut": lambda: zipped(minimal(note()))[:-30],
    "with a password": lambda: encrypted(zipped(minimal(note()))),
    "a part twice": lambda: doubled(minimal(note())),
    "a long directory": lambda: claims_a_large_directory(zipped(minimal(note()))),
    "packed otherwise": lambda: packed_otherwise(minimal(note())),
    "of this node": lambda: zipped(
        of("about.json", ABOUT | {"actor": COURIERS}) | {"actor.json": json.dumps({"id": COURIERS}).encode()}
    ),
    "of another version": lambda: zipped(of("about.json", ABOUT | {"version": 99})),
    "about somebody else": lambda: zipped(of("about.json", ABOUT | {"actor": f"{OLD}/actors/other"})),
    "an actor without id": lambda: zipped(of("actor.json", {"name": "A union"})),
    "an actor that unpacks to gigabytes": lambda: zipped(minimal() | {"actor.json": b" " * 5_000_000}),
}


def packed_otherwise(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return target.getvalue()


def test_what_is_no_archive_is_refused_in_words_and_nothing_of_it_stays(app, ann):
    with app.app_context():
        folder = working.place_of("x").parent
    app.extensions["maillage"].rates.allow = lambda *_: True
    for name, made in BAD.items():
        answer = bring(ann, made())
        assert (answer.status_code, 'class="field-error"' in answer.text or "error" in answer.text) == (422, True), name
    assert bring(ann, b"", name="").status_code == 422
    with app.app_context():
        policy.block("old.test")
        session().commit()
    assert bring(ann, zipped(minimal(note()))).status_code == 422
    assert list(folder.glob("*")) == []
    assert taken(app) == {}


def test_names_that_lead_out_of_the_folder_lead_nowhere(app, work, ann):
    parts = minimal(note()) | {"../../evil.json": b"{}", "publications/../../x.json": b"{}", "/etc/evil": b"x"}
    take_up(ann, zipped(parts), work)
    assert outcomes(app) == ["taken"]


def test_who_does_not_administer_neither_brings_nor_sees_an_archive(app, ann):
    where = bring(ann, zipped(minimal(note()))).location
    with app.app_context():
        roles.grant(accounts.add("eve@example.org", "Eve", "eve", "twelve apples"), local.find("couriers"), "editor")
        session().commit()
    eve = Reader(app)
    eve.sign_in("eve@example.org", "twelve apples")
    form = ann.form(ann.get(MOVING))
    assert (eve.get(where).status_code, eve.post(where, {**form, "do": "take"}).status_code) == (404, 404)
    assert eve.post(f"{MOVING}/archives", form).status_code == 404
    assert ann.get(where.replace("@couriers", "@union")).status_code == 404
    assert ann.post(where, {**form, "do": "nothing"}).status_code == 400
    assert taken(app) == {}


def test_what_nobody_takes_up_goes_with_its_file(app, clock, work, ann):
    first, second = (bring(ann, zipped(minimal(note()))).location for _ in range(2))
    assert ann.get(first).status_code == 404
    with app.app_context():
        folder = working.place_of("x").parent
    assert len(list(folder.iterdir())) == 1
    ann.post(second, {**ann.form(ann.get(second)), "do": "forget"})
    assert list(folder.iterdir()) == []
    third = bring(ann, zipped(minimal(note()))).location
    clock.turn(days=8)
    with app.app_context():
        prune()
        session().commit()
    assert ann.get(third).status_code == 404


def test_a_worker_that_was_killed_goes_on_where_it_was(app, clock, work, ann, monkeypatch):
    where = bring(ann, zipped(minimal(note(1), note(2), note(3)))).location
    ann.post(where, {**ann.form(ann.get(where)), "do": "take"})
    real, seen = taking_up.look, []

    def killed(archive, part, own):
        seen.append(part)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(archive, part, own)

    monkeypatch.setattr(taking_up, "look", killed)
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        working.take_up_archives()
    clock.turn(minutes=30)
    work()
    assert outcomes(app) == ["taken"] * 3
    assert len(taken(app)) == 3


def test_a_command_takes_it_up_and_says_what_became_of_it(app, tmp_path):
    file = tmp_path / "union.zip"
    file.write_bytes(zipped(minimal(note(1), note(2, type="Question"))))

    def run(*words):
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["maillage", "actor", "take-up", "couriers", *words])
        return result.exit_code, result.output

    assert run(str(file), "--dry-run") == (0, f"A union, {OLD_UNION}: 2 publications\n")
    assert taken(app) == {}
    code, said = run(str(file))
    assert (code, "Taken: News 1" in said, "Refused: News 2" in said) == (0, True, True)
    assert run(str(tmp_path / "nothing.zip"))[0] == 1
    file.write_bytes(b"nothing")
    assert run(str(file))[0] == 1
    with app.app_context():
        assert list(working.place_of("x").parent.iterdir()) == []


def test_who_moved_away_takes_up_nothing(app, ann):
    with app.app_context():
        local.find("couriers").moved_to = "https://new.test/1"
        session().commit()
    assert bring(ann, zipped(minimal(note()))).status_code == 422
