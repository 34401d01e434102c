"""What a letter wishes beside belonging: Communecter's `instrument`, a word or an object, which never gives a right.

People see it where they answer. Where a group elsewhere accepts one of ours, it is the group's word of its own member.
"""

from dataclasses import dataclass
from typing import Any

from actors.database import session
from federation.activities import Document, as_list, text_of
from flask_maillage.coalitions import claims
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.content import one_line
from inboxes.registry import Context

AS_ADMIN = frozenset({"admin", "becomeadmin", "asadmin", "adminandrole"})
"""The words by which somebody asks to administer, or is asked to; every other word is no more than to contribute."""
WORD_LIMIT = 60


@dataclass(frozen=True)
class Wish:
    """As what somebody would belong: whether to administer, and in which roles (`Financeur`, `Directeur`)."""

    as_admin: bool = False
    labels: tuple[str, ...] = ()

    def to_row(self) -> Document | None:
        """Return what a row holds of it; None where it wishes nothing besides."""
        return {"as_admin": self.as_admin, "labels": list(self.labels)} if self.as_admin or self.labels else None

    @classmethod
    def from_row(cls, kept: Document | None) -> "Wish":
        """Return what a row holds."""
        return cls(kept["as_admin"], tuple(kept["labels"])) if kept else cls()

    def to_instrument(self) -> str | Document:
        """Return it as Communecter writes it."""
        rules = ",".join(self.labels)
        if self.as_admin:
            return {"as": "adminandrole", "rules": rules} if rules else "admin"
        return {"as": "withRules", "rules": rules} if rules else "contributor"


def read(instrument: Any) -> Wish:
    """Read an `instrument`: a word, or an object with `as` and `rules`; what is unknown wishes nothing."""
    said = instrument if isinstance(instrument, dict) else {"as": instrument}
    rules = said.get("rules")
    words = text_of(rules, 1000).split(",") if isinstance(rules, str) else list(as_list(rules))
    labels = (one_line(text_of(word, 4 * WORD_LIMIT), WORD_LIMIT) for word in words[: 4 * claims.MOST_LABELS])
    found = tuple(dict.fromkeys(label for label in labels if label))[: claims.MOST_LABELS]
    return Wish(text_of(said.get("as"), WORD_LIMIT).strip().casefold() in AS_ADMIN, found)


def note(context: Context, row: Membership) -> None:
    """Write down what a Join, an Offer or an Invite wishes, for the people who answer it."""
    row.wish = read(context.activity.document.get("instrument")).to_row()
    session().flush()


def take_word(context: Context, row: Membership) -> None:
    """Write down as what a group elsewhere accepts one of ours: of its own member it may say what it likes."""
    word = read(context.activity.document.get("instrument"))
    if row.group.local or word.to_row() is None:
        return
    row.labels = list(word.labels)
    said = claims.said(row, claims.GROUP)
    if word.as_admin and said is not None:
        terms = claims.Said("admin", said.territory, said.since, said.until, suspended=said.suspended)
        claims.set_terms(row, terms, letter=context.activity.id)
    session().flush()
