"""Every IRI and address of ours is minted here, from the configured base URL, never from a request's host."""

import re
from urllib.parse import urlsplit

from actors.node import node
from federation.activities import host_of, same_origin

HANDLE = re.compile(r"[a-z0-9_]{1,30}")
NODE_HANDLE = "relay"
RESERVED_HANDLES = frozenset({NODE_HANDLE, "admin", "administrator", "root", "postmaster", "webmaster", "support"})


def home() -> str:
    """Return the address of the node's first page."""
    return node().base_url + "/"


def host() -> str:
    """Return the name peers know us by: the host of the base URL, with its port where it is not the default."""
    return host_of(node().base_url)


def actor(handle: str) -> str:
    """Return the id of an actor of ours."""
    return f"{node().base_url}/actors/{handle}"


def application() -> str:
    """Return the id of the node's own actor."""
    return actor(NODE_HANDLE)


def actor_page(handle: str) -> str:
    """Return the page of an actor; `handle` may be `name@host` for one that lives elsewhere."""
    return f"{node().base_url}/@{handle}"


def collection(handle: str, name: str) -> str:
    """Return the id of a collection of an actor (`outbox`, `followers`, `calls`…), or of its inbox."""
    return f"{actor(handle)}/{name}"


def collection_page(handle: str, name: str, number: int) -> str:
    """Return the id of a page of a collection; in the path, since some peers sign without the query string."""
    return f"{collection(handle, name)}/page/{number}"


def shared_inbox() -> str:
    """Return the inbox of all actors of the node."""
    return f"{node().base_url}/inbox"


def key(handle: str, number: int = 1) -> str:
    """Return the id of an actor's signing key; those that took the place of the first are numbered."""
    return f"{actor(handle)}#main-key" + (f"-{number}" if number > 1 else "")


def assertion_key(handle: str) -> str:
    """Return the id of the key with which an actor vouches for documents."""
    return f"{actor(handle)}#ed25519-key"


def activity(handle: str, identifier: str) -> str:
    """Return the id of an activity of an actor."""
    return f"{actor(handle)}/activities/{identifier}"


def publication(handle: str, slug: str, identifier: str) -> str:
    """Return the id of a publication of one of our actors."""
    return f"{actor(handle)}/{slug}/{identifier}"


def publication_page(handle: str, slug: str, identifier: str) -> str:
    """Return the page of a publication; `handle` may be `name@host` for what came from elsewhere."""
    return f"{actor_page(handle)}/{slug}/{identifier}"


DESK = ("applications", "decisions", "cohorts", "audit")


def desk(call: str) -> dict[str, str]:
    """Return where the collections of a call of ours are that its committee reads, by what they hold."""
    return {name: f"{call}/desk/{name}" for name in DESK} | {"statistics": f"{call}/statistics"}


def desk_page(call: str, name: str, number: int) -> str:
    """Return the id of a page of a collection of the desk (`applications`, `decisions`, `cohorts`, `audit`)."""
    return f"{call}/desk/{name}/page/{number}"


def cohort(call: str, key: str) -> str:
    """Return the id of a cohort of a call of ours, by its key (`Cohort.key`)."""
    return f"{call}/cohorts/{key}"


def dossier(call: str, identifier: str) -> str:
    """Return the id of the dossier of an application to a call of ours; the identifier is not to be guessed."""
    return f"{call}/dossiers/{identifier}"


def dossier_part(call: str, identifier: str, name: str) -> str:
    """Return the id of a collection of a dossier, `versions` or `follow-up`, or what its `files` begin with."""
    return f"{dossier(call, identifier)}/{name}"


def dossier_file(call: str, identifier: str, number: int, key: str) -> str:
    """Return where the owner's copy of a file is that answers a question in a version of an application."""
    return f"{dossier_part(call, identifier, 'files')}/{number}/{key}"


def decision(call: str, identifier: str) -> str:
    """Return the id of a letter in which the owner of a call of ours decides."""
    return f"{call}/decisions/{identifier}"


def of_call(handle: str, name: str, identifier: str) -> str:
    """Return the id of something of one of our actors in a call: `applications`, `receipts`, `reviews` or `files`.

    Files of applications are read there by those to whom they were sent, with a signature (FC-38).
    """
    return f"{actor(handle)}/{name}/{identifier}"


def letter(thing: str, verb: str, number: int) -> str:
    """Return the id of a letter about something, by the id of that, as `…/applications/01a1#offer-1`."""
    return f"{thing}#{verb}-{number}"


def apply_page(handle: str, identifier: str) -> str:
    """Return the page where one applies to a call; `handle` may be `name@host` for one from elsewhere."""
    return f"{publication_page(handle, 'calls', identifier)}/apply"


def occurrence_page(handle: str, slug: str, identifier: str, day: str) -> str:
    """Return the page of one day of an event that comes again."""
    return f"{publication_page(handle, slug, identifier)}/{day}"


def registration(token: str) -> str:
    """Return the page of a guest's registration for an event; who has the link has the registration."""
    return f"{node().base_url}/registrations/{token}"


def of_account(path: str) -> str:
    """Return the address of a page of accounts that stands in a mail, as `sign-up/confirm/…`."""
    return f"{node().base_url}/{path}"


def own(path: str) -> str:
    """Return the address of a page that is for members, by its path below the node's first page."""
    return f"{home()}{path}"


def unsubscribing(token: str) -> str:
    """Return where a member says, without signing in, that they want no more mails of a kind."""
    return own(f"unsubscribe/{token}")


def place(identifier: str) -> str:
    """Return the id of a place."""
    return f"{node().base_url}/places/{identifier}"


def topics() -> str:
    """Return what the ids of the topics of this node begin with."""
    return f"{node().base_url}/topics/"


def tags() -> str:
    """Return what the addresses of the pages of hashtags begin with."""
    return f"{node().base_url}/tags/"


def media(file: str) -> str:
    """Return the address of a file, by the last part of it."""
    return f"{node().base_url}/media/{file}"


def interaction() -> str:
    """Return the template of the page where a member acts on what is elsewhere: the id goes in the place of `{uri}`."""
    return f"{node().base_url}/authorize_interaction?uri={{uri}}"


def is_ours(iri: str) -> bool:
    """Tell whether an IRI lies on this node, however it spells scheme, host and port."""
    base = node().base_url
    path, root = urlsplit(iri).path, urlsplit(base).path
    return same_origin(iri, base) and (path == root or path.startswith(root + "/"))
