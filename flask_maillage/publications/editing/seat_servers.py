"""Whether who gets a seat can take applications there (FC-1): their servers are asked before anything is locked.

A member whose server knows nothing of applications would never confirm one: such a member is a seat by mail.
"""

from collections.abc import Iterable
from typing import Any

from actors import remote
from actors.database import reading, session
from actors.documents import APPLICATIONS
from actors.models import Actor
from federation.activities import as_list, host_of
from federation.errors import FederationError, NotFound, Rejected
from flask_maillage.publications import resolving
from flask_maillage.publications.forms.base import is_handle
from flask_maillage.publications.forms.call_rows import SeatRow
from flask_maillage.publications.forms.rows import Rows
from flask_maillage.publications.referring import actor_with
from flask_maillage.web.language import gettext as _


def typed_seats(form: Any) -> list[str]:
    """Return the handles and addresses that are typed for the seats of a committee, each once."""
    rows = (row for one in form if isinstance(one, Rows) for row in one.rows if isinstance(row, SeatRow))
    return list(dict.fromkeys(row.actor.data for row in rows if row.actor.data))


def ask_for(typed: Iterable[str], member_key: str) -> dict[str, str]:
    """Find the actors of seats on their servers, and ask those whether they take applications.

    Args:
        typed: handles and addresses of those who get a seat.
        member_key: what tells the member apart who asks (`resolving.key_of`): what is asked of others is counted.

    Returns:
        By what is typed, a sentence for each who cannot have a seat by that: not found, or not able to take one.
    """
    wrong: dict[str, str] = {}
    takes: dict[str, str] = {}
    for name in typed:
        try:
            host = _host_of(name, member_key)
            if host is not None and host not in takes:
                takes[host] = _sentence_about(host, member_key)
        except FederationError as error:
            session().rollback()
            wrong[name] = f"{name}: {_(resolving.sentence_for(error))}"
        else:
            if host is not None and takes[host]:
                wrong[name] = f"{name}: {takes[host]}"
    return wrong


def _host_of(name: str, member_key: str) -> str | None:
    """Return the host of an actor, which is known here afterwards; None for one of ours, or a handle nobody has."""
    with reading():
        known = _known(name)
        if known is not None:
            return None if known.local else host_of(known.iri)
    if is_handle(name):
        return None  # looked up before, in vain: that is said already
    resolving.count(member_key)
    found = resolving.resolve(name)
    if not isinstance(found, Actor):
        raise NotFound(f"{name} is no actor")
    host = None if found.local else host_of(found.iri)
    session().commit()
    return host


def _known(name: str) -> Actor | None:
    if is_handle(name):
        return actor_with(name)
    found = resolving.known(name)
    return found if isinstance(found, Actor) else None


def _sentence_about(host: str, member_key: str) -> str:
    """Return why nobody of a server can have a seat but by mail; empty where that is not so.

    Raises:
        FederationError: it does not answer now, or too much was asked for.
    """
    resolving.count(member_key)
    try:
        document = remote.look_up(host)
    except (NotFound, Rejected):
        document = {}
    said = [one for one in as_list(document.get("implements")) if isinstance(one, dict)]
    if any(one.get("name") == APPLICATIONS[0] or one.get("href") == APPLICATIONS[1] for one in said):
        return ""
    return _("their server takes no applications. Leave this empty and give an e-mail address: they get them by mail.")
