"""From the address of a coordinator's page to the call and who looks at it; for everybody else nothing is there."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import abort, url_for

from actors.node import now
from flask_maillage.calls import states
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.coordinating import wording
from flask_maillage.calls.desk.roles import Desk, Reader, desk_of, member_at
from flask_maillage.calls.desk.views import opinion_words
from flask_maillage.people.current import author_of, current_member, may
from flask_maillage.people.roles import EDIT
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import PUBLISHED, Publication
from flask_maillage.publications.views.finding import find_publication

MANAGED = "/@<page_handle>/calls/<identifier>/manage"
"""Below this address lie all pages of who coordinates a call."""
PAGES = ("call_applications", "arrange_decisions", "publish_decisions", "call_places", "call_cohorts", "call_late")


@dataclass(frozen=True)
class Managed:
    """A call of ours, and the member who coordinates it."""

    call: Publication
    member: Any

    @cached_property
    def reader(self) -> Reader:
        """Who looks, as the reader of a desk."""
        return member_at(self.call, self.member)

    @property
    def by(self) -> Acting:
        """What they are to the call; what they do is noted as done by themselves, not by the organisation."""
        found, author = self.reader.at_the_call, author_of(self.member)
        return found if author is None else replace(found, iri=author.iri, actor_id=author.id)

    @cached_property
    def desk(self) -> Desk:
        """The applications, with what they are to each."""
        return desk_of(self.reader)

    def path(self, page: str, **more: Any) -> str:
        """Return the address of one of the pages of this call."""
        handle, identifier = self.call.actor.page_handle, self.call.identifier
        return url_for(f"maillage.{page}", page_handle=handle, identifier=identifier, **more)

    def frame(self) -> dict[str, Any]:
        """Return what every page shows."""
        return {
            "call": self.call,
            "details": details_of(self.call.content),
            "state": states.state_of(self.call, now()),
            "back": page_path(self.call),
            "paths": {page: self.path(page) for page in PAGES},
            "words": wording.states_in_words(),
            "opinion_words": opinion_words(),
            "outcome_words": wording.outcomes_in_words(),
        }


def find(page_handle: str, identifier: str) -> Managed:
    """Return the call of an address for a member who coordinates it.

    Whoever does not, whatever else they are (a seat, an admin of another organisation), gets the 404 of what is not
    there (FC-12). Who is not signed in is sent to sign in before this is asked, whatever the address.
    """
    member = current_member()
    call = find_publication(page_handle, "calls", identifier, limited=True)
    if not (call.local and call.state == PUBLISHED and may(member, EDIT, call)):
        abort(404)
    return Managed(call, member)
