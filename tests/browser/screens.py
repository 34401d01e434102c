"""Write a picture of every page into the folder `screens/`, with a contact sheet: `make screens`.

`make screens ONLY="home event"` takes those alone whose name has one of these words; the others stay as they were.
"""

import html
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from playwright.sync_api import sync_playwright

from flask_maillage.web.language import LANGUAGES
from tests.browser import looking
from tests.browser.conftest import CHROMIUM, everything
from tests.browser.every_page import PAGES, Spot
from tests.browser.furnished import MAIL, Places

Cookies = dict[str, list[dict[str, str]]]
"""What a browser keeps of who is signed in, by who it is."""

FOLDER = Path(__file__).resolve().parents[2] / "screens"
STYLE = (
    "body{font:16px/1.4 system-ui;margin:1rem;background:#888}section{margin-bottom:2rem}h2{font-size:1.1rem}"
    "nav{columns:16rem;margin-bottom:2rem}nav a{display:block}a{color:#000}"
    "section>div{display:flex;gap:.5rem;overflow-x:auto;align-items:flex-start}figure{margin:0;flex:none}"
    "img{display:block;height:420px;object-fit:cover;object-position:top}figcaption{font-size:.8rem}"
)


@dataclass(frozen=True)
class Face:
    """One way in which a page is seen. `on` is `screen`, `paper`, or `contrast` for colours that the reader chose."""

    language: str
    scheme: str
    width: int
    on: str = "screen"

    @property
    def name(self) -> str:
        """A name fit for a file."""
        return "-".join([self.language, self.scheme, str(self.width)] + ([self.on] if self.on != "screen" else []))


FACES = (
    *(Face(tongue, scheme, width) for tongue in LANGUAGES for scheme in ("light", "dark") for width in (360, 1280)),
    Face("en", "dark", 720, "paper"),
    Face("en", "dark", 1280, "contrast"),
)


def main(words: list[str]) -> None:
    """Take the pictures, two faces at a time or as many as there are processors."""
    if CHROMIUM is None:
        sys.exit("There is no Chromium on this machine: install it to take pictures with it.")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    FOLDER.mkdir(exist_ok=True)
    wanted = [spot for spot in PAGES if not words or any(word in spot.name for word in words)]
    if not wanted:
        sys.exit(f"No page has {' or '.join(words)} in its name: the names stand in {FOLDER / 'index.html'}")
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        everything(Path(folder)) as node,
        ProcessPoolExecutor(min(len(FACES), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool,
    ):
        cookies = pool.submit(sign_in, node.base_url, node.places).result()
        taken = {pool.submit(take, face, wanted, node.base_url, node.places, cookies): face for face in FACES}
        for done in as_completed(taken):
            done.result()
            sys.stdout.write(f"{taken[done].name}: {len(wanted)} pages, {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()
    sheet = FOLDER / "index.html"
    sheet.write_text(_sheet(PAGES), encoding="utf-8")
    sys.stdout.write(f"Open {sheet}\n")


def sign_in(base_url: str, places: Places) -> Cookies:
    """Sign everybody in, once for all faces, and return their cookies."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with looking.looker(browser, base_url, places, language="en") as looker:
            for who in MAIL:
                looker.become(who)
            return looker.cookies


def take(face: Face, wanted: Iterable[Spot], base_url: str, places: Places, cookies: Cookies) -> None:
    """Take a picture of each page that is wanted, seen in one way, with a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with looking.looker(
            browser, base_url, places, language=face.language, scheme=face.scheme, width=face.width
        ) as looker:
            looker.cookies.update(cookies)
            looker.page.emulate_media(forced_colors="active" if face.on == "contrast" else "none")
            for spot in wanted:
                looker.open(spot)
                looker.page.emulate_media(media="print" if face.on == "paper" else "screen")
                looker.page.screenshot(path=FOLDER / _file(spot, face), full_page=True)
                looker.page.emulate_media(media="screen")
        browser.close()


def _file(spot: Spot, face: Face) -> str:
    return f"{spot.name}-{face.name}.png"


def _sheet(spots: Iterable[Spot]) -> str:
    """Return a page with all pictures that there are, which names what lacks one no more."""
    rows = {spot.name: row for spot in spots if (row := _row(spot))}
    links = "".join(f'<a href="#{html.escape(name)}">{html.escape(name)}</a>' for name in rows)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Every page</title><style>{STYLE}</style><h1>Every page</h1><nav>{links}</nav>{''.join(rows.values())}"
    )


def _row(spot: Spot) -> str:
    figures = "".join(
        f'<figure><a href="{_file(spot, face)}"><img loading="lazy" alt="" src="{_file(spot, face)}"></a>'
        f"<figcaption>{face.name.replace('-', ' ')}</figcaption></figure>"
        for face in FACES
        if (FOLDER / _file(spot, face)).is_file()
    )
    if not figures:
        return ""
    name, path = html.escape(spot.name), html.escape(spot.path)
    return f'<section id="{name}"><h2>{name} <small>{path}</small></h2><div>{figures}</div></section>'


if __name__ == "__main__":
    main(sys.argv[1:])
