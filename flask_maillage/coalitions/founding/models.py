"""The tables of founding: what is known of a project beside its actor, who founds it, and links in mails."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor
from flask_maillage.people.models import Member, RoleInvitation

PROGRESS = ("idea", "concept", "started", "development", "testing", "mature")
"""How far a project is, in Communecter's words."""
INVITED, CONSENTED, REFUSED, WITHDRAWN, LEFT = "invited", "consented", "refused", "withdrawn", "left"


class Project(Base):
    """What is known of a project beside its actor, whose `phase` says whether it is active.

    One that has no row, or a row without `proposed_by_id`, was founded by those who run the node.
    """

    __tablename__ = "maillage_projects"
    __table_args__ = (
        CheckConstraint(
            "progress IN ('idea', 'concept', 'started', 'development', 'testing', 'mature')", name="progress"
        ),
    )

    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id", ondelete="CASCADE"), primary_key=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    """The coalition to which it belongs: its founders are of it."""
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    """In whose name it was proposed: a person, or an organisation."""
    proposed_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    short_since: Mapped[datetime | None]
    """Since when an active project has fewer than three founders."""
    progress: Mapped[str] = mapped_column(default="idea")
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    """What came of a closed project, in words."""
    successor_iri: Mapped[str | None]
    """The project into which it was merged."""

    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id])
    network: Mapped[Actor | None] = relationship(foreign_keys=[network_id])
    proposed_by: Mapped[Actor | None] = relationship(foreign_keys=[proposed_by_id])


class Founder(Base):
    """A person is asked to found a project, and answers; project or person may live elsewhere."""

    __tablename__ = "maillage_founders"
    __table_args__ = (
        UniqueConstraint("project_id", "person_id"),
        CheckConstraint("state IN ('invited', 'consented', 'refused', 'withdrawn', 'left')", name="state"),
        Index("ix_maillage_founders_project_state", "project_id", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    stands_for_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    """The organisation of the network for which they stand."""
    state: Mapped[str]
    iri: Mapped[str] = mapped_column(index=True)
    """The id of the last Invite."""
    message: Mapped[str] = mapped_column(default="")
    listed: Mapped[bool] = mapped_column(default=False)
    """Whether everybody may read on the project's page that they founded it."""
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Their Accept with its proof, to be shown later."""
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    project: Mapped[Actor] = relationship(foreign_keys=[project_id])
    person: Mapped[Actor] = relationship(foreign_keys=[person_id])
    stands_for: Mapped[Actor | None] = relationship(foreign_keys=[stands_for_id])


class FounderLink(Base):
    """A link in a mail by which somebody, with an account or without, is asked to found a project."""

    __tablename__ = "maillage_founder_links"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of its secret, which is not kept."""
    email: Mapped[str] = mapped_column(index=True)
    message: Mapped[str] = mapped_column(default="")
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_role_invitations.id", ondelete="SET NULL"), index=True
    )
    """The invitation to the node that has the same secret, where one needs one to sign up."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    project: Mapped[Actor] = relationship()
    made_by: Mapped[Member] = relationship()
    invitation: Mapped[RoleInvitation | None] = relationship()
