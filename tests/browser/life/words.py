"""What is written while a call is lived, and how forms are filled."""

from datetime import timedelta

from playwright.sync_api import Page

from actors.node import utc_now

CALL = "Ten places to organise"
LOG, BREAKFAST = "Un carnet des payes", "A breakfast for drivers"
RESULT = "A log that forty keep."
LIMIT = 40


def fill(page: Page, texts: dict[str, str]) -> None:
    """Write into fields, by their names, also where they are folded away."""
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    for name, text in texts.items():
        page.locator(f"[name={name}]").fill(text)


def day(days: int) -> str:
    """Return the day that is so many days ahead of the true clock."""
    return (utc_now() + timedelta(days=days)).date().isoformat()
