"""What a running node publishes, holds and was sent: for tests that look at it from inside."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from actors import local
from actors.database import session
from flask_maillage import sample
from flask_maillage.publications import publishing
from flask_maillage.publications.content import Content
from flask_maillage.publications.models import Publication
from inboxes.models import Letter
from tests.nodes import RunningNode, until

NOW = datetime.now(UTC).replace(microsecond=0)
CONTENTS: dict[str, Callable[[datetime], Content]] = {
    "call": sample.call,
    "event": sample.seminar,
    "initiative": sample.initiative,
    "news": sample.news,
}


def publish(node: RunningNode, handle: str, content: Content) -> str:
    """Publish something on the node, and return its id."""
    with node.app.app_context():
        publication = publishing.draft(local.find(handle), content)
        publishing.publish(publication)
        session().commit()
        return publication.iri


def change(node: RunningNode, iri: str, use_case: Callable[[Publication], Any]) -> None:
    """Let a use-case change a publication of the node."""
    with node.app.app_context():
        use_case(session().scalars(select(Publication).where(Publication.iri == iri)).one())
        session().commit()


def name_of_copy(node: RunningNode, iri: str) -> str | None:
    """Return the name under which the node holds something from elsewhere, or None."""
    with node.app.app_context():
        return session().scalar(
            select(Publication.name).where(Publication.iri == iri, Publication.state == "published")
        )


def letter(node: RunningNode, iri: str) -> Letter | None:
    """Return a letter with its sender, if it arrived."""
    with node.app.app_context():
        found = session().scalar(select(Letter).where(Letter.iri == iri))
        if found is not None:
            assert found.sender.iri
            session().expunge_all()
        return found


def settled(node: RunningNode, iri: str) -> Letter:
    """Wait until the worker has opened a letter, and return it."""

    def look() -> Letter | None:
        found = letter(node, iri)
        return found if found is not None and found.state != "waiting" else None

    found = until(f"{iri} to be opened", look)
    assert isinstance(found, Letter)
    return found
