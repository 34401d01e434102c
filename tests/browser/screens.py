"""Write a picture of every page into the folder `screens/`, with a contact sheet: `make screens`.

A word after it keeps what has that word in its name: `python -m tests.browser.screens home event`.
"""

import html
import logging
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import sync_playwright

from flask_maillage.web.language import LANGUAGES
from tests.browser import furnished, looking
from tests.browser.conftest import CHROMIUM, serving
from tests.browser.every_page import PAGES, Spot

FOLDER = Path(__file__).resolve().parents[2] / "screens"
FACES = [(language, scheme, width) for language in LANGUAGES for scheme in ("light", "dark") for width in (360, 1280)]
STYLE = (
    "body{font:16px/1.4 system-ui;margin:1rem;background:#888}section{margin-bottom:2rem}h2{font-size:1.1rem}"
    "div{display:flex;gap:.5rem;overflow-x:auto;align-items:flex-start}figure{margin:0;flex:none}"
    "img{display:block;height:420px;object-fit:cover;object-position:top}figcaption{font-size:.8rem}"
)


def main(words: list[str]) -> None:
    """Take the pictures."""
    if CHROMIUM is None:
        sys.exit("There is no Chromium on this machine: install it to take pictures with it.")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    FOLDER.mkdir(exist_ok=True)
    wanted = [spot for spot in PAGES if not words or any(word in spot.name for word in words)]
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), furnished.furnish) as (base_url, places),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language, scheme, width in FACES:
            with looking.looker(browser, base_url, places, language=language, scheme=scheme, width=width) as looker:
                for spot in wanted:
                    looker.open(spot)
                    looker.page.screenshot(path=FOLDER / _file(spot, language, scheme, width), full_page=True)
        browser.close()
    (FOLDER / "index.html").write_text(_sheet(wanted), encoding="utf-8")
    sys.stdout.write(f"{len(wanted)} pages in {len(FACES)} faces: open {FOLDER / 'index.html'}\n")


def _file(spot: Spot, language: str, scheme: str, width: int) -> str:
    return f"{spot.name}-{language}-{scheme}-{width}.png"


def _sheet(spots: Iterable[Spot]) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>{STYLE}</style>'
        + "".join(_row(spot) for spot in spots)
    )


def _row(spot: Spot) -> str:
    figures = "".join(
        f'<figure><a href="{_file(spot, *face)}"><img loading="lazy" alt="" src="{_file(spot, *face)}"></a>'
        f"<figcaption>{' '.join(map(str, face))}</figcaption></figure>"
        for face in FACES
    )
    name, path = html.escape(spot.name), html.escape(spot.path)
    return f"<section><h2>{name} <small>{path}</small></h2><div>{figures}</div></section>"


if __name__ == "__main__":
    main(sys.argv[1:])
