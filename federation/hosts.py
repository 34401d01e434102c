"""Names of hosts in the one spelling that is compared: ASCII, lower case, no dot at the end.

`BÜCHER.example.`, `bücher。example` and `xn--bcher-kva.example` are one server. Whoever compares two spellings of it
blocks one and lets the other through, or takes one server for two (CVE-2023-42451).
"""

import ipaddress
import re
from functools import lru_cache

import idna

LONGEST_NAME = 253
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")


def canonical(host: str) -> str:
    """Return the one spelling of a host: a name in ASCII, an IPv4 address, or an IPv6 address in brackets.

    Args:
        host: a name in any script, or an address, with or without brackets; without port.

    Raises:
        ValueError: no server can have this name.
    """
    if not 0 < len(host) <= LONGEST_NAME + 2:
        raise ValueError("a name of a host has 1 to 253 characters")
    return _canonical(host)


def above(name: str) -> list[str]:
    """Return a canonical name and every domain above it, the nearest first; an address has nothing above it."""
    if is_address(name):
        return [name]
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def is_address(name: str) -> bool:
    """Tell whether a canonical name is an address of the network rather than a name."""
    return name.startswith("[") or name.rpartition(".")[2].isdigit()


@lru_cache(maxsize=4096)
def _canonical(host: str) -> str:
    if host.startswith("[") or ":" in host:
        return _address(host)
    name = (host if host.isascii() else idna.uts46_remap(host, std3_rules=False)).lower().removesuffix(".")
    name = ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in name.split("."))
    labels = name.split(".")
    if len(name) > LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("not the name of a host")
    if _NUMERIC.fullmatch(labels[-1]):
        # 127.1 and 2130706433 are one address for the system's resolver: only the usual spelling is a name here.
        return str(ipaddress.IPv4Address(name))
    return name


def _address(host: str) -> str:
    if host.startswith("[") != host.endswith("]") or "%" in host:
        raise ValueError("not an address in brackets")
    value = ipaddress.IPv6Address(host.strip("[]"))
    return str(value.ipv4_mapped) if value.ipv4_mapped else f"[{value.compressed}]"
