"""Add and Remove: told apart by the collection that they name, for whoever registered for it."""

from federation.activities import id_of
from inboxes.registry import Context, Ignored, collections, first_answer, on


@on("Add")
@on("Remove")
def change_collection(context: Context) -> str:
    """Something is put into a collection, or taken out of it (`origin`, where no `target` is named)."""
    iri = context.activity.target_id or id_of(context.activity.document.get("origin"))
    outcome = first_answer(collections, context, iri) if iri else None
    if outcome is None:
        raise Ignored("not a collection that is kept here")
    return outcome
