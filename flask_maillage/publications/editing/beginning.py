"""A draft that says too little, or something that cannot be read yet: what is stored of it, and what was typed."""

from typing import Any

from flask import request
from wtforms import FileField, MultipleFileField

from federation import markdown
from federation.sanitising import clean_html
from flask_maillage.publications.content import HTML_LIMIT, Content
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.texts import TEXT_LIMIT

NOTE = "what_changed"
"""The field in which one says what changed: it belongs to the change, not to what is published."""


def only_lacks(form: Any) -> bool:
    """Tell whether nothing is wrong with a form but that something required is not filled in yet."""
    return all(one.flags.required and not _is_filled(one) for one in form if one.errors)


def content_begun(form: Any, kind: Kind, previous: Content | None) -> Content:
    """Return what can be stored of an unfinished form: title, text and language; the rest as it was."""
    content = previous or Content(kind=kind.name, name="", status=kind.statuses[0], details=kind.details())
    source = (form.text.data or "").strip().replace("\0", "")[:TEXT_LIMIT]
    said = {
        "name": form.name.data or "",
        "source": source,
        "html": clean_html(markdown.render(source), limit=HTML_LIMIT),
    }
    if any(value == form.language.data for value, *_ in form.language.iter_choices()):
        said["language"] = form.language.data
    return Content.model_validate({**{name: getattr(content, name) for name in Content.model_fields}, **said})


def typed_in(form: Any) -> dict[str, list[str]]:
    """Return what was sent for each field of a form, also in rows; its token and its files belong to nobody's draft."""
    names = {NOTE, *(one.name for one in form if not isinstance(one, FileField | MultipleFileField))} - {"csrf_token"}
    return {name: values for name, values in request.form.lists() if name.partition("-")[0] in names}


def _is_filled(one: Any) -> bool:
    return any(str(value).strip() for value in one.raw_data or ())
