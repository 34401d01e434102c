"""Which URLs and addresses are connected to: rows N01, N02, N06, N07, N08 of the adversarial table."""

from contextlib import suppress
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from federation.addresses import is_allowed_address, vet_url
from federation.errors import Forbidden

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

REFUSED_ADDRESSES = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.1.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2001:1ff::1",
    "2002:7f00:1::",
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff::1",
    "5f00::1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
]

PUBLIC_ADDRESSES = [
    "1.1.1.1",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "192.0.1.1",
    "::ffff:1.1.1.1",
    "2606:4700::1111",
    "2a01:4f8::1",
    "2001:200::1",
]


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_address_that_is_not_public_is_refused(address):
    assert not is_allowed_address(address, allowed_networks=())


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_public_address_is_allowed(address):
    assert is_allowed_address(address, allowed_networks=())


@pytest.mark.parametrize("address", ["", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "1.1.1.1 "])
def test_what_is_no_address_is_refused(address):
    assert not is_allowed_address(address, allowed_networks=LOOPBACK)


def test_allowed_network_opens_itself_and_nothing_else():
    assert is_allowed_address("127.0.0.1", allowed_networks=LOOPBACK)
    assert is_allowed_address("::1", allowed_networks=LOOPBACK)
    assert is_allowed_address("::ffff:127.0.0.1", allowed_networks=LOOPBACK)
    assert not is_allowed_address("10.0.0.1", allowed_networks=LOOPBACK)
    assert not is_allowed_address("169.254.169.254", allowed_networks=LOOPBACK)


@pytest.mark.parametrize("address", [address for address in REFUSED_ADDRESSES if "%" not in address])
def test_url_with_a_literal_address_that_is_not_public_is_refused(address):
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Forbidden):
        vet_url(f"https://{host}/", allowed_networks=())


REFUSED_URLS = {
    "decimal address": "https://2130706433/",
    "octal address": "https://0177.0.0.1/",
    "hexadecimal address": "https://0x7f000001/",
    "hexadecimal part": "https://127.0.0.0x1/",
    "short address": "https://127.1/",
    "zero": "https://0/",
    "circled digits": "https://①②⑦.⓪.⓪.①/",
    "full-width digits": "https://１２７.0.0.1/",
    "ideographic full stop": "https://127。0。0。1/",
    "trailing dot": "https://a.example./",
    "trailing dot on an address": "https://127.0.0.1./",
    "localhost": "https://localhost/",
    "upper case localhost": "https://LOCALHOST/",
    "under localhost": "https://a.localhost/",
    "local": "https://printer.local/",
    "internal": "https://metadata.google.internal/",
    "one label": "https://intranet/",
    "http": "http://a.example/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://a.example/",
    "data": "data:text/plain,x",
    "javascript": "javascript:alert(1)",
    "relative": "//a.example/",
    "no scheme": "a.example/",
    "port 22": "https://a.example:22/",
    "port 80": "https://a.example:80/",
    "port 6379": "https://a.example:6379/",
    "port 8080": "https://a.example:8080/",
    "port 0": "https://a.example:0/",
    "port 65536": "https://a.example:65536/",
    "port of letters": "https://a.example:x/",
    "negative port": "https://a.example:-443/",
    "userinfo": "https://a@127.0.0.1/",
    "userinfo with public host": "https://user:word@a.example/",
    "empty userinfo": "https://@a.example/",
    "backslash and at": "https://127.0.0.1\\@a.example/",
    "backslash": "https://a.example\\b/",
    "percent NUL": "https://a.example%00.b.example/",
    "percent dot": "https://a%2eexample/",
    "NUL": "https://a.example\x00/",
    "tab": "https://a.exa\tmple/",
    "newline": "https://a.example/\nHost: b",
    "leading space": " https://a.example/",
    "no-break space": "https://a.example/\xa0",
    "line separator": "https://a.example/\u2028",
    "hash and at": "https://a.example#@127.0.0.1/",
    "question mark and at": "https://a.example?@127.0.0.1/",
    "IPv6 zone": "https://[fe80::1%25eth0]/",
    "IPv6 and a name": "https://[2606:4700::1111]a.example/",
    "unclosed bracket": "https://[::1/",
    "not IPv6": "https://[a.example]/",
    "no host": "https:///x",
    "empty": "",
    "only a scheme": "https://",
    "empty label": "https://a..example/",
    "label with a dash at its end": "https://a-.example/",
    "long label": "https://" + "a" * 64 + ".example/",
    "long name": "https://" + "a." * 130 + "example/",
    "bad punycode": "https://xn--a.example/",
    "other IDNA": "https://xn--127-.example/",
    "slash by NFKC": "https://a.example\u2044b.example/",
    "bidi in the host": "https://a\u202eb.example/",
    "too long": "https://a.example/" + "a" * 2048,
}


@pytest.mark.parametrize("url", REFUSED_URLS.values(), ids=REFUSED_URLS.keys())
def test_url_is_refused(url):
    with pytest.raises(Forbidden):
        vet_url(url, allowed_networks=())


@pytest.mark.parametrize(
    ("url", "rebuilt"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://A.Example:443/Users/x?y=1&z=%2F#main-key", "https://a.example/Users/x?y=1&z=%2F"),
        ("https://a.example:/x", "https://a.example/x"),
        ("https://a.example/@alice", "https://a.example/@alice"),
        ("https://a.example/x#@b.example/", "https://a.example/x"),
        ("https://münchen.example/é", "https://xn--mnchen-3ya.example/%C3%A9"),
        ("https://xn--mnchen-3ya.example/", "https://xn--mnchen-3ya.example/"),
        ("https://1.1.1.1/", "https://1.1.1.1/"),
        ("https://[2606:4700::1111]/x", "https://[2606:4700::1111]/x"),
        ("https://a_b.example/", "https://a_b.example/"),
    ],
)
def test_url_is_rebuilt(url, rebuilt):
    assert vet_url(url, allowed_networks=()) == rebuilt


@pytest.mark.parametrize(
    ("url", "rebuilt"),
    [
        ("http://127.0.0.1:8001/x", "http://127.0.0.1:8001/x"),
        ("http://localhost:8001/x", "http://localhost:8001/x"),
        ("http://a.test:80/", "http://a.test/"),
        ("https://[::1]:8443/", "https://[::1]:8443/"),
    ],
)
def test_development_networks_open_http_ports_and_private_names(url, rebuilt):
    assert vet_url(url, allowed_networks=LOOPBACK) == rebuilt


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://a.test:0/", "http://2130706433/", "file:///etc/passwd", "http://u@127.0.0.1/"]
)
def test_development_networks_open_nothing_else(url):
    with pytest.raises(Forbidden):
        vet_url(url, allowed_networks=LOOPBACK)


@given(st.text(max_size=60))
def test_any_path_is_refused_or_requested_as_vetted(path):
    # What is signed and compared is what goes over the wire: requests must not spell the vetted URL anew.
    try:
        url = vet_url("https://a.example/" + path, allowed_networks=())
    except Forbidden:
        return
    assert url.startswith("https://a.example/")
    assert vet_url(url, allowed_networks=()) == url
    assert requests.Request("GET", url).prepare().url == url


@given(st.text(max_size=80))
def test_any_text_is_refused_or_names_one_host_to_both_parsers(text):
    with suppress(Forbidden):
        url = vet_url("https://" + text, allowed_networks=())
        assert url.startswith("https://")
        assert parse_url(url).host in (urlsplit(url).hostname, f"[{urlsplit(url).hostname}]")
