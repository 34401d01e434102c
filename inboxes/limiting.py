"""How much a sender may ask of us: by address, by host, by actor and in all, asked before it costs anything.

What a letter claims is only looked up before its signature holds, and counted afterwards: nobody uses up what another
host may send by writing its name.
"""

from sqlalchemy import func, select

from actors import remote
from actors.authentication import Sender
from actors.database import reading, session
from actors.models import Actor
from actors.node import node
from federation.activities import host_of
from federation.errors import TooMany
from inboxes.models import Letter

MAX_WAITING = 5000
"""How many letters of one host may wait to be opened; the next ones stay with their sender for a while."""
FULL_SECONDS = 300
EVERYBODY = ""


def check_caller(address: str) -> None:
    """Count a letter from a network address, before anything of it is read.

    Raises:
        TooMany: too many letters, or too many of them with a signature that did not hold.
    """
    _count("inbox", address)
    _look("bad signatures", address)


def check_sender(claimed_key: str, actor_iri: str) -> None:
    """Look whether the claimed sender may send another letter, before its signature is checked.

    Args:
        claimed_key: the key that claims to have signed; its host is who brings the letter.
        actor_iri: for whom the letter speaks.

    Raises:
        TooMany: it, or its host, sent too many; or too many letters of its host wait.
    """
    host = host_of(claimed_key)
    _look("letters of a host", host)
    if host == host_of(actor_iri):
        _look("letters of an actor", actor_iri)
    if _waiting(None) >= MAX_WAITING and _waiting(host) >= MAX_WAITING:
        raise TooMany(f"{MAX_WAITING} letters of {host} wait", retry_after=FULL_SECONDS)


def count_bad(address: str) -> None:
    """Count a letter whose signature did not hold."""
    node().rates.allow("bad signatures", address)


def count_letter(sender: Sender, host: str) -> None:
    """Count a letter whose signature holds for the host that brought it, and its sender where we never met it.

    Raises:
        TooMany: that is one too many.
    """
    _count("letters of a host", host)
    if host == host_of(sender.iri):
        _count("letters of an actor", sender.iri)
    if sender.document is None:
        return
    with reading():
        known = remote.find(sender.iri) is not None
    if not known:
        _count("new actors of a host", host)
        _count("new actors", EVERYBODY)


def _count(name: str, key: str) -> None:
    if not node().rates.allow(name, key):
        raise _too_many(name, key)


def _look(name: str, key: str) -> None:
    if node().rates.exhausted(name, key):
        raise _too_many(name, key)


def _too_many(name: str, key: str) -> TooMany:
    return TooMany(f"{key} is over its rate of {name}", retry_after=node().rates.seconds_until_free(name, key))


def _waiting(host: str | None) -> int:
    """Return how many letters wait, of one host or of all."""
    query = select(func.count()).select_from(Letter).where(Letter.state == "waiting")
    if host is not None:
        query = query.join(Actor, Actor.id == Letter.sender_id).where(Actor.host == host)
    with reading():
        return session().scalar(query) or 0
