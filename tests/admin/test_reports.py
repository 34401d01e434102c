"""The page *Reports*: for admins alone, with the way to a decision, until somebody settles it."""

from flask import Flask

from actors import remote
from actors.database import session
from flask_maillage.moderation import reports
from tests.fediverse import Fediverse, RemoteActor
from tests.reader import Reader


def reported(app: Flask, fediverse: Fediverse) -> RemoteActor:
    alice, bob = fediverse.actor("alice", "a.test"), fediverse.actor("bob", "b.test", "bob")
    with app.app_context():
        remote.remember(bob.document)
        reporter = remote.remember(alice.document)
        things = [bob.iri, "javascript:alert(1)", "https://else.test/1"]
        reports.take(f"{alice.iri}/flags/1", reporter, things, "<b>He</b> lies.\nOften.")
        session().commit()
    return bob


def test_report_is_shown_with_what_it_is_about_and_settled(app: Flask, admin: Reader, fediverse: Fediverse) -> None:
    assert "Nothing waits to be looked at." in admin.get("/admin/reports").text
    bob = reported(app, fediverse)
    page = admin.get("/admin/reports")
    assert "&lt;b&gt;He&lt;/b&gt; lies." in page.text
    assert f"/admin/federation/host?host=b.test:{bob.fediverse.port}" in page.text
    assert 'href="javascript' not in page.text
    answer = admin.post("/admin/reports/1/settle", admin.fill(page, note="Spoke with him."))
    assert answer.status_code == 303
    assert "Nothing waits to be looked at." in admin.get("/admin/reports").text
    assert "Spoke with him." in admin.get("/admin/reports?all=1").text
    assert admin.post("/admin/reports/1/settle", admin.form(page)).status_code == 404


def test_nobody_else_sees_or_settles_it(app: Flask, ann: Reader, fediverse: Fediverse) -> None:
    reported(app, fediverse)
    proof = ann.form(ann.get("/account/password"))["csrf_token"]
    assert ann.get("/admin/reports").status_code == 404
    assert ann.post("/admin/reports/1/settle", {"csrf_token": proof}).status_code == 404
    with app.app_context():
        assert len(reports.open_reports()) == 1


def test_without_the_proof_of_the_page_nothing_is_settled(app: Flask, admin: Reader, fediverse: Fediverse) -> None:
    reported(app, fediverse)
    assert admin.post("/admin/reports/1/settle").status_code == 400
    assert admin.post("/admin/reports/99999999999999999999/settle").status_code == 404
    with app.app_context():
        assert len(reports.open_reports()) == 1
