"""Nodes elsewhere that one may be partner of: a Mobilizon, a Gancio and another Maillage, each as it answers."""

import json
from typing import Any

from federation.activities import CONTENT_TYPE
from tests.fediverse import Answer, Arrived, Fediverse, RemoteActor

APPLICATION = "https://www.w3.org/ns/activitystreams#Application"
NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2.1"
RELAY = "http://localhost/actors/relay"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


class Peer:
    """A node with its Application, what it says of itself, and letters of its own."""

    def __init__(self, fediverse: Fediverse, handle: str, host: str, key: str, **says: Any) -> None:
        self.fediverse = fediverse
        self.application: RemoteActor = fediverse.actor(handle, host, key, "Application")
        self.application.document |= says
        self.application.publish_profile()
        outbox = self.application.document["outbox"]
        fediverse.put(outbox, {"id": outbox, "type": "OrderedCollection", "orderedItems": []})
        self.iri = self.application.iri
        self.host = f"{host}:{fediverse.port}"

    def serve(self, path: str, document: Any, content_type: str = "application/json") -> None:
        """Serve a document of the node."""
        self.fediverse.put(self.fediverse.address(self.application.host, path), document, content_type=content_type)

    def says(self, nodeinfo: dict[str, Any], *, with_link: bool) -> None:
        """Let it have NodeInfo, with FEP-2677's link to its Application or without."""
        links = [{"rel": NODEINFO, "href": self.fediverse.address(self.application.host, "/nodeinfo/2.1")}]
        if with_link:
            links.append({"rel": APPLICATION, "href": self.iri})
        self.serve("/.well-known/nodeinfo", {"links": links})
        self.serve("/nodeinfo/2.1", nodeinfo)

    def is_found_as(self, name: str) -> None:
        """Let WebFinger know its Application by one name and by no other."""
        account = f"acct:{name}@{self.host}"
        found = {"subject": account, "links": [{"rel": "self", "type": CONTENT_TYPE, "href": self.iri}]}

        def answer(arrived: Arrived) -> Answer:
            known = arrived.path.endswith(f"resource={account}")
            return (
                Answer(body=json.dumps(found).encode(), content_type="application/jrd+json") if known else Answer(404)
            )

        self.fediverse.answer(self.fediverse.address(self.application.host, "/.well-known/webfinger"), answer)

    def follow(self, number: int = 7) -> dict[str, Any]:
        """Return the Follow of our node as Mobilizon writes it."""
        iri = self.fediverse.address(self.application.host, f"/follow/{number}")
        return self.application.activity("Follow", RELAY, number, to=[RELAY], cc=[PUBLIC]) | {"id": iri}

    def sent(self, verb: str) -> list[Any]:
        """Return what our node's actor sent it with a verb, whichever inbox it took."""
        inboxes = ("/inbox", self.application.inbox.partition(self.host)[2])
        arrived = (one for one in self.fediverse.arrived if one.method == "POST" and one.path in inboxes)
        here = (one.json for one in arrived if one.host == self.application.host)
        return [letter for letter in here if letter["type"] == verb]


def mobilizon(fediverse: Fediverse) -> Peer:
    """A Mobilizon: its Application is `relay`, and NodeInfo leads to it."""
    peer = Peer(fediverse, "relay", "mobilizon.test", "alice", name="Mobilizon of the valley")
    peer.says(
        {
            "version": "2.1",
            "software": {"name": "Mobilizon", "version": "5.1.2"},
            "protocols": ["activitypub"],
            "metadata": {"nodeName": "Mobilizon of the valley", "nodeDescription": "<p>Events near you</p>"},
        },
        with_link=True,
    )
    return peer


def gancio(fediverse: Fediverse) -> Peer:
    """A Gancio from 1.24: its one Application is called `events`, publishes itself, and NodeInfo leads nowhere."""
    peer = Peer(fediverse, "events", "gancio.test", "bob")
    peer.says({"version": "2.1", "software": {"name": "gancio", "version": "1.24.0"}}, with_link=False)
    peer.is_found_as("events")
    return peer


def another_maillage(fediverse: Fediverse) -> Peer:
    """Another node of ours, which says where it is and what it implements."""
    peer = Peer(
        fediverse,
        "relay",
        "maillage.test",
        "mallory",
        name="Sharers",
        implements=[{"type": "Link", "name": "FEP-8a8e", "href": "https://w3id.org/fep/8a8e"}],
        location={"type": "Place", "name": "Grenoble", "latitude": 45.18, "longitude": 5.72, "code": "insee:38185"},
    )
    metadata = {"nodeName": "Sharers & Workers", "nodeDescription": "A network", "languages": ["fr", "en"]}
    peer.says(
        {"version": "2.1", "software": {"name": "maillage", "version": "0.1"}, "metadata": metadata}, with_link=True
    )
    return peer
