"""The table of tools."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from actors.database import Base, Identity
from actors.models import Actor

TYPES = ("wiki", "chat", "pad", "cloud", "board", "video", "forum", "mailing_list", "code")
PUBLIC, MEMBERS, ON_REQUEST = "public", "members", "on_request"
ACCESS = (PUBLIC, MEMBERS, ON_REQUEST)


class Tool(Base):
    """A tool of a group of ours: what it is, where, who may use it, and whom one asks about it."""

    __tablename__ = "maillage_tools"
    __table_args__ = (
        CheckConstraint(
            "type IN ('wiki', 'chat', 'pad', 'cloud', 'board', 'video', 'forum', 'mailing_list', 'code')", name="type"
        ),
        CheckConstraint("access IN ('public', 'members', 'on_request')", name="access"),
        Index("ix_maillage_tools_actor_position", "actor_id", "position"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("maillage_actors.id"))
    type: Mapped[str]
    name: Mapped[str]
    url: Mapped[str]
    access: Mapped[str] = mapped_column(default=PUBLIC)
    keeper: Mapped[str] = mapped_column(default="")
    """Whom one asks about it, as they wish to be asked."""
    position: Mapped[int]

    actor: Mapped[Actor] = relationship()
