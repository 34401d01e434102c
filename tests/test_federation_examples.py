"""The examples of FEDERATION.md are what a node emits, to the letter but for what `…` leaves out."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.emitted import emitted
from tests.fediverse import Fediverse

DOCUMENT = (Path(__file__).resolve().parent.parent / "FEDERATION.md").read_text(encoding="utf-8")
EXAMPLES: list[tuple[str, str, str]] = re.findall(
    r"^<!-- example: ([a-z0-9-]+) -->\n```(json|http)\n(.*?)^```$", DOCUMENT, flags=re.MULTILINE | re.DOTALL
)
LEFT_OUT = "…"
WANTED = {
    *("actor", "application", "webfinger", "follow", "accept", "announce", "update", "delete", "tombstone"),
    *("create-call", "create-event", "create-initiative", "create-news", "session", "cavage", "cavage-get", "rfc9421"),
}


def differences(shown: Any, real: Any, at: str = "") -> list[str]:
    """Tell where what is shown is not what is real.

    `…` inside a text stands for any text, as the last of a list for any further ones, and as a property for further
    properties, of which there has to be at least one.
    """
    if isinstance(shown, dict) and isinstance(real, dict):
        named = shown.keys() - {LEFT_OUT}
        found = [f"{at}.{name} is shown, and is not there" for name in sorted(named - real.keys())]
        further = sorted(real.keys() - named)
        if bool(further) != (LEFT_OUT in shown):
            found.append(f"{at} has further {further}, which … has to stand for")
        return found + [
            one for name in named & real.keys() for one in differences(shown[name], real[name], f"{at}.{name}")
        ]
    if isinstance(shown, list) and isinstance(real, list):
        open_ended = shown[-1:] == [LEFT_OUT]
        items = shown[:-1] if open_ended else shown
        if len(real) < len(items) or (len(real) > len(items) and not open_ended):
            return [f"{at} has {len(real)} items"]
        return [one for number, item in enumerate(items) for one in differences(item, real[number], f"{at}[{number}]")]
    if isinstance(shown, str) and isinstance(real, str):
        pattern = ".*".join(re.escape(part) for part in shown.split(LEFT_OUT))
        return [] if re.fullmatch(pattern, real, flags=re.DOTALL) else [f"{at} is {real[:200]!r}"]
    return [] if shown == real and type(shown) is type(real) else [f"{at} is {real!r}"]


def headers(text: str) -> dict[str, str]:
    """Return the first line and the headers of a request as one document."""
    first, *lines = text.strip().splitlines()
    return {"": first} | dict(line.split(": ", 1) if line != LEFT_OUT else (LEFT_OUT, LEFT_OUT) for line in lines)


@pytest.fixture
def real(app: Flask, client: FlaskClient, work: Callable[[], int], fediverse: Fediverse) -> dict[str, Any]:
    return emitted(app, client, work, fediverse)


def test_examples_are_what_the_node_emits(real: dict[str, Any]) -> None:
    for name, language, text in EXAMPLES:
        assert name in real, f"nothing is emitted that is called {name}"
        if language == "json":
            assert differences(json.loads(text), real[name], name) == []
        else:
            assert differences(headers(text), headers(real[name]), name) == []


def test_every_example_has_a_name_and_none_is_missing() -> None:
    fences = re.findall(r"^```(json|http)$", DOCUMENT, flags=re.MULTILINE)

    assert len(fences) == len(EXAMPLES)
    assert {name for name, _, _ in EXAMPLES} >= WANTED
    assert len({name for name, _, _ in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "…": "…"}, {"a": 1}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": {"b": "c"}}, {"a": {"b": "d"}}),
        (["a"], ["a", "b"]),
        (["a", "b", "…"], ["a"]),
        ("ab…", "b"),
        ("ab", "abc"),
        (1, True),
        (None, {}),
    ],
    ids=str,
)
def test_a_difference_is_noticed(shown: Any, real: Any) -> None:
    assert differences(shown, real) != []


@pytest.mark.parametrize(
    ("shown", "real"),
    [
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}),
        (["a", "…"], ["a", "b"]),
        (["a", "…"], ["a"]),
        ("a…z", "a\nz"),
    ],
    ids=str,
)
def test_what_is_left_out_is_no_difference(shown: Any, real: Any) -> None:
    assert differences(shown, real) == []
