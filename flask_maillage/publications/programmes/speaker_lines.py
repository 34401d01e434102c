r"""A speaker as one line of a form, for people to type and to correct.

    Ann Smith, Chair, A union (FR) <@ann@union.example>
    Ann Smith, A union (France)                          two parts: the second is the organisation
    Ann Smith, Chair,                                    a role and no organisation
    Ann Smith; Chair; A union, its office in Paris       semicolons where an organisation has a comma in its name

In angle brackets stands an actor of theirs: a handle, or the address of an actor. A backslash before `;`, `(` or `<`
takes away their meaning.
"""

import re
from collections.abc import Callable

from pydantic import ValidationError

from flask_maillage.publications.programmes.nations import country_of
from flask_maillage.publications.programmes.programme import Speaker

_ACTOR = re.compile(r"(?<!\\)<([^<>]*)>\s*$")
_COUNTRY = re.compile(r"(?<!\\)\(([^()]{1,80})\)\s*$")


def _(message: str) -> str:
    return message


class UnreadableSpeaker(ValueError):
    """A line that names nobody: `message` with its `values` is a sentence for its author."""

    def __init__(self, message: str, **values: str) -> None:
        """Keep the sentence, to be said in another language too."""
        super().__init__(message % values)
        self.message = message
        self.values = values


def actor_in(line: str) -> str:
    """Return the handle or the address that a line ends with, or an empty text."""
    found = _ACTOR.search(line.strip())
    return found[1].strip() if found else ""


def read(line: str, actor_named: Callable[[str], str | None]) -> Speaker:
    """Read one line.

    Args:
        line: what was typed.
        actor_named: from a handle or an address to the id of an actor, or None for nobody who is known.

    Raises:
        UnreadableSpeaker: there is no name, or nobody is known under the handle.
    """
    text, actor, country = line.strip(), None, ""
    if found := _ACTOR.search(text):
        text, actor = text[: found.start()].strip(), actor_named(found[1].strip())
        if actor is None:
            message = _(
                "Nobody is known here as “%(handle)s”: search for them first, or give the address of their actor."
            )
            raise UnreadableSpeaker(message, handle=found[1].strip())
    if (found := _COUNTRY.search(text)) and (country := country_of(found[1])):
        text = text[: found.start()].strip()
    name, *rest = _split(text)
    try:
        return Speaker(
            name=name,
            role=", ".join(rest[:-1]),
            organisation=rest[-1] if rest else "",
            country=country,
            actor=actor,
        )
    except ValidationError:
        raise UnreadableSpeaker(_("A speaker has no name.")) from None


def write(speaker: Speaker) -> str:
    """Write a speaker as the line that `read` reads."""
    parts = [speaker.name, speaker.role, speaker.organisation] if speaker.role else [speaker.name, speaker.organisation]
    if len(parts) == 2 and not speaker.organisation:
        parts.pop()
    commas_say_more = "," in speaker.name + speaker.organisation or _spaced(speaker.role) != speaker.role
    is_listed = commas_say_more or any(";" in part for part in parts)
    mark = "; " if is_listed else ", "
    text = mark.join(re.sub(r"([\\;])", r"\\\1", part) for part in parts).strip()
    if is_listed and len(parts) == 1:
        text += ";"
    if (found := _COUNTRY.search(text)) and country_of(found[1]):
        text = f"{text[: found.start()]}\\{text[found.start() :]}"
    if speaker.country:
        text = f"{text} ({speaker.country})"
    if found := _ACTOR.search(text):
        text = f"{text[: found.start()]}\\{text[found.start() :]}"
    return f"{text} <{speaker.actor}>" if speaker.actor else text


def _spaced(text: str) -> str:
    return ", ".join(part.strip() for part in text.split(","))


def _split(text: str) -> list[str]:
    parts = _at(text, ";")
    if len(parts) == 1:
        parts = text.split(",")
    elif len(parts) == 2 and not parts[1].strip():
        parts.pop()
    return [re.sub(r"\\([\\;(<])", r"\1", part.strip()) for part in parts]


def _at(text: str, separator: str) -> list[str]:
    """Split at every separator that no backslash guards; the backslashes stay."""
    parts, guarded = [""], False
    for character in text:
        if character == separator and not guarded:
            parts.append("")
        else:
            parts[-1] += character
        guarded = character == "\\" and not guarded
    return parts
