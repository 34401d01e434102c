"""What everybody sees first fits screens of all widths, in each of our languages."""

import pytest
from playwright.sync_api import Browser

from flask_maillage.web.language import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_front_page_sticks_out_on_a_telephone(browser: Browser, served: str, language: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{served}/?lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    ends = page.evaluate("[...document.querySelectorAll('.sections a')].map(one => one.getBoundingClientRect().right)")
    assert len(ends) == 5
    assert max(ends) <= 360 - 16
    context.close()


@pytest.mark.parametrize("width", [760, 1000, 1240])
@pytest.mark.parametrize("language", LANGUAGES)
def test_sections_stand_in_one_line_and_nothing_lies_over_them(
    browser: Browser, served: str, language: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 740})
    page = context.new_page()
    page.goto(f"{served}/?lang={language}")
    boxes = page.evaluate("[...document.querySelectorAll('.sections a')].map(one => one.getBoundingClientRect())")
    search = page.evaluate("document.querySelector('.search').getBoundingClientRect()")
    assert len({box["top"] for box in boxes}) == 1
    assert search["left"] >= boxes[-1]["right"] or search["top"] >= boxes[-1]["bottom"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
