"""Images and documents on the wire: what peers of events ask for, and all the forms in which they send theirs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flask_maillage import sample
from flask_maillage.publications.attached import MOST_ATTACHMENTS, Attachment, Picture
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import kind_named
from tests.publications.test_kinds import ENVELOPE, received, sent

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FILES = "https://peer.test"
PICTURE = Picture(
    url=f"{FILES}/a.jpg",
    media_type="image/jpeg",
    size=1000,
    digest="zQmaeDPzhNL32WQZnnzB1H6QJWvvFNEHdViDB71yrxyXU1t",
    alt="A room full of people",
    credit="Ann",
    width=1600,
    height=800,
    focus=(0.0, 1.0),
)
CALL_AS_PDF = Attachment(
    url=f"{FILES}/call.pdf", media_type="application/pdf", size=5000, title="The call as PDF", pages=3
)
SAMPLES = {"call": sample.call, "event": sample.seminar, "initiative": sample.initiative}


def illustrated(kind: str) -> Content:
    return SAMPLES[kind](NOW).model_copy(update={"image": PICTURE, "attachments": (CALL_AS_PDF,)})


def read(*attachments: Any, image: Any = None, kind: str = "event") -> Content:
    """Return what is read of an object to which a peer attached something."""
    document = sent(SAMPLES[kind](NOW)) | {"attachment": list(attachments)} | ({"image": image} if image else {})
    return received(document)


@pytest.mark.parametrize("kind", SAMPLES)
def test_image_comes_first_and_the_page_last_as_gancio_and_mobilizon_ask(kind: str) -> None:
    document = sent(illustrated(kind))
    image, pdf, page = document["attachment"]
    assert image == {
        "type": "Image",
        "mediaType": "image/jpeg",
        "url": f"{FILES}/a.jpg",
        "name": "A room full of people",
        "width": 1600,
        "height": 800,
        "focalPoint": [0.0, 1.0],
        "isBannerImage": True,
        "credit": "Ann",
        "size": 1000,
        "digestMultibase": "zQmaeDPzhNL32WQZnnzB1H6QJWvvFNEHdViDB71yrxyXU1t",
    }
    assert pdf == {
        "type": "Document",
        "mediaType": "application/pdf",
        "url": f"{FILES}/call.pdf",
        "name": "The call as PDF",
        "pages": 3,
        "size": 5000,
    }
    assert (page["type"], page["name"]) == ("Link", "Website")
    assert document.get("image") == (image if document["type"] == "Article" else None)


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_attachment_has_a_type_a_media_type_a_name_and_one_plain_address(kind: str) -> None:
    bare = illustrated(kind).model_copy(
        update={"image": Picture(url=f"{FILES}/a"), "attachments": (Attachment(url=f"{FILES}/b"),)}
    )
    for one in sent(bare)["attachment"]:
        assert {type(one[name]) for name in ("type", "mediaType", "name")} == {str}
        assert isinstance(one.get("url", one.get("href")), str)


def test_event_without_image_still_has_attachments_as_gancio_reads_the_first_of_an_update() -> None:
    assert sent(sample.seminar(NOW))["attachment"]


@pytest.mark.parametrize("kind", SAMPLES)
def test_image_and_documents_arrive_as_they_were_sent(kind: str) -> None:
    ours = illustrated(kind)
    back = received(sent(ours))
    assert (back.image, back.attachments) == (PICTURE, (CALL_AS_PDF,))
    assert kind_named(kind).differences(ours, back) == []
    assert kind_named(kind).differences(ours, back.model_copy(update={"image": None})) == ["image"]


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "Image", "url": f"{FILES}/p.png", "mediaType": "image/png", "name": "A hall"},
        {"type": "Document", "url": f"{FILES}/p.png", "mediaType": "image/png", "name": "A hall"},
        {"type": "Document", "url": f"{FILES}/p.png", "name": "A hall"},
        {"type": "Image", "url": {"type": "Link", "href": f"{FILES}/p.png"}, "name": "A hall"},
        {
            "type": "Image",
            "url": [{"type": "Link", "href": f"{FILES}/p.png", "mediaType": "image/png"}],
            "name": "A hall",
        },
        {"type": "Image", "url": [f"{FILES}/p.png"], "summary": "A hall"},
        {"type": ["Object", "Image"], "url": f"{FILES}/p.png", "name": "<b>A hall</b>"},
        {"type": "Link", "href": f"{FILES}/p.png", "mediaType": "image/png", "name": "A hall"},
        {"type": "Link", "url": f"{FILES}/p.png", "category": "image", "name": "A hall"},
        {
            "type": "Image",
            "url": [{"href": f"{FILES}/p.svg", "mediaType": "image/svg+xml"}, {"href": f"{FILES}/p.png"}],
            "name": "A hall",
        },
    ],
)
def test_image_is_read_in_every_form(entry: dict[str, Any]) -> None:
    image = Picture(url=f"{FILES}/p.png", media_type="image/png", alt="A hall")
    assert read(entry).image == image
    assert read(image=entry).image == image
    assert received(sent(sample.seminar(NOW)) | {"attachment": entry}).image == image


def test_image_is_read_where_only_its_address_is_given() -> None:
    assert read(image=f"{FILES}/p.jpeg").image == Picture(url=f"{FILES}/p.jpeg", media_type="image/jpeg")
    assert read(image=[f"{FILES}/p.jpeg"]).image == Picture(url=f"{FILES}/p.jpeg", media_type="image/jpeg")


def test_what_every_image_of_a_peer_is_called_describes_none() -> None:
    banner = {"type": "Document", "mediaType": "image/jpg", "url": f"{FILES}/b", "name": "Banner"}
    assert read(banner).image == Picture(url=f"{FILES}/b", media_type="image/jpeg")


def test_image_that_says_it_is_the_banner_goes_before_the_others_which_stay_as_files() -> None:
    other, banner = ({"type": "Image", "url": f"{FILES}/{name}.jpg", "name": name} for name in "ab")
    content = read(other, banner | {"isBannerImage": True})
    assert content.image == Picture(url=f"{FILES}/b.jpg", media_type="image/jpeg", alt="b")
    assert content.attachments == (Attachment(url=f"{FILES}/a.jpg", media_type="image/jpeg", title="a"),)


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "Document", "url": f"{FILES}/m.pdf", "mediaType": "application/pdf", "name": "Minutes"},
        {"type": "Document", "url": {"href": f"{FILES}/m.pdf", "mediaType": "Application/PDF; x=y"}, "name": "Minutes"},
        {"type": "Link", "href": f"{FILES}/m.pdf", "mediaType": "application/pdf", "name": "Minutes"},
        {"type": "Link", "url": f"{FILES}/m.pdf", "category": "document", "name": "Minutes"},
        {
            "type": "Link",
            "url": f"{FILES}/m.pdf",
            "mediaType": "application/pdf",
            "category": "document",
            "name": "Minutes",
        },
    ],
)
def test_document_is_read_in_every_form(entry: dict[str, Any]) -> None:
    known = "application/pdf" if "mediaType" in str(entry) else ""
    document = Attachment(url=f"{FILES}/m.pdf", media_type=known, title="Minutes")
    assert (read(entry).image, read(entry).attachments) == (None, (document,))


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "Link", "href": f"{FILES}/page", "name": "Registration", "mediaType": "text/html"},
        {"type": "Link", "url": f"{FILES}/page", "name": "gitlab", "category": "socialNetwork"},
        {"type": "PropertyValue", "propertyID": "x", "value": f"{FILES}/a.jpg"},
        {"type": "Image", "url": "javascript:alert(1)", "name": "x"},
        {"type": "Image", "url": "data:image/png;base64,AAAA", "name": "x"},
        {"type": "Image", "name": "no address"},
        {"type": "Image", "url": [[[f"{FILES}/a.jpg"]]], "name": "too deep"},
        "https://peer.test/a.jpg",
        7,
        None,
        [],
    ],
)
def test_what_is_no_file_is_none(entry: Any) -> None:
    content = read(entry)
    assert (content.image, content.attachments) == (None, ())


def test_svg_is_a_link_and_never_an_image_to_show() -> None:
    content = read({"type": "Image", "url": f"{FILES}/x.svg", "mediaType": "image/svg+xml", "name": "A drawing"})
    assert content.image is None
    assert [one.title for one in content.attachments] == ["A drawing"]


@pytest.mark.parametrize(
    "said",
    [
        {"width": -1, "height": 10**9, "size": "large", "focalPoint": [2, 0], "digestMultibase": "z0OIl"},
        {"width": True, "height": 0.5, "size": -3, "focalPoint": ["a", None], "digestMultibase": 7},
        {"width": [], "height": {}, "size": 10**30, "focalPoint": [0.5], "digestMultibase": "x" * 9000},
        {"focalPoint": [float("nan"), 0], "credit": ["x"]},
    ],
)
def test_nonsense_about_a_file_is_dropped_and_the_file_stays(said: dict[str, Any]) -> None:
    document = sent(sample.seminar(NOW))
    document["attachment"] = [{"type": "Image", "url": f"{FILES}/a.png", "name": "A hall"} | said]
    image = kind_named("event").from_object(document).image
    assert image == Picture(url=f"{FILES}/a.png", media_type="image/png", alt="A hall")


def test_many_files_are_cut_and_each_is_kept_once() -> None:
    pdf = {"type": "Document", "mediaType": "application/pdf"}
    many = [pdf | {"url": f"{FILES}/{number // 2}.pdf", "name": "x" * 5000} for number in range(200)]
    attachments = read(*many).attachments
    assert [one.url for one in attachments] == [f"{FILES}/{number}.pdf" for number in range(MOST_ATTACHMENTS)]
    assert {len(one.title) for one in attachments} == {200}


def test_website_stays_the_website_beside_files() -> None:
    content = illustrated("initiative")
    website = content.model_copy(
        update={"details": content.details.model_copy(update={"website": "https://ours.example/"})}
    )
    document = kind_named("initiative").to_object(website, ENVELOPE)
    assert getattr(received(document).details, "website") == "https://ours.example/"  # noqa: B009
