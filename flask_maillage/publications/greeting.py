"""What a server that begins to follow the node is told at once: what is open and what is coming."""

from actors import iris, local, outbox
from actors.following import on_new_follower
from actors.models import Follow
from federation.activities import PUBLIC as EVERYONE
from flask_maillage.publications import agreements, listing
from flask_maillage.publications.models import PUBLIC, Publication

AT_MOST = 20
"""Of each: calls that are open, and events to come."""


@on_new_follower
def announce_what_is_current(relation: Follow) -> None:
    """Announce to a node that follows ours what it would otherwise hear nothing of.

    Mobilizon lists an event only once somebody whom it follows announced it, and back-fills nothing else
    (`reference/events.md` §1.5).
    """
    newcomer = relation.follower
    if newcomer.type != "Application" or relation.followed.iri != iris.application():
        return
    relay = local.application()
    for query in (listing.open_calls(), listing.coming_events()):
        ours = query.where(Publication.local, Publication.visibility == PUBLIC, Publication.status != "cancelled")
        for publication in listing.first(ours, AT_MOST):
            if newcomer.id in agreements.left_out(publication):
                continue
            cc = [relay.followers or relay.iri, publication.actor.iri]
            outbox.post(relay, "Announce", publication.iri, to=[EVERYONE], cc=cc, inboxes=[newcomer.inbox])
