"""Look at pages as somebody, in a language, a colour scheme and a width; note what was sent and asked for meanwhile.

A page is opened once for a language, and looked at light and dark, wide and narrow: opening it costs as much.
In the first of these faces axe asks all it knows, in the others what a scheme can change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, Response

from tests.browser.every_page import Spot
from tests.browser.furnished import MAIL, Places
from tests.conftest import PASSWORD

HEIGHT = 800
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""What axe asks of colours; everything else that it asks has the same answer light and dark."""
ASK = "async ([wanted]) => (await axe.run({preload: false, resultTypes: ['violations'], runOnly: wanted})).violations"
"""Without `preload`, axe does not read every stylesheet again for the one rule that needs it: what a page does in
landscape, which `test_no_style_depends_on_how_a_telephone_is_held` asks of the stylesheets."""


@dataclass
class Looker:
    """A window of the browser, and the cookies of everybody who is signed in."""

    page: Page
    base_url: str
    places: Places
    cookies: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    requested: set[str] = field(default_factory=set)
    who: str | None = None
    shown: tuple[str, str] | None = None
    """Which page is open as the server sent it, and to whom."""

    def open(self, spot: Spot) -> Response:
        """Bring a page into its state, and return what the server answered."""
        response = None
        if not spot.press or self.shown != (spot.path, spot.who):
            if spot.who != self.who:
                self.become(spot.who)
            response = self.page.goto(self.base_url + spot.path.format_map({**self.places, "base_url": self.base_url}))
            self.shown = (spot.path, spot.who)
        if spot.press:
            if spot.signed_out:
                self.become("")
            with self.page.expect_navigation() as reloaded:
                self.page.locator(spot.press).first.click()
            response, self.shown = reloaded.value, None
        assert response is not None
        return response

    def wear(self, scheme: str, width: int) -> None:
        """Show what is open, and what is opened next, in a colour scheme and a width."""
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

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

    def accessibility(self, wanted: tuple[str, ...] = TAGS) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA and good practice, or some of its rules, by rule and element."""
        found = self.page.evaluate(ASK, [list(wanted)])
        return [f"{broken['id']}: {broken['nodes'][0]['html'][:200]}" for broken in found]


@contextmanager
def looker(
    browser: Browser,
    base_url: str,
    places: Places,
    *,
    language: str,
    scheme: str = "light",
    width: int = 1280,
    asks_axe: bool = False,
) -> Iterator[Looker]:
    """Open a window in which pages are looked at; `asks_axe` brings axe into each of them."""
    context = browser.new_context(
        locale={"en": "en-GB", "fr": "fr-FR"}[language],
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        viewport={"width": width, "height": HEIGHT},
    )
    if asks_axe:
        context.add_init_script(AXE_SCRIPT)
    found = Looker(context.new_page(), base_url, places)

    def note(request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https"):
            found.requested.add(request.url)

    found.page.on("request", note)
    yield found
    context.close()
