"""A decided call with leaders in cohorts, here and elsewhere, for tests of their sessions."""

from datetime import timedelta
from typing import Any

from flask import Flask

from actors.database import session
from actors.node import now
from flask_maillage.calls import cohorts
from flask_maillage.calls.models import CohortSession, Dossier
from flask_maillage.calls.models import Guest as GuestApplicant
from flask_maillage.calls.sessions import holding
from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.models import Publication
from tests.calls import decided, making
from tests.fediverse import Fediverse

BY = decided.COORDINATOR


def call_of(app: Flask, fediverse: Fediverse) -> str:
    """Publish a decided call with four confirmed applications: two in the first cohort, one in the second, one free."""
    iri = decided.call_of(app, fediverse, 4, maximum_selected=4, cohorts=decided.COHORTS)
    with app.app_context():
        found = making.found(iri)
        decided.publish(found, *["selected"] * 4)
        those = decided.dossiers(found)
        for dossier in those:
            dossier.state, dossier.confirmed_at = "confirmed", now()
        session().flush()
        wanted = dict(zip((one.identifier for one in those), ("1", "1", "2"), strict=False))
        cohorts.arrange(found, wanted, BY)
        session().commit()
    return iri


def content(**more: Any) -> Content:
    """Return what a session says, in two weeks."""
    starts = now().replace(microsecond=0) + timedelta(days=14)
    said = {
        "kind": "event",
        "name": "Coaching session",
        "html": "<p>Bring your pay logs.</p>",
        "language": "en",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=6),
        "timezone": "Europe/Brussels",
        "online_url": "https://meet.test/room",
        "status": "confirmed",
        "details": EventDetails(),
    }
    return Content(**(said | more))


def held(call: Publication, key: str = "1") -> CohortSession:
    """Hold the session of a cohort."""
    cohort = holding.cohort_named(call, key)
    assert cohort is not None
    return holding.hold(call, cohort, content(), BY)


def guest(call: Publication, dossier: Dossier, email: str = "gus@example.org") -> None:
    """Make a dossier one of a guest."""
    found = GuestApplicant(
        call_id=call.id, identifier=f"guest-{dossier.id}", email=email, name="Gus", language="fr", asked_at=now()
    )
    session().add(found)
    session().flush()
    dossier.guest_id = found.id
    session().flush()


def cohort_ids(call: Publication) -> list[str]:
    """Return the ids of a call's cohorts."""
    return [cohort.id_in(call.iri) for cohort in details_of(call.content).cohorts]
