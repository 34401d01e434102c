"""Letters that Communecter alone writes: a Remove of an activity, and organisations that nobody need keep."""

from actors.models import Actor
from federation.activities import Activity, id_of
from inboxes.opening import object_type
from inboxes.registry import Context, Handler, Ignored, handler_for, on, on_claim


@on_claim
def revoked(activity: Activity, sender: Actor) -> Handler | None:
    """Read a Remove that names no collection as an Undo: Communecter takes invitations and follows back by it."""
    if activity.type != "Remove" or activity.target_id is not None or id_of(activity.document.get("origin")):
        return None
    return handler_for("Undo", object_type(activity, sender))


@on("Create", "Organization", "Organisation")
def organisation(context: Context) -> str:
    """An organisation was made there: it is read as the actor that it is, when somebody here has to do with it."""
    raise Ignored("an organisation is read at its own address")
