"""Look at pages as somebody, in a language, a colour scheme and a width; note what was sent and asked for meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, Response

from tests.browser.every_page import Spot
from tests.browser.furnished import MAIL, Places
from tests.conftest import PASSWORD

HEIGHT = 800
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Looker:
    """A window of the browser, and the cookies of everybody who is signed in."""

    page: Page
    base_url: str
    places: Places
    cookies: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    requested: set[str] = field(default_factory=set)
    who: str | None = None

    def open(self, spot: Spot) -> Response:
        """Bring a page into its state, and return what the server answered."""
        if spot.who != self.who:
            self.become(spot.who)
        response = self.page.goto(self.base_url + spot.path.format_map({**self.places, "base_url": self.base_url}))
        if spot.press:
            with self.page.expect_navigation() as reloaded:
                self.page.locator(spot.press).first.click()
            response = reloaded.value
        assert response is not None
        return response

    def become(self, who: str) -> None:
        """Look on as somebody, who is signed in once only: a node bears so many sign-ins from one place in an hour."""
        context = self.page.context
        context.clear_cookies()
        if who and who not in self.cookies:
            self.page.goto(f"{self.base_url}/sign-in")
            self.page.locator("#email").fill(MAIL[who])
            self.page.locator("#password").fill(PASSWORD)
            self.page.locator("main form button[type=submit]").click()
            self.cookies[who] = context.cookies()  # type: ignore[assignment]
        elif who:
            context.add_cookies(self.cookies[who])  # type: ignore[arg-type]
        self.who = who

    def stands_out(self, width: int) -> str | None:
        """Return what is wider than the window when that is this wide."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        return f"{wide} px wide in a window of {width}" if wide > width else None

    def accessibility(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA and good practice, by rule and element."""
        options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
        response = Axe().run(self.page, options=options).response
        return [f"{broken['id']}: {broken['nodes'][0]['html'][:200]}" for broken in response["violations"]]


@contextmanager
def looker(
    browser: Browser, base_url: str, places: Places, *, language: str, scheme: str = "light", width: int = 1280
) -> Iterator[Looker]:
    """Open a window in which pages are looked at."""
    context = browser.new_context(
        locale={"en": "en-GB", "fr": "fr-FR"}[language],
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        viewport={"width": width, "height": HEIGHT},
    )
    found = Looker(context.new_page(), base_url, places)

    def note(request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https"):
            found.requested.add(request.url)

    found.page.on("request", note)
    yield found
    context.close()
