"""Make what strangers write fit to store and to show: HTML, plain text, addresses, names of hosts.

Applied when something is received, so that no page, feed or mail has to remember it; what one of these functions has
returned, it returns unchanged when asked again. Bounded in time whatever comes (protocol.md §4.4, P04 to P06).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urlsplit

import nh3

from federation.activities import MAX_IRI, host_of, is_web_iri
from federation.markup import ALLOWED, BLOCKS, pieces, straighten

HTML_LIMIT = 100_000
MAX_MARKS = 4  # combining characters on one letter: enough for Vietnamese, Hebrew and Thai
LINK_REL = "nofollow noopener noreferrer ugc"

# Characters that change how others are shown, or that no XML document may hold: controls, bidirectional embeddings,
# overrides and isolates, interlinear marks, byte order marks, tags, lone surrogates, noncharacters.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff]"
    "|[" + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)) + "]"
)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u3164\uffa0]")
# Joiners shape Persian, Indic scripts and families of emoji; between other characters they only hide.
_JOINED = "\u0600-\u1fff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_IDLE_JOINER = re.compile(
    f"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}\u200c\u200d])|[\u200c\u200d]{{2,}}"
)
_ELEMENT = re.compile(r"</?[a-z][^<>]*+>|<!--", re.IGNORECASE)
_ELEMENT_BEGINS = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_MAY_BE_MARK = re.compile("[\u0300-\u1fff\u2070-\U0010ffff]")  # Latin letters and punctuation never are
_HOST = re.compile(r"\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s@<>\"'\\:/]+@[a-z0-9.-]+(\?[^\s<>\"'\\]*)?", re.IGNORECASE)
_BROKEN_LINE = frozenset({"br", "li", "tr", "dt", "dd", "caption"})


def clean_html(html: str, *, limit: int = HTML_LIMIT) -> str:
    """Return HTML with only the elements that a publication needs, links with `rel`, and no other attribute.

    Headings become `h2` to `h4`; links lead to http, https or mailto, others keep their text; images, which would tell
    their host who reads, are left out.

    Args:
        html: others' HTML, or our own.
        limit: how many characters of it are read; what comes back can be longer, by closing tags and references.
    """
    regular = straighten(without_controls(html[:limit]), link=_link)
    cleaned = nh3.clean(
        regular,
        tags=set(ALLOWED),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_REL,
    )
    cleaned = re.sub("<pre>\n+", "<pre>", without_controls(cleaned))  # parsers drop the first line end there
    return _with_few_marks(cleaned).strip()


def clean_text(text: object, *, limit: int) -> str:
    """Return a stranger's value as plain text on one line, of at most `limit` characters; what is not text as "".

    Elements are taken out when a peer put HTML into a plain field (`name` in FEP-8a8e "MUST NOT contain HTML", and some
    do); the result is still text, to be escaped where it is shown.
    """
    if not isinstance(text, str):
        return ""
    text = without_controls(text[: 10 * limit + 1000])
    if _is_plain(text) and "<" not in text:
        return " ".join(text.split())[:limit].rstrip()
    if _ELEMENT.search(text):
        text = _ELEMENT_BEGINS.sub("", _ELEMENT.sub(" ", _text(text)))
    text = _IDLE_JOINER.sub("", _UNSEEN.sub("", text))
    text = _with_few_marks(unicodedata.normalize("NFC", _with_few_marks(text)))  # NFC of long runs is slow
    return " ".join(text.split())[:limit].rstrip(" \u200c\u200d")


def clean_url(value: object) -> str | None:
    """Return `value` when it is an absolute http(s) address that a page may link to, else None.

    It has a host, no user name or password, no control or unseen character, and at most 2048 characters.
    """
    if not isinstance(value, str) or len(value) > MAX_IRI + 100:
        return None
    value = value.strip()
    if not is_web_iri(value) or _CONTROLS.search(value) or _UNSEEN.search(value) or _LINE_ENDS.search(value):
        return None
    host = ascii_host(urlsplit(value).hostname or "")
    return value if _HOST.fullmatch(f"[{host}]" if ":" in host else host) else None


def text_of_html(html: str, *, limit: int) -> str:
    """Return what HTML says as plain text: paragraphs apart by an empty line, list items by a dash.

    Cut to `limit` characters without a mark, so that a caller can tell by asking for one more.
    """
    taken: list[str] = []
    length, enough = 0, 2 * limit
    for part in _parts(without_controls(html)):
        taken.append(part)
        length += len(part)
        if length >= enough:
            text = _with_few_marks(_joined(taken))
            if len(text) >= limit:
                return text[:limit].rstrip()
            enough = 2 * length
    return _with_few_marks(_joined(taken))[:limit].rstrip()


def without_controls(text: str) -> str:
    """Return `text` without the characters that XML refuses or that reorder what is shown; line ends become `\\n`."""
    return text if _is_clean(text) else _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def displayed_host(iri: str) -> str:
    """Return the host of an address as people should see it: in full, punycode where it is not ASCII, with its port.

    An address that cannot be read gives an empty text.
    """
    try:
        host = host_of(iri)
    except ValueError:
        return ""
    return ascii_host(host)


def ascii_host(host: str) -> str:
    """Return a host name in lower case with every label in ASCII, so that look-alike letters show as `xn--…`.

    Letters such as `ß` keep a label of their own, as in IDNA 2008 (Python's `idna` codec would show another host).
    """
    folded = unicodedata.normalize("NFKC", without_controls(host)).lower().replace("\u3002", ".")
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in folded.split(".")
    )


def _is_clean(text: str) -> bool:
    """Tell, in a tenth of the time that looking for what is not costs, whether all of a text is there to be seen."""
    return all(line.isprintable() for line in text.replace("\xa0", " ").split("\n"))


def _is_plain(text: str) -> bool:
    """Tell, in a tenth of the time that looking for what is not costs, whether a text is but letters of ASCII."""
    return text.isascii() and text.isprintable()


def _link(href: str) -> str | None:
    address = clean_url(href)
    if address is None and len(href) <= MAX_IRI and _MAIL.fullmatch(href.strip()) and not _CONTROLS.search(href):
        address = href.strip()
    return address


def _text(html: str) -> str:
    return _joined(_parts(html))


def _parts(html: str) -> Iterator[str]:
    for piece in pieces(html):
        if piece.kind == "text":
            yield _on_one_line(without_controls(unescape(piece.value)))
        elif piece.value in _BROKEN_LINE:
            yield "\n– " if (piece.value, piece.kind) == ("li", "start") else "\n"
        elif piece.value in {"td", "th"}:
            yield " "
        elif piece.value in BLOCKS:
            yield "\n\n"


def _on_one_line(text: str) -> str:
    """Return a text with one space for each run of white space; three times as fast as looking for runs."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"


def _joined(parts: Iterable[str]) -> str:
    """Return parts as one text; the first of them give the beginning of what all give."""
    text = re.sub(" ?\n ?", "\n", re.sub(" +", " ", "".join(parts)))
    return re.sub("\n{3,}", "\n\n", text).strip()


def _with_few_marks(text: str) -> str:
    if not _MAY_BE_MARK.search(text):
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
