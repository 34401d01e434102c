"""Which e-mail addresses we write to: one spelling each, and nothing that a server might read as anything else."""

import re
import unicodedata

from federation.hosts import canonical, is_address

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
LONGEST_LOCAL = 64


def normal(email: str) -> str:
    """Return an e-mail address as we keep and compare it: in small letters, without spaces around it."""
    return unicodedata.normalize("NFC", email).strip().lower()


def deliverable(email: str) -> str | None:
    """Return an address in the form in which mail goes out, its host in ASCII; None for what is no such address.

    Quoted names, comments, lists and addresses of machines are refused, whatever RFC 5322 allows: nobody types them,
    and mail servers disagree about them.
    """
    local, _, host = normal(email).rpartition("@")
    if len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local) or not host:
        return None
    try:
        name = canonical(host)
    except ValueError:
        return None
    whole = f"{local}@{name}"
    is_name = not is_address(name) and "." in name and "_" not in name
    return whole if is_name and len(whole) <= LONGEST else None
