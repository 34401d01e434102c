"""A call for expressions of interest: an `Article` with `call` facts, and a proposal of FEP-0837 at the same time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from federation.activities import Document, type_of
from flask_maillage.publications import call_states
from flask_maillage.publications.call_keys import cohorts_after, seats_after
from flask_maillage.publications.call_parts import Extension, Seat
from flask_maillage.publications.content import Content, Envelope
from flask_maillage.publications.eligibility import eligible_countries
from flask_maillage.publications.forms.base import PublicationForm
from flask_maillage.publications.forms.call import CallForm
from flask_maillage.publications.kinds import attachments, call_text, reading
from flask_maillage.publications.kinds.base import (
    CLOSING_SOON,
    Kind,
    name_or_beginning,
    own_text,
    timestamp,
    written,
)
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.kinds.call_filling import data_of, details_from_form
from flask_maillage.publications.kinds.call_object import call_object, details_from_object
from flask_maillage.publications.kinds.translating import translations_of

TYPES = frozenset({"Article", "Note", "Page", "Proposal"})


class Call(Kind):
    """The kind `call`; `starts_at` is its opening, `ends_at` the last second at which one may apply."""

    name, slug, label, plural, as2_type = "call", "calls", "Call", "Calls", "Article"
    statuses = call_states.STATUSES
    details = CallDetails
    expendable = (
        ("call", "procedure"),
        ("call", "support"),
        ("call", "objectives"),
        ("call", "contactPoints"),
        ("call", "questions"),
        ("call", "committee"),
        ("organizers", "items"),
    )

    def form(self) -> type[PublicationForm]:
        """Return the form of a call."""
        return CallForm

    def content_from_form(self, form: Any, *, language: str | None) -> Content:
        """Return what a valid form says."""
        fields = written(form, language) | {
            "kind": self.name,
            "starts_at": form.opens(),
            "ends_at": form.closes(),
            "timezone": form.timezone.data,
            "status": "open",
            "details": details_from_form(form),
        }
        content = Content(**fields)
        return content.model_copy(update={"summary": self.summary(content)})

    def fill_form(self, content: Content) -> dict[str, Any]:
        """Return the data that makes the form show `content` again."""
        return data_of(content, details_of(content))

    def concerned(self, content: Content) -> tuple[str, ...]:
        """Return the countries whose people may answer."""
        details = details_of(content)
        return (*details.territories, *(code for found in eligible_countries(details).values() for code in found))

    def as_received(self, content: Content) -> Content:
        """Return what arrives at a peer: the addresses of the form and of the desk are added on the way."""
        arrived, on_the_way = super().as_received(content), {"apply_url": None, "desk": None}
        return arrived.model_copy(update={"details": details_of(content).model_copy(update=on_the_way)})

    def state(self, content: Content, now: datetime) -> str:
        """Return where it stands (`call_states`); `closing_soon` for what is open for seven days more at most."""
        state = call_states.state_at(content, now)
        is_soon = content.ends_at is not None and content.ends_at - now <= CLOSING_SOON
        return "closing_soon" if state == call_states.OPEN and is_soon else state

    def revised(self, old: Content, new: Content, now: datetime, note: str) -> Content:
        """Keep keys, count a change of the committee and write down an extension, whatever `new` says of them."""
        before, after = details_of(old), details_of(new)
        committee = seats_after(before.committee, after.committee)
        version = before.committee_version + (_holders(before.committee) != _holders(committee))
        extensions = before.extensions
        if old.ends_at and new.ends_at and new.ends_at > old.ends_at:
            extended = Extension(extended_at=now, before=old.ends_at, after=new.ends_at, reason=note)
            extensions = (*extensions, extended)
        update = {
            "extensions": extensions,
            "committee": committee,
            "committee_version": version,
            "cohorts": cohorts_after(before.cohorts, after.cohorts),
        }
        return new.model_copy(update={"details": after.model_copy(update=update)})

    def summary(self, content: Content) -> str:
        """Return the deadline, the number to be selected and who can apply."""
        return call_text.summary(content, details_of(content))

    def facts(self, content: Content) -> str:
        """Return everything that an applicant wants to know."""
        return call_text.facts(content, details_of(content))

    def own_properties(self, content: Content, envelope: Envelope) -> Document:
        """Return the proposal of FEP-0837, the committee's actors and the facts of the call."""
        details = details_of(content)
        properties: Document = {
            "purpose": "request",
            "unitBased": False,
            "publishes": {
                "id": f"{envelope.iri}#intent",
                "type": "Intent",
                "action": "deliverService",
                "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": str(details.maximum_selected or 1)},
            },
            "steeringCommittee": [seat.actor for seat in details.committee if seat.actor],
            "call": call_object(
                details,
                iri=envelope.iri,
                apply_url=envelope.action_url or envelope.url,
                status=content.status or "open",
            ),
        }
        if content.starts_at:
            properties["startTime"] = timestamp(content.starts_at)
        if content.ends_at:
            properties["endTime"] = timestamp(content.ends_at)
        return properties

    def matches(self, document: Any) -> bool:
        """Tell whether a document has the facts of a call, or is a request of FEP-0837."""
        if not isinstance(document, dict) or type_of(document) not in TYPES:
            return False
        is_request = document.get("purpose") == "request" and isinstance(document.get("publishes"), dict)
        return isinstance(document.get("call"), dict) or is_request

    def from_object(self, document: Any) -> Content:
        """Read a call of any origin; see `Kind.from_object`."""
        reading.require_id(document)
        facts = document.get("call")
        call: Document = facts if isinstance(facts, dict) else {}
        status = reading.line_of(call, "callStatus", 40)
        status = status if status in self.statuses else "open"
        zone = reading.timezone_of(document)
        starts, ends = (reading.instant_of(document.get(key), zone) for key in ("startTime", "endTime"))
        return Content(
            kind=self.name,
            name=name_or_beginning(document, status),
            summary=reading.summary_of(document),
            html=own_text(document),
            language=reading.language_of(document),
            translations=translations_of(document, status),
            starts_at=None if starts and ends and starts > ends else starts,
            ends_at=ends,
            timezone=zone,
            place=reading.place_of(document),
            organisers=reading.organisers_of(document),
            tags=reading.tags_of(document),
            status=status,
            **attachments.read(document),
            details=details_from_object(call, document),
        )


def _holders(committee: Iterable[Seat]) -> dict[str, str | None]:
    """Return who holds which seat: another order, or other words, make no other committee."""
    return {seat.key: seat.actor for seat in committee}


def details_of(content: Content) -> CallDetails:
    """Return the details of a call.

    Raises:
        TypeError: the content is of another kind.
    """
    if not isinstance(content.details, CallDetails):
        raise TypeError("this publication is not a call")
    return content.details
