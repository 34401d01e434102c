"""Activity intents (FEP-3b86) and OStatus' subscribe template: the pages on which people act with their own account.

A server names them in WebFinger. Ours are built here, others' are read, filled in and looked at before anybody is led
to one.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from federation import discovery
from federation.activities import Document, as_list, host_of, is_web_iri

PREFIX = "https://w3id.org/fep/3b86/"
FOLLOW, LIKE, ANNOUNCE, CREATE, OBJECT = "Follow", "Like", "Announce", "Create", "Object"
OFFERED = (FOLLOW, OBJECT)
"""What members of ours do on our page of an actor or an object of another server."""

_INSTEAD = {
    FOLLOW: (PREFIX + FOLLOW, discovery.SUBSCRIBE, PREFIX + OBJECT),
    OBJECT: (PREFIX + OBJECT, discovery.SUBSCRIBE, PREFIX + LIKE, PREFIX + ANNOUNCE),
    CREATE: (PREFIX + CREATE,),
}
"""Which links serve for what somebody wants, the best one first: all that a server offers leads to its page of it."""
_NAME = re.compile(r"\{([^{}]*)\}")
_LONGEST = 4096


def links_of(address: str) -> list[Document]:
    """Return the links of our WebFinger documents.

    The FEP says `href`, OStatus and those who read intents today `template`: both are there.

    Args:
        address: our page, with `{uri}` where the id of the actor or object goes.
    """
    template = address.replace("{uri}", "{object}")
    intents: list[Document] = [{"rel": PREFIX + intent, "href": template, "template": template} for intent in OFFERED]
    return [{"rel": discovery.SUBSCRIBE, "template": address}, *intents]


def address_for(jrd: Document, intent: str, values: Mapping[str, str], asked: str) -> str | None:
    """Return where somebody does something with their own account; None where their server does not say.

    Only a server that the WebFinger document is of may be led to: the host that was asked, or the one on which the
    account has its id.

    Args:
        jrd: the WebFinger document of their account or server.
        intent: what they want, as `Follow`.
        values: what is filled in, by name: `object` and `uri` hold the id.
        asked: the host that was asked for the document.
    """
    hosts = {asked, *(host_of(iri) for iri in (discovery.self_link(jrd),) if iri)}
    links = [link for link in as_list(jrd.get("links"))[:100] if isinstance(link, dict)]
    for rel in _INSTEAD[intent]:
        for link in links:
            if str(link.get("rel", "")).lower() == rel.lower() and (address := _filled(link, values)):
                return address if host_of(address) in hosts else None
    return None


def _filled(link: Document, values: Mapping[str, str]) -> str | None:
    """Return the address of a link with its names filled in, what is unknown left empty; None where it is none."""
    template = next((one for name in ("template", "href") if isinstance(one := link.get(name), str)), "")
    authority = template.partition("://")[2].partition("/")[0]
    if len(template) > _LONGEST or not template.isprintable() or "{" in authority:
        return None
    address = _NAME.sub(lambda name: quote(values.get(name[1], ""), safe=""), template)
    if not is_web_iri(address) or "@" in urlsplit(address).netloc:
        return None
    return address
