"""Dossiers by their ids, what their versions say, and the one way in which they are made."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from actors import iris
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import audit
from flask_maillage.calls.application import Application
from flask_maillage.calls.models import ApplicationFile, CallLetter, Dossier, Draft, Version
from flask_maillage.calls.models.dossiers import SUBMITTED
from flask_maillage.calls.registering.initiatives import Seen
from flask_maillage.publications.models import Publication


def of(call: Publication, agreement_iri: str) -> Dossier | None:
    """Return the dossier of an application to a call of ours."""
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.agreement_iri == agreement_iri)
    return session().scalar(query.execution_options(populate_existing=True))


def find(iri: str) -> Dossier | None:
    """Return the dossier with this id."""
    call, _, identifier = iri.rpartition("/dossiers/")
    found = session().scalar(select(Dossier).where(Dossier.identifier == identifier))
    return found if found is not None and found.call.iri == call else None


def iri_of(dossier: Dossier) -> str:
    """Return the id of a dossier."""
    return iris.dossier(dossier.call.iri, dossier.identifier)


def version_of(dossier: Dossier, number: int | None = None) -> Version:
    """Return a version of an application; the one that counts, where no number is given."""
    wanted = number or dossier.version
    return next(version for version in dossier.versions if version.number == wanted)


def said_in(version: Version) -> Application | None:
    """Return what a version says, or None where it was erased."""
    return Application.model_validate(version.content) if version.content else None


def make(
    call: Publication,
    application: Application,
    letter: CallLetter,
    sender: Actor,
    initiative: Seen,
    **columns: Any,
) -> Dossier:
    """Write a dossier with its first version; the caller has checked everything, under the call's lock.

    Args:
        call: one of ours.
        application: what it says.
        letter: the Offer.
        sender: whose it is.
        initiative: what is known of the initiative that it names (FC-25).
        columns: further columns of the dossier.
    """
    dossier = Dossier(
        identifier=new_identifier(now()),
        call_id=call.id,
        applicant_iri=sender.iri,
        agreement_iri=letter.agreement_iri,
        guest_id=guest_of(sender, letter.agreement_iri or ""),
        state=SUBMITTED,
        publicise=False,
        **{"registered_at": letter.received_at, "late": False, **columns},
    )
    dossier.call = call
    session().add(dossier)
    write(dossier, application, letter, initiative)
    return dossier


def write(dossier: Dossier, application: Application, letter: CallLetter, initiative: Seen) -> Version:
    """Write the next version of an application, with the files that are to be fetched for it."""
    dossier.name, dossier.territory, dossier.language = application.name, application.territory, application.language
    dossier.initiative_iri, dossier.initiative_state = application.initiative_id, initiative.state
    dossier.initiative_carriers = sorted(initiative.named)
    dossier.version, dossier.committee_version = application.version, application.committee_version
    version = Version(
        number=application.version,
        letter_id=letter.id,
        committee_version=application.committee_version,
        content=application.model_dump(mode="json", by_alias=True, exclude_none=True),
        digest=letter.digest,
        received_at=letter.received_at,
    )
    dossier.versions.append(version)
    session().flush()
    session().add_all(_files(application, version))
    session().flush()
    return version


def guest_of(sender: Actor, agreement_iri: str) -> int | None:
    """Return whose application a letter of the node's own actor carries: a guest's (FC-28)."""
    if not sender.local:
        return None
    query = select(Draft.guest_id).where(
        Draft.actor_id == sender.id, Draft.identifier == agreement_iri.rpartition("/")[2]
    )
    return session().scalar(query)


def log(
    dossier: Dossier, act: str, *, by: str, at: datetime, letter: CallLetter | None, before: str | None, after: str
) -> None:
    """Write the audit record of something that befell an application."""
    audit.append(dossier.call, act, by=by, at=at, subject=iri_of(dossier), before=before, after=after, letter=letter)


def _files(application: Application, version: Version) -> list[ApplicationFile]:
    return [
        ApplicationFile(
            version_id=version.id,
            key=answer.key,
            url=answer.attachment.url,
            title=answer.attachment.name,
            media_type=answer.attachment.media_type,
            size=answer.attachment.size,
            digest=answer.attachment.digest,
            pages=answer.attachment.pages,
            due_at=version.received_at,
        )
        for answer in application.answers
        if answer.attachment
    ]
