"""What others' letters do to calls: an application is answered, and nothing of it is kept."""

from flask_maillage.calls import answering
from inboxes.registry import Context, Ignored, on


@on("Offer", "Agreement")
def offer(context: Context) -> str:
    """Somebody applies to a call of ours (FEP-0837)."""
    return answering.refuse(context)


@on("Undo", "Offer")
@on("Update", "Agreement")
@on("Create", "Agreement")
def change(context: Context) -> str:
    """Somebody corrects or takes back an application: there is none here."""
    raise Ignored("no application is kept here")


@on("Accept", "Offer")
@on("Reject", "Offer")
def decide(context: Context) -> str:
    """Somebody decides about an application: none has left from here."""
    raise Ignored("no application was sent from here")
