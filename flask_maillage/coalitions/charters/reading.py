"""Reading the charter of a group elsewhere on its own server, before somebody of ours agrees to it."""

from actors import remote
from actors.database import reading, session
from actors.node import node, now
from federation.activities import id_of, is_web_iri, same_origin, type_of
from federation.errors import Malformed
from flask_maillage.coalitions.charters import versions
from flask_maillage.coalitions.charters.models import Charter


def read(group_iri: str) -> Charter | None:
    """Read a group's document and the charter that it names now, keep both, and return the charter; None without one.

    Nothing is held while the network is used; the caller commits.

    Raises:
        federation.errors.FederationError: its server does not give it to us, or not as a charter of that group.
    """
    remote.permit(group_iri)
    document = remote.fetch_actor(group_iri)
    iri = id_of(document.get("charter"))
    iri = iri if iri and is_web_iri(iri) and same_origin(iri, group_iri) else None
    article = _article(iri, group_iri) if iri else None
    group = remote.remember(document)
    charter = versions.with_iri(iri) if iri else None
    if charter is not None and article is not None and charter.actor_id == group.id:
        versions.keep(charter, article, at=now())
        return charter
    return None


def _article(iri: str, group_iri: str) -> dict[str, object]:
    with reading():
        signer = remote.application_signer(iri)
    session().rollback()
    article = node().client.fetch_activity(iri, signer=signer).document
    if type_of(article) != "Article" or id_of(article.get("attributedTo")) != group_iri:
        raise Malformed("not a charter of that group")
    return article
