"""Tools of a group: added, changed, taken away; and what of them whom concerns."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from actors import documents
from actors.database import session
from actors.leases import wait_for_turn_at
from actors.models import PROPOSED, Actor
from federation.activities import Document
from federation.sanitising import clean_text, clean_url
from flask_maillage.coalitions import memberships
from flask_maillage.coalitions.tools.models import ACCESS, ON_REQUEST, PUBLIC, TYPES, Tool
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.leaving import on_parting

MOST = 30
NAME_LIMIT, URL_LIMIT, KEEPER_LIMIT = 100, 2000, 200


class ToolRefused(ValueError):
    """It cannot be listed so; `field` says what of it, the text what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Shown:
    """A tool as somebody sees it: `url` is empty for who may not use it."""

    id: int
    type: str
    name: str
    url: str
    access: str
    keeper: str


def of(actor: Actor) -> list[Tool]:
    """Return the tools of a group in their order."""
    query = select(Tool).where(Tool.actor_id == actor.id).order_by(Tool.position, Tool.id)
    return list(session().scalars(query))


def shown(actor: Actor, *, is_member: bool) -> list[Shown]:
    """Return the tools of a group as its members, or all others, see them.

    That there is a tool for members, or on request, is no secret; its address is, since it may let in who has it.
    """
    return [
        Shown(
            id=tool.id,
            type=tool.type,
            name=tool.name,
            url=tool.url if tool.access == PUBLIC or (is_member and tool.access != ON_REQUEST) else "",
            access=tool.access,
            keeper=tool.keeper,
        )
        for tool in of(actor)
    ]


def write(
    actor: Actor, *, type: str, name: str, url: str, access: str = PUBLIC, keeper: str = "", tool: Tool | None = None
) -> Tool:
    """List a tool of a group of ours, or change one.

    Raises:
        ToolRefused: something of it will not do, or there are too many.
    """
    if not (actor.local and memberships.is_group(actor)):
        raise ToolRefused(_("Only organisations, projects and coalitions have tools."))
    if type not in TYPES or access not in ACCESS:
        raise ToolRefused(_("There is no such kind of tool, or of access."))
    name, address = clean_text(name, limit=NAME_LIMIT), clean_url(url.strip()[:URL_LIMIT])
    if not name:
        raise ToolRefused(_("Write how it is called."), "name")
    if address is None:
        raise ToolRefused(_("Write its whole address, with https://."), "url")
    wait_for_turn_at(Tool, str(actor.id))
    if tool is None:
        if (session().scalar(select(func.count()).where(Tool.actor_id == actor.id)) or 0) >= MOST:
            raise ToolRefused(_("30 tools are listed already: take one away first."))
        last = session().scalar(select(func.max(Tool.position)).where(Tool.actor_id == actor.id)) or 0
        tool = Tool(actor_id=actor.id, position=last + 1)
        session().add(tool)
    tool.type, tool.name, tool.url = type, name, address
    tool.access, tool.keeper = access, clean_text(keeper, limit=KEEPER_LIMIT)
    session().flush()
    return tool


def find(actor: Actor, number: int) -> Tool | None:
    """Return a tool of a group by its number."""
    return session().scalar(select(Tool).where(Tool.actor_id == actor.id, Tool.id == number))


def take_away(tool: Tool) -> None:
    """List a tool no more."""
    session().delete(tool)
    session().flush()


@documents.describes
def described(actor: Actor) -> Document:
    """Return what the document of a group of ours says of the tools that are for everybody."""
    if not memberships.is_group(actor) or actor.phase == PROPOSED:
        return {}
    links = [
        {"type": "Link", "href": tool.url, "name": tool.name, "tool": tool.type}
        for tool in of(actor)
        if tool.access == PUBLIC
    ]
    return {"tools": links} if links else {}


@on_parting
def forget(actor: Actor) -> None:
    """A group of ours left for good: so do its tools."""
    session().execute(delete(Tool).where(Tool.actor_id == actor.id))
