"""The e-mail addresses of a committee on their way through the form: beside what the call says, never in it."""

from typing import Any

from flask_maillage.publications import seat_addresses
from flask_maillage.publications.forms.call import CallForm
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import Publication


def keep_addresses(publication: Publication, form: Any) -> None:
    """Keep the addresses that a valid form of a call holds; other forms hold none."""
    details = publication.content.details
    if isinstance(form, CallForm) and isinstance(details, CallDetails):
        typed = zip(details.committee, form.seat_addresses(), strict=False)
        seat_addresses.put(publication, {seat.key: address for seat, address in typed})


def with_addresses(data: dict[str, Any], publication: Publication) -> dict[str, Any]:
    """Return the data of a form with the addresses of the seats that it shows."""
    if "committee" not in data:
        return data
    known = seat_addresses.of(publication)
    return data | {"committee": [{**seat, "email": known.get(seat["key"], "")} for seat in data["committee"]]}
