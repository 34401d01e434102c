"""The words that a publication is found by, in a table of their own: lists read publications without them.

Each database keeps an index of it that no model knows: SQLite the FTS5 table `maillage_search_index`, which triggers
keep in step, PostgreSQL the column `vector` (both made by the migrations).
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from actors.database import Base


class SearchedText(Base):
    """What one publication is found by, folded (`words`): its title, its actor's name, and all else that it says."""

    __tablename__ = "maillage_searched_texts"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("maillage_publications.id", ondelete="CASCADE"), primary_key=True
    )
    title: Mapped[str]
    publisher: Mapped[str]
    text: Mapped[str]
