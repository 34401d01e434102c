"""What the page of a form shows beside its fields: how the text will look, what somebody else wrote meanwhile."""

from typing import Any, NamedTuple

from markupsafe import Markup

from actors.database import session
from actors.models import Actor
from federation.activities import Document
from flask_maillage.publications import audience, publishing
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.content import Content
from flask_maillage.publications.elsewhere import Elsewhere
from flask_maillage.publications.enclosures import showing as enclosed
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.life.models import Unsaved
from flask_maillage.publications.life.unsaved import Typed
from flask_maillage.publications.models import Publication


class Shown(NamedTuple):
    """What a publication says, as a page shows it inside the form's page."""

    title: str
    name: str
    summary: Markup
    html: Markup
    typed: tuple[tuple[str, str], ...] = ()
    """What was typed by somebody else and cannot be shown otherwise, with the names of the fields."""
    elsewhere: Elsewhere | None = None
    """How readers of other servers see it."""
    image: enclosed.Shown | None = None
    downloads: tuple[enclosed.Download, ...] = ()


class Group(NamedTuple):
    """Fields that few need, folded under a title until one of them holds something."""

    title: str
    fields: list[Any]
    is_open: bool


def as_shown(title: str, kind: Kind, content: Content) -> Shown:
    """Return what a publication says under a title."""
    html = content.html + kind.facts(content)
    summary = kind.summary(content)
    shown = Shown(title, content.name, Markup(summary), Markup(html))  # noqa: S704 - both are clean
    return shown._replace(image=enclosed.picture_of(content), downloads=enclosed.downloads_of(content))


def document_of(actor: Actor, before: Publication | None, content: Content, readers: Audience) -> Document:
    """Return the object that would go out if this were published now; nothing is written."""
    trial = session().begin_nested()
    try:
        publication = before or publishing.draft(actor, content, readers=readers)
        publication.content = publishing.with_links(content)
        audience.put(publication, readers)
        return publishing.document(publication)
    finally:
        trial.rollback()


def typed_by_others(form: Any, mine: Typed, row: Unsaved | None) -> tuple[tuple[str, str], ...]:
    """Return the fields in which what waits to be saved is not what the form says."""
    if row is None:
        return ()
    theirs = ((one.label.text, _text_of(row.typed, one.name), _text_of(mine, one.name)) for one in form)
    return tuple((label, text) for label, text, own in theirs if text and text.split() != own.split())


def _text_of(typed: Typed, name: str) -> str:
    """Return what was typed into a field, or into its rows, one value to a line."""
    values = (value for key, values in typed.items() if key.partition("-")[0] == name for value in values)
    return "\n".join(value for value in values if value.strip())


def groups_of(form: Any) -> list[Group]:
    """Return the fields that are folded away."""
    groups = ((title, [form[name] for name in names]) for title, names in form.groups)
    return [Group(title, fields, any(_holds_something(one) for one in fields)) for title, fields in groups]


def _holds_something(one: Any) -> bool:
    return bool(one.errors) or (one.name != "language" and bool(one.data) and one.data != one.default)
