"""Files that answer a question: looked at when they are chosen, kept apart from all media, named by their digest.

A file is looked at before anything is locked; what is wrong with it is said at its field, and nothing is kept of it.
"""

from dataclasses import dataclass, field
from typing import Any

from flask import request

from actors import iris
from actors.models import Actor
from flask_maillage.calls import private_files
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.judging import most_bytes, most_pages
from flask_maillage.calls.models import Draft, PrivateFile
from flask_maillage.files import folder
from flask_maillage.files.refusing import FileRefused
from flask_maillage.publications.call_parts import MAX_QUESTIONS, Question
from flask_maillage.publications.forms.base import say
from flask_maillage.web.language import current_language, gettext

REQUEST_ROOM = 2 * folder.MEGABYTE
"""What a form may hold besides its files."""


def _(message: str) -> str:
    return message


TOO_LARGE = _("This file is larger than %(limit)s MB: make it smaller.")


@dataclass
class Looked:
    """What came with a form: files that fit, by the question's key, and what is wrong with the others."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)


def bound_request(call: TheCall) -> None:
    """Say how much the form may send, before anything of it is read."""
    asked = [question for question in call.details.questions if question.answer == "file"]
    request.max_content_length = sum(most_bytes(question) for question in asked[:MAX_QUESTIONS]) + REQUEST_ROOM
    request.max_form_memory_size = REQUEST_ROOM


def look(call: TheCall) -> Looked:
    """Return what of the files that came with a form fits what is asked."""
    looked = Looked()
    for question in call.details.questions:
        sent = request.files.get(f"a_{question.key}") if question.answer == "file" else None
        if sent is None or not sent.filename:
            continue
        try:
            looked.files[question.key] = _inspected(question, call, sent.stream.read(most_bytes(question) + 1), sent)
        except FileRefused as refusal:
            looked.problems.append((f"a_{question.key}", gettext(refusal.message, **refusal.values)))
        except Refused as error:
            looked.problems.append((f"a_{question.key}", error.refusal.sentence(current_language())))
    return looked


def keep(looked: Looked, draft: Draft, uploader: Actor | None) -> dict[str, dict[str, Any]]:
    """Keep the files that fit, and return what an answer says of each, by the question's key."""
    kept = {}
    for key, one in looked.files.items():
        stored = private_files.store(**one, uploader=uploader, draft=draft)
        kept[key] = _attachment(draft, stored)
    return kept


def _inspected(question: Question, call: TheCall, data: bytes, sent: Any) -> dict[str, Any]:
    limit = most_bytes(question)
    if len(data) > limit:
        raise FileRefused(TOO_LARGE, limit=max(1, limit // folder.MEGABYTE))
    media_type = private_files.type_of(data, sent.filename)
    if question.media_types and media_type not in question.media_types:
        raise Refused(Refusal("file-type"))
    pages = private_files.looked_at(data, sent.filename, media_type)
    most = most_pages(question, call.details)
    if pages is not None and most is not None and pages > most:
        message = _("This PDF has %(count)s pages, where at most %(limit)s are possible.")
        raise FileRefused(say(message, count=pages, limit=most))
    return {"data": data, "title": sent.filename, "media_type": media_type, "pages": pages}


def _attachment(draft: Draft, stored: PrivateFile) -> dict[str, Any]:
    return {
        "type": "Document",
        "url": iris.of_call(draft.actor.handle, "files", stored.name),
        "mediaType": stored.media_type,
        "size": stored.size,
        "digestMultibase": stored.digest,
        "name": stored.title or "file",
        **({"pages": stored.pages} if stored.pages is not None else {}),
    }
