"""Hashtags: what is one, how they are found in texts, written to peers, read from them, listed on their page."""

import re
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from actors.database import session
from federation import markdown
from flask_maillage.publications import publishing, tags
from flask_maillage.publications.kinds.reading import tags_of
from flask_maillage.publications.models import Hashtag, Publication
from tests.publications import board
from tests.reader import Reader

PAGES = "https://a.example/tags/"


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("#Réemploi", "Réemploi"),
        ("économie sociale", "économie_sociale"),
        ("tiers-lieu", "tiers_lieu"),
        ("re\u0301emploi", "réemploi"),
        ("x" * 39, "x" * 39),
        *(
            (value, None)
            for value in ("", "#", "a", "x" * 40, "2027", "__", "a!b", "a\0b", "½½", None, 7, ["ab"], "#" * 9)
        ),
    ],
)
def test_value_of_any_origin_is_a_tag_or_none(value: Any, tag: str | None) -> None:
    assert tags.cleaned(value) == tag


@pytest.mark.parametrize("written", ["Réemploi", "reemploi", "RÉEMPLOI", "ＲＥＥＭＰＬＯＩ"])
def test_case_accents_and_width_make_no_other_tag(written: str) -> None:
    assert tags.folded(tags.cleaned(written) or "") == "reemploi"


@given(st.from_regex(r"\w{2,39}", fullmatch=True) | st.text(max_size=60))
def test_what_is_kept_stays_as_it_is_and_has_an_address(text: str) -> None:
    tag = tags.cleaned(text)
    if tag is not None:
        assert tags.cleaned(tag) == tag
        assert tags.is_folded(tags.folded(tag))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("For #couriers, and #Couriers too: #vélo.", ("couriers", "vélo")),
        ("# heading\n\n## two\n\nissue#12 &#39; a/#anchor ##twice C# #1 #2027", ()),
        ("`#code` and [a #link](https://b.example/#there) but [#linked](https://b.example/)", ("linked",)),
        ("(#one) “#two” #three-four", ("one", "two", "three")),
    ],
)
def test_words_of_a_text_are_tags(text: str, found: tuple[str, ...]) -> None:
    html = markdown.render(text)
    assert tags.in_html(html) == found
    linked = tags.linked(html, PAGES)
    assert tags.in_html(linked) == found
    assert tags.linked(linked, PAGES) == linked


def test_link_leads_to_the_page_of_the_tag_and_keeps_what_was_written() -> None:
    html = tags.linked(markdown.render("At #Vélo & co `#code`"), PAGES)
    assert re.sub(r' rel="[^"]*"', "", html) == (
        '<p>At <a href="https://a.example/tags/velo">#Vélo</a> &amp; co <code>#code</code></p>'
    )


def test_thousands_of_words_make_few_tags_and_links() -> None:
    html = markdown.render(" ".join(f"#a{number}" for number in range(4000)))
    assert len(tags.in_html(html)) == tags.MAX_TAGS
    assert tags.linked(html, PAGES).count("<a ") == tags.MAX_TAGS
    assert tags.linked(markdown.render("#ab " * 4000), PAGES).count("<a ") == tags.MAX_LINKS


def test_tags_of_peers_are_read_in_all_their_forms() -> None:
    given = [
        {"type": "Hashtag", "name": "#Réemploi", "href": "https://b.example/tags/reemploi"},
        {"type": "Hashtag", "name": "économie sociale"},
        {"type": "Mention", "name": "@ann@b.example"},
        {"type": "Hashtag", "name": ["list"]},
        "vélo",
        "#REEMPLOI",
        7,
        None,
    ]
    assert tags_of({"tag": given}) == ("Réemploi", "économie_sociale", "vélo")
    assert tags_of({"tag": given[0]}) == ("Réemploi",)
    assert len(tags_of({"tag": [f"t{number}" for number in range(5000)]})) == tags.MAX_TAGS


def test_tag_page_lists_ours_and_what_partners_publish_however_it_is_written(app: Flask) -> None:
    board.publish(app, "call", tags=("Réemploi",), name="A call with it")
    board.receive(app, "initiative", tags=("reemploi",), name="Theirs with it")
    board.publish(app, "event", tags=("other",), name="Another")
    board.publish(app, "event", tags=("Réemploi",), name="For few", row={"visibility": "followers"})
    board.draft(app, "call", tags=("Réemploi",), name="Not yet")
    reader = Reader(app)
    page = reader.get("/tags/reemploi")
    assert page.status_code == 200
    for name, is_there in {"A call with it": 1, "Theirs with it": 1, "Another": 0, "For few": 0, "Not yet": 0}.items():
        assert (name in page.text) == bool(is_there), name
    moved = reader.get("/tags/R%C3%A9emploi")
    assert (moved.status_code, moved.location) == (301, "/tags/reemploi")
    assert reader.get("/tags/nobody").status_code == 200
    assert reader.get("/tags/reemploi?page=2").status_code == 404
    assert [reader.get(f"/tags/{bad}").status_code for bad in ("a!b", "%00", "1", "x" * 300)] == [404] * 4


def test_tag_goes_out_with_its_address_and_with_a_link_in_the_text(app: Flask) -> None:
    path = board.publish(app, "initiative", html="<p>We repair #Vélos.</p>", tags=("Vélos", "Lyon"))
    document = (
        Reader(app).get(path.replace("/@union", "/actors/union"), headers={"Accept": "application/activity+json"}).json
    )
    assert document is not None
    assert document["tag"] == [
        {"type": "Hashtag", "name": "#Vélos", "href": "http://localhost/tags/velos"},
        {"type": "Hashtag", "name": "#Lyon", "href": "http://localhost/tags/lyon"},
    ]
    assert 'href="http://localhost/tags/velos"' in document["content"]
    page = Reader(app).get(path).text
    assert 'href="/tags/lyon" rel="tag">#Lyon</a>' in page
    assert '<category term="Lyon"' in Reader(app).get("/initiatives/feed.atom").text


def test_tags_follow_their_publication(app: Flask) -> None:
    path = board.publish(app, "call", tags=("one", "Two", "three"))
    with app.app_context():
        found = session().query(Publication).one()
        publishing.revise(found, found.content.model_copy(update={"tags": ("three", "TWO", "four")}))
        session().commit()
        session().expire_all()
        assert session().query(Publication).one().content.tags == ("three", "TWO", "four")
    board.withdraw(app, path)
    with app.app_context():
        assert session().query(Hashtag).count() == 0
