"""What servers read of memberships: how many belong to a group, and not who."""

from flask import Response

from actors import iris
from actors.documents import collection
from actors.negotiation import activity_response
from actors.views import documents, present
from flask_maillage.coalitions import memberships


@documents.get("/actors/<handle>/members")
def members(handle: str) -> Response:
    """Tell how many belong to a group; who they are is told to the group's own people only."""
    group = present(handle)
    return activity_response(collection(iris.collection(handle, "members"), memberships.count(group), paged=False))
