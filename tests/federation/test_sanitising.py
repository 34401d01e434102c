"""What strangers write must be harmless, readable and bounded before it is stored."""

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as lxml_html

from federation.markup import ALLOWED, MAX_DEPTH
from federation.sanitising import (
    LINK_REL,
    clean_html,
    clean_text,
    clean_url,
    displayed_host,
    text_of_html,
    without_controls,
)

BIDI = "\u202e\u202d\u202a\u202b\u202c\u2066\u2067\u2068\u2069"

FRAGMENTS = [
    *(f"<{name}>" for name in sorted(ALLOWED | {"h1", "section", "font", "svg"}) if name != "a"),
    *(f"</{name}>" for name in sorted(ALLOWED)),
    *("<a href=http://a.test>", "<a>", "x", " ", "\n", "&lt;", "&amp;", "&nbsp;", "<", "\u0301"),
]


def _elements(html: str) -> list[lxml_html.HtmlElement]:
    return list(lxml_html.fragment_fromstring(html, create_parent="main").iterdescendants())


def _assert_harmless(html: str) -> None:
    """Read it as a browser would, and look at what is really there."""
    for element in _elements(html):
        assert element.tag in ALLOWED
        if element.tag == "a":
            assert set(element.attrib) == {"href", "rel"}
            assert element.get("href").split(":")[0].lower() in {"http", "https", "mailto"}
            assert element.get("rel") == LINK_REL
        else:
            assert not element.attrib


class TestHtml:
    @pytest.mark.parametrize(
        "hostile",
        [
            "<script>alert(1)</script>",
            "<scr<script>ipt>alert(1)</script>",
            "<SCRIPT\nsrc=//evil.test>",
            "<p onerror=alert(1) onclick='x' style=color:red class=a id=b>text</p>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
            "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
            "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
            "<style>@import '//evil.test'</style>",
            "<iframe src=//evil.test></iframe>",
            "<a href=javascript:alert(1)>x</a>",
            "<a href='java&#10;script:alert(1)'>x</a>",
            "<a href='&#x6A;avascript&colon;alert(1)'>x</a>",
            "<a href=' \x01javascript:alert(1)'>x</a>",
            "<a href='JaVaScRiPt:alert(1)'>x</a>",
            "<a href=data:text/html;base64,PHNjcmlwdD4=>x</a>",
            "<a href=vbscript:x>x</a>",
            "<a href=/relative>x</a>",
            "<a href=//host-less.test>x</a>",
            "<a href='https://user:password@evil.test/'>x</a>",
            "<a href='https://ok.test/' title='\"><script>alert(1)</script>'>x</a>",
            "<a href='https://ok.test/\" onmouseover=\"alert(1)'>x</a>",
            "<!--><img src=x onerror=alert(1)>-->",
            "<![CDATA[<img src=x onerror=alert(1)>]]>",
            '<p title="</p><img src=x onerror=alert(1)>">',
            '<b a="<" <i onclick=x>text',
            "<p><a href=https://ok.test",
            "<base href=//evil.test><meta http-equiv=refresh content='0;url=//evil.test'><link rel=stylesheet href=x>",
            "<template><img src=x onerror=alert(1)></template>",
        ],
    )
    def test_hostile_html_keeps_only_allowed_elements_and_safe_links(self, hostile: str) -> None:
        cleaned = clean_html("<p>before</p>" + hostile)
        _assert_harmless(cleaned)
        assert "before" in cleaned
        assert "alert(1)</script" not in cleaned

    @given(st.text(alphabet="<>/\"'= abpiult!-&;#x:\x00\u202e\ud800", max_size=200))
    @example("<a href=http://a.b><p><a href=http://a.b>")
    def test_random_markup_is_harmless_and_clean_html_does_not_change_its_own_output(self, text: str) -> None:
        once = clean_html(text)
        _assert_harmless(once)
        assert clean_html(once) == once

    @given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
    @example("<dt><table><dt>")
    @example("<pre>\n\n")
    def test_misnested_elements_are_put_in_order_once_and_for_all(self, html: str) -> None:
        once = clean_html(html)
        _assert_harmless(once)
        assert clean_html(once) == once

    def test_what_began_outside_of_a_cell_does_not_end_inside_of_it(self) -> None:
        table = "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
        assert clean_html(f"<div>{table.replace('a</td>', 'a</div></td>')}</div>") == f"<div>{table}</div>"

    def test_rows_and_cells_without_end_tags_are_read(self) -> None:
        cleaned = clean_html("<table><tr><th>h<td>a<tr><td>b</table>after")
        assert cleaned == "<table><tbody><tr><th>h</th><td>a</td></tr><tr><td>b</td></tr></tbody></table>after"

    def test_the_elements_of_a_publication_survive(self) -> None:
        publication = (
            "<h2>Programme</h2><p>A<br>B <strong>c</strong> <em>d</em> <code>e</code></p><ul><li>one</li></ul>"
            "<ol><li>two</li></ol><blockquote><p>said</p></blockquote><pre>as is</pre><hr>"
            "<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>v</td></tr></tbody></table>"
        )
        assert clean_html(publication) == publication

    def test_links_to_web_and_mail_keep_their_address(self) -> None:
        cleaned = clean_html(
            '<a href="https://a.test/?x=1&amp;y=2">w</a> <a class="u-url" href="mailto:a@b.test">m</a>'
        )
        assert [element.get("href") for element in _elements(cleaned)] == ["https://a.test/?x=1&y=2", "mailto:a@b.test"]

    def test_a_dropped_link_keeps_its_text(self) -> None:
        assert clean_html("<p>read <a href=javascript:x>this</a></p>") == "<p>read this</p>"

    def test_headings_stay_below_the_title_of_the_page(self) -> None:
        assert clean_html("<h1>a</h1><h6>b</h6>") == "<h2>a</h2><h4>b</h4>"

    def test_unclosed_paragraphs_and_items_are_closed_where_a_browser_closes_them(self) -> None:
        assert clean_html("<p>a<p>b<ul><li>c<li>d</ul>") == "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>"

    def test_a_smaller_than_sign_is_kept_as_text(self) -> None:
        assert clean_html("<p>3 < 4 and I <3 you</p>") == "<p>3 &lt; 4 and I &lt;3 you</p>"

    def test_controls_and_bidi_overrides_are_removed_even_as_references(self) -> None:
        cleaned = clean_html(f"<p>a\x00\x1b{BIDI}b&#x202e;&#x2066;&#7;c\ud800</p>")
        assert cleaned == "<p>abc</p>"

    def test_a_tower_of_combining_marks_is_cut_in_html_too(self) -> None:
        assert len(clean_html("<p>Z" + "&#769;" * 500 + "o</p>")) < 20

    @pytest.mark.parametrize(
        "bomb",
        [
            "<b>" * 100_000,
            "<div>" * 20_000,
            "<ul><li>" * 12_500,
            "<p>" + "".join(f"<b a={number}>" for number in range(5_000)) + "<p>x" * 5_000,
            "<a href=https://a.test/><table><td>" * 3_000,
            "<!--" * 25_000,
            "<a " * 33_000,
            "<" * 100_000,
            "<a href" + " " * 90_000 + ">",
            "<p>e" + "\u0301\u0316" * 50_000,
        ],
        ids=["b", "div", "ul", "formatting", "table", "comment", "unfinished", "smaller", "href", "marks"],
    )
    def test_a_bomb_takes_bounded_time_and_space(self, bomb: str) -> None:
        before = time.process_time()
        cleaned = clean_html(bomb)
        assert time.process_time() - before < 2.0
        assert len(cleaned) < 1_000_000
        text_of_html(bomb, limit=500)
        clean_text(bomb, limit=200)
        assert time.process_time() - before < 4.0

    def test_nesting_is_cut_and_the_text_kept(self) -> None:
        cleaned = clean_html("<blockquote>" * 500 + "deep")
        assert cleaned.count("<blockquote>") == MAX_DEPTH
        assert "deep" in cleaned

    def test_only_the_first_characters_up_to_the_limit_are_read(self) -> None:
        assert clean_html("<p>" + "a" * 50, limit=13) == "<p>" + "a" * 10 + "</p>"


