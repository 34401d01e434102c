"""Why a file is not taken, in a sentence for the person who chose it."""

from typing import Any


def _(message: str) -> str:
    return message


EMPTY = _("This file is empty.")
TOO_LARGE = _("This file is larger than %(limit)s MB: make it smaller.")
NO_IMAGE = _("This is no image that can be shown: choose a JPEG, PNG, WebP, GIF or AVIF file.")
DRAWING = _("An SVG drawing cannot be shown: export it as PNG.")
TOO_MANY_PIXELS = _("This image has %(count)s megapixels: make it smaller than %(limit)s.")
DAMAGED_IMAGE = _("This image is damaged: save it anew, then choose it again.")
NO_DOCUMENT = _(
    "This is no document that can be taken: choose a PDF, a text (.txt, .csv), or a file of LibreOffice or Microsoft "
    "Office (.odt, .ods, .odp, .docx, .xlsx, .pptx)."
)
IMAGE_AS_DOCUMENT = _("This is an image: choose it in the field for the image, or make a PDF of it.")
NO_PDF = _("This is no PDF that opens: make it anew, then choose it again.")
LOCKED = _("This document asks for a password: save it without one.")
NO_PAGES = _("This PDF has no page.")
WITH_MACROS = _("This document holds macros, which are programmes: save it without them.")
NO_TEXT = _("This is no text in UTF-8: save it as UTF-8, or as PDF.")
NO_ROOM = _("There is no more room for files of this actor: withdraw what is of no use any more.")


class FileRefused(ValueError):
    """A file that is not taken; `message` is a sentence that can be translated, `values` what stands in it."""

    def __init__(self, message: str, **values: Any) -> None:
        """Keep the sentence and its values apart: a message with values is translated before they are filled in."""
        super().__init__(message % values if values else message)
        self.message, self.values = message, values
