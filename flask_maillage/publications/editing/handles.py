"""Who is named in a form by handle: those who are not known here are looked up, before anything is locked.

Only a button that a member presses does so, with the token of the form; what saves itself asks nobody.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any

from actors.database import reading, session
from actors.models import Actor
from federation import discovery
from federation.errors import FederationError
from flask_maillage.people.current import current_member
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications import resolving
from flask_maillage.publications.content import ActorRef
from flask_maillage.publications.editing import seat_servers
from flask_maillage.publications.editing.uploads import may_write_for
from flask_maillage.publications.forms.base import OrganisersField, is_handle
from flask_maillage.publications.forms.call_rows import ActorField
from flask_maillage.publications.forms.rows import Rows
from flask_maillage.publications.referring import actor_with
from flask_maillage.web.language import gettext as _

MOST = 10
"""How many servers one form may let us ask: somebody waits for the answer."""


@dataclass
class Directory:
    """Why those were not found who were looked up, by handle; who was found is known here from then on."""

    failures: dict[str, str] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)
    """Why those cannot have a seat who were asked about, by what is typed (`seat_servers`)."""

    def settle(self, form: Any) -> None:
        """Let the fields of a form know who has the handles that are typed in them."""
        for one in _fields_of(form):
            one.directory = {handle: self._whose(handle) for handle in one.handles()}
            if isinstance(one, ActorField) and one.data:
                one.directory |= self._seat_of(one.data)

    def _seat_of(self, typed: str) -> dict[str, ActorRef | str]:
        """Return who is meant by an address, where that is known here, or why they cannot have a seat."""
        if typed in self.seats:
            return {typed: self.seats[typed]}
        found = None if is_handle(typed) else resolving.known(typed)
        return {typed: ActorRef(iri=found.iri, name=found.name)} if isinstance(found, Actor) else {}

    def _whose(self, handle: str) -> ActorRef | str:
        actor = actor_with(handle)
        if actor is not None:
            return ActorRef(iri=actor.iri, name=actor.name)
        reason = self.failures.get(handle)
        if reason is not None:
            return f"{handle}: {reason}"
        return _("Nobody is known here as “%(handle)s”: write a handle as @name@host.", handle=handle)


def look_up(form: Any, page_handle: str, seated: Container[str] | None = None) -> Directory:
    """Find those on their servers whom a form names by handle and this node does not know; nothing is locked.

    For members who may publish for the actor. Each who is found is kept at once, in a transaction of its own.

    Args:
        form: what was typed.
        page_handle: in whose name.
        seated: who has a seat in the published call already; None where none is given now, so that no server is asked
            whether it takes applications.
    """
    handles = list(dict.fromkeys(handle for one in _fields_of(form) for handle in one.handles()))
    seats = [] if seated is None else [name for name in seat_servers.typed_seats(form) if name not in seated]
    if not handles and not seats:
        return Directory()
    with reading():
        if not may_write_for(page_handle) or not CheckedForm().validate():
            return Directory()
        unknown = [one for one in handles if actor_with(one) is None and discovery.parse_handle(one)]
        key = resolving.key_of(current_member())
    failures = ask_for(unknown, key)
    return Directory(failures, seat_servers.ask_for([name for name in seats if name not in failures], key))


def ask_for(handles: list[str], member_key: str) -> dict[str, str]:
    """Find the first `MOST` of some unknown handles on their servers, and return why others could not be found.

    Args:
        handles: well-formed ones.
        member_key: what tells the member apart who asks (`resolving.key_of`): lookups of each are counted.
    """
    failures = {}
    for handle in handles[:MOST]:
        try:
            resolving.count(member_key)
            resolving.resolve(handle)
            session().commit()
        except FederationError as error:
            session().rollback()
            failures[handle] = _(resolving.sentence_for(error))
    return failures


def _fields_of(form: Any) -> Iterator[OrganisersField | ActorField]:
    for one in form:
        if isinstance(one, OrganisersField | ActorField):
            yield one
        elif isinstance(one, Rows):
            for row in one.rows:
                yield from _fields_of(row)
