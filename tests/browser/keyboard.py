"""Go about a page as who has no mouse does."""

import pytest
from playwright.sync_api import Page

FARTHEST = 100
IS_FOCUSED = "(one) => one === document.activeElement"
IS_FAR = "(one) => document.activeElement === document.body && !!one.closest('main')"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is looked for has the focus; past the head of a page by the link that is there for it."""
    wanted = page.locator(selector).first
    if wanted.evaluate(IS_FAR):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    for _ in range(FARTHEST):
        if wanted.evaluate(IS_FOCUSED):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} is not reached by keyboard")


def press(page: Page, selector: str) -> None:
    """Go to a link or a button and press it; it leads to another page."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, selector: str, text: str) -> None:
    """Go to a field and type."""
    tab_to(page, selector)
    page.keyboard.type(text)
