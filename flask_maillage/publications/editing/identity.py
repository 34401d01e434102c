"""Which publication a form begins: the form carries the identifier, so that sending it twice begins one."""

import uuid
from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy import select

from actors.database import session
from actors.identifiers import IDENTIFIER, new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.people.current import may
from flask_maillage.people.roles import EDIT
from flask_maillage.publications.models import WITHDRAWN, Publication

FIELD = "identifier"
LONGEST_OPEN = timedelta(days=30)
"""How long after it was shown a form still brings its own identifier: these sort by time."""


def identifier_in_form() -> str:
    """Return the identifier that the form in hand carries, or a new one where it carries none of ours."""
    given = request.form.get(FIELD, "")
    return given if _is_recent(given) else new_identifier(now())


def _is_recent(text: str) -> bool:
    if not IDENTIFIER.fullmatch(text):
        return False
    value = uuid.UUID(text)
    age = now().timestamp() - (value.int >> 80) / 1000
    return value.version == 7 and value.variant == uuid.RFC_4122 and -60 <= age <= LONGEST_OPEN.total_seconds()


def begun_before(identifier: str, actor: Actor, kind: str, member: Any) -> Publication | None:
    """Return what an earlier sending of the same form began, locked; None where there is nothing to go on with."""
    query = select(Publication).where(Publication.identifier == identifier).with_for_update(of=Publication)
    found = session().scalar(query)
    if found is None or not found.local or found.actor_id != actor.id or found.kind != kind:
        return None
    return found if found.state != WITHDRAWN and may(member, EDIT, found) else None


def free_identifier(identifier: str) -> str:
    """Return the identifier, or a new one where something has it."""
    taken = session().scalar(select(Publication.id).where(Publication.identifier == identifier))
    return identifier if taken is None else new_identifier(now())
