"""The image and the documents of a publication as pages and feeds show them; images always from here."""

from collections.abc import Iterable
from dataclasses import dataclass

from actors import iris
from federation.sanitising import displayed_host
from flask_maillage.files import folder
from flask_maillage.files.images import smaller_boxes
from flask_maillage.files.media_types import named
from flask_maillage.publications.attached import Attachment, Picture
from flask_maillage.publications.content import Content
from flask_maillage.publications.enclosures.attaching import kept_copies, stored_name
from flask_maillage.publications.enclosures.models import CopiedImage
from flask_maillage.publications.models import Publication

EDGE = 1 / 3
"""From where on a focal point counts as lying at an edge: style sheets know nine places."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An image in all its sizes; `at` is the class that keeps what matters in view where it is cut."""

    url: str
    media_type: str
    sources: tuple[tuple[str, int], ...]
    """Addresses with the widths of what they give, the smallest first."""
    width: int | None
    height: int | None
    alt: str
    credit: str
    at: str

    @property
    def srcset(self) -> str:
        """The attribute of that name."""
        return ", ".join(f"{url} {width}w" for url, width in self.sources)

    @property
    def small(self) -> str:
        """The address of the smallest one, for a card."""
        return self.sources[0][0] if self.sources else self.url


@dataclass(frozen=True, kw_only=True)
class Download:
    """A document to download; `host` is where it lies when that is elsewhere."""

    url: str
    title: str
    label: str
    size: int | None
    pages: int | None
    host: str | None


def pictures_of(publications: Iterable[Publication]) -> dict[int, Shown]:
    """Return the images that can be shown, by the ids of their publications."""
    contents = {one.id: one.brief for one in publications if one.image}
    copies = kept_copies([number for number, content in contents.items() if _lies_elsewhere(content)])
    found = {number: picture_of(content, copies.get(number)) for number, content in contents.items()}
    return {number: one for number, one in found.items() if one is not None}


def picture_of(content: Content, copy: CopiedImage | None = None) -> Shown | None:
    """Return the image of a publication; None where it has none, or one elsewhere that is not copied yet."""
    picture = content.image
    if picture is None:
        return None
    name = stored_name(picture.url)
    if name is not None:
        return shown(picture, picture.url, picture.width, picture.height)
    if copy is None or copy.name is None or copy.url != picture.url:
        return None
    return shown(picture, iris.media(folder.filename(copy.name, copy.ending)), copy.width, copy.height)


def downloads_of(content: Content) -> tuple[Download, ...]:
    """Return the documents of a publication."""
    return tuple(_download(one) for one in content.attachments)


def _download(one: Attachment) -> Download:
    known = named(one.media_type)
    return Download(
        url=one.url,
        title=one.title or one.url.rpartition("/")[2][:100] or displayed_host(one.url),
        label=known.label if known else one.media_type.rpartition("/")[2].removeprefix("x-").upper()[:20],
        size=one.size,
        pages=one.pages,
        host=None if stored_name(one.url) else displayed_host(one.url),
    )


def _lies_elsewhere(content: Content) -> bool:
    return content.image is not None and stored_name(content.image.url) is None


def shown(picture: Picture, url: str, width: int | None, height: int | None) -> Shown:
    """Return an image of ours in its sizes.

    Args:
        picture: what is said of it.
        url: its address here.
        width: of what the address gives, with `height`.
        height: the same.
    """
    stem, _, ending = url.rpartition(".")
    side = max(width or 0, height or 0)
    boxes = sorted(smaller_boxes(width, height))
    smaller = [(f"{stem}-{box}.{ending}", max(1, round((width or 0) * box / side))) for box in boxes]
    media = named("image/webp" if ending == "webp" else "image/jpeg")
    return Shown(
        url=url,
        media_type=media.name if media else "",
        sources=(*smaller, (url, width)) if width else (),
        width=width,
        height=height,
        alt=picture.alt,
        credit=picture.credit,
        at=_place_of(picture.focus),
    )


def _place_of(focus: tuple[float, float] | None) -> str:
    across, up = focus or (0.0, 0.0)
    column = "left" if across < -EDGE else "right" if across > EDGE else "middle"
    row = "bottom" if up < -EDGE else "top" if up > EDGE else "middle"
    return f"at-{column}-{row}"
