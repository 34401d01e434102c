"""Ids of others: how long one may be, and how it may stand in a header."""

import pytest

from federation.activities import MAX_IRI, header_form, is_web_iri

BASE = "https://partner.test/"


@pytest.mark.parametrize("character", ["a", "é", "事", "😀"])
def test_id_is_measured_in_the_bytes_that_an_index_has_to_hold(character: str) -> None:
    room = MAX_IRI - len(BASE)
    size = len(character.encode())
    fits = BASE + character * (room // size)

    assert is_web_iri(fits)
    assert not is_web_iri(fits + "a" * (room % size + 1))


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (f"{BASE}事/1", b"https://partner.test/%E4%BA%8B/1"),
        (
            f'{BASE}1>; rel="me", <https://evil.test/',
            b"https://partner.test/1%3E;%20rel=%22me%22%2C%20%3Chttps://evil.test/",
        ),
        (f"{BASE}a%20b?c=d&e=(f)#g", b"https://partner.test/a%20b?c=d&e=(f)#g"),
        (f"{BASE}\x7f\x85\ud800", b"https://partner.test/%7F%C2%85?"),
    ],
)
def test_id_in_a_header_is_ascii_and_ends_nowhere_before_its_end(iri: str, expected: bytes) -> None:
    assert header_form(iri).encode("ascii") == expected
