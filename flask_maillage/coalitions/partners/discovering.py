"""Finding a node by its domain: its Application, and what it says of itself. Over the network; no row is touched."""

from dataclasses import dataclass

from actors import iris, remote
from actors.node import node
from federation import discovery
from federation.activities import Document, host_of, type_of
from federation.errors import FederationError, NotFound
from federation.lookup import Lookup
from flask_maillage.coalitions.partners import facts
from flask_maillage.coalitions.partners.facts import Facts
from flask_maillage.publications.forms.base import _


class NoNode(NotFound):
    """Nothing that one could be partner of is there; the text says so to a person."""


@dataclass(frozen=True)
class Found:
    """A node that answered."""

    application: Document
    facts: Facts

    @property
    def host(self) -> str:
        """Its host, as rows have it."""
        return host_of(self.application["id"])


def discover(text: str) -> Found:
    """Find a node: by NodeInfo's link to its Application (FEP-2677), else by WebFinger (FEP-d556, `relay@`, `events@`).

    Args:
        text: a domain, or the handle or address of its Application.

    Raises:
        NoNode: what is there speaks for no node.
        federation.errors.FederationError: nobody answers, or it is on a host that we do not deal with.
    """
    host = discovery.parse_domain(text)
    if host is None and discovery.parse_handle(text) is None and not text.startswith(("https://", "http://")):
        raise NoNode(_("Write the domain of a node, as network.example."))
    if host == host_of(iris.home()):
        raise NoNode(_("This is the node itself."))
    application = remote.look_up(text)
    if type_of(application) != "Application":  # as Mobilizon's, Gancio's and ours
        raise NoNode(_("What is there is no node: its domain names somebody else."))
    return Found(application, facts_of(application))


def facts_of(application: Document) -> Facts:
    """Read what a node says of itself; without NodeInfo, its Application's word is all there is."""
    look = Lookup(node().client, None, remote.permit)
    try:
        nodeinfo = look.nodeinfo_of(host_of(application["id"]))
    except FederationError:
        nodeinfo = None
    return facts.read(nodeinfo, application)
