"""What the page of a form shows beside its fields: how the text will look, what somebody else wrote meanwhile."""

from typing import Any, NamedTuple

from markupsafe import Markup

from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.life.models import Unsaved


class Shown(NamedTuple):
    """What a publication says, as a page shows it inside the form's page."""

    title: str
    name: str
    summary: Markup
    html: Markup
    typed: tuple[tuple[str, str], ...] = ()
    """What was typed by somebody else and cannot be shown otherwise, with the names of the fields."""


class Group(NamedTuple):
    """Fields that few need, folded under a title until one of them holds something."""

    title: str
    fields: list[Any]
    is_open: bool


def as_shown(title: str, kind: Kind, content: Content) -> Shown:
    """Return what a publication says under a title."""
    html = content.html + kind.facts(content)
    return Shown(title, content.name, Markup(kind.summary(content)), Markup(html))  # noqa: S704 - both are clean


def typed_by_others(form: Any, row: Unsaved | None) -> tuple[tuple[str, str], ...]:
    """Return the fields in which what waits to be saved is not what the form says."""
    if row is None:
        return ()
    theirs = ((one, "\n".join(row.typed.get(one.name, []))) for one in form)
    return tuple(
        (one.label.text, text) for one, text in theirs if text and text.split() != "\n".join(one.raw_data or ()).split()
    )


def groups_of(form: Any) -> list[Group]:
    """Return the fields that are folded away."""
    groups = ((title, [form[name] for name in names]) for title, names in form.groups)
    return [Group(title, fields, any(_holds_something(one) for one in fields)) for title, fields in groups]


def _holds_something(one: Any) -> bool:
    return bool(one.errors) or (one.name != "language" and bool(one.data) and one.data != one.default)
