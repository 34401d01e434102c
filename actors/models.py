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
ACTIVE, PROPOSED, CLOSED, MERGED = "active", "proposed", "closed", "merged"
"""Where an actor is in its life: all but projects are active until they go."""
PHASES = (ACTIVE, PROPOSED, CLOSED, MERGED)
AS2_TYPES = {
    ORGANISATION: "Group",
    PROJECT: "Group",
    COALITION: "Group",
    TERRITORY: "Group",
    PERSON: "Person",
    NODE: "Application",
}


LISTED = ("gone_at", "suspended_at", "federated", "local", "policy_level", "policy_allows")
"""What tells whose publications lists leave out: they ask for it among all actors."""


class Actor(Base):
    """Anyone who can speak: ours (`local`), or a copy of one who lives on another server.

    A row of ours is never taken away: a deleted actor keeps its id and handle, so that neither is ever used again.
    A copy goes when nothing here has to do with it any more (`inboxes/pruning.py`).
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
        Index("ix_maillage_actors_listed", *LISTED),
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
    federated: Mapped[bool] = mapped_column(default=True)
    """Whether other servers may find it; a member is asked first."""
    featured: Mapped[str | None]
    """The collection of what a remote actor puts first; ours are minted."""
    also_known_as: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Other ids of the same actor, by its own word: a Move to it is believed from these only."""
    moved_to: Mapped[str | None]
    """The id that the actor announced as its new one."""
    moved_at: Mapped[datetime | None]
    phase: Mapped[str] = mapped_column(default=ACTIVE, server_default=ACTIVE)
    """`proposed` while a project waits for its founders, in no list; who is not `active` publishes nothing."""
    policy_level: Mapped[str] = mapped_column(default="none")
    """The strictest decision on a remote actor's host and what is above it (`policy.py`); lists ask for it."""
    policy_allows: Mapped[bool] = mapped_column(default=False)
    """Whether one of these decisions lets the host into an archipelago."""

    keys: Mapped[list["ActorKey"]] = relationship(back_populates="actor", cascade="all, delete-orphan")

    @property
    def address(self) -> str:
        """The handle as the fediverse writes it: `@name@host`."""
        return f"@{self.handle}@{self.host}"

    @property
    def page_handle(self) -> str:
        """The handle as it stands in the address of a page of ours: with the host for those who live elsewhere."""
        return self.handle if self.local else f"{self.handle}@{self.host}"


SIGNING, ASSERTION = "signing", "assertion"


class ActorKey(Base):
    """A key of an actor; the private half only for ours, encrypted under the node's secret."""

    __tablename__ = "maillage_actor_keys"
    __table_args__ = (CheckConstraint("purpose IN ('signing', 'assertion')", name="purpose"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id", ondelete="CASCADE"), index=True)
    iri: Mapped[str] = mapped_column(unique=True)
    public_pem: Mapped[str]
    private_encrypted: Mapped[str | None]
    created_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(default="signing")
    """`signing` for requests (RSA, in `publicKey`), `assertion` for FEP-8b32 proofs (Ed25519, FEP-521a)."""
    retired_at: Mapped[datetime | None]
    """When another key took its place; until every host knows that, it signs for those that do not."""

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
    letter_only: Mapped[bool] = mapped_column(default=False)
    """Whether it is given to the inboxes that it is for, and at no address, not even to them."""
    body: Mapped[str]
    published_at: Mapped[datetime]
    key_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actor_keys.id"))
    """The key that has to sign its deliveries, whatever the actor's key is by then: the old one, for a rotation."""

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
        Index("ix_maillage_deliveries_host_state_due", "host", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("maillage_activities.id", ondelete="CASCADE"))
    inbox: Mapped[str]
    host: Mapped[str]
    order_key: Mapped[str]
    """The object: what concerns one object reaches one host in the order of its writing."""
    state: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    knocks: Mapped[int] = mapped_column(default=0)
    """How many attempts ended in a signature that was not accepted, either way of signing."""
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
    failing_days: Mapped[int] = mapped_column(default=0)
    """On how many distinct days an attempt failed since the last success."""
    unavailable_at: Mapped[datetime | None]
    """Since when nothing is written for it any more; a verified letter from it ends that."""
    failing_since: Mapped[datetime | None]
    """When the first attempt failed since the last success."""
    paused_at: Mapped[datetime | None]
    """Since when an admin has its deliveries wait."""
    served_at: Mapped[datetime | None]
    """When a delivery to it was last taken up: who was served longest ago comes first."""
    minute_began_at: Mapped[datetime | None]
    minute_count: Mapped[int] = mapped_column(default=0)
    """How many deliveries were taken up since `minute_began_at`: after a long stop nobody is overrun."""
    missed_at: Mapped[datetime | None]
    """When it first missed something while unavailable: what it published meanwhile is pulled when it is back."""


class HostPolicy(Base):
    """What an admin decided about a host and all its subdomains."""

    __tablename__ = "maillage_host_policies"
    __table_args__ = (CheckConstraint("level IN ('allow', 'none', 'silence', 'block')", name="level"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    """In ASCII, lower case, without port."""
    level: Mapped[str]
    """`block`: nothing is taken or sent; `silence`: taken, listed nowhere; `allow`: dealt with in archipelago mode."""
    refuses_media: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Tombstone(Base):
    """An object that was deleted: what arrives for it later is not believed, who asks for ours is told 410."""

    __tablename__ = "maillage_tombstones"

    digest: Mapped[str] = mapped_column(primary_key=True)
    """Of both ids (`actors/tombstones.py`): two of 2 kB are longer than what PostgreSQL puts into an index."""
    iri: Mapped[str] = mapped_column(index=True)
    actor_iri: Mapped[str]
    """Who deleted it: a neighbour's Delete of a foreign id must not keep the owner from publishing it."""
    former_type: Mapped[str]
    deleted_at: Mapped[datetime]
