"""Founding an organisation: by who administers the node, by any member, or by a member once an admin has said yes."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select

from actors import iris, local
from actors.database import session
from actors.models import ORGANISATION, Actor
from actors.node import node, now
from federation.sanitising import clean_text, clean_url
from flask_maillage.mail import queue
from flask_maillage.people import account_links, account_mails, roles, stewardship
from flask_maillage.people.models import ADMIN, Founding, Member
from flask_maillage.territory import organisations, profiles
from inboxes.pruning import on_pruning

ADMINS, APPROVAL, MEMBERS = "admins", "approval", "members"
NAME_LIMIT, SUMMARY_LIMIT, REASON_LIMIT, WEBSITE_LIMIT = 200, 500, 2000, 300
MOST_WAITING = 3
"""How many requests of one member wait at once."""
COUNTED_FOR = timedelta(days=30)
"""How long a founding counts among those that one member may do without being asked."""


def _(message: str) -> str:
    return message


ENOUGH = _(
    "You founded as many organisations in the last 30 days as this node lets one member: "
    "wait some days, or ask those who run it."
)


class FoundingRefused(ValueError):
    """It cannot be founded so; `field` says what of it, the text what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


def may_ask(member: Member) -> bool:
    """Tell whether a member may found an organisation, or ask to."""
    return node().state["founding"] in (APPROVAL, MEMBERS) or roles.may(member, roles.ADMINISTER, None)


def needs_approval(member: Member) -> bool:
    """Tell whether an admin decides first: not about what an admin founds."""
    return node().state["founding"] == APPROVAL and not roles.may(member, roles.ADMINISTER, None)


def has_enough(member: Member) -> bool:
    """Tell whether a member founded as many organisations of late as one may whom nobody asks."""
    if node().state["founding"] != MEMBERS or roles.may(member, roles.ADMINISTER, None):
        return False
    most: int = node().state["foundings"]
    return _count(member, Founding.founded_at > now() - COUNTED_FOR) >= most


def found(
    member: Member,
    *,
    handle: str,
    name: str,
    summary: str,
    website: str,
    reason: str = "",
    organisation_kind: str | None = None,
) -> Actor | None:
    """Found an organisation that the member administers, or ask the admins to; None for the second.

    Raises:
        FoundingRefused: the handle, the name or the website will not do, or there are too many requests or foundings.
    """
    handle, name = handle.strip().lower().lstrip("@"), clean_text(name, limit=NAME_LIMIT)
    _check(handle, name, website)
    account_links.hold_member(member.id)
    if has_enough(member):
        raise FoundingRefused(ENOUGH)
    request = Founding(
        member=member,
        handle=handle,
        name=name,
        summary=clean_text(summary, limit=SUMMARY_LIMIT),
        website=website or None,
        reason=clean_text(reason, limit=REASON_LIMIT),
        organisation_kind=organisations.read(organisation_kind),
        created_at=now(),
    )
    if not needs_approval(member):
        request.founded_at = now()
        session().add(request)
        return _made(request)
    if _count(member, Founding.founded_at.is_(None)) >= MOST_WAITING:
        raise FoundingRefused(_("Three requests of yours wait already: let them be answered first."))
    session().add(request)
    session().flush()
    for admin in stewardship.admins():
        queue.write(admin.email, account_mails.founding_asked(request, admin), purpose="founding: request")
    return None


def waiting() -> list[Founding]:
    """Return what waits for an admin's answer, the longest first."""
    return list(session().scalars(select(Founding).where(Founding.founded_at.is_(None)).order_by(Founding.id)))


def find(number: int) -> Founding | None:
    """Return a request by its number."""
    query = select(Founding).where(Founding.id == number, Founding.founded_at.is_(None))
    return session().scalar(query.with_for_update())


def accept(request: Founding) -> Actor:
    """Found what a member asked for, and tell them.

    Raises:
        FoundingRefused: the handle was taken meanwhile.
    """
    _check(request.handle, request.name, request.website or "")
    actor = _made(request)
    mail = account_mails.founded(request.member, actor)
    queue.write(request.member.email, mail, purpose="founding: accepted")
    session().delete(request)
    session().flush()
    return actor


def decline(request: Founding, note: str = "") -> None:
    """Found nothing, and tell who asked."""
    mail = account_mails.not_founded(request, clean_text(note, limit=REASON_LIMIT))
    queue.write(request.member.email, mail, purpose="founding: declined")
    session().delete(request)
    session().flush()


@on_pruning
def let_go(limit: datetime) -> None:
    """Forget foundings that count no longer; `limit` is for other rows."""
    old = Founding.founded_at < now() - COUNTED_FOR
    session().execute(delete(Founding).where(old).execution_options(synchronize_session=False))


def _count(member: Member, condition: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Founding).where(Founding.member_id == member.id, condition)
    return session().scalar(query) or 0


def _made(request: Founding) -> Actor:
    summary = f"<p>{request.summary}</p>" if request.summary else ""
    try:
        actor = local.create(request.handle, ORGANISATION, request.name, summary=summary, website=request.website)
    except local.HandleRefused:
        raise FoundingRefused(_("This handle is taken: choose another one."), "handle") from None
    profiles.be(actor, request.organisation_kind)
    roles.grant(request.member, actor, ADMIN)
    return actor


def _check(handle: str, name: str, website: str) -> None:
    if not name:
        raise FoundingRefused(_("Write the name by which people know the organisation."), "name")
    if not iris.HANDLE.fullmatch(handle):
        raise FoundingRefused(_("A handle has 1 to 30 characters: small letters a to z, digits and _."), "handle")
    try:
        local.check_handle(handle, ORGANISATION)
    except local.HandleRefused:
        raise FoundingRefused(_("This handle is taken: choose another one."), "handle") from None
    if website and clean_url(website) is None:
        raise FoundingRefused(_("That is no address of a website: write it as https://union.example."), "website")
