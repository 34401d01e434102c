"""Standing pages and their texts, each version of each language a row."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

MENU, FOOTER, NOWHERE = "menu", "footer", "nowhere"
WHERE = (MENU, FOOTER, NOWHERE)


class StandingPage(Base):
    """A page of the node: its address, where it is linked, whether readers see it."""

    __tablename__ = "maillage_standing_pages"
    __table_args__ = (CheckConstraint("linked IN ('menu', 'footer', 'nowhere')", name="linked"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    linked: Mapped[str]
    """Where all pages link to it."""
    position: Mapped[int]
    """Its place among the others."""
    published_at: Mapped[datetime | None]
    """None for a draft, which admins alone see."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    texts: Mapped[list["StandingText"]] = relationship(
        back_populates="page", cascade="all, delete-orphan", order_by="StandingText.id"
    )


class StandingText(Base):
    """What a page says in one language, as it was written at a moment; the newest one counts."""

    __tablename__ = "maillage_standing_texts"
    __table_args__ = (
        UniqueConstraint("page_id", "language", "number"),
        Index("ix_maillage_standing_texts_is_newest", "is_newest"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("maillage_standing_pages.id", ondelete="CASCADE"))
    language: Mapped[str]
    number: Mapped[int]
    is_newest: Mapped[bool]
    title: Mapped[str]
    source: Mapped[str]
    """Markdown; empty with an empty title where the language was taken away."""
    html: Mapped[str]
    written_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("maillage_actors.id"))

    page: Mapped[StandingPage] = relationship(back_populates="texts")
    author: Mapped[Actor | None] = relationship()
