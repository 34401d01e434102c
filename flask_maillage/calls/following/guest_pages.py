"""Pages of a guest who leads an initiative that is followed: a leader's pages, behind the link of their application."""

from flask import abort, request
from werkzeug.wrappers import Response

from flask_maillage.calls.applying.doors import Door, guests_page
from flask_maillage.calls.following import guests, leader_pages
from flask_maillage.calls.following.leader_pages import Led


@guests_page("guest_follow_up", guests.PAGE, ("GET", "POST"))
def guest_follow_up(door: Door) -> Response:
    """Show a guest what was written about their initiative, and let them write."""
    return leader_pages.answer(_led(door))


@guests_page("guest_contact", f"{guests.PAGE}/contact", ("GET", "POST"))
def guest_contact(door: Door) -> Response:
    """Let a guest say how the others of their cohort reach them, or take that back, and show who else shares it."""
    led = _led(door)
    return leader_pages.share(led) if request.method == "POST" else leader_pages.show_contact(led, None)


def _led(door: Door) -> Led:
    followed = guests.followed(door.draft) or abort(404)
    return Led(door.draft.actor, leader_pages.name_of(followed, door.draft), followed, door.key["token"])
