"""Every page, in each language, scheme and width: accessible, valid, narrow, light, and asking nobody else.

`make test` walks over all pages in two opposite faces, so that each language, scheme and width is seen on each page;
of the other six, half of the pages is seen in three and half in three in `make test-long`.
"""

import gzip
import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from flask_maillage.resources import static_folder
from tests.browser import looking
from tests.browser.conftest import Served
from tests.browser.every_page import PAGES, Spot, routes_of_pages
from tests.browser.looking import OF_COLOURS, Looker
from tests.interop import javascript

NARROWEST, NARROW = 320, 360
WIDE = 1280
"""The width at which HTML is validated: it is the same at each."""
BUDGET = 60_000
Face = tuple[int, str]
TOURS = (
    ("en", ((WIDE, "light"),), PAGES),
    ("fr", ((NARROW, "dark"),), PAGES),
    pytest.param("en", ((NARROW, "light"), (NARROW, "dark"), (WIDE, "dark")), PAGES[::2], marks=pytest.mark.later),
    pytest.param("fr", ((WIDE, "light"), (WIDE, "dark"), (NARROW, "light")), PAGES[1::2], marks=pytest.mark.later),
)
"""A language, the faces in which a page is looked at once it is open (width and scheme), and which pages.

In the first, axe asks all it knows: so it does in each language and width. In the others, what it asks of colours.
"""
RULES = Path(__file__).with_name("html-validate.json")
IN_A_FRAME = ("embedded_list", "embedded_publication")
"""Pages inside others' pages, which have a heading of their own."""
WITH_A_MAP = ("find-map",)
"""Pages that have more script, by the name of what is looked at."""
_FILES = re.compile(r'<(?:link rel="stylesheet" href|script src)="[^"]*/static/([^"?]+)')


def test_no_page_is_forgotten(app: Flask) -> None:
    assert routes_of_pages(app) == {spot.endpoint for spot in PAGES} - {"error"}


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("language", "faces", "spots"), TOURS, ids=("en", "fr", "en-others", "fr-others"))
def test_every_page_is_accessible_valid_small_fits_and_asks_nobody_else(
    furnished: Served, browser: Browser, tmp_path: Path, language: str, faces: tuple[Face, ...], spots: Sequence[Spot]
) -> None:
    width, scheme = faces[0]
    ours = (f"{furnished.base_url}/", f"{furnished.places['provider']}/")
    sources: dict[str, str] = {}
    found: list[str] = []
    with looking.looker(browser, furnished.base_url, furnished.places, language=language, asks_axe=True) as looker:
        for spot in spots:
            looker.wear(scheme, width)
            answer = looker.open(spot)
            if answer.status != spot.status:
                found.append(f"{spot.name}: answered {answer.status}")
            sources[spot.name] = answer.text()
            found += [f"{spot.name}: {what}" for what in _problems(looker, spot, faces[1:])]
    found += [f"asked {address}" for address in looker.requested if not address.startswith(ours)]
    assert found == []
    if width == WIDE:
        assert _invalid(sources, tmp_path) == []
    assert _heavy(sources) == {}


def _problems(looker: Looker, spot: Spot, others: tuple[Face, ...]) -> Iterator[str]:
    looker.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    found = looker.accessibility()
    yield from (one for one in found if spot.endpoint not in IN_A_FRAME or "heading-one" not in one)
    for width, scheme in others:
        looker.wear(scheme, width)
        yield from (f"{scheme} at {width} px: {one}" for one in looker.accessibility(OF_COLOURS))
    if wide := looker.stands_out(NARROWEST):
        yield wide


def _invalid(sources: dict[str, str], folder: Path) -> list[str]:
    """Return what html-validate says of pages, by their names; of one that is broken it has to say something."""
    node = javascript.ready()
    for name, source in {**sources, "broken": "<!doctype html><p><div></p>"}.items():
        (folder / f"{name}.html").write_text(source, encoding="utf-8")
    told = folder / "told.json"
    command = [node.program, str(javascript.HERE / "node_modules/html-validate/bin/html-validate.mjs")]
    done = subprocess.run(
        [*command, "--config", str(RULES), "--formatter", f"json={told}", *map(str, folder.glob("*.html"))],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    reports: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
    told_of = [_told(report) for report in reports if report["messages"]]
    assert any(one.startswith("broken,") for one in told_of), "the validator does not look"
    return [one for one in told_of if not one.startswith("broken,")]


def _told(report: dict[str, Any]) -> str:
    first = report["messages"][0]
    return f"{Path(report['filePath']).stem}, line {first['line']}: {first['ruleId']}: {first['message']}"


def _heavy(sources: dict[str, str]) -> dict[str, int]:
    """Return the pages without a map whose style and script are too much, and how much that is."""
    without_map = {name: source for name, source in sources.items() if "/leaflet" not in source}
    sizes = {name: sum(map(_compressed, set(_FILES.findall(source)))) for name, source in without_map.items()}
    assert len(without_map) > len(sources) / 2
    assert all(sizes.values())
    return {name: size for name, size in sizes.items() if size > BUDGET and name not in WITH_A_MAP}


def _compressed(file: str) -> int:
    return len(gzip.compress((static_folder() / file).read_bytes(), 6))


def test_no_style_depends_on_how_a_telephone_is_held() -> None:
    styles = list(static_folder().rglob("*.css"))
    assert styles
    assert [style.name for style in styles if "orientation" in style.read_text(encoding="utf-8")] == []
