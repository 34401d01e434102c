"""Letters about applications that come from other servers: told by their shape, and handed to the one way in."""

from actors.models import ASSERTION, Actor
from federation.activities import Activity
from flask_maillage.calls import letters, posting
from flask_maillage.calls.shapes import Shape, shape_of
from flask_maillage.calls.taken import takers_of
from inboxes.registry import Context, Handler, Ignored, on_claim


@on_claim
def claim(activity: Activity, sender: Actor) -> Handler | None:
    """Claim what is a letter of federated calls, by type and shape together."""
    shape = shape_of(activity)
    if shape is None and activity.type == "Delete" and activity.object_id is not None:
        shape = Shape.ERASURE if letters.is_agreement(activity.object_id, sender.iri) else None
    if shape is None or not takers_of(shape):
        return None

    def take(context: Context) -> str:
        return _take(context, shape)

    return take


def _take(context: Context, shape: Shape) -> str:
    if any(key.iri == context.letter.key_iri and key.purpose == ASSERTION for key in context.sender.keys):
        raise Ignored("a letter of a call counts from its sender alone, not from who passes it on")
    return posting.take_in(
        context.activity, context.sender, shape=shape, received_at=context.letter.received_at, fetch=context.document
    )
