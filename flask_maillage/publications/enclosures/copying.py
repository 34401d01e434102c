"""Copy images that lie on other servers, so that a reader's browser asks no host but ours.

The worker fetches each with the client that vets every address, and writes it anew as it does with ours. Together they
take no more room than the node allows: the oldest make room.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select

from actors import leases, policy, rotation
from actors.database import reading, session
from actors.models import Actor, Follow
from actors.node import node, now
from federation.activities import host_of
from federation.errors import FederationError, Unreachable
from federation.signatures import Signer
from flask_maillage.files import folder, images, storing
from flask_maillage.files.refusing import FileRefused
from flask_maillage.files.storing import Prepared
from flask_maillage.publications import audience
from flask_maillage.publications.enclosures.models import GIVEN_UP, KEPT, WAITING, CopiedImage
from flask_maillage.publications.models import PUBLISHED, Addressee, Publication
from inboxes.chores import chore

ACCEPTED = "image/webp, image/avif, image/jpeg, image/png, image/gif"
MOST_ATTEMPTS = 4
FIRST_WAIT = timedelta(hours=1)
RATE = "fetches for a host"


@dataclass(frozen=True)
class Errand:
    """An image to fetch: where, as whom, and what its publisher says that it is."""

    number: int
    lease: str
    url: str
    signer: Signer | None
    digest: str


@chore
def copy_images() -> int:
    """Copy one image that is due, and return how many that were."""
    if not folder.shelf().room_for_copies:
        return 0
    with reading():
        waits = session().scalar(select(CopiedImage.id).where(*_due()).limit(1)) is not None
    if not waits:
        return 0
    claimed = leases.claim(CopiedImage, *_due(), order=CopiedImage.due_at, limit=1)
    session().commit()
    for number, lease in claimed:
        with reading():
            errand = _errand(number, lease)
        _do(errand, number, lease)
    return len(claimed)


def _due() -> list[ColumnElement[bool]]:
    is_needed = or_(CopiedImage.publication_id.is_not(None), CopiedImage.actor_id.is_not(None))
    return [leases.is_free(CopiedImage), CopiedImage.state == WAITING, is_needed]


def _errand(number: int, lease: str) -> Errand | None:
    """Return what is to be fetched, or None where nobody is to see it."""
    row = session().get(CopiedImage, number)
    if row is not None and row.actor_id is not None:
        return _errand_for_actor(row, lease)
    publication = session().get(Publication, row.publication_id) if row and row.publication_id else None
    if row is None or publication is None or publication.state != PUBLISHED:
        return None
    is_refused = policy.refuses_media(publication.actor.iri) or policy.refuses_media(row.url)
    if is_refused or not policy.is_welcome(publication.actor):
        return None
    reader = None if audience.is_open(publication) else _reader(publication)
    signer = rotation.signer_for(reader, host_of(row.url)) if reader else None
    image = publication.content.image
    return Errand(number, lease, row.url, signer, image.digest if image else "")


def _errand_for_actor(row: CopiedImage, lease: str) -> Errand | None:
    actor = session().get(Actor, row.actor_id)
    if actor is None or not policy.is_welcome(actor):
        return None
    is_refused = policy.refuses_media(actor.iri) or policy.refuses_media(row.url)
    return None if is_refused else Errand(row.id, lease, row.url, None, "")


def _reader(publication: Publication) -> Actor | None:
    """Return one of ours for whom a limited publication is: in their name it is asked for."""
    named = select(Actor).join(Addressee, Addressee.actor_id == Actor.id)
    named = named.where(Addressee.publication_id == publication.id, Actor.local)
    follower = select(Actor).join(Follow, Follow.follower_id == Actor.id)
    follower = follower.where(Follow.followed_id == publication.actor_id, Follow.state == "accepted", Actor.local)
    return session().scalar(named.limit(1)) or session().scalar(follower.limit(1))


def _do(errand: Errand | None, number: int, lease: str) -> None:
    """Fetch and decode outside of any transaction, then note what came of it."""
    prepared, is_worth_waiting = None, False
    if errand is not None:
        try:
            prepared = _fetched(errand)
        except Unreachable:
            is_worth_waiting = True
        except (FederationError, FileRefused):
            pass
    name = storing.write_parts(prepared) if prepared else ""
    row = session().scalar(select(CopiedImage).where(CopiedImage.id == number).with_for_update())
    if row is None or row.lease != lease or (row.publication_id is None and row.actor_id is None):
        session().rollback()
        if name:
            folder.remove(name)
        return
    _settle(row, prepared, name, is_worth_waiting=is_worth_waiting)
    pushed_out = _make_room()
    session().commit()
    for gone in pushed_out:
        folder.remove(gone)


def _fetched(errand: Errand) -> Prepared:
    """Return an image as it is kept.

    Raises:
        FederationError: it is not given to us, or is not what its publisher said.
        FileRefused: it is no image that we can show.
    """
    if not node().rates.allow(RATE, host_of(errand.url)):
        raise Unreachable(f"{errand.url}: its host was asked often")
    client = node().client
    client.permit(errand.url)
    largest = folder.shelf().largest_image
    _, _, data = client.fetch_bytes(errand.url, accept=ACCEPTED, signer=errand.signer, max_bytes=largest)
    if errand.digest and storing.digest_of(data) != errand.digest:
        raise FileRefused("another file than was published")
    return storing.as_prepared(images.render(data))


def _settle(row: CopiedImage, prepared: Prepared | None, name: str, *, is_worth_waiting: bool) -> None:
    row.lease = row.leased_until = None
    if prepared is not None:
        row.state, row.name, row.ending = KEPT, name, prepared.media_type.ending
        row.width, row.height, row.room, row.fetched_at = prepared.width, prepared.height, prepared.room, now()
    elif is_worth_waiting and row.attempts < MOST_ATTEMPTS:
        row.due_at = now() + FIRST_WAIT * 4 ** (row.attempts - 1)
    else:
        row.state = GIVEN_UP
    session().flush()


def _make_room() -> list[str]:
    """Let the oldest copies go until the rest has room, and return the names of their files.

    Pictures of actors go last: they are small, stand on every card, and are not asked for again before they change.
    """
    total = session().scalar(select(func.sum(CopiedImage.room)).where(CopiedImage.state == KEPT)) or 0
    too_much, gone = total - folder.shelf().room_for_copies, []
    turn = CopiedImage.actor_id.is_not(None), CopiedImage.fetched_at, CopiedImage.id
    oldest = select(CopiedImage).where(CopiedImage.state == KEPT).order_by(*turn)
    for row in session().scalars(oldest.limit(1000)) if too_much > 0 else ():
        if too_much <= 0:
            break
        too_much -= row.room
        gone.append(row.name or "")
        row.state, row.name, row.room = GIVEN_UP, None, 0
    return [name for name in gone if name]
