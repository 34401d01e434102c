"""What members write in Markdown becomes HTML that is fit to send."""

import time

import pytest

from federation.markdown import render


def test_common_marks_and_tables_are_rendered() -> None:
    html = render("A **b** *c* `d`\n\n- one\n- two\n\n|h|i|\n|-|-|\n|1|2|\n\n> said")
    for part in ("<strong>b</strong>", "<em>c</em>", "<code>d</code>", "<li>one</li>", "<td>2</td>", "<blockquote>"):
        assert part in html


def test_the_highest_heading_becomes_the_second_level_and_the_others_follow() -> None:
    assert render("# A\n\n## B\n\n##### C") == "<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>"


def test_headings_that_are_low_enough_stay() -> None:
    assert render("### A\n\n#### B") == "<h3>A</h3>\n<h4>B</h4>"


def test_html_in_markdown_is_shown_as_text() -> None:
    assert render("<script>alert(1)</script> <b>x</b>") == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;x&lt;/b&gt;</p>"
    )


@pytest.mark.parametrize("link", ["[x](javascript:alert(1))", "[x](data:text/html,1)", "<javascript:alert(1)>"])
def test_a_dangerous_link_is_no_link(link: str) -> None:
    assert "<a" not in render(link)


def test_an_image_becomes_a_link_with_its_description() -> None:
    html = render("![The poster](https://a.test/p.png)")
    assert "<img" not in html
    assert '<a href="https://a.test/p.png"' in html
    assert ">The poster</a>" in html


@pytest.mark.parametrize("bomb", [">" * 100_000, "[" * 100_000, "![" * 50_000, "*a " * 33_000, "[a](" * 25_000])
def test_hostile_markdown_takes_bounded_time(bomb: str) -> None:
    before = time.process_time()
    render(bomb)
    assert time.process_time() - before < 10.0
