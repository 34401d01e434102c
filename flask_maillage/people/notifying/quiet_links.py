"""The links by which mails of a kind end without signing in: signed, each for one member and one kind."""

from actors import iris
from actors.database import session
from flask_maillage.mail import signed_links
from flask_maillage.people.models import Member


def address(member: Member, what: str) -> str:
    """Return where a member says that they want no more of something; `what` is made of letters, `_` and `-`."""
    return iris.unsubscribing(signed_links.written(member.id, (what,), *_signed(member, what)))


def read(token: str) -> tuple[Member, str] | None:
    """Return whose link it is, and what they want no more; None for one that is none of ours."""
    link = signed_links.read(token, words=1)
    member = session().get(Member, link.number) if link is not None else None
    if link is None or member is None or not link.holds(*_signed(member, link.words[0])):
        return None
    return member, link.words[0]


def _signed(member: Member, what: str) -> tuple[str, *tuple[object, ...]]:
    """Return what is signed: for this row and no later one that gets its number; last year's links still work."""
    return "unsubscribing", member.id, member.created_at.isoformat(), what
