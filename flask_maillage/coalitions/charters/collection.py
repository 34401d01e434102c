"""What servers read of charters: each version at its id, which the group's document names the newest of."""

from werkzeug.wrappers import Response

from actors.negotiation import page_or_document
from actors.views import documents, present
from federation.activities import context
from federation.errors import NotFound
from flask_maillage.coalitions.charters import versions


@documents.get("/actors/<handle>/charters/<int:number>")
def charter(handle: str, number: int) -> Response:
    """Give a version of a group's charter."""
    actor = present(handle)
    found = versions.one(actor, number) if 0 < number < 2**31 else None
    if found is None:
        raise NotFound(f"no version {number}")
    return page_or_document(versions.page_of(actor, number), {"@context": context(), **versions.article_of(found)})
