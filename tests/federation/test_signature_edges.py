"""What leaves us, to the letter: some peers compare it so, and what we verify leniently we must sign strictly."""

import base64
import hashlib
import time
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from federation import keys
from federation.errors import BadSignature, Malformed
from federation.signatures import Received, Signed, Signer, check, key_id_of, sign, verify
from federation.signatures.cavage import signing_string
from federation.signatures.digests import digest_of
from federation.signatures.freshness import check_created, check_moment, http_date
from tests.federation.test_keys import KEYS

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY_ID = "https://us.test/actors/union#main-key"
ALICE = keys.load_private((KEYS / "alice.pem").read_text())
SIGNER = Signer(KEY_ID, ALICE)
BODY = b'{"type":"Create"}'


def signature_over(headers: dict[str, str], lines: list[tuple[str, str]]) -> None:
    """Fail unless the signature is over exactly these lines."""
    value = base64.b64decode(headers["Signature"].partition('signature="')[2].rstrip('"'))
    ALICE.public_key().verify(value, signing_string(lines), PKCS1v15(), SHA256())


def test_digest_is_written_as_every_peer_reads_it():
    """Lemmy and Misskey look for `SHA-256=` in capitals."""
    assert digest_of(BODY) == "SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()).decode()


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.test/users/alice?page=1&x=2", "get /users/alice?page=1&x=2"),
        ("https://a.test/users/alice", "get /users/alice"),
        ("https://a.test", "get /"),
        ("https://a.test?page=1", "get /?page=1"),
    ],
)
def test_query_is_signed(url, target):
    headers = sign(SIGNER, "GET", url, None, now=NOW)
    lines = [("(request-target)", target), ("host", "a.test"), ("date", "Sat, 21 Nov 2026 12:00:00 GMT")]
    signature_over(headers, lines)
    with pytest.raises(InvalidSignature):
        signature_over(headers, [("(request-target)", target + "&"), *lines[1:]])


def test_cavage_is_the_way_unless_another_is_asked_for():
    headers = sign(SIGNER, "POST", "https://a.test/inbox", BODY, now=NOW)
    assert headers["Signature"].startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="'
    )
    assert "Signature-Input" not in headers
    assert headers["Content-Type"] == "application/activity+json"


def test_rfc9421_says_nothing_of_the_algorithm():
    headers = sign(SIGNER, "POST", "https://a.test/inbox", BODY, now=NOW, scheme="rfc9421")
    assert headers["Signature-Input"] == (
        f'sig1=("@method" "@target-uri" "content-digest");created={int(NOW.timestamp())};keyid="{KEY_ID}"'
    )
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert headers["Content-Digest"] == f"sha-256=:{digest}:"


def signed_over(target: str) -> Received:
    """Return a request for a query with a question mark in it, whose signature says another target."""
    headers = sign(SIGNER, "POST", f"https://us.test{target}", BODY, now=NOW)
    lower = {name.lower(): value for name, value in headers.items()}
    return Received("POST", "/inbox?a=?b", lower, BODY, "https://us.test")


def test_target_may_leave_out_the_whole_query_and_no_part_of_it():
    verify(signed_over("/inbox?a=?b"), ALICE.public_key(), now=NOW)
    verify(signed_over("/inbox"), ALICE.public_key(), now=NOW)
    with pytest.raises(BadSignature, match="does not verify"):
        verify(signed_over("/inbox?a="), ALICE.public_key(), now=NOW)


def test_absolute_target_may_hold_another_address_in_its_query():
    request = Received("GET", "https://us.test/inbox?from=https://a.test/", {}, b"", "https://us.test")
    assert request.origin_form() == "/inbox?from=https://a.test/"


def test_absolute_target_without_a_path_is_the_root():
    assert Received("GET", "https://us.test?x=1", {}, b"", "https://us.test").origin_form() == "/?x=1"


def test_default_port_of_the_base_url_does_not_count():
    Received("GET", "/", {"host": "us.test"}, b"", "https://us.test:443").check_host()


