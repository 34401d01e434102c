"""Find what somebody names: from a handle, an address of any sort or a bare domain to a document at its own id.

No answer is believed for more than it is: each one leads to the next address, and what counts in the end is a document
that its own server gives at its own id. Every address is shown to `permit` before it is asked, and the client vets it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from federation import discovery
from federation.activities import ACTOR_TYPES, Document, host_of, id_of, refuse_keywords, type_of
from federation.client import ACCEPT_ACTIVITY, Client
from federation.errors import Malformed, NotFound, Rejected, Unreachable
from federation.exchanged import Page
from federation.links import alternate_of_header, alternate_of_html
from federation.signatures import Signer

ACCEPT_ANYTHING = f"{ACCEPT_ACTIVITY}, text/html;q=0.1"
ACCEPT_JRD = "application/jrd+json, application/json"
ACCEPT_XRD = "application/xrd+xml, application/xml;q=0.9"
CARRIERS = frozenset({"Create", "Update", "Announce"})
"""Activities that stand for what they are about."""
MAX_STEPS = 4
"""How many documents stand between what was named and what is meant: a page, an Announce, its Create, the object."""
MAX_REQUESTS = 10
SECONDS = 40.0
"""No request begins after so long: a thread of the web server waits meanwhile."""
NODE_NAMES = ("relay", "events")
"""Names that nodes give their own actor: Mobilizon and Gancio, and Gancio from 1.24."""


@dataclass
class Lookup:
    """One search, with a limit to what it asks of others.

    Attributes:
        client: what goes out.
        signer: who signs; GoToSocial gives nothing without a signature.
        permit: called with each address before it is asked; raises a `FederationError` to refuse it.
        clock: seconds that only grow.
    """

    client: Client
    signer: Signer | None
    permit: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _asked: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin the time of the search."""
        self._began = self.clock()

    def find(self, text: str) -> Document:
        """Return the document of an actor or an object that `text` names.

        Raises:
            FederationError: nobody answers, nothing is there, or the answers do not fit together.
        """
        return self.at(self.address_of(text))

    def address_of(self, text: str) -> str:
        """Return the address that a handle, a domain or an address leads to; an address is itself."""
        handle = discovery.parse_handle(text)
        if handle is not None:
            return self.account(*handle)
        host = discovery.parse_domain(text)
        return self.node_of(host, text.strip()) if host is not None else text.strip()

    def at(self, address: str) -> Document:
        """Return the actor or object that an address leads to: itself, by its page for people, or by an activity."""
        read_pages = False
        for _ in range(MAX_STEPS):
            page = self._get(address, ACCEPT_ANYTHING, self.signer)
            if page.is_html and not read_pages:
                read_pages = True
                address = _alternate(page)
                continue
            if not page.is_activity:
                raise Rejected(f"{page.url} is {page.content_type[:100]!r}, not an ActivityStreams document")
            document = page.json()
            refuse_keywords(document)
            if not self.client.is_id(document.get("id"), page.url):
                address = _named(document.get("id"), page.url)
            elif type_of(document) in CARRIERS:
                address = _named(document.get("object"), page.url)
            else:
                return document
        raise Rejected(f"{address} is more than {MAX_STEPS} documents away")

    def account(self, name: str, host: str) -> str:
        """Return the id of the actor of an account, by WebFinger.

        The server may give the account another name once, on another host too (split domains: Mastodon's
        `WEB_DOMAIN`); that one has to call it so itself.

        Raises:
            NotFound: there is no such account, or none that speaks ActivityPub.
            Rejected: the answer names another account than was asked for.
        """
        asked = (name, host)
        for _ in range(2):
            jrd = self.webfinger(asked[1], f"acct:{asked[0]}@{asked[1]}")
            subject = discovery.subject_of(jrd)
            if subject is None:
                raise Rejected(f"{host} does not say whose account {name} is")
            if _folded(subject) == _folded(asked):
                return _own(discovery.self_link(jrd), f"{name}@{host}")
            asked = subject
        raise Rejected(f"{name}@{host} leads to {asked[0]}@{asked[1]}, which does not lead to itself")

    def node_of(self, host: str, text: str = "") -> str:
        """Return the id of a node's own actor: by NodeInfo (FEP-2677), by WebFinger of `https://host/` (FEP-d556), or
        by the names that nodes give it; a text that is an address is returned where none of these is there.
        """
        scheme = self.scheme_of(host)
        try:
            links = self._json(f"{scheme}://{host}/.well-known/nodeinfo", "application/json")
            application = discovery.application_link(links)
            if application is not None and host_of(application) == host:
                return application
        except (NotFound, Rejected):
            pass
        for resource in (f"{scheme}://{host}/", *(f"acct:{name}@{host}" for name in NODE_NAMES)):
            try:
                found = discovery.service_link(self.webfinger(host, resource))
            except (NotFound, Rejected):
                continue
            if found is not None:
                return found
        if "://" in text:
            return text
        raise NotFound(f"{host} has no actor of its own")

    def webfinger(self, host: str, resource: str) -> Document:
        """Return what a server says of an account or an address, by WebFinger or by the way of its host-meta."""
        base = f"{self.scheme_of(host)}://{host}/.well-known"
        try:
            return self._json(f"{base}/webfinger?resource={quote(resource, safe=':@/')}", ACCEPT_JRD)
        except NotFound as error:
            try:
                template = discovery.lrdd_template(self._get(f"{base}/host-meta", ACCEPT_XRD).body)
            except (NotFound, Rejected):
                raise error from None
            if template is None or template.startswith(f"{base}/webfinger?"):
                raise
            return self._json(template.replace("{uri}", quote(resource, safe="")), ACCEPT_JRD)

    def scheme_of(self, host: str) -> str:
        """Plain http is spoken where private networks are allowed, and there only to a port of its own."""
        return "http" if self.client.allows_http and ":" in host else "https"

    def software_of(self, host: str) -> str | None:
        """Return what a server runs, in small letters, by its NodeInfo; None where it does not say."""
        return discovery.software_name(self.nodeinfo_of(host))

    def nodeinfo_of(self, host: str) -> Document | None:
        """Return the newest NodeInfo document of a server that we read, from itself; None where it names none."""
        base = f"{self.scheme_of(host)}://{host}"
        address = discovery.nodeinfo_link(self._json(f"{base}/.well-known/nodeinfo", "application/json"))
        if address is None or host_of(address) != host:
            return None
        return self._json(address, "application/json")

    def _json(self, url: str, accept: str) -> Document:
        page = self._get(url, accept)
        if page.is_html:
            raise Rejected(f"{page.url} is a page, not JSON")
        return page.json()

    def _get(self, url: str, accept: str, signer: Signer | None = None) -> Page:
        self._asked += 1
        if self._asked > MAX_REQUESTS or self.clock() - self._began > SECONDS:
            raise Unreachable(f"{url}: the search took too long")
        self.permit(url)
        page = self.client.fetch_page(url, accept=accept, signer=signer)
        self.permit(page.url)
        return page


def is_actor(document: Document) -> bool:
    """Tell whether a document that was found is an actor's."""
    return type_of(document) in ACTOR_TYPES


def _alternate(page: Page) -> str:
    address = alternate_of_header(page.links, page.url) or alternate_of_html(page.body, page.url)
    if address is None:
        raise NotFound(f"{page.url} is a page that leads to nothing in ActivityPub")
    return address


def _named(value: object, source: str) -> str:
    iri = id_of(value)
    if iri is None:
        raise Malformed(f"{source} names nothing that has an address")
    return iri


def _own(address: str | None, account: str) -> str:
    if address is None:
        raise NotFound(f"{account} names no ActivityPub actor")
    return address


def _folded(account: tuple[str, str]) -> tuple[str, str]:
    return account[0].lower(), account[1].lower()
