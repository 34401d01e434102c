"""From a page of ours to the same thing on a reader's own server, where they follow it or pass it on.

What a reader types is a handle or the name of a server. That server says by WebFinger where its people act; nobody is
led to any other.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from actors import remote
from actors.models import Actor
from actors.node import node
from federation import discovery, intents
from federation.errors import FederationError, Malformed, NotFound, Rejected, TooMany
from federation.lookup import Lookup
from flask_maillage.publications import resolving
from flask_maillage.publications.resolving import Found

BY_CALLER, BY_ALL = "ways to other servers for a caller", "ways to other servers"
LONGEST = 300
SHARING = ("mastodon", "hometown", "pleroma", "akkoma", "misskey", "sharkey", "firefish", "friendica", "hubzilla")
"""Software with a page `/share` that takes a `text`, and says so in no document."""
ACTING = ("mastodon", "hometown", "pleroma", "akkoma", "friendica", "maillage")
"""Software with a page `/authorize_interaction` that takes a `uri`, where WebFinger of the server names none."""


def count(caller: str) -> None:
    """Count that somebody lets us ask another server.

    Raises:
        TooMany: they did so too often, or all of them together.
    """
    rates = node().rates
    for name, key in ((BY_CALLER, caller), (BY_ALL, "all")):
        if not rates.allow(name, key):
            raise TooMany(f"too many ways asked for by {key}", retry_after=rates.seconds_until_free(name, key))


def address_on(server: str, thing: Found, intent: str) -> str:
    """Return where somebody acts on one of our things, or of those we show, with their own account.

    Uses the network, and no row.

    Args:
        server: what they typed: `@me@server`, or the name of a server.
        thing: an actor or a publication.
        intent: `intents.FOLLOW`, `OBJECT` (open it there) or `CREATE` (write about it).

    Raises:
        FederationError: nobody answers there, or that server does not say where.
    """
    asked = _host_of(server)
    look = Lookup(node().client, None, remote.permit)
    page = thing.url if isinstance(thing, Actor) else thing.page
    values = {"object": thing.iri, "uri": thing.iri, "content": f"{thing.name} {page}".strip(), "name": thing.name}
    for resource in _resources(server, asked):
        try:
            found = intents.address_for(look.webfinger(asked, resource), intent, values, asked)
        except (NotFound, Rejected, Malformed):
            continue
        if found is not None:
            return found
    return _by_software(look, asked, intent, values)


def _host_of(server: str) -> str:
    """Return the host of a handle or of an address, with its port where it is not the usual one."""
    text = server.strip()
    handle = discovery.parse_handle(text)
    host = handle[1] if handle else discovery.parse_domain(text.removeprefix("@"))
    if host is None or len(text) > LONGEST:
        raise Malformed(f"{text[:100]!r} names no server")
    return host


def _resources(server: str, host: str) -> Iterator[str]:
    handle = discovery.parse_handle(server)
    if handle:
        yield f"acct:{handle[0]}@{handle[1]}"
    else:
        yield f"acct:{host}@{host}"
        yield f"https://{host}/"


def _by_software(look: Lookup, host: str, intent: str, values: dict[str, str]) -> str:
    """Return the address that is known of the software of a server, which says no other."""
    software, base = look.software_of(host), f"{look.scheme_of(host)}://{host}"
    if intent == intents.CREATE and software in SHARING:
        return f"{base}/share?{urlencode({'text': values['content']})}"
    if intent != intents.CREATE and software in ACTING:
        return f"{base}/authorize_interaction?{urlencode({'uri': values['uri']})}"
    raise NotFound(f"{host} does not say where its people act")


def _(message: str) -> str:
    return message


NO_WAY = _("That server does not say where this is done there. Copy the address, and search for it there.")


def sentence_for(error: FederationError) -> str:
    """Return what a person is told when no way was found, in English."""
    if isinstance(error, Malformed):
        return _("Write your handle, as @me@server.example, or the name of your server.")
    return NO_WAY if isinstance(error, NotFound) else resolving.sentence_for(error)