def test_date_is_written_in_gmt_wherever_the_node_stands(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert http_date(NOW) == "Sat, 21 Nov 2026 12:00:00 GMT"
        assert http_date(NOW.astimezone(timezone(timedelta(hours=5)))) == "Sat, 21 Nov 2026 12:00:00 GMT"
    finally:
        monkeypatch.undo()
        time.tzset()


# `Signed`, which the client gives to requests


def prepared(method: str, scheme: str | None = None, **more: object) -> requests.PreparedRequest:
    way = {"scheme": scheme} if scheme else {}
    request = requests.Request(
        method, "https://a.test/inbox?x=1", auth=Signed(SIGNER, clock=lambda: NOW, **way), **more
    )
    return request.prepare()


def received(request: requests.PreparedRequest) -> Received:
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    target = urlsplit(request.url).path + "?" + urlsplit(request.url).query
    return Received(str(request.method), target, headers, body, "https://a.test")


@pytest.mark.parametrize("body", [BODY, BODY.decode()])
@pytest.mark.parametrize("scheme", ["cavage", "rfc9421", None])
def test_prepared_post_is_signed_as_it_will_be_sent(scheme, body):
    request = prepared("POST", scheme, data=body, headers={"Content-Type": "application/ld+json"})
    verify(received(request), ALICE.public_key(), now=NOW)
    assert request.headers["Content-Type"] == "application/ld+json"
    assert ("Signature-Input" in request.headers) is (scheme == "rfc9421")


def test_prepared_post_has_the_usual_type_where_it_names_none():
    request = prepared("POST", data=BODY)
    assert request.headers["Content-Type"] == "application/activity+json"
    verify(received(request), ALICE.public_key(), now=NOW)


@pytest.mark.parametrize("accept", ["application/activity+json", None])
def test_prepared_get_covers_what_it_accepts(accept):
    request = prepared("GET", headers={"Accept": accept} if accept else {})
    verify(received(request), ALICE.public_key(), now=NOW)
    covered = "(request-target) host date" + (" accept" if accept else "")
    assert f'headers="{covered}"' in request.headers["Signature"]
    assert "Digest" not in request.headers
    assert request.headers["Date"] == "Sat, 21 Nov 2026 12:00:00 GMT"


# the edges of the window


def test_window_is_sixty_five_minutes_to_the_second():
    for sign_of_time in (1, -1):
        check_moment(NOW + sign_of_time * timedelta(minutes=65), NOW)
        check_created(int((NOW + sign_of_time * timedelta(minutes=65)).timestamp()), None, NOW)
        with pytest.raises(BadSignature, match="too old or from the future"):
            check_moment(NOW + sign_of_time * timedelta(minutes=65, seconds=1), NOW)
        with pytest.raises(BadSignature, match="too old or from the future"):
            check_created(int((NOW + sign_of_time * timedelta(minutes=65, seconds=1)).timestamp()), None, NOW)


def test_signature_holds_until_the_second_in_which_it_expires():
    present = int(NOW.timestamp())
    check_created(present, present, NOW)
    check_created(None, present, NOW)
    with pytest.raises(BadSignature, match="expired"):
        check_created(present, present - 1, NOW)
    with pytest.raises(BadSignature, match="expires before"):
        check_created(present + 2, present + 1, NOW)


# what is looked at before the key


def test_checks_that_need_no_key_name_it():
    headers = {
        name.lower(): value for name, value in sign(SIGNER, "POST", "https://us.test/inbox", BODY, now=NOW).items()
    }
    request = Received("POST", "/inbox", headers, BODY, "https://us.test")
    assert check(request, now=NOW) == key_id_of(request) == KEY_ID
    with pytest.raises(BadSignature, match="too old"):
        check(request, now=NOW + timedelta(minutes=66))
    assert key_id_of(request) == KEY_ID


@pytest.mark.parametrize("key_id", ["acct:alice@a.test", "https://a.test/" + "x" * 2040])
def test_key_id_that_is_no_address_is_malformed_in_both(key_id):
    headers = sign(Signer(key_id, ALICE), "POST", "https://us.test/inbox", BODY, now=NOW)
    request = Received(
        "POST", "/inbox", {name.lower(): value for name, value in headers.items()}, BODY, "https://us.test"
    )
    for function in (key_id_of, lambda one: check(one, now=NOW)):
        with pytest.raises(Malformed):
            function(request)
