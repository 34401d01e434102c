"""A member leaves for good: their account and their person go, what organisations published stays theirs."""

from typing import Any

from sqlalchemy import delete, select, update

from actors.database import session
from flask_maillage.files.models import StoredFile
from flask_maillage.mail import queue
from flask_maillage.mail.models import Mail
from flask_maillage.people import account_mails, roles, stewardship
from flask_maillage.people.models import Applicant, Member
from flask_maillage.publications import leaving
from flask_maillage.publications.importing.models import Import
from flask_maillage.publications.life.models import Revision, Schedule, Unsaved
from flask_maillage.publications.models import Publication
from flask_maillage.standing.models import StandingText

SIGNED: list[Any] = [Revision, Schedule, Unsaved, Import, StandingText]
"""What says which member wrote it, and is kept when they leave."""


def signed(model: Any) -> None:
    """Register what an upper package keeps that says in `author_id` which member wrote it."""
    if model not in SIGNED:
        SIGNED.append(model)


def administers_alone(member: Member) -> list[str]:
    """Return the names of organisations and projects that nobody else administers."""
    return sorted(held.actor.name for held in member.roles if roles.is_last_admin(held))


def close(member: Member) -> int:
    """Delete a member, and return how many publications of their own were withdrawn.

    Gone are the account with its sessions, tokens, roles and notifications, the person with all published in their own
    name, and mails that wait. What they wrote and uploaded in the name of an organisation stays, without their name.

    Raises:
        LastAdmin: nobody else administers the node, or an organisation of theirs.
    """
    stewardship.keep_an_admin(member)
    roles.lock_admins(*(held.actor_id for held in member.roles))
    if administers_alone(member):
        raise roles.LastAdmin(", ".join(administers_alone(member)))
    actor, email, notice = member.actor, member.email, account_mails.deleted(member)
    in_others_names = Publication.author_id == actor.id, Publication.actor_id != actor.id
    session().execute(update(Publication).where(*in_others_names).values(author_id=None))
    for model in SIGNED:
        session().execute(update(model).where(model.author_id == actor.id).values(author_id=None))
    session().execute(update(StoredFile).where(StoredFile.uploader_id == actor.id).values(uploader_id=None))
    session().execute(delete(Applicant).where(Applicant.email == email))
    for mail in session().scalars(select(Mail).where(Mail.recipient == email, Mail.state == "pending")):
        queue.settle(mail, "cancelled", "the account is deleted")
    session().delete(member)
    session().flush()
    withdrawn = leaving.delete_actor(actor)
    queue.write(email, notice, purpose="account: deleted")
    return withdrawn
