"""Where we connect to: the one parser of URLs from outside, and the list of addresses that are public.

Two parsers that read one URL differently are how requests get past a check (`http://127.0.0.1\\@a.example/`), so the
URL is taken apart here, put together again, and only the result is used.
"""

import ipaddress
import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

import idna
from requests.utils import requote_uri
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from federation.errors import Forbidden

Network: TypeAlias = IPv4Network | IPv6Network

MAX_URL = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}
PRIVATE_NAMES = frozenset({"localhost", "local", "internal"})

# `ipaddress.is_global` lets through multicast, 6to4 and its relays, NAT64, IPv4-compatible IPv6 and more.
_REFUSED_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_REFUSED_IPV6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
)

_UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\\\s]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_BRACKETED = re.compile(r"\[[0-9a-f:.]+\](:[0-9]*)?")
_LOOKS_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")


def vet_url(url: str, *, allowed_networks: Sequence[Network]) -> str:
    """Take a URL from outside apart and return it rebuilt, without fragment and default port.

    Args:
        url: the URL as somebody gave it.
        allowed_networks: networks allowed besides the public ones, for development and tests. When there are any,
            `http`, every port and private names are accepted too; addresses are still checked when connecting.

    Raises:
        Forbidden: not an address that we connect to.
    """
    if not 0 < len(url) <= MAX_URL or _UNFIT.search(url):
        raise Forbidden("the URL is too long or has characters that do not belong there")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forbidden(f"the URL cannot be read: {error}") from None
    lenient = bool(allowed_networks)
    if parts.scheme not in (("https", "http") if lenient else ("https",)):
        raise Forbidden("the URL is not https")
    if "@" in url.partition("//")[2].partition("/")[0]:
        raise Forbidden("the URL has an @ before its path")
    default = DEFAULT_PORTS[parts.scheme]
    if port == 0 or (port not in (None, default) and not lenient):
        raise Forbidden("the URL has a port of its own")
    host = _host(parts, allowed_networks)
    authority = host if port in (None, default) else f"{host}:{port}"
    return _rebuilt(parts, authority)


def is_allowed_address(address: str, *, allowed_networks: Sequence[Network]) -> bool:
    """Tell whether we connect to an address, given as a name server or the system's resolver wrote it."""
    try:
        value = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(value, IPv6Address):
        if value.scope_id is not None:
            return False
        value = value.ipv4_mapped or value
    if any(value.version == network.version and value in network for network in allowed_networks):
        return True
    return _is_public(value)


def _is_public(value: IPv4Address | IPv6Address) -> bool:
    if isinstance(value, IPv4Address):
        return not any(value in network for network in _REFUSED_IPV4)
    return value in _GLOBAL_IPV6 and not any(value in network for network in _REFUSED_IPV6)


def _host(parts: SplitResult, allowed_networks: Sequence[Network]) -> str:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        if not _BRACKETED.fullmatch(parts.netloc.lower()):
            raise Forbidden("the host is not a name")
        if not is_allowed_address(host, allowed_networks=allowed_networks):
            raise Forbidden("the address is not public")
        return f"[{host}]"
    name = _ascii(host)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Forbidden("the host is not a name")
    if _LOOKS_NUMERIC.fullmatch(labels[-1]):
        # 127.1, 2130706433 and 0x7f000001 are loopback for the system's resolver; no top-level domain is a number.
        if not is_allowed_address(name, allowed_networks=allowed_networks):
            raise Forbidden("the address is not public")
    elif not allowed_networks and (len(labels) < 2 or labels[-1] in PRIVATE_NAMES):
        raise Forbidden("the host is a private name")
    return name


def _ascii(host: str) -> str:
    try:
        if host.isascii():
            # xn-- labels must decode to what encodes to them again.
            name = idna.encode(idna.decode(host)).decode("ascii") if "xn--" in host else host
        else:
            name = idna.encode(host).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise Forbidden("the host is not a name") from None
    if host.isascii() and name != host:
        raise Forbidden("the host is not a name")
    return name


def _rebuilt(parts: SplitResult, authority: str) -> str:
    text = f"{parts.scheme}://{authority}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    try:
        # In the spelling of the parser that will connect, so that nothing spells it anew after it is signed.
        return requote_uri(parse_url(text).url)
    except (LocationParseError, ValueError) as error:
        raise Forbidden(f"the URL cannot be read: {error}") from None
