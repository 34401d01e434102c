"""Answers per second on one thread: an actor's document, the home page, a feed, beside a bare Flask answer."""

from flask import Flask
from measure import node, per_second, show

from actors import local
from actors.database import session
from actors.node import now
from flask_maillage import sample
from flask_maillage.publications import publishing

COUNT = 200
PUBLICATIONS = 100


def main() -> None:
    """Measure and print."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "hello")
    raw = per_second(lambda: bare.test_client().get("/"), 2000)
    with node() as app:
        furnish(app)
        client = app.test_client()
        as2 = {"Accept": "application/activity+json"}
        show("actor document", per_second(lambda: client.get("/actors/union", headers=as2), COUNT), "bare answers", raw)
        show("home page", per_second(lambda: client.get("/"), COUNT), "bare answers", raw)
        show("Atom feed", per_second(lambda: client.get("/feed.atom"), COUNT), "bare answers", raw)


def furnish(app: Flask) -> None:
    """Publish what the pages show."""
    with app.app_context():
        union = local.create("union", "organisation", "A union")
        for number in range(PUBLICATIONS):
            content = (sample.call, sample.seminar, sample.initiative)[number % 3](now())
            publishing.publish(publishing.draft(union, content))
        session().commit()


if __name__ == "__main__":
    main()
