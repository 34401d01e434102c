"""Several things of several parts in one form, each in a row of its own; empty rows at the end are for more."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, ClassVar

from wtforms import BooleanField, FieldList, Form, FormField
from wtforms.utils import unset_value

from flask_maillage.people.wording import SpokenForm
from flask_maillage.publications.forms.base import _, say
from flask_maillage.web.language import gettext

_INDEX = re.compile(r"-([0-9]{1,3})-")


class Row(SpokenForm, Form):
    """One thing; without anything typed in it, it is none. `more` names the parts that few need, folded on the page."""

    more: ClassVar[tuple[str, ...]] = ()
    more_title: ClassVar[str] = _("More")

    remove = BooleanField(_("Take this away"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: what is chosen at the beginning and what is hidden do not count."""
        return not any(_is_typed(field) for field in self)

    @property
    def says_more(self) -> bool:
        """Whether a part that few need says something, or is wrong."""
        return any(_is_typed(self[name]) for name in self.more)

    @property
    def counts(self) -> bool:
        """Whether it is one of those that the form means."""
        return not self.is_empty and not self.remove.data


def _is_typed(field: Any) -> bool:
    if field.type in ("HiddenField", "SelectField"):
        return False
    return bool(field.data) or any(str(value).strip() for value in field.raw_data or ())


class Rows(FieldList):
    """A field of rows; `data` and `rows` are those that mean something, in their order."""

    def __init__(self, row: type[Row], label: str, *, most: int, title: str, spare: int = 2, **more: Any) -> None:
        """Keep how many rows there may be, what one is called (`Question %(number)s`), and how many stay empty."""
        super().__init__(FormField(row), label, max_entries=most, **more)
        self.title = title
        self.spare = spare

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the rows, and add empty ones."""
        super().process(formdata, data, extra_filters)
        while len(self.entries) < (self.max_entries or 0) and self._empty_at_the_end() < self.spare:
            self._add_entry()

    @property
    def data(self) -> list[dict[str, Any]]:
        """What the rows say that mean something."""
        return [row.data for row in self.rows]

    @property
    def rows(self) -> list[Any]:
        """The forms of the rows that mean something."""
        return [entry.form for entry in self.entries if entry.form.counts]

    def title_of(self, number: int) -> str:
        """Return what a row is called, in the reader's language."""
        return say(self.title, number=number)

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check each row, then the whole; every error names its row."""
        self.errors = []
        for number, entry in enumerate(self.entries, start=1):
            if entry.form.counts and not entry.form.validate():
                self.errors += [f"{self.title_of(number)}: {reason}" for reason in _reasons(entry.form)]
        if not self.errors:
            self._run_validation_chain(form, chain(self.validators, extra_validators))
        return not self.errors

    def _empty_at_the_end(self) -> int:
        count = 0
        for entry in reversed(self.entries):
            if not entry.form.is_empty:
                break
            count += 1
        return count

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """Yield the numbers of the rows that were sent; a number that no page of ours writes is none."""
        for name in formdata:
            if name.startswith(prefix) and (found := _INDEX.match(name, len(prefix))):
                yield int(found[1])


def _reasons(row: Any) -> Iterator[str]:
    for field in row:
        yield from (gettext(error) for error in field.errors if isinstance(error, str))
