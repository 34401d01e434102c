"""What an application says, part by part, and what a later version of it says otherwise."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_maillage.calls import wording
from flask_maillage.calls.desk.entries import Text
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.web.language import gettext as _


@dataclass(frozen=True)
class Change:
    """One part that a version says otherwise than the one before."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Answered:
    """A question with its answer: a text, choices, or a file; all empty where there is none."""

    key: str
    label: str
    text: str = ""
    choices: tuple[str, ...] = ()
    attachment: Mapping[str, Any] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it was left open."""
        return not (self.text or self.choices or self.attachment)


def answers(content: Mapping[str, Any], details: CallDetails) -> list[Answered]:
    """Return the answers in the order of the questions; one to what is not asked any more stands at the end."""
    given = {one["key"]: one for one in content.get("answers") or () if isinstance(one, dict) and one.get("key")}
    labels = {asked.key: asked.label for asked in details.questions}
    keys = [*labels, *(key for key in given if key not in labels)]
    return [_answered(key, labels.get(key, key), given.get(key, {})) for key in keys]


def changes(texts: Sequence[Text], details: CallDetails) -> dict[int, list[Change]]:
    """Return by the number of each version but the first what it changed."""
    found = {}
    for before, after in itertools.pairwise(texts):
        old, new = dict(_parts(before.content, details)), dict(_parts(after.content, details))
        labels = list(dict.fromkeys([*old, *new]))
        found[after.number] = [
            Change(label, old.get(label, ""), new.get(label, ""))
            for label in labels
            if old.get(label, "") != new.get(label, "")
        ]
    return found


def _parts(content: Mapping[str, Any], details: CallDetails) -> Iterator[tuple[str, str]]:
    yield _("Title"), str(content.get("name") or "")
    facts = wording.facts(content, details)
    yield _("Territory"), facts.territory
    yield _("Topics"), ", ".join(facts.topics)
    yield _("Sectors"), ", ".join(facts.sectors)
    initiative = content.get("initiative") or {}
    described = [str(initiative.get(name) or "") for name in ("name", "summary", "url")]
    yield _("Initiative"), str(content.get("initiativeId") or "") or "\n".join(filter(None, described))
    for one in answers(content, details):
        file = one.attachment or {}
        said = one.text or "\n".join(one.choices) or " ".join(str(file.get(name) or "") for name in ("name", "digest"))
        yield one.label, said.strip() if not file else f"{file.get('name', '')} ({file.get('digestMultibase', '')})"
    yield _("People"), "\n".join(_person(one) for one in content.get("people") or ())


def _answered(key: str, label: str, answer: Mapping[str, Any]) -> Answered:
    return Answered(
        key, label, answer.get("text") or "", tuple(answer.get("choices") or ()), answer.get("attachment") or None
    )


def _person(person: Mapping[str, Any]) -> str:
    return ", ".join(str(person[name]) for name in ("name", "role", "organisation") if person.get(name))
