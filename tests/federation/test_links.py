"""Links to the ActivityStreams form of a page: read from headers and heads of pages, whatever these hold, quickly."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.activities import is_web_iri
from federation.discovery import lrdd_template
from federation.links import MAX_HTML, MAX_LINKS, alternate_of_header, alternate_of_html

BASE = "https://a.example/@alice"
TYPE = 'type="application/activity+json"'


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f'</x>; rel="alternate"; {TYPE}', "https://a.example/x"),
        (f"<x>;rel=alternate;{TYPE}", "https://a.example/x"),
        (f'</f>; rel="alternate"; type="text/calendar", </x>; rel="me ALTERNATE"; {TYPE}', "https://a.example/x"),
        (f'</f>; title="a, <b>; \\" c"; rel=me, <https://b.example/x>; rel="alternate"; {TYPE}', "https://b.example/x"),
        (f'</x>; rel="me"; {TYPE}', None),
        (f'</x>; rel="alternate"; rel="me"; {TYPE}', "https://a.example/x"),
        (f'</x>; rel="me"; rel="alternate"; {TYPE}', None),
        (f'<javascript:x>; rel="alternate"; {TYPE}', None),
        (f'<>; rel="alternate"; {TYPE}', None),
        (f'</x; rel="alternate"; {TYPE}', None),
        ("", None),
    ],
)
def test_alternate_of_a_header(header, found):
    assert alternate_of_header(header, BASE) == found


def test_links_are_read_up_to_a_number():
    many = ", ".join(["</f>; rel=me"] * MAX_LINKS)
    assert alternate_of_header(f'{many}, </x>; rel="alternate"; {TYPE}', BASE) is None
    html = "<link rel=me href=/f>" * MAX_LINKS + f'<link rel="alternate" {TYPE} href="/x">'
    assert alternate_of_html(html.encode(), BASE) is None
    assert alternate_of_html(html.encode()[len("<link rel=me href=/f>") :], BASE) == "https://a.example/x"


def test_page_is_read_up_to_a_length():
    link = f'<link rel="alternate" {TYPE} href="/x">'.encode()
    assert alternate_of_html(b" " * (MAX_HTML - len(link)) + link, BASE) == "https://a.example/x"
    assert alternate_of_html(b" " * (MAX_HTML - len(link) + 1) + link, BASE) is None


@given(st.binary(max_size=400) | st.text(alphabet="<>link rel=alternate'\"href/;!-\x00 ", max_size=400).map(str.encode))
def test_any_bytes_give_an_address_or_none(data):
    for found in (alternate_of_html(data, BASE), alternate_of_header(data.decode("latin-1"), BASE)):
        assert found is None or is_web_iri(found)
    assert lrdd_template(data) is None or is_web_iri(str(lrdd_template(data)).replace("{uri}", ""))


@pytest.mark.parametrize(
    "piece", ["<a ", "<link ", "<link a=", "<!--", "<link a='", "</a ", "<link x x x ", "<![", "&#", ">;"]
)
def test_hostile_page_takes_no_time(piece):
    """Fedify CVE-2025-68475; `html.parser` needs minutes for some of these."""
    data = (piece * (1_000_000 // len(piece))).encode()
    began = time.process_time()
    alternate_of_html(data, BASE)
    alternate_of_header(data.decode(), BASE)
    lrdd_template(data)
    assert time.process_time() - began < 2
