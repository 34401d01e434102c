"""How servers find one another: WebFinger (RFC 7033), host-meta (RFC 6415), NodeInfo; what we answer and what we read.

Reading never trusts a shape: a document that is not what it should be gives None.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from xml.sax.saxutils import quoteattr

from federation.activities import AS2, CONTENT_TYPE, Document, as_list, host_of, is_web_iri, origin
from federation.errors import Malformed, NotFound
from federation.links import elements
from federation.sanitising import ascii_host, without_controls

JRD_CONTENT_TYPE = "application/jrd+json; charset=utf-8"
XRD_CONTENT_TYPE = "application/xrd+xml; charset=utf-8"

PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
AVATAR = "http://webfinger.net/rel/avatar"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
APPLICATION = f"{AS2}#Application"  # FEP-2677, in NodeInfo's links; Gancio reads exactly this
SERVICE = f"{AS2}#Service"  # FEP-d556, in the WebFinger document of the node itself
NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/"
NODEINFO_VERSIONS = ("2.0", "2.1")

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,126}[a-z0-9_])?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::(?P<port>[0-9]{1,5}))?")
_SELF_TYPE = re.compile(
    r"application/activity\+json(?:\s*;.*)?|application/ld\+json\s*;\s*profile=\"?" + re.escape(AS2) + '"?',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class HandleResource:
    """An account on our host, by its name in lower case."""

    name: str


@dataclass(frozen=True)
class IriResource:
    """An address on our host, an id or a page, written with our own scheme and host and without a fragment."""

    iri: str


@dataclass(frozen=True)
class NodeResource:
    """The node itself: `acct:host@host` (Mastodon) or `https://host/` (FEP-d556)."""


Resource = HandleResource | IriResource | NodeResource


def resource_of(resource: str, *, base_url: str) -> Resource:
    """Read the `resource` parameter of a WebFinger request.

    Hosts compare without case and in ASCII, with the port where the base URL has one.

    Raises:
        Malformed: neither an account nor a web address.
        NotFound: of another host.
    """
    text = resource.strip()
    ours = _authority(host_of(base_url))
    if text.lower().startswith(("http://", "https://")):
        return _address(text, ours=ours, base_url=base_url)
    account = text[5:] if text.lower().startswith("acct:") else text
    name, separator, host = account.removeprefix("@").rpartition("@")
    authority = _authority(host)
    if not separator or authority is None:
        raise Malformed(f"the resource {resource[:200]!r} is neither an account nor an address")
    if authority != ours:
        raise NotFound(f"the resource {resource[:200]!r} is of another host")
    if _authority(name) == ours:
        return NodeResource()
    if not _NAME.fullmatch(name):
        raise Malformed(f"the resource {resource[:200]!r} has no name that could be a handle")
    return HandleResource(name.lower())


def webfinger_document(
    *,
    handle: str,
    host: str,
    iri: str,
    page: str,
    kind: str | None = None,
    avatar: tuple[str, str] | None = None,
    actions: Iterable[Document] = (),
    feeds: Iterable[tuple[str, str]] = (),
    node_url: str | None = None,
) -> Document:
    """Build the JRD of an actor of ours.

    Args:
        handle: its name without host.
        host: the host of its handle, with the port where it is not the default one.
        iri: its id.
        page: its page for people.
        kind: its ActivityStreams type, for Lemmy, which tells a community from a person of one name by it.
        avatar: media type and address of its picture.
        actions: links to the pages on which its people act on what is elsewhere (see `intents.links_of`).
        feeds: media type and address of each feed and calendar.
        node_url: for the node's own actor, `https://host/`, which then also names it (FEP-d556).
    """
    actor: Document = {"rel": "self", "type": CONTENT_TYPE, "href": iri}
    if kind:
        actor["properties"] = {f"{AS2}#type": kind}
    links = [actor, {"rel": PROFILE_PAGE, "type": "text/html", "href": page}]
    if avatar:
        links.append({"rel": AVATAR, "type": avatar[0], "href": avatar[1]})
    if node_url:
        links.append({"rel": SERVICE, "type": CONTENT_TYPE, "href": iri})
    links.extend({"rel": "alternate", "type": media_type, "href": href} for media_type, href in feeds)
    links.extend(actions)
    aliases = list(dict.fromkeys(alias for alias in (iri, page, node_url) if alias))
    return {"subject": f"acct:{handle}@{host}", "aliases": aliases, "links": links}


def host_meta(base_url: str) -> str:
    """Return the XRD that leads to WebFinger: Mobilizon asks for it first, Mastodon when WebFinger gave 404."""
    template = quoteattr(f"{origin(base_url)}/.well-known/webfinger?resource={{uri}}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="application/jrd+json" template={template}/>\n'
        "</XRD>\n"
    )


def nodeinfo_links(base_url: str, application_iri: str) -> Document:
    """Build `/.well-known/nodeinfo`: our NodeInfo documents and the node's own actor.

    Args:
        base_url: under it, `/nodeinfo/2.0` and `/nodeinfo/2.1` are served.
        application_iri: the id of the node's Application.
    """
    base = base_url.rstrip("/")
    links = [{"rel": f"{NODEINFO}{version}", "href": f"{base}/nodeinfo/{version}"} for version in NODEINFO_VERSIONS]
    return {"links": [*links, {"rel": APPLICATION, "href": application_iri}]}


def nodeinfo(
    version: str,
    *,
    software_version: str,
    open_registrations: bool,
    users: int,
    local_posts: int,
    name: str,
    description: str = "",
    active_month: int | None = None,
    active_halfyear: int | None = None,
    repository: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Document:
    """Build a NodeInfo document; the caller rounds the counts where they would tell too much of a small node.

    Args:
        version: "2.0" or "2.1".
        software_version: the version of Maillage.
        open_registrations: whether anybody may open an account.
        users: how many accounts there are.
        local_posts: how many publications were made here.
        name: the node's name for people.
        description: one sentence about it, plain text.
        active_month: accounts active in the last month, where known.
        active_halfyear: accounts active in the last half year, where known.
        repository: where the source is; only 2.1 has a place for it.
        metadata: more that is true of this node.

    Raises:
        NotFound: another version.
    """
    if version not in NODEINFO_VERSIONS:
        raise NotFound(f"there is no NodeInfo {version[:20]!r}")
    software = {"name": "maillage", "version": software_version}
    if repository and version == "2.1":
        software["repository"] = repository
    counted = {"total": users, "activeMonth": active_month, "activeHalfyear": active_halfyear}
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": ["atom1.0", "rss2.0"]},
        "openRegistrations": open_registrations,
        "usage": {
            "users": {key: value for key, value in counted.items() if value is not None},
            "localPosts": local_posts,
        },
        "metadata": {"nodeName": name, "nodeDescription": description, **(metadata or {})},
    }


def nodeinfo_content_type(version: str) -> str:
    """Return the content type of a NodeInfo document."""
    return f'application/json; profile="{NODEINFO}{version}#"'


def self_link(jrd: object) -> str | None:
    """Return the id of the actor that a WebFinger document names: its `self` link of an ActivityPub type."""
    for link in _links(jrd, "self"):
        kind = link.get("type")
        if isinstance(kind, str) and _SELF_TYPE.fullmatch(kind.strip()):
            return _href(link)
    return None


def service_link(jrd: object) -> str | None:
    """Return the id of a node's own actor, from the WebFinger document of `https://host/` (FEP-d556)."""
    return next((href for link in _links(jrd, SERVICE) if (href := _href(link))), None) or self_link(jrd)


