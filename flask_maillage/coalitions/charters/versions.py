"""The versions of a group's charter: published, numbered, read, and named in the group's document."""

from datetime import datetime
from hashlib import sha256

import rfc8785
from sqlalchemy import delete, func, or_, select

from actors import documents, followers, iris, outbox, remote
from actors.database import session
from actors.documents import actor_document, timestamp
from actors.leases import wait_for_turn_at
from actors.models import PROPOSED, Actor
from actors.node import node, now
from federation import markdown
from federation.activities import PUBLIC, Document, id_of, is_web_iri, same_origin
from federation.sanitising import clean_html, clean_text
from flask_maillage.coalitions import memberships, moments
from flask_maillage.coalitions.charters import notices
from flask_maillage.coalitions.charters.models import Charter, CharterAcceptance
from flask_maillage.coalitions.models import Membership
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.leaving import on_parting
from inboxes.registry import on_departure

TITLE_LIMIT, TEXT_LIMIT, CHANGE_LIMIT = 200, 50_000, 2000
MOST_ELSEWHERE = 50
"""How many versions of one group elsewhere are kept here."""


class CharterRefused(ValueError):
    """It cannot be published so; `field` says what of it, the text what to do."""

    def __init__(self, message: str, field: str = "") -> None:
        """Keep the field."""
        super().__init__(message)
        self.field = field


def has_one(actor: Actor) -> bool:
    """Tell whether an actor of ours may have a charter."""
    return actor.local and actor.gone_at is None and memberships.is_group(actor)


def publish(actor: Actor, *, title: str, text: str, change: str = "", language: str | None = None) -> Charter:
    """Publish the next version of the charter of a group of ours; the older ones stay, and all members are asked anew.

    Args:
        actor: the group.
        title: in one line.
        text: in Markdown.
        change: what is different from the version before, in words; needed from the second on.
        language: the language it is written in; the group's own where None.

    Raises:
        CharterRefused: something of it will not do, or it changes nothing.
    """
    if not has_one(actor):
        raise CharterRefused(_("Only organisations, projects and coalitions of this node have a charter."))
    title, change = clean_text(title, limit=TITLE_LIMIT), clean_text(change, limit=CHANGE_LIMIT)
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    wait_for_turn_at(Charter, str(actor.id))
    before = newest(actor)
    _check(before, title, text, change)
    number = before.number + 1 if before is not None else 1
    made = Charter(
        actor_id=actor.id,
        number=number,
        iri=f"{iris.collection(actor.handle, 'charters')}/{number}",
        title=title,
        text=text,
        language=language or actor.language or node().language,
        change=change if before is not None else "",
        published_at=now().replace(microsecond=0),
    )
    made.digest = digest_of(made)
    session().add(made)
    session().flush()
    session().refresh(made)
    _tell(actor)
    notices.published(made, members_of(actor))
    return made


def newest(actor: Actor) -> Charter | None:
    """Return the version of a group's charter that holds, as far as we know."""
    query = select(Charter).where(Charter.actor_id == actor.id).order_by(Charter.number.desc()).limit(1)
    return session().scalar(query)


def all_of(actor: Actor) -> list[Charter]:
    """Return all versions, the newest first."""
    return list(session().scalars(select(Charter).where(Charter.actor_id == actor.id).order_by(Charter.number.desc())))


def one(actor: Actor, number: int) -> Charter | None:
    """Return a version by its number."""
    return session().scalar(select(Charter).where(Charter.actor_id == actor.id, Charter.number == number))


def with_iri(iri: str) -> Charter | None:
    """Return a version by its id."""
    return session().scalar(select(Charter).where(Charter.iri == iri))


def members_of(actor: Actor) -> list[Actor]:
    """Return who belongs to a group, the first first."""
    query = select(Actor).join(Membership, Membership.member_id == Actor.id).where(Membership.group_id == actor.id)
    query = query.where(Membership.state == "member", Actor.gone_at.is_(None))
    return list(session().scalars(query.order_by(Membership.id)))


def html_of(charter: Charter) -> str:
    """Return what a version says, as clean HTML."""
    return markdown.render(charter.text) if charter.actor.local else charter.text


def digest_of(charter: Charter) -> str:
    """Return the SHA-256 of the canonical form (RFC 8785) of what a version of ours says."""
    said = {
        "id": charter.iri,
        "name": charter.title,
        "text": charter.text,
        "published": timestamp(charter.published_at),
    }
    return sha256(rfc8785.dumps(said)).hexdigest()