class TestText:
    @pytest.mark.parametrize("value", [None, 3, ["a"], {"en": "a"}, True, b"a"])
    def test_what_is_not_text_becomes_empty(self, value: object) -> None:
        assert clean_text(value, limit=10) == ""

    def test_html_in_a_plain_field_loses_its_tags(self) -> None:
        assert clean_text("<p>Tom &amp; <b>Léa</b></p><script>alert(1)</script>", limit=50) == "Tom & Léa"

    @pytest.mark.parametrize("text", ["a <3 b", "1 < 2 > 0", "AT&T", "AT&amp;T", "x <- y"])
    def test_text_that_only_looks_a_little_like_html_is_kept(self, text: str) -> None:
        assert clean_text(text, limit=50) == text

    def test_split_tags_leave_no_tag_behind(self) -> None:
        assert "<" not in clean_text("<scr<b>ipt>alert(1)</scr</b>ipt>", limit=100)

    def test_white_space_and_line_ends_fold_to_one_space(self) -> None:
        assert clean_text(" a\r\nSUMMARY:b\t\u2028\u00a0c \x0b", limit=50) == "a SUMMARY:b c"

    def test_bidi_controls_and_zero_width_characters_are_removed(self) -> None:
        assert (
            clean_text(f"a{BIDI}\u200b\u200e\u200f\ufeff\u2060\u00adb\x00\x07\ud800\uffff\U000e0041", limit=50) == "ab"
        )

    def test_joiners_are_removed_where_they_join_nothing(self) -> None:
        assert clean_text("pay\u200dpal\u200c", limit=50) == "paypal"

    @pytest.mark.parametrize("text", ["👩\u200d🌾", "می\u200cخواهم", "क्\u200dष"])
    def test_joiners_that_shape_letters_and_emoji_are_kept(self, text: str) -> None:
        assert clean_text(text, limit=50) == text

    def test_a_tower_of_combining_marks_is_cut(self) -> None:
        cleaned = clean_text("Z" + "\u0301\u0316" * 500 + "o", limit=2000)
        assert len(cleaned) < 10
        assert cleaned.endswith("o")

    def test_decomposed_letters_are_composed(self) -> None:
        assert clean_text("e\u0301te\u0301 Vie\u0323\u0302t", limit=50) == "été Việt"

    @given(st.text(max_size=300), st.integers(0, 60))
    @example("👩\u200d🌾", 2)
    @example("<i>Use &lt;b&gt; x</i>", 60)
    def test_clean_text_is_short_storable_and_does_not_change_its_own_output(self, text: str, limit: int) -> None:
        once = clean_text(text, limit=limit)
        assert len(once) <= limit
        assert clean_text(once, limit=limit) == once
        assert not {unicodedata.category(character) for character in once} & {"Cc", "Cs"}

    def test_line_ends_become_one_character(self) -> None:
        assert without_controls("a\r\nb\rc\x85d\u2028e") == "a\nb\nc\nd\ne"


