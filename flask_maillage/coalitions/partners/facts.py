"""What another node is and speaks, by its own word: its NodeInfo document and its Application."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from federation.activities import Document, as_list
from federation.sanitising import clean_text, clean_url

MAX_IMPLEMENTED, MAX_LANGUAGES = 30, 20
LANGUAGES = ("languages", "nodeLanguages", "langs")
"""Under which names servers list their languages in NodeInfo's `metadata`: ours, and those that others use."""


@dataclass(frozen=True)
class Facts:
    """What a node says of itself; all of it is text that others wrote, cleaned, and believed for nothing."""

    software: str = ""
    version: str = ""
    name: str = ""
    description: str = ""
    languages: tuple[str, ...] = ()
    implements: tuple[tuple[str, str], ...] = ()
    """Names of what its Application says that it implements, each with its address or an empty text."""

    @classmethod
    def from_row(cls, facts: dict[str, Any] | None) -> Self:
        """Return what a row holds."""
        kept = facts or {}
        return cls(
            software=kept.get("software", ""),
            version=kept.get("version", ""),
            name=kept.get("name", ""),
            description=kept.get("description", ""),
            languages=tuple(kept.get("languages", ())),
            implements=tuple((one[0], one[1]) for one in kept.get("implements", ())),
        )

    def to_row(self) -> dict[str, Any]:
        """Return what a row holds of it."""
        return asdict(self)

    @property
    def runs(self) -> str:
        """Software and version in one line; empty where neither is known."""
        return " ".join(part for part in (self.software, self.version) if part)


def read(nodeinfo: Document | None, application: Document) -> Facts:
    """Read what two documents say; what is missing or of another shape is left out, never an error."""
    info = nodeinfo if isinstance(nodeinfo, dict) else {}
    software, metadata = _part(info, "software"), _part(info, "metadata")
    return Facts(
        software=_line(software.get("name"), 50).lower(),
        version=_line(software.get("version"), 50),
        name=_line(metadata.get("nodeName"), 200) or _line(application.get("name"), 200),
        description=_line(metadata.get("nodeDescription"), 500),
        languages=_languages(metadata),
        implements=tuple(_implemented(application.get("implements"))),
    )


def _part(document: Document, name: str) -> Document:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _line(value: Any, limit: int) -> str:
    return " ".join(clean_text(value, limit=limit).split()) if isinstance(value, str) else ""


def _languages(metadata: Document) -> tuple[str, ...]:
    listed: list[Any] = next((metadata[name] for name in LANGUAGES if isinstance(metadata.get(name), list)), [])
    tags = (_line(one, 20) for one in listed[:MAX_LANGUAGES])
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _implemented(value: Any) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for one in as_list(value)[:MAX_IMPLEMENTED]:
        facts = one if isinstance(one, dict) else {"href": one}
        address = clean_url(facts.get("href") or facts.get("id")) or ""
        name = _line(facts.get("name"), 80) or address
        if name:
            found.setdefault(name, address)
    return list(found.items())
