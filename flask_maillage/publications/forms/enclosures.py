"""The fields for an image and for documents: what was chosen, what is kept from before, and what is said of each.

A form carries the addresses of files that were uploaded with an earlier sending, so that they outlive an error, a
preview and a conflict. Which of them are really its actor's is found out by whoever handles the form (`settle`).
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

from wtforms import Field, ValidationError
from wtforms.utils import unset_value
from wtforms.widgets import FileInput

from flask_maillage.publications.attached import ALT_LIMIT, LINE_LIMIT, MOST_ATTACHMENTS, Attachment, Picture
from flask_maillage.publications.content import one_line
from flask_maillage.web.language import gettext


def _(message: str) -> str:
    return message


NO_ALT = _("Say in words what is to be seen on the image: for those who cannot see it, and where it does not load.")
GONE = _("This file is not here any more: choose it again.")
TOO_MANY = _("At most %(count)s documents.")
FOCUSES: dict[str, tuple[str, tuple[float, float] | None]] = {
    "": (_("The middle"), None),
    "top": (_("The top"), (0.0, 1.0)),
    "bottom": (_("The bottom"), (0.0, -1.0)),
    "left": (_("The left"), (-1.0, 0.0)),
    "right": (_("The right"), (1.0, 0.0)),
    "top left": (_("Top left"), (-1.0, 1.0)),
    "top right": (_("Top right"), (1.0, 1.0)),
    "bottom left": (_("Bottom left"), (-1.0, -1.0)),
    "bottom right": (_("Bottom right"), (1.0, -1.0)),
}
IMAGES = "image/jpeg,image/png,image/webp,image/gif,image/avif"
DOCUMENTS = ".pdf,.odt,.ods,.odp,.docx,.xlsx,.pptx,.txt,.csv,.md"

Found = dict[str, Any]
"""What is known of a file: fields of `Picture` or `Attachment`."""
Find = Callable[[str], Found | None]


class Row(NamedTuple):
    """A document that is in the form already."""

    url: str
    title: str
    removed: bool


class EnclosureField(Field):
    """A field whose parts are several controls: the file, and what is said of it."""

    widget = FileInput()
    parts: ClassVar[tuple[str, ...]] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the controls that hold text, not files."""
        return tuple(f"{self.name}-{part}" for part in self.parts)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take what was sent; without that, what is given."""
        self.process_errors: list[str] = []
        self.problems: list[str] = []
        self.object_data = self.data = self._nothing() if data is unset_value or not data else data
        self.show()
        if formdata is not None:
            self.data = self._nothing()
            self.read(formdata)

    def pre_validate(self, form: Any) -> None:
        """Refuse what could not be taken."""
        if self.problems:
            raise ValidationError(" ".join(self.problems))

    def part(self, formdata: Any, name: str) -> str:
        """Return one line of text that was sent for a part of the field."""
        return one_line(formdata.get(f"{self.name}-{name}") or "", ALT_LIMIT)

    def _nothing(self) -> Any:
        return None

    def show(self) -> None:
        """Fill the parts from `data`."""

    def read(self, formdata: Any) -> None:
        """Fill the parts from what was sent."""


class PictureField(EnclosureField):
    """An image, with its alternative text, which it cannot be without."""

    focuses = FOCUSES
    parts = ("kept", "alt", "credit", "focus", "removed")

    def show(self) -> None:
        """Show an image again."""
        picture: Picture | None = self.data
        self.kept = picture.url if picture else ""
        self.alt = picture.alt if picture else ""
        self.credit = picture.credit if picture else ""
        self.focus = next((key for key, (_label, point) in FOCUSES.items() if picture and point == picture.focus), "")
        self.removed = False

    def read(self, formdata: Any) -> None:
        """Read what was said of an image, whether it is new or not."""
        self.kept = self.part(formdata, "kept")
        self.alt = self.part(formdata, "alt")
        self.credit = self.part(formdata, "credit")[:LINE_LIMIT]
        focus = formdata.get(f"{self.name}-focus") or ""
        self.focus = focus if focus in FOCUSES else ""
        self.removed = bool(formdata.get(f"{self.name}-removed"))

    def settle(self, new: Found | None, find: Find, problems: Sequence[str] = ()) -> None:
        """Say which image it is: a new one, else the one from before where it is still to be had."""
        self.problems = list(problems)
        found = new
        if new is None and self.kept and not self.removed:
            found = find(self.kept)
            if found is None and not self.problems:
                self.problems.append(gettext(GONE))
        if found is None:
            self.data, self.kept = None, ""
            return
        self.removed, self.kept = False, found["url"]
        said = {"alt": self.alt, "credit": self.credit, "focus": FOCUSES[self.focus][1]}
        self.data = Picture(**{name: found[name] for name in found if name in Picture.model_fields} | said)

    def pre_validate(self, form: Any) -> None:
        """Refuse an image without words."""
        super().pre_validate(form)
        if self.data is not None and not self.data.alt:
            raise ValidationError(NO_ALT)


class DocumentsField(EnclosureField):
    """Documents, each with a title."""

    parts = ("kept", "title", "removed")

    def _nothing(self) -> Any:
        return ()

    def show(self) -> None:
        """Show documents again."""
        self.rows = [Row(one.url, one.title, False) for one in self.data]

    def read(self, formdata: Any) -> None:
        """Read which documents are kept, under which titles."""
        titles = [one_line(title, LINE_LIMIT) for title in formdata.getlist(f"{self.name}-title")]
        removed = set(formdata.getlist(f"{self.name}-removed"))
        kept = formdata.getlist(f"{self.name}-kept")[: 2 * MOST_ATTACHMENTS]
        self.rows = [
            Row(url, titles[number] if number < len(titles) else "", url in removed) for number, url in enumerate(kept)
        ]

    def settle(self, new: Sequence[Found], find: Find, problems: Sequence[str] = ()) -> None:
        """Say which documents they are: those from before that are still to be had and not removed, then the new."""
        self.problems = list(problems)
        found: dict[str, Found] = {}
        for row in self.rows:
            facts = None if row.removed else find(row.url)
            if facts is not None:
                found[row.url] = facts | {"title": row.title or facts.get("title", "")}
            elif not row.removed:
                self.problems.append(f"{row.title or row.url}: {gettext(GONE)}")
        found |= {facts["url"]: facts for facts in new}
        if len(found) > MOST_ATTACHMENTS:
            self.problems.append(gettext(TOO_MANY, count=MOST_ATTACHMENTS))
        kept = list(found.values())[:MOST_ATTACHMENTS]
        names = Attachment.model_fields
        self.data = tuple(Attachment(**{name: facts[name] for name in facts if name in names}) for facts in kept)
        self.show()


def enclosures_data(image: Picture | None, attachments: tuple[Attachment, ...]) -> dict[str, Any]:
    """Return the data that makes a form show an image and documents again."""
    return {"image": image, "documents": attachments}