class TestAddresses:
    @pytest.mark.parametrize(
        "value",
        ["https://a.test/x?y#z", "http://127.0.0.1:8000/", "HTTPS://A.test", "https://é.test/é", "http://[::1]:80/"],
    )
    def test_an_address_on_the_web_is_kept_as_it_is(self, value: str) -> None:
        assert clean_url(f" {value}\n") == value

    @pytest.mark.parametrize(
        "value",
        [
            None,
            7,
            {},
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://a.test/",
            "/relative",
            "//a.test/",
            "https://",
            "https:///path",
            "https://user@a.test/",
            "https://user:password@a.test/",
            "https://a.test/\x00",
            "https://a.test/\x9f",
            "https://a.test/a b",
            "https://a.test/\r\nSet-Cookie: x",
            "https://a.test/\u202egpj.exe",
            "https://a\u200b.test/",
            "https://a.test:99999/",
            "https://a.test\\@b.test/",
            "https://<b>/",
            "https://a%00.test/",
            "http://[::1/",
            "https://a.test/" + "x" * 2048,
        ],
    )
    def test_anything_else_is_dropped(self, value: object) -> None:
        assert clean_url(value) is None

    @pytest.mark.parametrize(
        ("iri", "host"),
        [
            ("https://Node-A.example/actors/x", "node-a.example"),
            ("https://аpple.com/", "xn--pple-43d.com"),
            ("https://faß.test/", "xn--fa-hia.test"),
            ("https://a.test:8443/", "a.test:8443"),
            ("http://[::1]:8000/", "[::1]:8000"),
            ("http://[::1", ""),
        ],
    )
    def test_a_host_is_shown_in_full_and_in_ascii(self, iri: str, host: str) -> None:
        assert displayed_host(iri) == host


def test_no_character_that_xml_refuses_or_that_reorders_hides_among_others() -> None:
    refused = [
        character
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) == "Cs"
        or (unicodedata.category(character) == "Cc" and character not in "\t\n\r\x85")
        or (ord(character) & 0xFFFE) == 0xFFFE
        or character in BIDI
    ]
    assert len(refused) > 2_100
    for character in refused:
        assert without_controls(f"é{character}\xa0é\n") == "é\xa0é\n"


@pytest.mark.parametrize("space", [" ", "\t", "\xa0", "\u2003", "\n \n", "&#160; "])
def test_white_space_between_and_around_elements_is_one_space(space: str) -> None:
    html = f"<p>{space}one{space}<b>two</b>{space}{space}<i>{space}</i>three{space}</p>"
    assert text_of_html(html, limit=100) == "one two three"
    assert text_of_html(f"<b>a</b>{space}<b>b</b><b>c</b>", limit=100) == "a bc"


class TestTextOfHtml:
    def test_paragraphs_lists_and_breaks_can_be_read(self) -> None:
        html = "<h2>Title</h2><p>One &amp;\n two<br>three</p><ul><li>a<li>b</ul><p>end</p><script>x</script>"
        assert text_of_html(html, limit=200) == "Title\n\nOne & two\nthree\n\n– a\n– b\n\nend"

    def test_words_in_different_blocks_and_cells_do_not_run_together(self) -> None:
        text = text_of_html("<div>a</div><div>b</div><table><tr><td>c</td><td>d</td></tr></table>", limit=200)
        assert text.split() == ["a", "b", "c", "d"]

    def test_the_text_is_cut_to_the_limit(self) -> None:
        assert text_of_html("<p>" + "word " * 100, limit=12) == "word word wo"

    def test_controls_given_as_references_are_removed(self) -> None:
        assert text_of_html("a&#x202e;b&#1;c", limit=20) == "abc"


def test_the_beginning_of_a_text_is_the_same_however_little_of_it_is_read() -> None:
    html = "<p>a\u0301\u0301\u0301\u0301\u0301\u0301 &amp; b</p>\n \n<ul><li>one <br> two</li><li> é’…</li></ul>" * 40
    whole = text_of_html(html, limit=100_000)
    for limit in range(1, 200):
        assert text_of_html(html, limit=limit) == whole[:limit].rstrip()
