"""What the people of a coalition of ours do with a statement: write, open for signing, publish, withdraw."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from actors import iris
from actors.database import session
from actors.identifiers import new_identifier
from actors.leases import wait_for_turn_at
from actors.models import ACTIVE, COALITION, PROPOSED, Actor
from actors.node import now
from federation.sanitising import clean_text
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.statements import listing, notices, telling
from flask_maillage.coalitions.statements.models import (
    DRAFT,
    OPEN,
    PUBLISHED,
    SIGNED,
    WITHDRAWN,
    Statement,
    StatementSignature,
)
from flask_maillage.coalitions.statements.texts import MOST_VERSIONS, TEXT_LIMIT, TITLE_LIMIT, digest_of
from flask_maillage.publications.forms.base import _

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Written:
    """What somebody wrote: `until` is the last day on which it can be signed, None for no such day."""

    title: str
    text: str
    language: str
    until: date | None = None


def has_statements(actor: Actor) -> bool:
    """Tell whether an actor of ours makes common statements: a coalition that is there, and has begun."""
    return actor.local and actor.kind == COALITION and actor.gone_at is None and actor.phase != PROPOSED


def write(coalition: Actor, written: Written) -> Statement:
    """Write a new statement, which nobody outside sees.

    Raises:
        NotPossible: it is no coalition of ours, or something of it will not do.
    """
    if not has_statements(coalition):
        raise NotPossible(_("Only coalitions of this node make common statements."))
    wait_for_turn_at(Statement, str(coalition.id))
    last = session().scalar(select(func.max(Statement.number)).where(Statement.actor_id == coalition.id)) or 0
    iri = f"{iris.collection(coalition.handle, 'statements')}/{new_identifier(now())}"
    return _add(coalition, iri, last + 1, 1, written)


def rewrite(statement: Statement, written: Written) -> Statement:
    """Write a draft anew, or a new version of what was opened: what stands there stays as it was signed.

    Raises:
        NotPossible: something of it will not do, or a draft of a newer version waits already.
    """
    wait_for_turn_at(Statement, str(statement.actor_id))
    newest = listing.versions(statement.iri)[0]
    if newest.phase != DRAFT:
        if newest.version >= MOST_VERSIONS:
            raise NotPossible(_("There are too many versions of it: write a new statement."))
        return _add(statement.actor, statement.iri, statement.number, newest.version + 1, written)
    _check(written)
    newest.title, newest.text = clean_text(written.title, limit=TITLE_LIMIT), _whole(written.text)
    newest.language, newest.until = written.language, written.until
    session().flush()
    return newest


def discard(statement: Statement) -> None:
    """Throw a draft away.

    Raises:
        NotPossible: it is none.
    """
    if listing.hold(statement).phase != DRAFT:
        raise NotPossible(_("Only a draft can be thrown away: withdraw what was opened."))
    session().delete(statement)
    session().flush()


def open_for_signing(statement: Statement) -> int:
    """Ask all confirmed members to sign; from now on the text does not change. Return how many are asked.

    Raises:
        NotPossible: it is no draft, its last day is over, or there is no confirmed member.
    """
    statement = listing.hold(statement)
    if statement.phase != DRAFT:
        raise NotPossible(_("It was opened already: somebody may have been faster."))
    _check_active(statement.actor)
    _check_until(statement.until)
    statement.digest = digest_of(statement.iri, statement.version, statement.title, statement.language, statement.text)
    session().flush()
    statement.phase, statement.opened_at = OPEN, now()
    telling.vouch(statement, now())
    session().flush()
    return _ask(statement)


def ask_others(statement: Statement) -> int:
    """Ask the members too whose membership was confirmed since, and return how many those are.

    Raises:
        NotPossible: it cannot be signed, or nobody is there who was not asked.
    """
    statement = listing.hold(statement)
    if not listing.may_be_signed(statement):
        raise NotPossible(_("It cannot be signed now."))
    return _ask(statement)


def not_asked(statement: Statement) -> list[Actor]:
    """Return the confirmed members who were not asked to sign a version."""
    asked = {row.member_id for row in listing.signatures(statement)}
    return [row.member for row in listing.confirmed_members(statement.actor) if row.member_id not in asked]


def publish(statement: Statement, *, author: Actor | None = None) -> None:
    """Publish a version with those who signed it; who signs later in time is named too, with the day.

    Raises:
        NotPossible: it is not open, a newer one is, or nobody has signed it.
    """
    statement = listing.hold(statement)
    newest = next(one for one in listing.versions(statement.iri) if one.phase != DRAFT)
    if statement.phase != OPEN or newest.id != statement.id:
        raise NotPossible(_("Only the newest version that is open for signing can be published."))
    if not any(row.state == SIGNED for row in listing.signatures(statement)):
        raise NotPossible(_("Nobody has signed it yet: a statement is published with those who signed."))
    statement.phase, statement.published_at = PUBLISHED, now()
    telling.vouch(statement, now())
    session().flush()
    telling.say_anew(statement)
    telling.publish_news(statement, author)
    notices.published(statement)


def withdraw(statement: Statement) -> None:
    """Withdraw a version: nobody signs it any more. One that was published stays to be read, as withdrawn.

    Raises:
        NotPossible: it is a draft, or was withdrawn before.
    """
    statement = listing.hold(statement)
    if statement.phase not in (OPEN, PUBLISHED):
        raise NotPossible(_("There is nothing to withdraw."))
    statement.phase, statement.withdrawn_at = WITHDRAWN, now()
    telling.vouch(statement, now())
    session().flush()
    telling.say_anew(statement)
    telling.refresh_news(statement)


def _add(coalition: Actor, iri: str, number: int | None, version: int, written: Written) -> Statement:
    _check(written)
    _check_active(coalition)
    statement = Statement(
        actor=coalition,
        iri=iri,
        number=number,
        version=version,
        title=clean_text(written.title, limit=TITLE_LIMIT),
        text=_whole(written.text),
        language=written.language,
        until=written.until,
        phase=DRAFT,
        url=f"{iris.actor_page(coalition.page_handle)}/statements/{number}",
        said_at=now(),
    )
    session().add(statement)
    session().flush()
    return statement


def _ask(statement: Statement) -> int:
    members = not_asked(statement)
    if not members:
        raise NotPossible(_("There is no confirmed member to ask who was not asked."))
    for member in members:
        row = StatementSignature(
            identifier=new_identifier(now()), statement=statement, member=member, asked_at=now(), name=""
        )
        session().add(row)
        session().flush()
        notices.asked(row)
    telling.ask(statement, members)
    return len(members)


def _check(written: Written) -> None:
    if not clean_text(written.title, limit=TITLE_LIMIT):
        raise NotPossible(_("Give the statement a title."))
    if not _whole(written.text):
        raise NotPossible(_("Write the text that is to be signed."))
    if len(_whole(written.text)) > TEXT_LIMIT:
        raise NotPossible(_("The text is too long: 50,000 characters at most."))
    _check_until(written.until)


def _check_active(coalition: Actor) -> None:
    if coalition.phase != ACTIVE:
        raise NotPossible(_("The coalition is closed: what it said stays to be read."))


def _check_until(until: date | None) -> None:
    if until is not None and not now().date() <= until <= (now() + LONGEST).date():
        raise NotPossible(_("The last day for signing is today or later, and within a year."))


def _whole(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").strip()
