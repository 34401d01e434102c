"""What everybody sees first fits the narrowest of telephones, in each of our languages."""

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
    assert len(ends) == 4
    assert max(ends) <= 360 - 16
    context.close()
