"""Others' documents: what an id may be, how it may stand in a header, and which keywords of JSON-LD are refused."""

import pytest

from federation.activities import MAX_IRI, Document, header_form, is_web_iri, refuse_keywords
from federation.errors import Malformed

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


SMUGGLED = [{"@graph": []}, {"@included": []}, {"@reverse": {}}, {"@id": f"{BASE}1"}, {"@type": "Note"}]
VALUE = {"type": "sec:multibase", "@value": "z6Mk"}


@pytest.mark.parametrize(
    "part",
    [
        *SMUGGLED,
        {**VALUE, "id": f"{BASE}1"},
        {**VALUE, "name": "more than a value"},
        {"@value": {"@graph": []}},
        {"@value": ["z6Mk"]},
        {"@value": "z6Mk", "type": {"id": f"{BASE}1"}},
        {"@list": ["z6Mk"]},
    ],
    ids=str,
)
def test_keywords_of_json_ld_are_refused_wherever_they_stand(part: Document) -> None:
    for document in (part, {"object": {"attachment": [part]}}):
        with pytest.raises(Malformed):
            refuse_keywords(document)


def test_plain_value_is_let_pass_as_fedify_embeds_keys() -> None:
    key = {"type": "sec:Multikey", "sec:publicKeyMultibase": VALUE}

    refuse_keywords({"@context": {"@version": 1.1}, "object": {"actor": {"sec:assertionMethod": [key]}}})
    refuse_keywords({"name": {"@value": "Bonsoir", "@language": "fr"}})
