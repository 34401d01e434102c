"""Founding an organisation: by who administers the node, by any member, or by a member once an admin has said yes."""

from sqlalchemy import func, select

from actors import iris, local
from actors.database import session
from actors.models import ORGANISATION, Actor
from actors.node import node, now
from federation.sanitising import clean_text, clean_url
from flask_maillage.mail import queue
from flask_maillage.people import account_mails, roles, stewardship
from flask_maillage.people.models import ADMIN, Founding, Member

ADMINS, APPROVAL, MEMBERS = "admins", "approval", "members"
NAME_LIMIT, SUMMARY_LIMIT, REASON_LIMIT, WEBSITE_LIMIT = 200, 500, 2000, 300
MOST_WAITING = 3
"""How many requests of one member wait at once."""


def _(message: str) -> str:
    return message


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


def found(member: Member, *, handle: str, name: str, summary: str, website: str, reason: str = "") -> Actor | None:
    """Found an organisation that the member administers, or ask the admins to; None for the second.

    Raises:
        FoundingRefused: the handle, the name or the website will not do, or too many requests wait.
    """
    handle, name = handle.strip().lower().lstrip("@"), clean_text(name, limit=NAME_LIMIT)
    _check(handle, name, website)
    request = Founding(
        member=member,
        handle=handle,
        name=name,
        summary=clean_text(summary, limit=SUMMARY_LIMIT),
        website=website or None,
        reason=clean_text(reason, limit=REASON_LIMIT),
        created_at=now(),
    )
    if not needs_approval(member):
        return _made(request)
    count = select(func.count()).select_from(Founding).where(Founding.member_id == member.id)
    if (session().scalar(count) or 0) >= MOST_WAITING:
        raise FoundingRefused(_("Three requests of yours wait already: let them be answered first."))
    session().add(request)
    session().flush()
    for admin in stewardship.admins():
        queue.write(admin.email, account_mails.founding_asked(request, admin), purpose="founding: request")
    return None


def waiting() -> list[Founding]:
    """Return what waits for an admin's answer, the longest first."""
    return list(session().scalars(select(Founding).order_by(Founding.id)))


def find(number: int) -> Founding | None:
    """Return a request by its number."""
    return session().scalar(select(Founding).where(Founding.id == number).with_for_update())


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


def _made(request: Founding) -> Actor:
    summary = f"<p>{request.summary}</p>" if request.summary else ""
    try:
        actor = local.create(request.handle, ORGANISATION, request.name, summary=summary, website=request.website)
    except local.HandleRefused:
        raise FoundingRefused(_("This handle is taken: choose another one."), "handle") from None
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
