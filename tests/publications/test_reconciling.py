"""The folder of files and the rows that name them: what a crash left behind goes, and what is missing is told."""

import io
import os

import pytest
from sqlalchemy import select

from actors import local
from actors.database import reading, session
from flask_maillage.files import folder, storing
from flask_maillage.files.media_types import DOCUMENT, IMAGE
from flask_maillage.files.models import StoredFile
from flask_maillage.publications.enclosures.models import CopiedImage
from inboxes.pruning import prune
from tests.files import nasty
from tests.test_command_line import invoke

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOUR = 60 * 60


@pytest.fixture(autouse=True)
def _in_the_node(app):
    with app.app_context():
        yield


def prepared(family=IMAGE):
    """Return an image that is kept in two sizes, or a document."""
    data = nasty.picture((500, 300), kind="JPEG") if family == IMAGE else nasty.pdf()
    return storing.prepare(family, io.BytesIO(data), "chosen")


def stored(family=IMAGE):
    """Keep a file with its row, and return its name."""
    file = storing.store(prepared(family), local.find("union"), None)
    session().commit()
    return file.name


def copied(clock):
    """Keep the copy of a partner's image, and return its name."""
    image = prepared()
    name = storing.write_parts(image)
    about = {"url": "https://partner.test/a.jpg", "due_at": clock(), "fetched_at": clock()}
    sides = {"width": image.width, "height": image.height, "room": image.room}
    session().add(CopiedImage(**about, **sides, state="kept", name=name, ending=image.media_type.ending))
    session().commit()
    return name


def on_disk():
    return {path.name for path in folder.shelf().folder.glob("??/*")}


def written(clock, hours_ago, files=None):
    """Let files on the disk have been written so long ago by the clock of the node; all of them where none is named."""
    moment = clock().timestamp() - hours_ago * HOUR
    for path in folder.shelf().folder.glob("??/*"):
        if files is None or path.name in files:
            os.utime(path, (moment, moment))


def swept():
    prune()
    return on_disk()


def test_file_of_which_a_crash_left_no_row_goes_after_a_day_in_all_its_sizes(clock):
    stored(IMAGE), stored(DOCUMENT), copied(clock)
    named = on_disk()
    storing.write_parts(prepared())
    left = on_disk() - named
    assert len(left) > 1
    written(clock, 1000, named)
    written(clock, 23, left)
    assert swept() == named | left
    written(clock, 25, left)
    assert swept() == named


def test_rollback_after_the_file_was_written_leaves_nothing_for_ever(clock):
    kept = stored(DOCUMENT)
    storing.store(prepared(DOCUMENT), local.find("union"), None)
    session().rollback()
    assert len(on_disk()) == 2
    written(clock, 25)
    assert swept() == {f"{kept}.pdf"}


def test_file_that_was_never_finished_goes_after_a_day_and_what_is_not_ours_stays(clock):
    place = folder.path_of(f"{stored(DOCUMENT)}.pdf").parent
    others = {"README", "a.pdf", "renew-1.pdf"}
    for name in ("new-abc123", *others):
        (place / name).write_bytes(b"half")
    named = on_disk() - {"new-abc123"}
    written(clock, 23)
    assert swept() == named | {"new-abc123"}
    written(clock, 25)
    assert swept() == named
    assert others < named


def test_folder_of_which_rows_name_nothing_is_left_alone_and_the_log_says_so(clock, caplog):
    for _ in range(3):
        storing.write_parts(prepared(DOCUMENT))
    written(clock, 1000)
    assert len(swept()) == 3
    assert "no row names one of the 3 files" in caplog.text


def test_more_files_than_one_question_holds_are_told_apart(clock, monkeypatch):
    monkeypatch.setattr("flask_maillage.publications.enclosures.reconciling.BATCH", 2)
    kept = {f"{stored(DOCUMENT)}.pdf" for _ in range(3)}
    for _ in range(4):
        storing.write_parts(prepared(DOCUMENT))
    written(clock, 25)
    assert swept() == kept


def test_check_tells_how_many_rows_name_a_file_that_is_not_there(app, clock):
    names = [stored(IMAGE), stored(DOCUMENT), copied(clock)]
    code, told = invoke(app, ("check",))
    assert (code, told.splitlines()[-1]) == (0, "Files: 3 rows, and what they name is there.")

    smaller = next(name for name in on_disk() if name.startswith(f"{names[0]}-"))
    gone = {smaller, f"{names[1]}.pdf"}
    for name in gone:
        folder.path_of(name).unlink()
    code, told = invoke(app, ("check",))
    assert code == 1
    assert "Error: 2 of 3 rows name a file that is not in " in told
    assert [name for name in gone if name not in told] == []
    assert names[2] not in told

    folder.remove(names[2])
    assert "Error: 3 of 3 rows" in invoke(app, ("check",))[1]
    with reading():
        assert len(session().scalars(select(StoredFile)).all()) == 2
