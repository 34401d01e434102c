"""The tables of actors: who speaks, with which keys, who follows whom, and what left through the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity

ORGANISATION, PROJECT, COALITION, TERRITORY, PERSON, NODE = (
    "organisation",
    "project",
    "coalition",
    "territory",
    "person",
    "node",
)
AS2_TYPES = {
    ORGANISATION: "Group",
    PROJECT: "Group",
    COALITION: "Group",
    TERRITORY: "Group",
    PERSON: "Person",
    NODE: "Application",
}


class Actor(Base):
    """Anyone who can speak: ours (`local`), or a copy of one who lives on another server.

    A row is never taken away: a deleted actor keeps its id and handle, so that neither is ever used again.
    """

    __tablename__ = "maillage_actors"
    __table_args__ = (
        Index(
            "uq_maillage_actors_local_handle",
            "handle",
            unique=True,
            sqlite_where=text("local"),
            postgresql_where=text("local"),
        ),
        Index("ix_maillage_actors_host_handle", "host", "handle"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    iri: Mapped[str] = mapped_column(unique=True)
    local: Mapped[bool]
    type: Mapped[str]
    """The ActivityStreams type."""
    kind: Mapped[str | None]
    """Our word for what it is: organisation, project, coalition, territory, person, node; None where unknown."""
    handle: Mapped[str]
    host: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    """Sanitised HTML."""
    url: Mapped[str]
    inbox: Mapped[str]
    shared_inbox: Mapped[str | None]
    outbox: Mapped[str | None]
    followers: Mapped[str | None]
    approves_followers: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    website: Mapped[str | None]
    place: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    """When a remote actor's document was last read."""
    gone_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]

    keys: Mapped[list["ActorKey"]] = relationship(back_populates="actor", cascade="all, delete-orphan")

    @property
    def address(self) -> str:
        """The handle as the fediverse writes it: `@name@host`."""
        return f"@{self.handle}@{self.host}"

    @property
    def page_handle(self) -> str:
        """The handle as it stands in the address of a page of ours: with the host for those who live elsewhere."""
        return self.handle if self.local else f"{self.handle}@{self.host}"


class ActorKey(Base):
    """A signing key of an actor; the private half only for ours, encrypted under the node's secret."""

    __tablename__ = "maillage_actor_keys"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id", ondelete="CASCADE"), index=True)
    iri: Mapped[str] = mapped_column(unique=True)
    public_pem: Mapped[str]
    private_encrypted: Mapped[str | None]
    created_at: Mapped[datetime]

    actor: Mapped[Actor] = relationship(back_populates="keys")


class Follow(Base):
    """One actor follows another; nothing is owed to a follower before the followed has accepted."""

    __tablename__ = "maillage_follows"
    __table_args__ = (
        UniqueConstraint("follower_id", "followed_id"),
        CheckConstraint("state IN ('pending', 'accepted', 'rejected')", name="state"),
        CheckConstraint("follower_id <> followed_id", name="not_oneself"),
        Index("ix_maillage_follows_followed_state", "followed_id", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    followed_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    iri: Mapped[str] = mapped_column(index=True)
    """The id of the last Follow activity between the two; peers reuse theirs, so it is not unique."""
    state: Mapped[str]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    follower: Mapped[Actor] = relationship(foreign_keys=[follower_id])
    followed: Mapped[Actor] = relationship(foreign_keys=[followed_id])


class Posted(Base):
    """An activity of one of our actors: its bytes are made once, and the same bytes are sent at every attempt."""

    __tablename__ = "maillage_activities"
    __table_args__ = (Index("ix_maillage_activities_actor_public", "actor_id", "public", "id"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    iri: Mapped[str] = mapped_column(unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    type: Mapped[str]
    object_iri: Mapped[str | None] = mapped_column(index=True)
    public: Mapped[bool]
    """Whether the activity stands in the outbox for everyone to read."""
    body: Mapped[str]
    published_at: Mapped[datetime]

    actor: Mapped[Actor] = relationship()
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="activity")


class Delivery(Base):
    """One activity on its way to one inbox: the only truth about what was sent and what became of it."""

    __tablename__ = "maillage_deliveries"
    __table_args__ = (
        UniqueConstraint("activity_id", "inbox"),
        CheckConstraint("state IN ('pending', 'delivered', 'refused', 'expired', 'cancelled')", name="state"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        Index("ix_maillage_deliveries_state_due", "state", "due_at"),
        Index("ix_maillage_deliveries_order", "order_key", "host", "state"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("maillage_activities.id", ondelete="CASCADE"))
    inbox: Mapped[str]
    host: Mapped[str] = mapped_column(index=True)
    order_key: Mapped[str]
    """The object: what concerns one object reaches one host in the order of its writing."""
    state: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None]
    last_status: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]

    activity: Mapped[Posted] = relationship(back_populates="deliveries")


class Host(Base):
    """What we know of a server that we deliver to: which signatures it reads, whether it answers."""

    __tablename__ = "maillage_hosts"

    name: Mapped[str] = mapped_column(primary_key=True)
    signature_scheme: Mapped[str] = mapped_column(default="cavage")
    scheme_learnt_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Failed attempts since the last success."""
    closed_until: Mapped[datetime | None]
    """While in the future, nothing is sent: the circuit breaker. Any verified letter from the host ends it."""
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    last_letter_at: Mapped[datetime | None]


class BlockedHost(Base):
    """A host, with all its subdomains, from which nothing is taken and to which nothing is sent."""

    __tablename__ = "maillage_blocked_hosts"

    name: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Tombstone(Base):
    """An object that was deleted: what arrives for it later is not believed, who asks for ours is told 410."""

    __tablename__ = "maillage_tombstones"

    iri: Mapped[str] = mapped_column(primary_key=True)
    actor_iri: Mapped[str] = mapped_column(primary_key=True)
    """Who deleted it: a neighbour's Delete of a foreign id must not keep the owner from publishing it."""
    former_type: Mapped[str]
    deleted_at: Mapped[datetime]
