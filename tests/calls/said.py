"""An application with everything that may lie about one, each part of which says a word, and where to look for it."""

import json
import os

import pytest
from sqlalchemy import inspect, select, text

from actors import remote
from actors.database import BIND, session
from actors.node import node, now
from flask_maillage.calls import private_files
from flask_maillage.calls.afterwards import chores
from flask_maillage.calls.models import ApplicationFile, CallLetter, Decision, Entry, Review
from tests.calls import making
from tests.publications import board

UNION = "http://localhost/actors/union"
COURIERS = "http://localhost/actors/couriers"
WORDS = "Nightingale"
"""Stands in everything that an application says, and nowhere else."""


@pytest.fixture
def riders(app, fediverse):
    """An organisation on another server, which is known here."""
    found = fediverse.actor("riders", "d.test", kind="Group")
    with app.app_context():
        remote.remember(found.document)
        session().commit()
    return found


@pytest.fixture
def call(app):
    """The id of a call of ours that was decided."""
    iri = making.call_of(app, details={"retention_months": 12})
    path = iri.removeprefix("http://localhost").replace("/actors/", "/@")
    board.change(app, path, status="decided")
    return iri


def declined(call, applicant, number=1, **more):
    """Write an application that was declined, with everything that may lie about one: all of it says the word."""
    by = {"decided_by": UNION, "decided_at": now()}
    answers = [{"key": "objectives", "text": f"{WORDS} answers"}]
    content = {"answers": answers, "people": [{"name": f"{WORDS} people"}], "sectors": [f"{WORDS} sector"]}
    found = making.dossier_of(
        call,
        number,
        applicant=applicant,
        content=content,
        **(by | {"state": "declined", "name": f"{WORDS} name"} | more),
    )
    letter = session().get(CallLetter, found.versions[0].letter_id)
    letter.document = json.dumps(
        {"id": letter.iri, "object": {"name": f"{WORDS} letter"}, "to": [UNION, COURIERS], "actor": applicant}
    )
    file = private_files.store(f"{WORDS} bytes".encode(), title=f"{WORDS}.txt", media_type="text/plain")
    session().add_all(
        [
            ApplicationFile(
                version_id=found.versions[0].id,
                key="note",
                url=f"{applicant}/files/{WORDS}",
                title=f"{WORDS}.txt",
                media_type="text/plain",
                size=file.size,
                digest=file.digest,
                file_id=file.id,
                state="kept",
                due_at=now(),
            ),
            Review(
                dossier_id=found.id,
                seat_key="s1",
                number=1,
                iri=f"{COURIERS}/reviews/{number}",
                by_iri=COURIERS,
                opinion="admissible",
                scores={},
                content=f"{WORDS} opinion",
                received_at=now(),
            ),
            Decision(
                dossier_id=found.id,
                number=1,
                outcome="declined",
                motives=f"{WORDS} motives",
                departure=f"{WORDS} departure",
                batch="1",
                arranged_by=UNION,
                arranged_at=now(),
                published_at=now(),
                iri=f"{call.iri}/decisions/{number}",
            ),
            Entry(
                dossier_id=found.id,
                iri=f"{UNION}/entries/{number}",
                by_iri=UNION,
                entry="contact",
                content=f"{WORDS} entry",
                facts={"outputs": {"needs": [f"{WORDS} need"]}},
                at=now(),
            ),
        ]
    )
    session().flush()
    return found


def everything(app):
    """Return every text in the database, and every private file, in one."""
    with app.app_context(), app.extensions["sqlalchemy"].engines[BIND].connect() as connection:
        names = inspect(connection).get_table_names()
        rows = [[str(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))] for name in names]
        return json.dumps([rows, [path.read_bytes().decode() for path in lying_files()]])


def sweep():
    """Remove the bytes that no row names, as the daily pruning does once they are old."""
    for path in lying_files():
        os.utime(path, (0, 0))
    private_files.sweep_private_files(now())


def lying_files():
    """Return the paths of all private files."""
    return list((node().state["settings"].data / "private").glob("??/*"))


def work_through(app):
    """Do what is due now, as a worker would."""
    with app.app_context():
        for chore in (chores.warn_before_purge, chores.purge_applications):
            while chore():
                pass
        session().rollback()


def of(app, shape):
    """Return the letters of a shape that the owner sent."""
    query = select(CallLetter.document).where(CallLetter.sender_iri == UNION, CallLetter.verb == str(shape))
    with app.app_context():
        return [json.loads(document) for document in session().scalars(query.order_by(CallLetter.id))]
