"""A form tells how long an answer is as the node counts it, and to whom cannot see it when a limit is passed."""

import json
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.test_writing import pytestmark
from tests.test_macros import render

__all__ = ["pytestmark"]

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "flask_maillage" / "static" / "counting.js"
VECTORS = json.loads((ROOT / "tests" / "federated_calls" / "counting.json").read_text(encoding="utf-8"))
COUNTS = render('{% from "maillage/macros/forms.html" import counts with context %}<form {{ counts(12) }}>')
FORM = f"""<!doctype html><html lang="en"><title>Apply</title>{COUNTS}
<label>A <textarea id="a" data-limit="10" aria-describedby="a-help"></textarea></label><p id="a-help">Help</p>
<label>B <input id="b" data-limit="5" value="left" aria-invalid="true"></label>
<label>C <textarea id="c"></textarea></label>
<p data-total>At most 12 characters in all.</p></form></html>"""


def test_the_page_counts_as_the_node_does(browser: Browser):
    page = browser.new_page()
    page.set_content(FORM)
    assert page.get_by_text("At most 12 characters in all.").is_visible()
    page.add_script_tag(path=SCRIPT)
    counted, total, heard = page.locator("#a-count"), page.locator("[data-total]"), page.locator("[role=status]")
    answer = page.locator("#a")

    for one in VECTORS:
        answer.evaluate(
            "(field, text) => Object.defineProperty(field, 'value', {get: () => text, configurable: true})", one["text"]
        )
        answer.dispatch_event("input")
        assert counted.text_content().partition(" ")[0] == str(one["length"]), one["what"]
        assert total.text_content().partition(" ")[0] == str(one["length"] + len("left")), one["what"]
    answer.evaluate("field => { delete field.value; }")

    answer.fill("ten letter")
    assert counted.text_content() == "10 of 10 characters"
    assert answer.get_attribute("aria-describedby") == "a-help a-count"
    assert answer.get_attribute("aria-invalid") == "false"
    assert total.text_content() == heard.text_content() == "14 characters: too long, at most 12 are possible"
    answer.fill("ten letters")
    assert counted.text_content() == "11 characters: too long, at most 10 are possible"
    assert counted.get_attribute("class") == "field-error"
    assert answer.get_attribute("aria-invalid") == "true"
    assert heard.text_content() == counted.text_content()
    answer.fill("short")
    assert heard.text_content() == "9 of 12 characters"
    answer.fill("shorter")
    assert heard.text_content() == "9 of 12 characters", "not with every letter"
    page.locator("#b").fill("more")
    assert page.locator("#b").get_attribute("aria-invalid") == "true", "what the node refused stays so"
    page.locator("#c").fill("counted by nobody")
    assert total.text_content() == "11 of 12 characters"
    page.close()
