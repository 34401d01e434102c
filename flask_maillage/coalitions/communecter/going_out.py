"""What goes to servers of Communecter, in the form it documents (`reference/network.md` §1.4).

Publications go by their id, what changed beside it; memberships in its order of arguments, with the `instrument` that
was wished. Everything else goes as it is. A letter that is worded anew carries no proof: it is signed as every letter.
"""

import json
from collections.abc import Callable

from sqlalchemy import select

from actors import iris, remote
from actors.database import session
from actors.models import PROJECT, Actor, Delivery, Posted
from federation.activities import Document, id_of, type_of
from flask_maillage.coalitions import claims
from flask_maillage.coalitions.communecter import our_projects, projects, speaking
from flask_maillage.coalitions.communecter.models import ACTIVITY, OBJECT
from flask_maillage.coalitions.communecter.wishes import Wish
from flask_maillage.coalitions.models import Membership
from inboxes.dialects import on_sending

BY_ID = frozenset({"Event", "Note", "Project"})
"""The types of objects that Communecter reads at their own address."""
CHANGED = ("name", "content", "summary")

Wording = Callable[[Document], Document | None]


@on_sending("Create", "Update", "Accept", "Reject", "Join", "Leave", "Invite", "Remove")
def worded(posted: Posted, delivery: Delivery) -> Document | None:
    """Return a letter in Communecter's words, where it is one that those words differ for and goes to such a server."""
    if (posted.type in ("Create", "Update") and not posted.public) or not speaking.is_spoken_at(delivery.inbox):
        return None
    found = WORDINGS[posted.type](json.loads(posted.body))
    return {name: value for name, value in found.items() if name not in ("proof", "result")} if found else None


def _published(document: Document) -> Document | None:
    thing = document.get("object")
    if not isinstance(thing, dict) or type_of(thing) not in BY_ID or id_of(thing) is None:
        return None
    changed = {name: thing[name] for name in CHANGED if thing.get(name)} if document["type"] == "Update" else {}
    return {**document, **changed, "object": id_of(thing)}


def _answered(document: Document) -> Document | None:
    """Name what is answered by its id alone; to an invitation, also as what one comes."""
    iri = id_of(document.get("object")) or ""
    row = session().scalar(select(Membership).where(Membership.iri == iri).limit(1))
    found = {**document, "object": iri}
    if row is not None and document["type"] == "Accept":
        found |= {"target": _object_of(row.group), "instrument": _instrument(row)}
    return found if found != document else None


def _joined(document: Document) -> Document | None:
    group, member = remote.find(id_of(document.get("object")) or ""), document["actor"]
    activity = projects.named(group, ACTIVITY) if group is not None else None
    if group is None or not (activity or projects.named(group, OBJECT)):
        return None
    return {
        **document,
        "object": member,
        "target": activity or projects.named(group, OBJECT),
        "instrument": "contributor",
    }


def _left(document: Document) -> Document | None:
    group = remote.find(id_of(document.get("object")) or "")
    target = projects.named(group, OBJECT) if group is not None else None
    return {**document, "object": document["actor"], "target": target} if target else None


def _invited(document: Document) -> Document | None:
    group = remote.find(id_of(document.get("target")) or "")
    if group is None or not group.local or group.kind != PROJECT:
        return None
    return {"instrument": {"as": "contributor"}, **document, "target": our_projects.created_iri(group)}


def _removed(document: Document) -> Document | None:
    """A group takes a member out: of a project by a Delete that names it, of an organisation by its id."""
    group = remote.find(document["actor"])
    member = id_of(document.get("object"))
    if group is None or document.get("target") != iris.collection(group.handle, claims.COLLECTIONS[claims.GROUP]):
        return None
    if group.kind == PROJECT:
        found = {**document, "type": "Delete", "object": member, "target": our_projects.object_iri(group)}
    else:
        found = {**document, "object": member, "target": group.iri}
    return {name: value for name, value in found.items() if name != "origin"}


def _object_of(group: Actor) -> str:
    """Return by which id Communecter means a group: a project by its object."""
    if group.local:
        return our_projects.object_iri(group) if group.kind == PROJECT else group.iri
    return projects.named(group, OBJECT) or group.iri


def _instrument(row: Membership) -> str | Document:
    """Return as what somebody belongs: as a group of ours says it, or as one of ours was invited."""
    if row.group.local:
        return Wish(row.role == "admin", tuple(row.labels)).to_instrument()
    return Wish.from_row(row.wish).to_instrument()


WORDINGS: dict[str, Wording] = {
    "Create": _published,
    "Update": _published,
    "Accept": _answered,
    "Reject": _answered,
    "Join": _joined,
    "Leave": _left,
    "Invite": _invited,
    "Remove": _removed,
}
