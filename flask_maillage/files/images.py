"""Images, decoded and written anew: what is kept is pixels, never the file that somebody made.

Whatever else a file held (another format in its tail, the place where a photograph was taken) is gone. How many pixels
there are is read from the header, before any of them takes memory.
"""

import io
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

from PIL import Image

from flask_maillage.files import refusing
from flask_maillage.files.media_types import MediaType, with_ending
from flask_maillage.files.refusing import FileRefused

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOST_PIXELS = 50_000_000
"""What telephones take today; 200 MB while it is decoded."""
BOXES = (1600, 800, 400)
"""The sides of the squares into which an image is fitted: for a page, for a narrow one, for a card."""
QUALITY = 82
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What the orientation of EXIF asks for."""
_decoding = Lock()
"""One image at a time is in the memory of a process."""


@dataclass(frozen=True)
class Rendition:
    """An image in one size; `box` is the side of the square that it was fitted into."""

    box: int
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class Rendered:
    """An image as it is kept: of one type, in several sizes, the largest first."""

    media_type: MediaType
    renditions: tuple[Rendition, ...]

    @property
    def largest(self) -> Rendition:
        """The one that stands on a page."""
        return self.renditions[0]


def smaller_boxes(width: int | None, height: int | None) -> list[int]:
    """Return the boxes in which an image of this size is kept besides the largest one."""
    side = max(width or 0, height or 0)
    return [box for box in BOXES[1:] if box < side]


def render(data: bytes) -> Rendered:
    """Decode an image of any origin, and write it anew: upright, without metadata, as JPEG, or WebP where it is clear.

    Of what moves, the first picture is kept.

    Raises:
        FileRefused: it is empty, too large to be decoded, damaged, or no image at all.
    """
    if not data:
        raise FileRefused(refusing.EMPTY)
    with _decoding:
        try:
            picture = _decoded(data)
        except FileRefused:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise FileRefused(refusing.NO_IMAGE) from None
        except Exception:  # decoders of a dozen formats raise whatever a broken file leads them to
            raise FileRefused(refusing.DAMAGED_IMAGE) from None
        return _written(picture)


def _decoded(data: bytes) -> Image.Image:
    with _opened(data) as image:
        pixels = image.width * image.height
        if pixels > MOST_PIXELS:
            count, limit = round(pixels / 1_000_000), MOST_PIXELS // 1_000_000
            raise FileRefused(refusing.TOO_MANY_PIXELS, count=count, limit=limit)
        turned = 1
        with suppress(Exception):  # an image whose EXIF cannot be read stands as it is
            turned = int(image.getexif().get(ORIENTATION, 1))
        image.draft("RGB", (BOXES[0], BOXES[0]))  # JPEG decodes to a fraction of its size at a fraction of the cost
        image.load()
        plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.thumbnail((BOXES[0], BOXES[0]))
    return _upright(plain, turned)


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_large(bomb) from None
    except Exception:
        start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        is_drawing = start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in data[:5000].lower()
        raise FileRefused(refusing.DRAWING if is_drawing else refusing.NO_IMAGE) from None


def _too_large(bomb: Any) -> FileRefused:
    """Say how many pixels Pillow's own guard saw: it comes before we can ask."""
    digits = "".join(c for c in str(bomb).partition("(")[2].partition(" ")[0] if c.isdigit())
    count = round(int(digits[:18] or "0") / 1_000_000) or "?"
    return FileRefused(refusing.TOO_MANY_PIXELS, count=count, limit=MOST_PIXELS // 1_000_000)


def _upright(image: Image.Image, turned: int) -> Image.Image:
    """Turn an image as its EXIF said that it was held, and forget what else its file said."""
    upright = image.transpose(TURNS[turned]) if turned in TURNS else image
    upright.info.clear()
    return upright


def _written(image: Image.Image) -> Rendered:
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    media_type = with_ending("webp" if image.mode == "RGBA" else "jpg")
    renditions = [_rendition(image, BOXES[0], media_type)]
    for box in smaller_boxes(*image.size):
        smaller = image.copy()
        smaller.thumbnail((box, box))
        renditions.append(_rendition(smaller, box, media_type))
    return Rendered(media_type, tuple(renditions))


def _rendition(image: Image.Image, box: int, media_type: MediaType) -> Rendition:
    target = io.BytesIO()
    if media_type.ending == "webp":
        image.save(target, "WEBP", quality=QUALITY)
    else:
        image.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Rendition(box, image.width, image.height, target.getvalue())
