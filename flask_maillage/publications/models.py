"""Publications: ours and the copies of others', in one table; what only one kind has lies in typed JSON."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors import iris
from actors.database import Base, Identity
from actors.models import Actor
from flask_maillage.publications import tags
from flask_maillage.publications.attached import Attachment, Picture
from flask_maillage.publications.content import ActorRef, Content, Translation
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.base import Kind
from flask_maillage.publications.searching.models import SearchedText
from flask_maillage.publications.searching.saying import searched
from flask_maillage.publications.squares import square_of
from flask_maillage.territory import zones
from flask_maillage.territory.places import Place

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
PUBLIC, UNLISTED, FOLLOWERS, DIRECT = "public", "unlisted", "followers", "direct"
PLAIN_COLUMNS = ("name", "html", "source", "language", "starts_at", "ends_at", "timezone", "online_url", "status")

SEEN = ("state", "visibility", "looked_up")
POINT = ("latitude", "longitude")
AGENDA = ("series_from", "timezone")
UNDATED = ("status", "country", "actor_id")
FILTERED = ("starts_at", "ends_at", *UNDATED)
"""What a filter asks of very many rows: it stands in the indexes, as the rows themselves are long."""
LAST, FIRST = text("coalesce(ends_at, starts_at, published_at)"), text("coalesce(starts_at, published_at)")
"""Until when and since when a publication counts: one without dates, on the day on which it was published."""


class Publication(Base):
    """A call, an event, an initiative: written here (`local`), or kept read-only from where it was published."""

    __tablename__ = "maillage_publications"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state"),
        CheckConstraint("visibility IN ('public', 'unlisted', 'followers', 'direct')", name="visibility"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        Index("ix_maillage_publications_listing", *SEEN, "kind", "published_at", "id", *FILTERED),
        Index("ix_maillage_publications_times", "kind", "state", "starts_at", "ends_at"),
        Index("ix_maillage_publications_actor", "actor_id", "kind", "state", "published_at"),
        Index("ix_maillage_publications_position", "latitude", "longitude"),
        Index("ix_maillage_publications_newest", *SEEN, "published_at", "id", "kind", *FILTERED),
        Index("ix_maillage_publications_map", *SEEN, *POINT, "kind", "published_at", "id", *FILTERED),
        Index("ix_maillage_publications_squares", *SEEN, "square", *POINT, "kind", "id", *FILTERED),
        Index("ix_maillage_publications_ends", "kind", "state", "ends_at"),
        Index("ix_maillage_publications_coming", *SEEN, "kind", "starts_at", "id", "ends_at", *UNDATED),
        Index("ix_maillage_publications_closing", *SEEN, "kind", "ends_at", "id", "starts_at", *UNDATED, *AGENDA),
        Index("ix_maillage_publications_lasting", *SEEN, "kind", LAST, FIRST, "actor_id", "id"),
        Index("ix_maillage_publications_updated", "updated_at"),
        Index("ix_maillage_publications_received", "received_at"),
        Index("ix_maillage_publications_withdrawn", "withdrawn_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    iri: Mapped[str] = mapped_column(unique=True)
    identifier: Mapped[str] = mapped_column(unique=True)
    """Ours in any case, a UUIDv7: the last part of the page's address, for copies too."""
    local: Mapped[bool]
    kind: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))
    """The member who wrote it; told to nobody outside."""
    state: Mapped[str]
    visibility: Mapped[str]
    name: Mapped[str]
    summary: Mapped[str]
    html: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]
    translations: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The same in other languages: title and text."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    timezone: Mapped[str | None]
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    square: Mapped[int | None] = mapped_column(BigInteger)
    """Where on the map that is (`squares`); maps are counted by it."""
    country: Mapped[str | None]
    place: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    online_url: Mapped[str | None]
    organisers: Mapped[list[Any]] = mapped_column(JSON)
    status: Mapped[str]
    image: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    attachments: Mapped[list[Any]] = mapped_column(JSON, default=list)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    url: Mapped[str]
    """The page where it was published; for ours, our page."""
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The object as it arrived; nothing is shown from it."""
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    featured_at: Mapped[datetime | None]
    """Since when its actor puts it first."""
    moves_on_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the occurrence that the row holds is over and another one follows; None for what does not come again."""
    series_from: Mapped[date | None] = mapped_column(index=True)
    """The day of the first occurrence of what comes again, also after the last one; None for all else."""
    formerly: Mapped[str | None] = mapped_column(index=True)
    """The id under which its actor published it on another node, before it moved here."""
    looked_up: Mapped[bool] = mapped_column(default=False)
    """Kept because a member asked for it: it stands in no list before it comes from somebody whom we follow.

    Of ours: its actor moved, and a copy from its new address stands in the lists in its place.
    """

    actor: Mapped[Actor] = relationship(foreign_keys=[actor_id])
    searched: Mapped[SearchedText | None] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    """The words that it is found by."""
    shares: Mapped[list["Share"]] = relationship(back_populates="publication", cascade="all, delete-orphan")
    likes: Mapped[list["Like"]] = relationship(back_populates="publication", cascade="all, delete-orphan")
    replies: Mapped[list["Reply"]] = relationship(back_populates="publication", cascade="all, delete-orphan")
    attendances: Mapped[list["Attendance"]] = relationship(back_populates="publication", cascade="all, delete-orphan")
    audience: Mapped[list["Addressee"]] = relationship(back_populates="publication", cascade="all, delete-orphan")
    """Who is named besides the followers; for what is not public."""
    hashtags: Mapped[list["Hashtag"]] = relationship(
        back_populates="publication", cascade="all, delete-orphan", order_by="Hashtag.position", lazy="selectin"
    )
    zones: Mapped[list["PublicationZone"]] = relationship(back_populates="publication", cascade="all, delete-orphan")
    """Where it lies, and what contains that; laid out whenever it says something else."""

    @property
    def kind_of_it(self) -> Kind:
        """The kind, which knows its forms, documents and words."""
        return kind_named(self.kind)

    @property
    def page(self) -> str:
        """The address of our page of it."""
        return iris.publication_page(self.actor.page_handle, self.kind_of_it.slug, self.identifier)

    @property
    def content(self) -> Content:
        """What it says, as one value."""
        return self._said(self.details)

    @content.setter
    def content(self, content: Content) -> None:
        if self.kind and self.kind != content.kind:
            raise ValueError(f"a {self.kind} does not become a {content.kind}")
        self.kind = content.kind
        for column in (
            "name",
            "html",
            "source",
            "language",
            "starts_at",
            "ends_at",
            "timezone",
            "online_url",
            "status",
        ):
            setattr(self, column, getattr(content, column))
        self.translations = [one.model_dump(mode="json") for one in content.translations]
        place = content.place
        self.place = place.model_dump(mode="json") if place else None
        self.latitude, self.longitude = (place.latitude, place.longitude) if place else (None, None)
        self.square = square_of(self.latitude, self.longitude)
        self.country = (place.country or None) if place else None
        self.organisers = [organiser.model_dump(mode="json") for organiser in content.organisers]
        self.image = content.image.model_dump(mode="json") if content.image else None
        self.attachments = [one.model_dump(mode="json") for one in content.attachments]
        self._tag(content.tags)
        self.details = content.details.model_dump(mode="json")
        self.lay_out(content)
        self.moves_on_at = self.kind_of_it.moves_on_at(content)
        again = getattr(content.details, "recurrence", None)
        self.series_from = again.first_start.date() if again else None
        self.summary = content.summary or self.kind_of_it.summary(content)
        self._be_found(content)

    @property
    def brief(self) -> Content:
        """What it says without the programme, whose many lines take longest to read; for lists."""
        return self._said({name: value for name, value in self.details.items() if name != "programme"})

    def _said(self, details: dict[str, Any]) -> Content:
        return Content(
            kind=self.kind,
            name=self.name,
            summary=self.summary,
            html=self.html,
            source=self.source,
            language=self.language,
            translations=tuple(Translation.model_validate(one) for one in self.translations or ()),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            timezone=self.timezone,
            place=Place.model_validate(self.place) if self.place else None,
            online_url=self.online_url,
            organisers=tuple(ActorRef.model_validate(organiser) for organiser in self.organisers),
            tags=tuple(hashtag.label for hashtag in sorted(self.hashtags, key=lambda one: one.position)),
            status=self.status,
            image=Picture.model_validate(self.image) if self.image else None,
            attachments=tuple(Attachment.model_validate(one) for one in self.attachments or ()),
            details=self.kind_of_it.details.model_validate(details),
        )

    def _be_found(self, content: Content) -> None:
        said = searched(content, self.actor.name)
        if self.searched is None:
            self.searched = said
            return
        self.searched.title, self.searched.publisher, self.searched.text = said.title, said.publisher, said.text

    def lay_out(self, content: Content) -> None:
        """Write down in which zones it lies, by its place and by what it says that it is about."""
        wanted = set(zones.lies_in(content.place, self.kind_of_it.concerned(content))) or {zones.NOWHERE}
        for row in [row for row in self.zones if row.code not in wanted]:
            self.zones.remove(row)
        self.zones += [PublicationZone(code=code) for code in sorted(wanted - {row.code for row in self.zones})]

    def _tag(self, labels: tuple[str, ...]) -> None:
        known = {hashtag.tag: hashtag for hashtag in self.hashtags}
        wanted = {tags.folded(label): label for label in labels}
        for hashtag in [known[tag] for tag in known.keys() - wanted.keys()]:
            self.hashtags.remove(hashtag)
        for position, (tag, label) in enumerate(wanted.items()):
            hashtag = known.get(tag) or Hashtag(tag=tag)
            hashtag.label, hashtag.position = label, position
            if tag not in known:
                self.hashtags.append(hashtag)


