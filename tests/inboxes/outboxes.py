"""Outboxes elsewhere, for the tests that read them."""

import json

from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from flask_maillage.publications.models import Publication
from inboxes.models import Letter, Polling
from tests.fediverse import Answer


def create(actor, number, **more):
    """Return a public Create of an event."""
    event = actor.event(number, name=f"Evening {number}", **more)
    return actor.activity("Create", event, number, to=event["to"], cc=event["cc"])


def serve(actor, *pages, path=True, kind="orderedItems"):
    """Serve an outbox in pages, the newest first."""
    outbox = actor.document["outbox"]

    def address(number):
        return f"{outbox}/page/{number}" if path else f"{outbox}?page={number}"

    def page(number):
        document = {"id": address(number), "type": "OrderedCollectionPage", "partOf": outbox, kind: pages[number - 1]}
        return document | ({"next": address(number + 1)} if number < len(pages) else {})

    collection = {"id": outbox, "type": "OrderedCollection", "first": address(1)}
    if path:
        actor.fediverse.put(outbox, collection)
        for number in range(1, len(pages) + 1):
            actor.fediverse.put(address(number), page(number))
        return

    def answer(arrived):
        number = arrived.path.partition("page=")[2]
        return Answer(body=json.dumps(page(int(number)) if number else collection).encode())

    actor.fediverse.answer(outbox, answer)


def follow(app, client, clock, work, actor, handle="union"):
    """Let one of ours follow an actor, who accepts."""
    with app.app_context():
        relation = following.follow(local.find(handle), remote.remember(remote.look_up(actor.iri)))
        iri = relation.iri
        session().commit()
    thing = {"id": iri, "type": "Follow", "actor": f"http://localhost/actors/{handle}", "object": actor.iri}
    actor.post(client, actor.activity("Accept", thing, f"accept-{handle}"), now=clock())
    work()


def names(app):
    with app.app_context():
        return sorted(session().scalars(select(Publication.name)))


def letters(app):
    with app.app_context():
        return list(session().execute(select(Letter.type, Letter.way, Letter.state).order_by(Letter.id)).all())


def state_of(app):
    with app.app_context():
        found = session().scalars(select(Polling)).one()
        session().expunge_all()
        return found


def gets(fediverse, path):
    return [
        one.path for one in fediverse.arrived if one.method == "GET" and one.path.partition("?")[0].startswith(path)
    ]
