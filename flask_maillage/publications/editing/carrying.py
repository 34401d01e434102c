"""From a form to what is stored: what a form does not ask for stays as it was."""

from typing import Any

from actors.node import now
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.publishing import with_links
from flask_maillage.publications.referring import identified


def content_of(form: Any, kind_name: str, previous: Content | None) -> Content:
    """Return what a valid form says, on top of what its publication said before.

    A call's form has no status and no place, an event's no count of participants: saving the form must not take away
    what a command or a later decision put there.
    """
    kind = kind_named(kind_name)
    content = kind.at(identified(with_links(kind.content_from_form(form, language=None))), now())
    if previous is None:
        return content
    unasked = set(Content.model_fields) - content.model_fields_set
    kept = {name: getattr(previous, name) for name in unasked}
    if "status" not in form:
        kept["status"] = previous.status
    untouched = set(kind.details.model_fields) - content.details.model_fields_set
    details = {name: getattr(previous.details, name) for name in untouched}
    content = content.model_copy(update=kept | {"details": content.details.model_copy(update=details)})
    return content.model_copy(update={"summary": kind.summary(content)})
