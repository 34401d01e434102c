"""What others' letters do to calls where they are no letters of applications by their shape: nothing."""

from inboxes.registry import Context, Ignored, on


@on("Create", "Agreement")
def create(context: Context) -> str:
    """Somebody tells of an agreement: applications come as an `Offer` alone."""
    raise Ignored("an application is an Offer")


@on("Accept", "Offer")
@on("Reject", "Offer")
def decide(context: Context) -> str:
    """Somebody decides about an application, and says nothing of what is decided."""
    raise Ignored("no decision about an application")
