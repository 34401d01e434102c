"""A node whose clock is turned, and who passes its pages in a browser, noting what is wrong and whom they ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

from actors.node import utc_now
from inboxes import worker
from tests.browser.conftest import PATIENCE
from tests.browser.looking import ASK, HEIGHT, TAGS
from tests.conftest import PASSWORD
from tests.people.newcomers import link_in
from tests.postbox import Postbox

EXPECTED = (409, 422)
"""What a page of ours answers to a form that cannot be taken; the browser's console calls that an error."""


@dataclass
class Clock:
    """A clock that goes, and that is turned on."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class Node:
    """A node that runs, with its clock and its mails."""

    app: Flask
    base_url: str
    clock: Clock
    box: Postbox

    def work(self) -> None:
        """Let everything that waits be done, and the mails go out."""
        worker.run_until_idle(self.app)

    def link(self, recipient: str, beginning: str) -> str:
        """Return the path of the link in the last mail to somebody."""
        self.work()
        mails = [self.box.text(n) for n, mail in enumerate(self.box.arrived) if mail["To"] == recipient]
        return link_in(mails[-1], beginning)


@dataclass
class Passer:
    """A window of the browser, and what was wrong with the pages passed in it."""

    page: Page
    base_url: str
    width: int
    wrong: list[str] = field(default_factory=list)

    def sign_in(self, email: str) -> None:
        """Sign in, and come to one's own page."""
        self.page.goto(f"{self.base_url}/sign-in")
        self.page.locator("#email").fill(email)
        self.page.locator("#password").fill(PASSWORD)
        self.follow(self.page.locator("main form button[type=submit]"))

    def go(self, path: str) -> None:
        """Open a page by its path or its address."""
        self.page.goto(path if path.startswith("http") else self.base_url + path)

    def follow(self, link: Locator) -> None:
        """Press a link or a button, and wait for the page it leads to, with its scripts."""
        with self.page.expect_navigation():
            link.click()

    def look(self, name: str) -> None:
        """Look at the page that is open: whether it fits the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.width:
            self.wrong.append(f"{name}: {wide} px wide in a window of {self.width}")

    def examine(self, name: str) -> None:
        """Look, and ask whether the page is accessible: in a state that the walk over every page does not see."""
        self.look(name)
        for broken in self.page.evaluate(ASK, [list(TAGS)]):
            self.wrong.append(f"{name}: {broken['id']}: {broken['nodes'][0]['html'][:200]}")

    def note_answer(self, response: Response) -> None:
        """Note what was asked for and is not there, or broke."""
        if response.status >= 400 and response.status not in EXPECTED:
            self.wrong.append(f"{response.status} {response.url}")

    def note_request(self, request: Request) -> None:
        """Note who else was asked."""
        if not request.url.startswith((f"{self.base_url}/", "data:", "blob:")):
            self.wrong.append(f"asked {request.url}")

    def note_message(self, message: ConsoleMessage) -> None:
        """Note what the browser complains of."""
        if message.type == "error" and not any(f"status of {status} " in message.text for status in EXPECTED):
            self.wrong.append(f"console: {message.text}")


@contextmanager
def passer(
    browser: Browser, base_url: str, *, locale: str, width: int, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Passer]:
    """Open a window; when it closes, nothing may have been wrong."""
    context = browser.new_context(
        locale=locale,
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,
        reduced_motion="reduce",
        timezone_id="Europe/Paris",
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(AXE_SCRIPT)
    found = Passer(context.new_page(), base_url, width)
    found.page.on("request", found.note_request)
    found.page.on("response", found.note_answer)
    found.page.on("console", found.note_message)
    found.page.on("pageerror", lambda error: found.wrong.append(f"script: {error}"))
    yield found
    context.close()
    assert found.wrong == []
