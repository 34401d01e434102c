"""What page and feed tests put on the board: the sample publications, published here or copied from a partner."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from actors import local
from actors.database import session
from actors.models import Actor
from actors.node import now
from federation.activities import PUBLIC
from flask_maillage import sample
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.content import Content, Envelope
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.models import Publication

SAMPLES = {"call": sample.call, "event": sample.seminar, "initiative": sample.initiative, "news": sample.news}
PARTNER = "partner.test"


def sample_of(kind: str, moment: datetime, **changes: Any) -> Content:
    """Return a sample publication, changed."""
    return SAMPLES[kind](moment).model_copy(update={"summary": "", **changes})


def publish(app: Flask, kind: str, *, handle: str = "union", row: dict[str, Any] | None = None, **changes: Any) -> str:
    """Publish a sample of ours, set columns of its row, and return the path of its page."""
    with app.app_context():
        actor = local.find(handle)
        assert actor is not None
        publication = publishing.draft(actor, sample_of(kind, now(), **changes))
        publishing.publish(publication)
        return _finished(publication, row)


def draft(app: Flask, kind: str, *, handle: str = "union", **changes: Any) -> str:
    """Keep a sample as a draft, and return the path of its page."""
    with app.app_context():
        actor = local.find(handle)
        assert actor is not None
        return _finished(publishing.draft(actor, sample_of(kind, now(), **changes)), None)


def receive(app: Flask, kind: str, *, row: dict[str, Any] | None = None, **changes: Any) -> str:
    """Keep a copy of a partner's sample, and return the path of our page of it."""
    with app.app_context():
        content = sample_of(kind, now(), **changes)
        base = f"https://{PARTNER}"
        iri = f"{base}/actors/depot/{kind}/{abs(hash(content.name))}"
        written = now() - timedelta(days=2)
        envelope = Envelope(
            iri=iri,
            url=f"{base}/@depot/{kind}",
            actor=f"{base}/actors/depot",
            application=f"{base}/actors/relay",
            followers=f"{base}/actors/depot/followers",
            to=(PUBLIC,),
            cc=(),
            published=written,
            updated=written,
        )
        kept = keeping.keep(kind_named(kind).to_object(content, envelope), partner())
        assert kept is not None
        return _finished(kept, row)


def partner() -> Actor:
    """Return our copy of an organisation on a partner node."""
    iri = f"https://{PARTNER}/actors/depot"
    found = session().query(Actor).filter_by(iri=iri).one_or_none()
    if found is None:
        found = Actor(
            iri=iri,
            local=False,
            type="Group",
            kind="organisation",
            handle="depot",
            host=PARTNER,
            name="The depot",
            summary="<p>We share bicycles.</p>",
            url=f"https://{PARTNER}/@depot",
            inbox=f"{iri}/inbox",
            updated_at=now(),
        )
        session().add(found)
        session().flush()
    return found


def change(app: Flask, path: str, **columns: Any) -> None:
    """Set columns of the publication of a page."""
    with app.app_context():
        found = session().query(Publication).filter_by(identifier=path.rpartition("/")[2]).one()
        for name, value in columns.items():
            setattr(found, name, value)
        session().commit()


def withdraw(app: Flask, path: str) -> None:
    """Withdraw the publication of a page."""
    with app.app_context():
        publishing.withdraw(session().query(Publication).filter_by(identifier=path.rpartition("/")[2]).one())
        session().commit()


def _finished(publication: Publication, row: dict[str, Any] | None) -> str:
    for name, value in (row or {}).items():
        setattr(publication, name, value)
    session().commit()
    return publication.page.removeprefix("http://localhost")
