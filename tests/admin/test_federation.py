"""The page *Federation*: who may see it, what it says, and that what is decided there holds at once."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from actors import followers, iris, local, outbox, policy_lists, remote
from actors.database import session
from actors.models import Delivery, Follow, HostPolicy
from federation.activities import PUBLIC
from flask_maillage.publications import keeping
from flask_maillage.publications.models import Publication
from tests.fediverse import Fediverse, RemoteActor
from tests.reader import Reader

PAGES = (
    "/admin",
    "/admin/federation",
    "/admin/federation/host?host=a.test",
    "/admin/federation/import",
    "/admin/federation/list.csv",
    "/admin/deliveries",
    "/admin/letters",
)
FORMS = (
    "/admin/federation/host",
    "/admin/federation/undo",
    "/admin/federation/import",
    "/admin/deliveries/retry",
    "/admin/deliveries/forget",
)


@pytest.fixture
def alice(app: Flask, fediverse: Fediverse) -> RemoteActor:
    """Somebody on a.test who follows the union, has an event here, and to whom something is on its way."""
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        sender, union = remote.remember(alice.document), local.find("union")
        assert union is not None
        followers.record(sender, union, iri=f"{alice.iri}/follows/1", state="accepted")
        keeping.keep(alice.event(), sender)
        outbox.post(union, "Create", iris.activity("union", "x"), to=[PUBLIC], inboxes=[alice.inbox])
        session().commit()
    return alice


@pytest.fixture
def decided(app: Flask) -> Callable[[], dict[str, tuple[str, bool, str]]]:
    """Return what is decided."""

    def read() -> dict[str, tuple[str, bool, str]]:
        with app.app_context():
            rows = session().scalars(select(HostPolicy))
            return {row.name: (row.level, row.refuses_media, row.reason) for row in rows}

    return read


@pytest.mark.parametrize("path", PAGES)
def test_for_everybody_else_there_are_no_such_pages(app: Flask, ann: Reader, path: str) -> None:
    assert ann.get(path).status_code == 404
    assert Reader(app).get(path).status_code == 404


@pytest.mark.parametrize("path", FORMS)
def test_for_everybody_else_there_is_nothing_to_send(
    app: Flask, ann: Reader, path: str, decided: Callable[[], object]
) -> None:
    values = {**ann.form(ann.get("/account/password")).to_dict()} | {
        "host": "a.test",
        "level": "block",
        "confirmed": "a.test",
    }
    assert ann.post(path, values).status_code == 404
    typed = path == "/admin/federation/host"  # comes back, as to an admin whose session ended
    assert Reader(app).post(path, values).status_code == (403 if typed else 404)
    assert decided() == {}


@pytest.mark.parametrize("path", FORMS)
def test_without_the_proof_of_the_page_nothing_is_done(admin: Reader, path: str, decided: Callable[[], object]) -> None:
    values = {"host": "a.test", "level": "block", "confirmed": "a.test", "file": (io.BytesIO(b"a.test"), "list.csv")}
    assert admin.post(path, values).status_code == 400
    assert decided() == {}


def test_account_leads_admins_and_nobody_else_to_their_pages(admin: Reader, ann: Reader) -> None:
    assert "/admin/federation" in admin.get("/account").text
    assert "/admin" not in ann.get("/account").text
    assert admin.get("/admin").headers["Location"] == "/admin/federation"


def test_page_names_the_hosts_that_are_known(app: Flask, admin: Reader, alice: RemoteActor) -> None:
    page = admin.get("/admin/federation").text
    assert "every host that is not blocked" in page
    assert f"a.test:{alice.fediverse.port}" in page
    assert "1 delivery waits." in page
    assert admin.get("/admin/federation?q=A.TEST").text.count("1 actor is known") == 1
    assert "No such host is known." in admin.get("/admin/federation?q=b.test").text
    assert "No such host is known." in admin.get("/admin/federation?only=decided").text
    app.extensions["maillage"].archipelago = True
    page = admin.get("/admin/federation").text
    assert "allowed hosts only" in page
    assert "Not among the allowed hosts" in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "100000"])
def test_page_that_there_is_not(admin: Reader, page: str) -> None:
    assert admin.get(f"/admin/federation?page={page}").status_code == 404


def test_block_is_asked_about_once_more_and_says_what_it_costs(
    app: Flask, admin: Reader, alice: RemoteActor, decided: Callable[[], object]
) -> None:
    values = admin.fill(admin.get("/admin/federation"), host="A.test", level="block", reason="Adverts & more")
    first = admin.post("/admin/federation/host", values)
    assert first.status_code == 200
    assert "Block a.test?" in first.text
    for cost in ("1 actor there is known", "1 follow ends", "1 delivery is given up", "1 publication is hidden"):
        assert cost in first.text
    assert decided() == {}
    second = admin.post("/admin/federation/host", admin.form(first))
    assert second.status_code == 303
    assert decided() == {"a.test": ("block", False, "Adverts & more")}
    with app.app_context():
        assert session().scalars(select(Follow.state)).all() == ["rejected"]
        assert session().scalars(select(Delivery.state)).all() == ["cancelled"]
        assert session().scalars(select(Publication)).one().name == "An open evening"
    assert "An open evening" not in admin.get("/events").text
    page = admin.get(second.headers["Location"]).text
    assert "Adverts &amp; more" in page
    values = {**admin.form(admin.get(second.headers["Location"])).to_dict(), "host": "a.test"}
    taken_back = admin.post("/admin/federation/undo", values)
    assert taken_back.status_code == 303
    assert decided() == {}
    assert "An open evening" in admin.get("/events").text


def test_block_that_erases(app: Flask, admin: Reader, alice: RemoteActor) -> None:
    page = admin.post(
        "/admin/federation/host", admin.fill(admin.get("/admin/federation"), host="a.test", level="block")
    )
    admin.post("/admin/federation/host", admin.fill(page, erase="y"))
    with app.app_context():
        assert session().scalars(select(Publication)).all() == []


@pytest.mark.parametrize("level", ["silence", "allow", "none"])
def test_what_is_no_block_holds_at_once(
    admin: Reader, alice: RemoteActor, level: str, decided: Callable[[], object]
) -> None:
    values = admin.fill(admin.get("/admin/federation"), host="a.test", level=level, refuses_media="y", reason="")
    assert admin.post("/admin/federation/host", values).status_code == 303
    assert decided() == {"a.test": (level, True, "")}
    assert ("An open evening" in admin.get("/events").text) is (level != "silence")
    shown = admin.get("/admin/federation/host?host=a.test")
    assert admin.form(shown, "level")["level"] == level
    assert admin.form(shown, "level").get("refuses_media") == "y"


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("", "Write the name of a host"),
        ("a..test", "This is not the name of a host."),
        ("localhost", "localhost is this node itself"),
        ("co.uk", "the end of many names"),
        ("<script>", "This is not the name of a host."),
    ],
)
def test_mistake_is_told_where_it_was_made(admin: Reader, host: str, words: str, decided: Callable[[], object]) -> None:
    values = admin.fill(admin.get("/admin/federation"), host=host, level="block", reason="Kept words")
    answer = admin.post("/admin/federation/host", values)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept words" in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]
    assert decided() == {}


def test_confirmation_of_one_host_confirms_no_other(admin: Reader, decided: Callable[[], object]) -> None:
    values = admin.fill(admin.get("/admin/federation"), host="b.test", level="block", confirmed="a.test")
    assert "Block b.test?" in admin.post("/admin/federation/host", values).text
    assert decided() == {}


def test_host_of_which_nothing_is_known_has_no_page(admin: Reader) -> None:
    for name in ("b.test", "a..test", "", "%00"):
        assert admin.get(f"/admin/federation/host?host={name}").status_code == 404


def test_list_is_read_first_then_taken_over(admin: Reader, decided: Callable[[], object]) -> None:
    raw = b"#domain,#severity,#reject_media\na.test,suspend,false\nb.test,silence,true\nex***.test,suspend,false\n"
    values = admin.form(admin.get("/admin/federation/import"))
    assert values["dry_run"]
    first = admin.post("/admin/federation/import", {**values.to_dict(), "file": (io.BytesIO(raw), "list.csv")})
    assert "2 new, 0 changed, 0 taken back." in first.text
    assert "lines 4" in first.text
    assert decided() == {}
    values.pop("dry_run")
    second = admin.post("/admin/federation/import", {**values.to_dict(), "file": (io.BytesIO(raw), "list.csv")})
    assert second.status_code == 303
    assert decided() == {"a.test": ("block", False, ""), "b.test": ("silence", True, "")}
    exported = admin.get("/admin/federation/list.csv")
    assert exported.content_type == "text/csv; charset=utf-8"
    assert exported.data.splitlines()[1:] == [b"a.test,suspend,false,false,,false", b"b.test,silence,true,false,,false"]
    assert admin.get("/admin/federation/list.csv?allowing=1").data == b"#domain\r\n"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"a.test\nb..test\n", "Line 2: “b..test” is not the name"),
        (b"\xff\xfe", "Line 1: not in UTF-8"),
        (b"a" * 110_000, "longer than 100 KiB"),
    ],
)
def test_list_with_a_mistake_changes_nothing(
    admin: Reader, raw: bytes, words: str, decided: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_lists, "MAX_BYTES", 100 * 1024)
    values = admin.form(admin.get("/admin/federation/import")).to_dict() | {"file": (io.BytesIO(raw), "list.csv")}
    values.pop("dry_run")
    answer = admin.post("/admin/federation/import", values)
    assert answer.status_code == 422
    assert words in answer.text
    assert decided() == {}


def test_pages_speak_french(admin: Reader, alice: RemoteActor) -> None:
    with_words = {
        "/admin/federation?lang=fr": "Fédération",
        "/admin/deliveries?lang=fr": "Envois",
        "/admin/federation/import?lang=fr": "Reprendre une liste",
    }
    for path, words in with_words.items():
        assert words in admin.get(path).text
