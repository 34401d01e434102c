"""Copies of others' publications, whatever the order in which their letters arrive."""

import pytest

from actors import remote
from actors.database import session
from flask_maillage.publications import keeping


def kept(alice, **more):
    """Keep an event of Alice, and return the name that the copy has then."""
    publication = keeping.keep(alice.event(**more), remote.find(alice.iri))
    session().commit()
    return publication.name


@pytest.mark.parametrize("late", ["2026-11-20T10:00:00Z", None])
def test_older_version_does_not_undo_a_newer_one(app, fediverse, late):
    alice = fediverse.actor("alice", "a.test")
    with app.app_context():
        remote.remember(alice.document)
        assert kept(alice, name="New", updated="2026-11-20T12:00:00Z") == "New"

        assert kept(alice, name="Old", **({"updated": late} if late else {})) == "New"

        assert kept(alice, name="Newest", updated="2026-11-20T13:00:00Z") == "Newest"
