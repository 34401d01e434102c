"""One server has one name, however somebody spells it."""

import pytest

from federation.activities import host_of, is_web_iri, origin, same_origin
from federation.hosts import above, canonical

ONE = "https://xn--bcher-kva.example"


@pytest.mark.parametrize(
    "iri",
    [
        "https://bücher.example/x",
        "https://BÜCHER.example./x",
        "HTTPS://xn--BCHER-kva.example:443/x",
        "https://bu\u0308cher.example/x",
        "https://bücher\u3002example/x",
        "https://ｂücher.example:/x",
    ],
)
def test_every_spelling_of_a_host_is_one_origin(iri: str) -> None:
    assert is_web_iri(iri)
    assert origin(iri) == ONE
    assert host_of(iri) == "xn--bcher-kva.example"
    assert same_origin(iri, ONE + "/y")


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://a.test:80/", "http://a.test"),
        ("http://a.test:443/", "http://a.test:443"),
        ("https://a.test:8443/", "https://a.test:8443"),
        ("https://[0:0::1]:8443/", "https://[::1]:8443"),
        ("https://[::ffff:192.0.2.1]/", "https://192.0.2.1"),
        ("https://faß.example/", "https://xn--fa-hia.example"),
        ("https://a_b.bücher.example/", "https://a_b.xn--bcher-kva.example"),
    ],
)
def test_origins(iri: str, expected: str) -> None:
    assert is_web_iri(iri)
    assert origin(iri) == expected


@pytest.mark.parametrize(
    "iri",
    [
        "https:///x",
        "https://a..test/x",
        "https://a.test../x",
        "https://./x",
        "https://a%2etest/x",
        "https://a.test:0/x",
        "https://a.test:65536/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://[::1]a/x",
        "https://a[::1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://i\u2764.example/x",
        "https://a\u200b.test/\x7f",
        f"https://{'a' * 64}.test/x",
        f"https://{'a.' * 130}test/x",
        "https://someone@a.test/x",
        "https://a.test/\x7f",
        "https://a.test/\x80",
        "https://a.test/\x9f",
        "https://a.test/\\b",
    ],
)
def test_what_is_on_no_host_or_hides_something_is_no_id(iri: str) -> None:
    assert not is_web_iri(iri)


def test_what_has_no_origin_shares_none() -> None:
    assert not same_origin("https://a..test/x", "https://a..test/x")
    assert not same_origin("https://a.test/x", "https://a.test:x/x")


def test_names_above_a_host() -> None:
    assert above("b.a.test") == ["b.a.test", "a.test", "test"]
    assert above("192.0.2.1") == ["192.0.2.1"]
    assert above("[2001:db8::1]") == ["[2001:db8::1]"]


@pytest.mark.parametrize("host", ["", "a" * 300, "a:b", "[::1", "::1]", "1.2.3"])
def test_what_is_no_host_has_no_name(host: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical(host)
