"""Where a page says that its ActivityStreams form is: in a `Link` header, or in a `<link>` of its head.

What is read is bounded, and read in time proportional to its length (Fedify CVE-2025-68475: a regular expression over
others' HTML that never came back). `html.parser` of the standard library takes 2 seconds for 16 kB of `<a <a <a…`.
"""

from collections.abc import Collection, Iterator
from html import unescape
from itertools import islice
from urllib.parse import urljoin

from federation.activities import AS2, CONTENT_TYPE, is_web_iri
from federation.markup import Piece, pieces

MAX_HTML = 256 * 1024
MAX_HEADER = 16 * 1024
MAX_LINKS = 100
MAX_ATTRIBUTES = 50
SPACES = " \t\n\r\f"


def alternate_of_header(header: str, base: str) -> str | None:
    """Return the address that a `Link` header (RFC 8288) gives for the ActivityStreams form, or None.

    Args:
        header: the header's value, several joined by commas.
        base: the address of the page, for relative ones.
    """
    for target, parameters in islice(_links(header[:MAX_HEADER]), MAX_LINKS):
        if _leads_to_activity(parameters):
            return _absolute(base, target)
    return None


def alternate_of_html(html: bytes, base: str) -> str | None:
    """Return the address that the head of an HTML page gives for the ActivityStreams form, or None.

    Only the first 256 KiB are read, and nothing after `<body>`: comments and posts are written by anybody.
    """
    found = 0
    for piece in pieces(html[:MAX_HTML].decode("utf-8", "replace")):
        if piece.value == "body" or found >= MAX_LINKS:
            return None
        if piece.kind == "start" and piece.value == "link":
            found += 1
            attributes = attributes_of(piece)
            if _leads_to_activity(attributes):
                return _absolute(base, attributes.get("href", ""))
    return None


def links_back(html: bytes, base: str, addresses: Collection[str]) -> bool:
    """Tell whether an HTML page says with `rel="me"` that one of these addresses belongs to whom it is of."""
    wanted = {_compared(address) for address in addresses}
    for piece in pieces(html[:MAX_HTML].decode("utf-8", "replace")):
        if piece.kind == "start" and piece.value in ("a", "link"):
            attributes = attributes_of(piece)
            target = _absolute(base, attributes.get("href", ""))
            if "me" in attributes.get("rel", "").lower().split() and target and _compared(target) in wanted:
                return True
    return False


def _compared(address: str) -> str:
    return address.partition("#")[0].rstrip("/")


def elements(markup: bytes, name: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of each element of this name in HTML or XML, at most a hundred, of the first 256 KiB.

    Entities that a document declares itself are never expanded, since nothing here reads declarations.
    """
    named = (
        attributes_of(piece)
        for piece in pieces(markup[:MAX_HTML].decode("utf-8", "replace"))
        if piece.kind == "start" and piece.value == name
    )
    return islice(named, MAX_LINKS)


def attributes_of(piece: Piece) -> dict[str, str]:
    """Return the attributes of an element, names in lower case, of two with one name the first, as browsers do."""
    attributes: dict[str, str] = {}
    text, position = piece.attributes, 0
    for _ in range(MAX_ATTRIBUTES):
        position = _past(text, position, SPACES + "/")
        if position >= len(text):
            break
        start = position
        position = _until(text, position + 1, SPACES + "/=")
        name = text[start:position].lower()
        value = ""
        after = _past(text, position, SPACES)
        if text[after : after + 1] == "=":
            value, position = _value(text, _past(text, after + 1, SPACES))
        attributes.setdefault(name, unescape(value))
    return attributes


def _value(text: str, position: int) -> tuple[str, int]:
    quote = text[position : position + 1]
    if quote and quote in "\"'":
        end = text.find(quote, position + 1)
        end = len(text) if end < 0 else end
        return text[position + 1 : end], end + 1
    end = _until(text, position, SPACES)
    return text[position:end], end


def _past(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position


def _until(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] not in characters:
        position += 1
    return position


def _links(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield target and parameters of each link; what is not one ends the reading."""
    position = 0
    while position < len(header):
        position = _past(header, position, SPACES + ",")
        end = header.find(">", position)
        if header[position : position + 1] != "<" or end < 0:
            return
        target = header[position + 1 : end]
        parameters, position = _parameters(header, end + 1)
        yield target, parameters


def _parameters(header: str, position: int) -> tuple[dict[str, str], int]:
    parameters: dict[str, str] = {}
    while True:
        position = _past(header, position, SPACES)
        if header[position : position + 1] != ";":
            return parameters, position
        start = _past(header, position + 1, SPACES)
        position = _until(header, start, SPACES + "=;,")
        name = header[start:position].lower()
        position = _past(header, position, SPACES)
        value = ""
        if header[position : position + 1] == "=":
            value, position = _parameter_value(header, _past(header, position + 1, SPACES))
        parameters.setdefault(name, value)


def _parameter_value(header: str, position: int) -> tuple[str, int]:
    if header[position : position + 1] != '"':
        end = _until(header, position, SPACES + ";,")
        return header[position:end], end
    value, position = [], position + 1
    while position < len(header) and header[position] != '"':
        position += header[position] == "\\"
        value.append(header[position : position + 1])
        position += 1
    return "".join(value), position + 1


def _leads_to_activity(parameters: dict[str, str]) -> bool:
    relations = parameters.get("rel", "").lower().split()
    kind, _, rest = parameters.get("type", "").partition(";")
    kind = kind.strip().lower()
    return "alternate" in relations and (
        kind == CONTENT_TYPE or (kind == "application/ld+json" and (not rest.strip() or AS2 in rest))
    )


def _absolute(base: str, target: str) -> str | None:
    try:
        address = urljoin(base, target.strip())
        return address if target.strip() and is_web_iri(address) else None
    except ValueError:
        return None
