"""What stands on a member's own page of follow-ups: the initiatives that they lead, the calls that they coordinate."""

from typing import Any

from flask import url_for

from flask_maillage.calls import committee
from flask_maillage.calls.following.leader_pages import led_by
from flask_maillage.people.current import actors_to_publish_for
from flask_maillage.people.my_page import Section, section
from flask_maillage.web.language import gettext as _


@section
def own_follow_ups(member: Any) -> Section | None:
    """Lead to what is followed."""
    led = [(one.name, one.path) for one in led_by(member)]
    coordinated = [
        (call.name, url_for("maillage.follow_up", page_handle=call.actor.page_handle, identifier=call.identifier))
        for actor in actors_to_publish_for(member)
        for call, seat in committee.seats_of(actor)
        if seat.coordinates
    ]
    if not (led or coordinated):
        return None
    return Section(_("Follow-up"), "maillage/own_follow_ups.html", {"links": [*led, *coordinated]})
