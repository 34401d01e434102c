"""Members, who asks to become one, their sessions, their roles, their tokens and the links in mails to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

ADMIN, EDITOR, MEMBER = "admin", "editor", "member"
ROLES = (ADMIN, EDITOR, MEMBER)
PUBLISHING_ROLES = frozenset({ADMIN, EDITOR})


class Member(Base):
    """A person with an account on this node; in the network they are their actor, a `Person`."""

    __tablename__ = "maillage_members"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    """In small letters; told to nobody."""
    password_hash: Mapped[str]
    """Empty for who signs in elsewhere and chose none."""
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), unique=True)
    is_admin: Mapped[bool] = mapped_column(default=False)
    """Whether the member administers the node."""
    is_moderator: Mapped[bool] = mapped_column(default=False)
    """Whether the member sees what is reported, and settles it."""
    language: Mapped[str] = mapped_column(default="en")
    """In which we write to them."""
    tells_sign_ins: Mapped[bool] = mapped_column(default=False)
    """Whether they want a mail when somebody signs in from a browser that they never used."""
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    actor: Mapped[Actor] = relationship()
    roles: Mapped[list["Role"]] = relationship(back_populates="member", cascade="all, delete-orphan")

    @property
    def name(self) -> str:
        """What people call the member."""
        return self.actor.name

    @property
    def has_password(self) -> bool:
        """Whether the member can sign in by a password."""
        return bool(self.password_hash)


class MemberSession(Base):
    """A browser in which a member is signed in, or was: ended ones are kept for a while, to know the browser again."""

    __tablename__ = "maillage_sessions"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the secret in the cookie, which is not kept."""
    browser: Mapped[str]
    """Which one it says it is, in a few words: nothing of where it stands."""
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """To the hour."""
    ended_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class Applicant(Base):
    """Somebody who signs up: with an address that nobody confirmed yet, or waiting until an admin decides."""

    __tablename__ = "maillage_applicants"
    __table_args__ = (Index("ix_maillage_applicants_email", "email"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    email: Mapped[str]
    """Not unique: whoever writes somebody else's address must not be able to keep its owner out."""
    name: Mapped[str]
    handle: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_role_invitations.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]

    invitation: Mapped["RoleInvitation | None"] = relationship()


class OutsideIdentity(Base):
    """Who a member is elsewhere, by which they sign in here: known by who says so and by the name given there alone."""

    __tablename__ = "maillage_identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("(member_id IS NULL) <> (applicant_id IS NULL)", name="whose"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    """Never an address or a name that people know: those change hands."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    applicant_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_applicants.id", ondelete="CASCADE"), index=True
    )
    """Who waits for an admin's answer with it."""
    label: Mapped[str]
    """The e-mail address or name told when it was linked, for its member to know it by."""
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    member: Mapped[Member | None] = relationship()
    applicant: Mapped[Applicant | None] = relationship()


class RoleInvitation(Base):
    """An invitation to the node, or to a role for an actor of ours: by link, or to one member."""

    __tablename__ = "maillage_role_invitations"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'editor', 'member')", name="role"),
        CheckConstraint("(actor_id IS NULL) = (role IS NULL)", name="what"),
        CheckConstraint("(member_id IS NULL) <> (digest IS NULL)", name="whom"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    role: Mapped[str | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str | None] = mapped_column(unique=True)
    """SHA-256 of the secret of a link, which is not kept."""
    email: Mapped[str | None]
    """Where the link was sent; None for one that was handed over."""
    uses_left: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    made_by: Mapped[Member] = relationship(foreign_keys=[made_by_id])
    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])
    actor: Mapped[Actor | None] = relationship()


class AccountLink(Base):
    """A link in a mail, good once and for one purpose."""

    __tablename__ = "maillage_account_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('sign-up', 'password', 'email', 'deletion')", name="purpose"),
        CheckConstraint("(member_id IS NULL) <> (applicant_id IS NULL)", name="whose"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    purpose: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the purpose and the secret, which is not kept."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    applicant_id: Mapped[int | None] = mapped_column(
        ForeignKey("maillage_applicants.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str]
    """The address that it was sent to."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    member: Mapped[Member | None] = relationship()
    applicant: Mapped[Applicant | None] = relationship()


class Role(Base):
    """What a member is for an organisation or a project: admin, editor or member."""

    __tablename__ = "maillage_roles"
    __table_args__ = (CheckConstraint("role IN ('admin', 'editor', 'member')", name="role"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), primary_key=True)
    role: Mapped[str]
    since: Mapped[datetime]

    member: Mapped[Member] = relationship(back_populates="roles")
    actor: Mapped[Actor] = relationship()


class Founding(Base):
    """An organisation that a member asks to found, or has founded not long ago: how many is bounded."""

    __tablename__ = "maillage_foundings"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    handle: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str]
    website: Mapped[str | None]
    reason: Mapped[str]
    organisation_kind: Mapped[str | None]
    created_at: Mapped[datetime]
    founded_at: Mapped[datetime | None]
    """None while it waits for an admin."""

    member: Mapped[Member] = relationship()


class Token(Base):
    """What lets a program publish in the place of a member, in the name of one actor."""

    __tablename__ = "maillage_tokens"
    __table_args__ = (CheckConstraint("scope IN ('publish', 'draft')", name="scope"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("maillage_members.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    label: Mapped[str]
    scope: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the secret, which is not kept."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()
    actor: Mapped[Actor] = relationship()


class Submission(Base):
    """What a program sent under a key of its own: sent again, it is answered again and published once."""

    __tablename__ = "maillage_submissions"

    token_id: Mapped[int] = mapped_column(ForeignKey("maillage_tokens.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str | None]
    """Of what was sent: something else under the same key is a mistake. None for what is older than this column."""
    object_iri: Mapped[str]
    activity_iri: Mapped[str | None]
    """None for a draft, which no activity carries yet."""
    created_at: Mapped[datetime] = mapped_column(index=True)
