"""Every page, in each language, scheme and width: accessible, valid, narrow, light, and asking nobody else.

`make test` walks over all pages in two opposite faces, so that each language, scheme and width is seen on each page;
the other six are walked in `make test-long`.
"""

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from flask_maillage.resources import static_folder
from flask_maillage.web.language import LANGUAGES
from tests.browser import looking
from tests.browser.conftest import Served
from tests.browser.every_page import PAGES, Spot, routes_of_pages
from tests.browser.looking import Looker
from tests.interop import javascript

NARROWEST = 320
BUDGET = 60_000
OPPOSITE = (("en", "light", 1280), ("fr", "dark", 360))
FACES = [(language, scheme, width) for language in LANGUAGES for scheme in ("light", "dark") for width in (360, 1280)]
OTHERS = [pytest.param(*face, marks=pytest.mark.later) for face in FACES if face not in OPPOSITE]
RULES = Path(__file__).with_name("html-validate.json")
IN_A_FRAME = ("embedded_list", "embedded_publication")
"""Pages inside others' pages, which have a heading of their own."""
WITH_A_MAP = ("find-map",)
"""Pages that have more script, by the name of what is looked at."""
_FILES = re.compile(r'<(?:link rel="stylesheet" href|script src)="[^"]*/static/([^"?]+)')


def test_no_page_is_forgotten(app: Flask) -> None:
    assert routes_of_pages(app) == {spot.endpoint for spot in PAGES} - {"error"}


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """The HTML of every page that was looked at, as the server sent it."""
    return {}


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("language", "scheme", "width"), [*OPPOSITE, *OTHERS])
def test_every_page_is_accessible_fits_and_asks_nobody_else(
    furnished: Served, browser: Browser, sources: dict[str, str], language: str, scheme: str, width: int
) -> None:
    face = {"language": language, "scheme": scheme, "width": width}
    found: list[str] = []
    with looking.looker(browser, furnished.base_url, furnished.places, **face) as looker:
        for spot in PAGES:
            answer = looker.open(spot)
            if answer.status != spot.status:
                found.append(f"{spot.name}: answered {answer.status}")
            sources.setdefault(spot.name, answer.text())
            found += [f"{spot.name}: {what}" for what in _problems(looker, spot)]
    found += [f"asked {address}" for address in looker.requested if not address.startswith(furnished.base_url)]
    assert found == []


def _problems(looker: Looker, spot: Spot) -> Iterator[str]:
    looker.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    found = looker.accessibility()
    yield from (one for one in found if spot.endpoint not in IN_A_FRAME or "heading-one" not in one)
    if wide := looker.stands_out(NARROWEST):
        yield wide


@pytest.mark.browser
def test_every_page_is_valid_html(sources: dict[str, str], tmp_path: Path) -> None:
    if not sources:
        pytest.skip("The pages were not looked at: run the whole module.")
    node = javascript.ready()
    for name, source in {**sources, "broken": "<!doctype html><p><div></p>"}.items():
        (tmp_path / f"{name}.html").write_text(source, encoding="utf-8")
    told = tmp_path / "told.json"
    command = [node.program, str(javascript.HERE / "node_modules/html-validate/bin/html-validate.mjs")]
    done = subprocess.run(
        [*command, "--config", str(RULES), "--formatter", f"json={told}", *map(str, tmp_path.glob("*.html"))],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    reports: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
    told_of = [_told(report) for report in reports if report["messages"]]
    assert [one for one in told_of if not one.startswith("broken,")] == []
    assert told_of, "what is broken on purpose is not found: the validator does not look"


def _told(report: dict[str, Any]) -> str:
    first = report["messages"][0]
    return f"{Path(report['filePath']).stem}, line {first['line']}: {first['ruleId']}: {first['message']}"


@pytest.mark.browser
def test_style_and_script_of_a_page_without_a_map_are_small(sources: dict[str, str]) -> None:
    if not sources:
        pytest.skip("The pages were not looked at: run the whole module.")
    without_map = {name: source for name, source in sources.items() if "/leaflet" not in source}
    sizes = {name: sum(map(_compressed, set(_FILES.findall(source)))) for name, source in without_map.items()}
    assert len(without_map) > len(sources) / 2
    assert all(sizes.values())
    assert {name: size for name, size in sizes.items() if size > BUDGET and name not in WITH_A_MAP} == {}


def _compressed(file: str) -> int:
    return len(gzip.compress((static_folder() / file).read_bytes(), 6))