def lrdd_template(xrd: bytes) -> str | None:
    """Return the address of a server's WebFinger from its host-meta: one that holds `{uri}` once, or None."""
    for link in elements(xrd, "link"):
        template = link.get("template", "")
        if link.get("rel", "").lower() == "lrdd" and template.count("{uri}") == 1 and "{" not in template[:8]:
            return template if is_web_iri(template.replace("{uri}", "")) else None
    return None


def subject_of(jrd: object) -> tuple[str, str] | None:
    """Return name and host of the account that a WebFinger document is about."""
    subject = jrd.get("subject") if isinstance(jrd, dict) else None
    return parse_handle(subject) if isinstance(subject, str) else None


def application_link(nodeinfo_links: object) -> str | None:
    """Return the id of a node's own actor, from its `/.well-known/nodeinfo` (FEP-2677)."""
    return next((href for link in _links(nodeinfo_links, APPLICATION) if (href := _href(link))), None)


def nodeinfo_link(nodeinfo_links: object) -> str | None:
    """Return where the newest NodeInfo document of a server is that we read, from its `/.well-known/nodeinfo`."""
    found = (_links(nodeinfo_links, f"{NODEINFO}{version}") for version in reversed(NODEINFO_VERSIONS))
    return next((href for links in found for link in links if (href := _href(link))), None)


def software_name(document: object) -> str | None:
    """Return what a server runs, in small letters, from its NodeInfo document."""
    software = document.get("software") if isinstance(document, dict) else None
    name = software.get("name") if isinstance(software, dict) else None
    return name.lower()[:50] if isinstance(name, str) else None


def parse_handle(text: str) -> tuple[str, str] | None:
    """Return name and host of `@name@host`, `name@host` or `acct:name@host`; None for anything else.

    The name keeps its case, the host is in lower case, in ASCII and with its port unless that is 443.
    """
    text = text.strip()
    account = text[5:] if text.lower().startswith("acct:") else text
    name, separator, host = account.removeprefix("@").rpartition("@")
    authority = _authority(host)
    if not separator or authority is None or not _NAME.fullmatch(name):
        return None
    return name, authority


def parse_domain(text: str) -> str | None:
    """Return the host of a bare domain, `network.example` or `https://network.example/`; None for anything else."""
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() not in ("http", "https"):
        return None
    name = (rest if separator else text).removesuffix("/")
    authority = _authority(name) if name and "@" not in name else None
    return authority if authority is not None and ("." in name or ":" in name or name == "localhost") else None


def _address(text: str, *, ours: str | None, base_url: str) -> Resource:
    if not is_web_iri(text):
        raise Malformed(f"the resource {text[:200]!r} is not an address")
    if _authority(host_of(text)) != ours:
        raise NotFound(f"the resource {text[:200]!r} is of another host")
    parts, base = urlsplit(text), urlsplit(base_url)
    if parts.path.rstrip("/") in ("", base.path.rstrip("/")) and not parts.query:
        return NodeResource()
    return IriResource(urlunsplit((base.scheme, base.netloc, parts.path, parts.query, "")))


def _authority(text: str) -> str | None:
    """Return a comparable host, with its port unless that is 443; None when it is not a host."""
    if len(text) > 255 or without_controls(text) != text:
        return None
    match = _AUTHORITY.fullmatch(ascii_host(text))
    if match is None:
        return None
    port = match["port"]
    if port is None or int(port) == 443:
        return match["host"]
    return f"{match['host']}:{int(port)}" if 0 < int(port) < 65536 else None


def _links(document: object, rel: str) -> list[Document]:
    links = as_list(document.get("links")) if isinstance(document, dict) else []
    return [link for link in links[:100] if isinstance(link, dict) and link.get("rel") == rel]


def _href(link: Document) -> str | None:
    href = link.get("href")
    return href if isinstance(href, str) and is_web_iri(href) else None
