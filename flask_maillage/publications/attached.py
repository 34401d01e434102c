"""What a publication carries besides its words: one image, and documents; where they lie and what is said of them."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from federation.sanitising import clean_text, clean_url

ALT_LIMIT = 1000
LINE_LIMIT = 200
MOST_ATTACHMENTS = 12
LARGEST_SIZE = 2**50
LONGEST_SIDE = 100_000
MOST_PAGES = 100_000

Focus = tuple[float, float]
"""The point that stays in view where an image is cut: -1 is left and bottom, 1 is right and top."""


def _short(limit: int) -> AfterValidator:
    return AfterValidator(lambda value: " ".join(clean_text(value, limit=limit).split()))


def _within(value: Any) -> Any:
    """Round a point, so that what is read again is what was written; the middle is what counts where none is named."""
    if value is None:
        return None
    point = tuple(round(min(1.0, max(-1.0, float(part))), 2) + 0.0 for part in value)
    return None if point == (0.0, 0.0) else point


Address = Annotated[str, BeforeValidator(lambda value: clean_url(value) or ""), Field(min_length=1)]
MediaType = Annotated[str, Field(max_length=100, pattern=r"^([a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*)?$")]
Digest = Annotated[str, Field(pattern=r"^(z[1-9A-HJ-NP-Za-km-z]{40,100})?$")]
Count = Annotated[int | None, Field(ge=0, le=LARGEST_SIZE)]
Side = Annotated[int | None, Field(ge=1, le=LONGEST_SIDE)]


class Media(BaseModel):
    """A file, wherever it lies; `digest` is its SHA-256 as `digestMultibase` has it (FEP-1311)."""

    model_config = ConfigDict(frozen=True)

    url: Address
    media_type: MediaType = ""
    size: Count = None
    digest: Digest = ""


class Picture(Media):
    """The image of a publication, and in words what is to be seen on it."""

    alt: Annotated[str, _short(ALT_LIMIT)] = ""
    credit: Annotated[str, _short(LINE_LIMIT)] = ""
    width: Side = None
    height: Side = None
    focus: Annotated[Focus | None, BeforeValidator(_within)] = None


class Attachment(Media):
    """A document that belongs to a publication: the call as a PDF, the minutes of an event."""

    title: Annotated[str, _short(LINE_LIMIT)] = ""
    pages: Annotated[int | None, Field(ge=1, le=MOST_PAGES)] = None
