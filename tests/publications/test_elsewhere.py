"""The preview shows what other servers show: Mastodon its post of name, summary and address, others the text."""

import pytest
from sqlalchemy import func, select

from actors.database import session
from flask_maillage.publications.elsewhere import as_post, shown_elsewhere
from flask_maillage.publications.models import Publication
from tests.reader import Reader

CALL = {"name": "Coaching & more", "text": "Come *all*.", "deadline": "2027-01-13", "timezone": "Europe/Brussels"}


def test_an_article_is_a_heading_a_summary_and_an_address():
    shown = shown_elsewhere(
        {
            "type": "Article",
            "name": "A <b>",
            "summary": "<p><strong>Soon.</strong></p>",
            "content": "<h2>Long</h2>",
            "url": "https://node.example/@union/calls/1",
            "attachment": [
                {"type": "Image", "mediaType": "image/png", "name": "A poster"},
                {"type": "Link", "mediaType": "text/html", "href": "https://node.example"},
            ],
        }
    )

    heading, summary = "<p><strong>A &lt;b&gt;</strong></p>", "<p><strong>Soon.</strong></p>"
    assert shown.mastodon.startswith(heading + summary)
    assert ">https://node.example/@union/calls/1</a>" in shown.mastodon
    assert "Long" not in shown.mastodon
    assert (shown.pictures, shown.warning) == (("A poster",), "")
    assert shown.content == "<h2>Long</h2>"


def test_a_note_is_its_content_behind_its_summary():
    shown = shown_elsewhere({"type": "Note", "summary": "Careful", "content": "<p>News</p>"})

    assert (shown.mastodon, shown.warning) == ("<p>News</p>", "Careful")


def test_mastodon_drops_what_it_does_not_know():
    html = "<h3>One</h3><table><tr><td>a</td><td>b</td></tr></table><ul><li>c</li></ul><hr><script>d</script>"

    assert as_post(html).replace(" ", "") == "<p><strong>One</strong></p>ab<ul><li>c</li></ul>"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_preview_comes_from_the_object_that_would_go_out_and_writes_nothing(app):
    reader = Reader(app)
    reader.sign_in()
    page = reader.submit("/@union/calls/new", **CALL, objectives="One", do="preview")

    post = page.text.partition("As Mastodon shows it")[2].partition("</details>")[0]
    assert "<p><strong>Coaching &amp; more</strong></p>" in post
    assert "Apply by Wednesday 13 January 2027" in post
    assert "http://localhost/@union/calls/" in post
    assert "Come <em>all</em>" not in post
    plain = page.text.partition("As feed readers")[2].partition("</details>")[0]
    assert "Come <em>all</em>" in plain
    assert "<li>One</li>" in plain
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Publication)) == 0
    path = reader.post("/@union/calls/new", reader.form(page)).location
    changed = reader.submit(f"{path}/edit", name="Another title", do="preview")
    assert "<p><strong>Another title</strong></p>" in changed.text
    with app.app_context():
        assert session().scalars(select(Publication)).one().name == "Coaching & more"
