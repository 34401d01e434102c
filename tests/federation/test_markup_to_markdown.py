"""HTML that a program sends becomes Markdown that says the same, whatever stands in it."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.markdown import render
from federation.markup_to_markdown import to_markdown
from federation.sanitising import clean_html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Hello <em>world</em> and <strong>all</strong></p><p>again</p>", "Hello *world* and **all**\n\nagain"),
        ("<ul><li>one</li><li>two<ul><li>deeper</li></ul></li></ul>", "- one\n- two\n  - deeper"),
        ("<ol><li><p>one</p><p>more</p></li><li>two</li></ol>", "1. one\n\n   more\n2. two"),
        ("<h2>Title</h2><blockquote><p>said</p></blockquote><hr>", "## Title\n\n> said\n\n---"),
        ('<p><a href="https://a.test/x_y?(z)">there</a></p>', "[there](https://a.test/x_y?%28z%29)"),
        ("<pre><code>a &lt; b\n\n  c</code></pre>", "```\na < b\n\n  c\n```"),
        ("<p>one<br>two</p>", "one\\\ntwo"),
        ("<p>1. no list, # no title, * no star_</p>", "1\\. no list, # no title, \\* no star\\_"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_markup_becomes_the_markdown_that_one_would_write(html: str, markdown: str) -> None:
    assert to_markdown(clean_html(html)) == markdown


def words(html: str) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", html)))


@given(st.text(alphabet=st.sampled_from("ab1.)#*_-+`~[]()<>&!|\\ \n\t=>"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_text_is_never_taken_for_signs(text: str) -> None:
    html = clean_html("<p>" + text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "</p>")

    assert words(render(to_markdown(html))) == words(html)


ENDED = ["p", "ul", "ol", "li", "blockquote", "em", "h3", "pre"]
PIECES = st.sampled_from(
    [f"<{name}>" for name in ENDED]
    + [f"</{name}>" for name in ENDED]
    + ["<br>", "<hr>", "word ", "x", "<a href='https://a.test/'>", "</a>"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_markup_is_written_and_keeps_its_words(html: str) -> None:
    cleaned = clean_html(html)

    assert words(render(to_markdown(cleaned))) == words(cleaned)