def article_of(charter: Charter) -> Document:
    """Return what servers read of a version of ours."""
    said = {
        "id": charter.iri,
        "type": "Article",
        "attributedTo": charter.actor.iri,
        "to": [PUBLIC],
        "name": charter.title,
        "summary": charter.change or None,
        "content": html_of(charter),
        "inLanguage": charter.language,
        "source": {"content": charter.text, "mediaType": "text/markdown"},
        "published": timestamp(charter.published_at),
        "revision": charter.number,
        "digest": charter.digest,
        "url": page_of(charter.actor, charter.number),
    }
    return {name: value for name, value in said.items() if value is not None}


def page_of(actor: Actor, number: int | None = None) -> str:
    """Return the address of the page of a charter, or of one version of it."""
    page = iris.own(f"@{actor.page_handle}/charter")
    return page if number is None else f"{page}?version={number}"


def keep(charter: Charter, article: Document, *, at: datetime) -> None:
    """Write down what a version elsewhere says, as its own server gives it; who agreed to other words has not to these.

    Args:
        charter: a version of a group elsewhere.
        article: its document, read at its own id.
        at: when it was read.
    """
    text, digest = clean_html(str(article.get("content") or "")), clean_text(article.get("digest"), limit=64) or None
    if charter.text and (text, digest) != (charter.text, charter.digest):
        session().execute(delete(CharterAcceptance).where(CharterAcceptance.charter_id == charter.id))
    charter.title = clean_text(article.get("name"), limit=TITLE_LIMIT) or charter.actor.name
    charter.change = clean_text(article.get("summary"), limit=CHANGE_LIMIT)
    charter.text, charter.digest, charter.published_at = text, digest, moments.published(article) or at
    session().flush()


@documents.describes
def described(actor: Actor) -> Document:
    """Return where the charter of a group of ours is."""
    found = newest(actor) if memberships.is_group(actor) else None
    return {"charter": found.iri} if found is not None else {}


@remote.on_remembering
def remember(actor: Actor, document: Document) -> None:
    """Take note of a new version elsewhere where one of ours belongs to the group, asks to, or is invited."""
    iri = id_of(document.get("charter"))
    if not iri or not is_web_iri(iri) or not same_origin(iri, actor.iri) or not memberships.is_group(actor):
        return
    theirs = _ours_with(actor)
    count = session().scalar(select(func.count()).where(Charter.actor_id == actor.id)) or 0
    if not theirs or count >= MOST_ELSEWHERE or with_iri(iri) is not None:
        return
    made = Charter(actor_id=actor.id, number=count + 1, iri=iri, title=actor.name, language=None, published_at=now())
    session().add(made)
    session().flush()
    session().refresh(made)
    notices.published(made, theirs)


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good: its charters go, and what it agreed to."""
    own = select(Charter.id).where(Charter.actor_id == actor.id)
    either = or_(CharterAcceptance.actor_id == actor.id, CharterAcceptance.charter_id.in_(own))
    session().execute(delete(CharterAcceptance).where(either).execution_options(synchronize_session=False))
    session().execute(delete(Charter).where(Charter.actor_id == actor.id).execution_options(synchronize_session=False))


def _ours_with(group: Actor) -> list[Actor]:
    query = select(Actor).join(Membership, Membership.member_id == Actor.id).where(Membership.group_id == group.id)
    query = query.where(Membership.state.in_(("member", "invited", "requested")), Actor.local, Actor.gone_at.is_(None))
    return list(session().scalars(query.order_by(Membership.id)))


def _tell(actor: Actor) -> None:
    """Send the document of the group, which names the new version, to its followers and members."""
    actor.updated_at = now()
    session().flush()
    if actor.phase == PROPOSED:
        return
    inboxes = followers.inboxes_of_followers(actor) | {one.inbox for one in members_of(actor) if not one.local}
    document = {name: value for name, value in actor_document(actor).items() if name != "@context"}
    outbox.post(actor, "Update", document, to=[PUBLIC], cc=[actor.followers or actor.iri], inboxes=inboxes)


def _check(before: Charter | None, title: str, text: str, change: str) -> None:
    if not title:
        raise CharterRefused(_("Say in one line what it is."), "title")
    if not text:
        raise CharterRefused(_("Write what the members agree to."), "text")
    if len(text) > TEXT_LIMIT:
        raise CharterRefused(_("A charter has 50,000 characters at most."), "text")
    if before is not None and (before.title, before.text) == (title, text):
        raise CharterRefused(_("Nothing is different from the version before."), "text")
    if before is not None and not change:
        raise CharterRefused(_("Say what is different, for those who agreed to the version before."), "change")