class Hashtag(Base):
    """A publication has a tag: `tag` is its folded form, by which it is found, `label` how it was written there."""

    __tablename__ = "maillage_publication_tags"
    __table_args__ = (Index("ix_maillage_publication_tags_tag", "tag", "publication_id"),)

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    position: Mapped[int]

    publication: Mapped[Publication] = relationship(back_populates="hashtags")


class PublicationZone(Base):
    """A publication lies in a zone of the gazetteer, or in one that contains this one; in `zones.NOWHERE` else."""

    __tablename__ = "maillage_publication_zones"
    __table_args__ = (Index("ix_maillage_publication_zones_code", "code", "publication_id"),)

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(primary_key=True)

    publication: Mapped[Publication] = relationship(back_populates="zones")


class TerritoryShare(Base):
    """A territory or a group of ours announced a publication: the id of its `Announce`, to take it back by."""

    __tablename__ = "maillage_territory_shares"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), primary_key=True, index=True)
    iri: Mapped[str]
    revoked_at: Mapped[datetime | None] = mapped_column(index=True)
    """Since when it may have to be undone, as when its publisher's host is listed no more; the worker looks."""

    publication: Mapped[Publication] = relationship()
    actor: Mapped[Actor] = relationship()


class Share(Base):
    """Somebody announced a publication: what relays and territories do, and what readers elsewhere do."""

    __tablename__ = "maillage_shares"
    __table_args__ = (UniqueConstraint("publication_id", "actor_id"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    iri: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]

    publication: Mapped[Publication] = relationship(back_populates="shares")
    actor: Mapped[Actor] = relationship()


class Like(Base):
    """Somebody likes a publication: counted, never shown with a name."""

    __tablename__ = "maillage_likes"
    __table_args__ = (UniqueConstraint("publication_id", "actor_id"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    iri: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime]

    publication: Mapped[Publication] = relationship(back_populates="likes")
    actor: Mapped[Actor] = relationship()


class Reply(Base):
    """What somebody elsewhere answered to a publication of ours."""

    __tablename__ = "maillage_replies"
    __table_args__ = (
        CheckConstraint("state IN ('held', 'shown', 'hidden')", name="state"),
        Index("ix_maillage_replies_publication_state", "publication_id", "state", "published_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    iri: Mapped[str] = mapped_column(unique=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    in_reply_to: Mapped[str]
    html: Mapped[str]
    """Sanitised."""
    language: Mapped[str | None]
    public: Mapped[bool]
    """Whether its author wrote it for everyone; else it is for the people of the publication's actor."""
    state: Mapped[str] = mapped_column(default="held")
    published_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    publication: Mapped[Publication] = relationship(back_populates="replies")
    actor: Mapped[Actor] = relationship()


class Guest(Base):
    """Somebody who registers for an event of ours with an e-mail address; for its editors alone, and for some days."""

    __tablename__ = "maillage_guests"
    __table_args__ = (
        UniqueConstraint("publication_id", "email"),
        Index("ix_maillage_guests_confirmed_at", "confirmed_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    email: Mapped[str]
    name: Mapped[str]
    message: Mapped[str]
    answers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    language: Mapped[str]
    """In which mails are written: that of the page where they registered."""
    shown: Mapped[bool] = mapped_column(default=False)
    wants_reminder: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """Since when we know that the address is theirs; before, they have no part in the event."""

    publication: Mapped[Publication] = relationship()


class Attendance(Base):
    """Somebody takes part in an event, or was asked to: the same row for ours elsewhere and for others here."""

    __tablename__ = "maillage_attendances"
    __table_args__ = (
        UniqueConstraint("publication_id", "actor_id"),
        CheckConstraint(
            "state IN ('requested', 'accepted', 'waiting', 'refused', 'tentative', 'declined', 'left', 'invited', "
            "'ignored')",
            name="state",
        ),
        CheckConstraint("(actor_id IS NULL) <> (guest_id IS NULL)", name="who"),
        CheckConstraint("queue_number IS NULL OR state = 'waiting'", name="queue"),
        Index("ix_maillage_attendances_publication_state", "publication_id", "state"),
        Index("ix_maillage_attendances_waiting", "state", "publication_id", "queue_number"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("maillage_publications.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"), index=True)
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_guests.id", ondelete="CASCADE"), unique=True)
    iri: Mapped[str] = mapped_column(index=True)
    """The id of the Join, the Invite or the answer that made it what it is; a guest writes none."""
    state: Mapped[str]
    queue_number: Mapped[int | None]
    """Where in the waiting list; never given twice for one event."""
    turned_away: Mapped[bool] = mapped_column(default=False)
    """Whether a person said no: who asks again then waits for a person, also where others get a place at once."""
    message: Mapped[str] = mapped_column(default="")
    answers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What was answered to the event's questions, each with the words that were asked."""
    shown: Mapped[bool] = mapped_column(default=False)
    """Whether they want to stand on the event's page by name."""
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    checked_in_at: Mapped[datetime | None]

    publication: Mapped[Publication] = relationship(back_populates="attendances")
    actor: Mapped[Actor | None] = relationship()
    guest: Mapped[Guest | None] = relationship()

    @property
    def who(self) -> Actor | Guest:
        """Whose part it is."""
        who = self.actor or self.guest
        if who is None:
            raise LookupError("a part in an event that is nobody's")
        return who

    @property
    def name(self) -> str:
        """What its people call them."""
        return self.who.name

    @property
    def address(self) -> str:
        """Where they are reached: a handle, or an e-mail address; for the event's editors."""
        return self.guest.email if self.guest else self.actor.address if self.actor else ""


class Reminder(Base):
    """When those who take part in an event, or those who follow its actor, are reminded of it; once."""

    __tablename__ = "maillage_reminders"
    __table_args__ = (
        CheckConstraint("audience IN ('participants', 'followers')", name="audience"),
        Index("ix_maillage_reminders_due_at", "sent_at", "due_at"),
    )

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    audience: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    reached: Mapped[int] = mapped_column(Identity, default=0)
    """The id of the part up to which mails are written."""
    sent_at: Mapped[datetime | None]

    publication: Mapped[Publication] = relationship()


class Addressee(Base):
    """An actor of ours, or elsewhere, to whom a publication is addressed by name."""

    __tablename__ = "maillage_addressees"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"), primary_key=True, index=True)

    publication: Mapped[Publication] = relationship(back_populates="audience")
    actor: Mapped[Actor] = relationship()
