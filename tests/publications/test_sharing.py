"""What one takes along from a page: data for search engines, a QR code, a PDF, and a frame for other sites."""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask import Flask
from pypdf import PdfReader

from flask_maillage.publications import printing
from flask_maillage.publications.content import Translation
from flask_maillage.territory.places import Place
from tests.conftest import Clock
from tests.publications import board
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LYON = Place(name="Bourse du travail", locality="Lyon", country="FR", latitude=45.76, longitude=4.84)
NASTY = "<p>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;!-- 'end'</p>"


@pytest.fixture
def reader(app: Flask) -> Reader:
    return Reader(app)


def linked_data(text: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, flags=re.DOTALL)
    assert len(blocks) == 1
    document: dict[str, Any] = json.loads(blocks[0])
    return document


def test_event_is_described_for_search_engines(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "event", name="Été", html=NASTY, place=LYON, online_url="https://meet.example/1")
    found = linked_data(reader.get(path).text)
    assert (found["@context"], found["@type"]) == ("https://schema.org", "Event")
    assert found["name"] == "Été"
    assert found["description"] == "</script><script>alert(1)</script> & <!-- 'end'"
    assert found["startDate"] == "2027-01-08T08:45:00+01:00"
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert found["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    place, online = found["location"]
    assert place["address"] == {"@type": "PostalAddress", "addressLocality": "Lyon", "addressCountry": "FR"}
    assert (place["geo"]["latitude"], online["url"]) == (45.76, "https://meet.example/1")
    assert found["organizer"][0]["name"] == "A union"
    assert found["maximumAttendeeCapacity"] == found["remainingAttendeeCapacity"] == 120
    assert found["offers"]["availability"] == "https://schema.org/InStock"
    session = next(part for part in found["subEvent"] if part.get("performer"))
    assert session["@type"] == "Event"
    assert {"@type", "name"} <= set(session["performer"][0])
    assert len(found["performer"]) >= len(session["performer"])


def test_data_paper_and_tables_follow_the_language_that_is_asked_for(
    app: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = Translation(language="de", name="Beratung für zehn", html="<p>Kommt alle!</p>")
    path = board.publish(app, "call", name="Our call", translations=(german,))
    monkeypatch.setattr(printing, "is_installed", lambda: True)
    monkeypatch.setattr(printing, "pdf", lambda html: b"%PDF-" + html.encode())
    original, page = reader.get(path).text, reader.get(f"{path}?lang=de").text
    found = linked_data(page)
    assert (found["name"], found["description"], found["inLanguage"]) == ("Beratung für zehn", "Kommt alle!", "de")
    assert found["abstract"]
    assert linked_data(original)["name"] == "Our call"
    assert f'href="{path}.pdf?lang=de"' in page
    assert f'href="{path}.pdf"' in original
    paper, first = reader.get(f"{path}.pdf?lang=de"), reader.get(f"{path}.pdf")
    assert "Beratung für zehn" in paper.text
    assert "Kommt alle!" in paper.text
    assert "Our call" in first.text
    assert paper.headers["ETag"] != first.headers["ETag"]
    for asked, title, language in (
        ("?lang=de", "Beratung für zehn", "de"),
        ("", "Our call", "en"),
        ("?lang=es", "Our call", "en"),
    ):
        (row,) = csv.DictReader(io.StringIO(reader.get(f"/calls/list.csv{asked}").data.decode("utf-8-sig")))
        assert (row["title"], row["language"]) == (title, language)
        assert row["summary"]


def test_calls_initiatives_and_actors_are_described_too(app: Flask, reader: Reader) -> None:
    call = linked_data(reader.get(board.publish(app, "call", name="Our call")).text)
    assert (call["@type"], call["headline"]) == ("Article", "Our call")
    assert call["expires"] == "2027-01-13T23:59:59+01:00"
    initiative = linked_data(reader.get(board.publish(app, "initiative", name="Ours")).text)
    assert (initiative["@type"], initiative["name"]) == ("Project", "Ours")
    actor = linked_data(reader.get("/@union").text)
    assert (actor["@type"], actor["name"], actor["url"]) == ("Organization", "A union", "http://localhost/@union")


def test_what_does_not_take_place_says_so(app: Flask, reader: Reader) -> None:
    for status, word in (("cancelled", "EventCancelled"), ("postponed", "EventPostponed")):
        found = linked_data(reader.get(board.publish(app, "event", name=f"Not {status}", status=status)).text)
        assert found["eventStatus"] == f"https://schema.org/{word}"


def test_only_what_everybody_may_read_is_described_and_shared(app: Flask, reader: Reader) -> None:
    path = board.draft(app, "event", name="A draft")
    reader.sign_in()
    page = reader.get(path)
    assert page.status_code == 200
    for word in ("ld+json", "oembed", "qr.svg", "iframe"):
        assert word not in page.text, word
    for ending in ("/qr.svg", "/qr.png", ".pdf"):
        assert reader.get(path + ending).status_code == 404, ending
    assert reader.get(f"/embed{path}").status_code == 404
    assert reader.get(f"/oembed?url={quote('http://localhost' + path)}").status_code == 404


def test_code_leads_to_the_page(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "event")
    drawn, picture = reader.get(f"{path}/qr.svg"), reader.get(f"{path}/qr.png")
    assert (drawn.mimetype, picture.mimetype) == ("image/svg+xml", "image/png")
    ElementTree.fromstring(drawn.data)
    assert picture.data.startswith(b"\x89PNG")
    assert f'src="{path}/qr.svg"' in reader.get(path).text
    assert reader.get(f"{path}/qr.gif").status_code == 404
    other = board.publish(app, "event", name="Another")
    assert reader.get(f"{other}/qr.svg").data != drawn.data


@pytest.mark.skipif(not printing.is_installed(), reason="the extra pdf is not installed")
def test_pdf_holds_the_text_and_our_fonts_and_asks_nobody(app: Flask, reader: Reader, clock: Clock) -> None:
    path = board.publish(app, "event", name="Évening of ≠ things")
    answer = reader.get(f"{path}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    document = PdfReader(io.BytesIO(answer.data))
    text = "\n".join(one.extract_text() for one in document.pages)
    assert "Évening of" in text
    assert "Programme" in text
    fonts = {font.get_object()["/BaseFont"] for one in document.pages for font in one["/Resources"]["/Font"].values()}
    assert any("Atkinson" in font for font in fonts)
    again = reader.get(f"{path}.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pdf_is_refused_in_words_where_none_is_written(
    app: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = board.publish(app, "event")
    monkeypatch.setattr(printing, "is_installed", lambda: False)
    answer = reader.get(f"{path}.pdf")
    assert (answer.status_code, answer.mimetype) == (501, "text/plain")
    assert f"{path}.pdf" not in reader.get(path).text


def test_pdf_costs_and_has_a_rate(app: Flask, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    path = board.publish(app, "call")
    monkeypatch.setattr(printing, "is_installed", lambda: True)
    monkeypatch.setattr(printing, "pdf", lambda html: b"%PDF-")
    assert [reader.get(f"{path}.pdf").status_code for _ in range(11)] == [200] * 10 + [429]

    def busy(html: str) -> bytes:
        raise printing.Busy

    monkeypatch.setattr(printing, "pdf", busy)
    monkeypatch.setattr(app.extensions["maillage"], "rates", type(app.extensions["maillage"].rates)())
    assert reader.get(f"{path}.pdf").status_code == 503


@pytest.mark.skipif(not printing.is_installed(), reason="the extra pdf is not installed")
def test_pdf_reads_no_file_and_no_address_but_our_own(app: Flask) -> None:
    steal = (
        '<!doctype html><html lang="en"><title>t</title><link rel="stylesheet" href="file:///etc/passwd">'
        '<img src="file:///etc/passwd" alt="none"><img src="http://127.0.0.1:9/x" alt="none">'
        f'<link rel="attachment" href="{printing.STATIC}../settings.py"><p>still there</p></html>'
    )
    document = PdfReader(io.BytesIO(printing.pdf(steal)))
    assert "still there" in document.pages[0].extract_text()
    assert not document.attachments


@pytest.mark.parametrize("form", ["json", "xml"])
def test_oembed_describes_what_may_be_framed(app: Flask, reader: Reader, form: str) -> None:
    path = board.publish(app, "event", name='An "evening" <b>')
    answer = reader.get(f"/oembed?url={quote('http://localhost' + path)}&format={form}&maxwidth=300")
    assert answer.status_code == 200
    if form == "xml":
        found = {part.tag: part.text for part in ElementTree.fromstring(answer.data)}
    else:
        found = json.loads(answer.data)
    assert (found["type"], found["version"], str(found["width"])) == ("rich", "1.0", "300")
    assert f'src="http://localhost/embed{path}"' in str(found["html"])
    assert "<b>" not in str(found["html"])
    assert f"/oembed?url={quote('http://localhost' + path, safe='')}" in reader.get(path).text


def test_oembed_knows_lists_and_nothing_that_is_not_ours(app: Flask, reader: Reader) -> None:
    board.publish(app, "event", name="In Lyon", place=LYON)
    for page, frame in {
        "/events?country=FR": "kind=event&amp;country=FR",
        "/@union/calls": "kind=call&amp;actor=union",
        "/territories/FR": "country=FR",
        "/publications?q=lyon": "q=lyon",
    }.items():
        found = json.loads(reader.get(f"/oembed?url={quote('http://localhost' + page)}").data)
        assert f'src="http://localhost/embed/publications?{frame}"' in found["html"], page
    for url in (
        "",
        "http://elsewhere.test/",
        "http://localhost.evil.test/events",
        "http://localhost/account",
        "http://localhost/@union/events/x",
        "http://localhost/nothing",
        "http://[",
        "http://localhost/events?country=Atlantis",
    ):
        assert reader.get(f"/oembed?url={quote(url)}").status_code == 404, url
    assert reader.get("/oembed?url=http://localhost/events&format=yaml").status_code == 501


def test_framed_pages_may_be_framed_and_do_nothing_else(app: Flask, reader: Reader) -> None:
    path = board.publish(app, "event", name="In Lyon", place=LYON)
    reader.sign_in()
    for address in (f"/embed{path}?lang=fr", "/embed/publications?country=FR&theme=dark"):
        answer = reader.get(address)
        assert answer.status_code == 200
        assert "In Lyon" in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors *" in policy
        assert "default-src 'none'" in policy
        assert "X-Frame-Options" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert '<base target="_top">' in answer.text
        for element in ("<form", "<script", "<input"):
            assert element not in answer.text
        assert "Ann" not in answer.text
    assert "embed-dark" in answer.text
    assert reader.get(path).headers["X-Frame-Options"] == "DENY"
    assert reader.get("/embed/publications?country=Atlantis").status_code == 400
    assert f"&lt;iframe src=&#34;http://localhost/embed{path}&#34;" in reader.get(path).text


def test_page_says_to_other_sites_what_its_card_shows(app: Flask, reader: Reader) -> None:
    page = reader.get(board.publish(app, "call", language="fr")).text
    for name, content in (
        ("og:type", "article"),
        ("og:locale", "fr_FR"),
        ("og:image", "http://localhost/static/mark.png"),
        ("og:image:alt", "Maillage"),
        ("twitter:card", "summary"),
        ("fediverse:creator", "@union@localhost"),
        ("article:published_time", "2026-11-21T12:00:00+00:00"),
    ):
        assert re.search(rf'<meta (?:property|name)="{name}" content="{re.escape(content)}">', page), name
    assert "article:modified_time" not in page
    assert '<meta property="og:locale" content="fr_FR">' in reader.get("/?lang=fr").text
