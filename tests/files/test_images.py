"""What images that people choose become: pixels of ours, and nothing of the file that they were."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from flask_maillage.files import images, refusing
from flask_maillage.files.refusing import FileRefused
from tests.files import nasty


def pixels(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_of_image_that_browsers_show_is_taken(kind: str) -> None:
    rendered = images.render(nasty.picture((60, 40), kind=kind))
    assert (rendered.largest.width, rendered.largest.height) == (60, 40)
    assert rendered.media_type.name == "image/jpeg"
    assert pixels(rendered.largest.data).format == "JPEG"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "I;16"])
def test_every_way_of_writing_colours_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    rendered = images.render(nasty.picture(mode=mode, kind=kind, colour=0 if mode != "CMYK" else (0, 0, 0, 0)))
    assert pixels(rendered.largest.data).mode == "RGB"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_clear_stays_clear(mode: str) -> None:
    image = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    target = io.BytesIO()
    image.save(target, "PNG") if mode == "RGBA" else image.convert("LA").save(target, "PNG")
    rendered = images.render(target.getvalue())
    assert rendered.media_type.name == "image/webp"
    assert pixels(rendered.largest.data).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_photograph_stands_upright_and_says_no_more_where_it_was_taken() -> None:
    rendered = images.render(nasty.photograph())
    image = pixels(rendered.largest.data)
    assert image.size == (40, 80)
    red, _, blue = image.getpixel((20, 10))  # type: ignore[misc]
    assert red > 150 > blue
    assert not image.getexif()
    assert not image.info.keys() & {"exif", "comment", "icc_profile", "xmp"}
    for word in (b"SecretCamera", b"written by Ann", b"Exif", b"GPS"):
        assert word not in rendered.largest.data


def test_image_is_made_smaller_for_page_phone_and_card_and_never_larger() -> None:
    sizes = [(one.box, one.width, one.height) for one in images.render(nasty.picture((2400, 1200))).renditions]
    assert sizes == [(1600, 1600, 800), (800, 800, 400), (400, 400, 200)]
    sizes = [(one.box, one.width, one.height) for one in images.render(nasty.picture((300, 500))).renditions]
    assert sizes == [(1600, 300, 500), (400, 240, 400)]


def test_sizes_that_are_announced_are_those_that_are_made() -> None:
    for size in ((2400, 1200), (300, 500), (801, 10), (400, 400), (20, 1600)):
        rendered = images.render(nasty.picture(size))
        boxes = images.smaller_boxes(rendered.largest.width, rendered.largest.height)
        assert boxes == [one.box for one in rendered.renditions[1:]]


def test_line_of_one_pixel_is_still_an_image() -> None:
    rendered = images.render(nasty.picture((20_000, 1)))
    assert [(one.width, one.height) for one in rendered.renditions] == [(1600, 1), (800, 1), (400, 1)]


def test_first_picture_of_what_moves_is_kept() -> None:
    target = io.BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    image = pixels(images.render(target.getvalue()).largest.data)
    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((5, 5))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("size", [(10_000, 10_000), (8_000, 7_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_image_of_very_many_pixels_is_refused_before_it_takes_memory(size: tuple[int, int]) -> None:
    with pytest.raises(FileRefused) as refused:
        images.render(nasty.huge_png(*size))
    assert refused.value.message == refusing.TOO_MANY_PIXELS
    assert str(round(size[0] * size[1] / 1e6))[:2] in str(refused.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", refusing.EMPTY),
        (b"\0", refusing.NO_IMAGE),
        (b"hello", refusing.NO_IMAGE),
        (nasty.EVIL_HTML, refusing.NO_IMAGE),
        (nasty.EVIL_SVG, refusing.DRAWING),
        (b"\xef\xbb\xbf \n<SVG onload=evil()>", refusing.DRAWING),
        (nasty.pdf(), refusing.NO_IMAGE),
        (nasty.docx(), refusing.NO_IMAGE),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", refusing.NO_IMAGE),
        (b"BM" + b"\0" * 100, refusing.NO_IMAGE),
        (b"II*\0" + b"\0" * 100, refusing.NO_IMAGE),
        (nasty.picture((500, 500), kind="JPEG")[:900], refusing.DAMAGED_IMAGE),
        (nasty.picture((500, 500))[:500], refusing.DAMAGED_IMAGE),
        (nasty.picture()[:20], refusing.NO_IMAGE),
    ],
)
def test_what_is_no_whole_image_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        images.render(data)
    assert refused.value.message == sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_image_that_is_another_file_too_is_an_image_only(kind: str) -> None:
    for tail in (nasty.EVIL_HTML, nasty.docx(), nasty.pdf()):
        rendered = images.render(nasty.picture(kind=kind) + tail)
        assert tail[:20] not in b"".join(one.data for one in rendered.renditions)


VALID = [nasty.picture((9, 7), kind=kind) for kind in ("JPEG", "PNG", "GIF", "WEBP")] + [nasty.photograph()]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(VALID), st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_spoiled_image_is_an_image_or_refused(data: bytes, place: int, spoiled: bytes) -> None:
    place %= len(data)
    try:
        rendered = images.render(data[:place] + spoiled + data[place + len(spoiled) :])
    except FileRefused:
        return
    assert pixels(rendered.largest.data).size == (rendered.largest.width, rendered.largest.height)
