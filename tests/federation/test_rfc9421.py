"""RFC 9421 signatures: one valid request, then one thing changed at a time; rows S01 to S34 that concern it."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from http_message_signatures import MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from hypothesis import given
from hypothesis import strategies as st

from federation import keys
from federation.errors import BadSignature, Malformed
from federation.signatures import Received, Signer, check, key_id_of, sign, verify
from federation.signatures.rfc9421 import Message, Verifier

KEYS = Path(__file__).parents[1] / "keys"
ALICE = keys.load_private((KEYS / "alice.pem").read_text())
MALLORY = keys.load_private((KEYS / "mallory.pem").read_text())
KEY_ID = "https://a.test/alice#main-key"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
BODY = b'{"type":"Create"}'
POST = '"@method" "@target-uri" "content-digest"'
GET = '"@method" "@target-uri"'
PARAMETERS = f';created={SECONDS};keyid="{KEY_ID}"'


def digest(body: bytes = BODY, name: str = "sha-256") -> str:
    code = base64.b64encode(hashlib.new(name.replace("-", ""), body).digest()).decode()
    return f"{name}=:{code}:"


def raw_signature(key, text: bytes) -> bytes:
    return key.sign(text) if isinstance(key, Ed25519PrivateKey) else key.sign(text, PKCS1v15(), hashes.SHA256())


def signed(
    covered=POST,
    *,
    key=ALICE,
    method="POST",
    target="/ap/inbox?page=1",
    body=BODY,
    parameters=PARAMETERS,
    label="sig1",
    lines=None,
    raw=raw_signature,
    **headers,
):
    """Return a request with a signature made here, over exactly the components in `covered`."""
    values = {"host": "us.test", "date": "Sat, 21 Nov 2026 12:00:00 GMT", "content-type": "application/activity+json"}
    values |= {"content-digest": digest(body)} if body else {}
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    values = {name: value for name, value in values.items() if value is not None}
    known = {
        "@method": method,
        "@target-uri": f"https://us.test{target}",
        "@authority": "us.test",
        "@path": target.partition("?")[0],
        **values,
        **(lines or {}),
    }
    base = [f"{name}: {known[name.partition(';')[0].strip(chr(34))]}" for name in covered.split()]
    text = "\n".join([*base, f'"@signature-params": ({covered}){parameters}']).encode()
    signature = {
        "signature-input": f"{label}=({covered}){parameters}",
        "signature": f"{label}=:{base64.b64encode(raw(key, text)).decode()}:",
    }
    return Received(method, target, {**values, **signature}, body, "https://us.test")


def changed(received: Received, **headers) -> Received:
    """Return the request with headers replaced after signing; None removes one."""
    values = {**received.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return replace(received, headers={name: value for name, value in values.items() if value is not None})


def accepted(received: Received, key=ALICE, now=NOW) -> None:
    assert check(received, now=now) == key_id_of(received) == KEY_ID
    verify(received, key.public_key(), now=now)


def refused(received: Received, error=BadSignature, key=ALICE, now=NOW) -> None:
    """The error is exactly this one: a 400 tells peers not to knock again, a 401 to do so."""
    with pytest.raises(error) as caught:
        verify(received, key.public_key(), now=now)
    assert type(caught.value) is error


def refused_before_the_key(received: Received, error=BadSignature) -> None:
    """Refused without any key, so that nothing is fetched for it."""
    refused(received, error)
    with pytest.raises(error):
        check(received, now=NOW)


# what is accepted


def test_post_as_mastodon_signs_is_accepted():
    accepted(signed())


def test_post_as_fedify_signs_is_accepted():
    accepted(
        signed(
            '"@method" "@target-uri" "@authority" "host" "date" "content-digest"',
            parameters=f';alg="rsa-v1_5-sha256";keyid="{KEY_ID}";created={SECONDS}',
        )
    )


def test_get_is_accepted():
    accepted(signed(GET, method="GET", body=b""))


def test_expires_ahead_is_accepted():
    accepted(signed(parameters=f"{PARAMETERS};expires={SECONDS + 300}"))


@pytest.mark.parametrize("seconds", [-64 * 60, 64 * 60])
def test_created_inside_the_window_is_accepted(seconds):
    accepted(signed(parameters=f';created={SECONDS + seconds};keyid="{KEY_ID}"'))


def test_ed25519_key_is_accepted_without_alg_or_with_its_own():
    key = Ed25519PrivateKey.generate()
    accepted(signed(key=key), key)
    accepted(signed(key=key, parameters=f'{PARAMETERS};alg="ed25519"'), key)


def test_second_digest_that_is_right_or_unknown_is_accepted():
    accepted(signed(content_digest=f"{digest(name='sha-512')}, {digest()}"))
    accepted(signed(content_digest=f"{digest()}, unknown=:AAAA:"))


def test_absolute_form_target_of_ours_is_reduced():
    accepted(replace(signed(), target="https://us.test/ap/inbox?page=1"))


# one change after signing


def test_other_method_is_refused():
    refused(replace(signed(), method="PUT"))
    refused(replace(signed(), method="post"))


@pytest.mark.parametrize("target", ["/ap/outbox?page=1", "/ap/inbox?page=2", "/ap/inbox", "/ap/%69nbox?page=1", "/|"])
def test_other_target_is_refused(target):
    refused(replace(signed(), target=target))


def test_target_uri_is_of_the_configured_scheme():
    refused(replace(signed(), base_url="http://us.test"))


def test_signed_for_another_host_is_refused():
    refused(signed(lines={"@target-uri": "https://b.test/ap/inbox?page=1"}))


@pytest.mark.parametrize("host", [None, "", "b.test", "us.test,us.test"])
def test_host_that_is_not_ours_is_malformed(host):
    refused_before_the_key(changed(signed(), host=host), Malformed)


@pytest.mark.parametrize("target", ["https://b.test/ap/inbox?page=1", "*", "", "/ap/inbox?page=1#x"])
def test_target_for_another_authority_or_of_another_form_is_malformed(target):
    refused_before_the_key(replace(signed(), target=target), Malformed)


def test_another_key_is_refused():
    refused(signed(key=MALLORY))


def test_body_changed_is_refused():
    refused_before_the_key(replace(signed(), body=b"{}"))


def test_body_and_digest_changed_is_refused():
    refused(changed(replace(signed(), body=b"{}"), content_digest=digest(b"{}")))


def test_covered_header_changed_is_refused():
    refused(changed(signed(POST + ' "date"'), date="Sat, 21 Nov 2026 12:00:01 GMT"))


def test_covered_header_removed_is_refused():
    refused(changed(signed(POST + ' "date"'), date=None))


def test_parameters_changed_are_refused():
    received = signed()
    for old, new in (
        (f"{SECONDS}", f"{SECONDS + 1}"),
        (KEY_ID, "https://m.test/m#main-key"),
        ("keyid", 'nonce="1";keyid'),
    ):
        value = received.headers["signature-input"].replace(old, new)
        assert value != received.headers["signature-input"]
        refused(changed(received, signature_input=value))


def test_order_of_components_changed_is_refused():
    received = signed()
    value = received.headers["signature-input"].replace('"@method" "@target-uri"', '"@target-uri" "@method"')
    refused(changed(received, signature_input=value))


# what must be covered


@pytest.mark.parametrize("name", ['"@method"', '"@target-uri"', '"content-digest"'])
def test_component_left_out_is_refused(name):
    refused_before_the_key(signed(" ".join(part for part in POST.split() if part != name)))


@pytest.mark.parametrize("name", ['"@method"', '"@target-uri"'])
def test_component_left_out_of_a_get_is_refused(name):
    covered = " ".join(part for part in GET.split() if part != name)
    refused_before_the_key(signed(covered, method="GET", body=b""))


def test_path_and_authority_do_not_replace_the_target_uri():
    refused_before_the_key(signed('"@method" "@authority" "@path" "content-digest"'))


def test_get_with_a_body_needs_a_digest():
    refused_before_the_key(signed(GET, method="GET"))


def test_post_without_a_body_needs_a_digest():
    refused_before_the_key(signed(GET, body=b""))


def test_empty_list_of_components_is_refused():
    refused_before_the_key(signed(""))


def test_component_twice_is_refused():
    refused(signed(POST + ' "@method"'))


@pytest.mark.parametrize("name", ['"@unknown"', '"x-unknown"', '"@status"', '"@signature-params"', '"@query-param"'])
def test_component_that_is_unknown_is_refused(name):
    refused(signed(f"{POST} {name}", lines={name.strip('"'): "x"}))


def test_component_in_capitals_is_refused():
    refused(signed(POST + ' "Date"', lines={"Date": "Sat, 21 Nov 2026 12:00:00 GMT"}))


@pytest.mark.parametrize("parameter", ["sf", "bs", "req", "tr", 'key="sha-256"', "unknown"])
@pytest.mark.parametrize("place", ["required", "further"])
def test_component_with_parameters_is_refused(parameter, place):
    covered = f'{GET} "content-digest";{parameter}' if place == "required" else f'{POST} "date";{parameter}'
    refused_before_the_key(signed(covered))


def test_query_parameter_is_refused():
    refused_before_the_key(signed(POST + ' "@query-param";name="page"', lines={"@query-param": "1"}))


# digests


def test_covered_digest_that_is_absent_is_refused():
    refused(changed(signed(), content_digest=None))


def test_two_digests_of_which_one_is_wrong_are_refused():
    refused_before_the_key(signed(content_digest=f"{digest()}, {digest(b'x', 'sha-512')}"))
    refused_before_the_key(signed(content_digest=f"{digest(b'x')}, {digest(name='sha-512')}"))


def test_digest_of_another_algorithm_alone_is_refused():
    refused_before_the_key(signed(content_digest=digest(name="sha-512")))
    refused_before_the_key(signed(content_digest="unknown=:AAAA:"))


@pytest.mark.parametrize(
    "value",
    [
        "garbage=",
        digest()[:-1],
        "sha-256=abc",
        'sha-256="abc"',
        "sha-256=1",
        "sha-256",
        "sha-256=(:AAAA:)",
        "sha-256=:A A:",
        f"{digest(b'x')}, {digest()}",
        "sha-256=:é:",
        ",",
        digest().replace("=:", "=").rstrip(":"),
    ],
)
def test_malformed_digest_is_malformed(value):
    refused_before_the_key(changed(signed(), content_digest=value), Malformed)


def test_digest_that_is_not_covered_is_still_checked():
    received = signed(GET, method="GET", body=b"")
    accepted(changed(received, content_digest=digest(b"")))
    refused_before_the_key(changed(received, content_digest=digest(b"x")))


# time


@pytest.mark.parametrize("created", [SECONDS + 7200, SECONDS + 3960, SECONDS - 3960, 0, -1, 10**14])
def test_created_outside_the_window_is_refused(created):
    refused_before_the_key(signed(parameters=f';created={created};keyid="{KEY_ID}"'))


def test_signature_without_created_is_refused():
    refused_before_the_key(signed(parameters=f';keyid="{KEY_ID}"'))


@pytest.mark.parametrize(
    "created", ["1e30", '"abc"', f"{SECONDS}.5", f'"{SECONDS}"', "?1", f"@{SECONDS}", "9" * 16, ""]
)
@pytest.mark.parametrize("name", ["created", "expires"])
def test_time_that_is_no_integer_is_malformed(name, created):
    other = f";created={SECONDS}" if name == "expires" else ""
    refused_before_the_key(signed(parameters=f'{other};{name}={created};keyid="{KEY_ID}"'), Malformed)


def test_expired_signature_is_refused():
    refused_before_the_key(signed(parameters=f';created={SECONDS - 60};keyid="{KEY_ID}";expires={SECONDS - 1}'))


def test_expiry_before_creation_is_refused():
    refused_before_the_key(signed(parameters=f';created={SECONDS + 600};keyid="{KEY_ID}";expires={SECONDS + 300}'))


# the headers themselves


@pytest.mark.parametrize(
    "alg", ["none", "hmac-sha256", "rsa-sha1", "rsa-pss-sha512", "ecdsa-p256-sha256", "ed25519", ""]
)
def test_label_that_is_not_of_the_key_is_refused(alg):
    refused(signed(parameters=f'{PARAMETERS};alg="{alg}"'))


def test_hmac_with_the_public_key_as_secret_is_refused():
    def code(_, text: bytes) -> bytes:
        return hmac.digest((KEYS / "alice.public.pem").read_bytes(), text, "sha256")

    refused(signed(raw=code))
    refused(signed(raw=code, parameters=f'{PARAMETERS};alg="hmac-sha256"'))


def test_signature_by_another_algorithm_of_the_same_key_is_refused():
    refused(signed(raw=lambda key, text: key.sign(text, PSS(MGF1(hashes.SHA512()), 64), hashes.SHA512())))
    refused(signed(raw=lambda key, text: key.sign(text, PKCS1v15(), hashes.SHA512())))


def test_truncated_signature_is_refused():
    refused(signed(raw=lambda key, text: raw_signature(key, text)[:-1]))
    refused(signed(raw=lambda key, text: raw_signature(key, text) + b"\x00"))
    refused(signed(raw=lambda key, text: b""))


def test_second_signature_is_refused():
    received, other = signed(), signed(label="sig2")
    both = {name: f"{received.headers[name]}, {other.headers[name]}" for name in ("signature-input", "signature")}
    refused_before_the_key(replace(received, headers={**received.headers, **both}))
    refused_before_the_key(replace(received, headers={**received.headers, "signature": both["signature"]}))


def test_label_that_occurs_twice_is_malformed():
    received = signed()
    for name in ("signature-input", "signature"):
        value = f"{received.headers[name]}, {received.headers[name]}"
        refused_before_the_key(replace(received, headers={**received.headers, name: value}), Malformed)


def test_labels_that_differ_are_refused():
    refused_before_the_key(changed(signed(), signature=signed(label="sig2").headers["signature"]))


def test_signature_header_that_is_missing_is_refused():
    refused_before_the_key(changed(signed(), signature=None))


@pytest.mark.parametrize(
    "value",
    [
        "garbage=",
        "sig1",
        "sig1=1",
        f"sig1=1{PARAMETERS}",
        f"sig1=(){PARAMETERS}x=",
        "sig1=(@method)",
        'sig1=("@method"',
        "é",
        "\x00",
        'sig1=("")' + PARAMETERS,
        "sig1=(1)" + PARAMETERS,
        f"sig1=({POST});created={SECONDS}",
        f"sig1=({POST});keyid=1",
        f"sig1=({POST}){PARAMETERS};nonce=" + '"' + "a" * 9000 + '"',
    ],
)
def test_signature_input_that_cannot_be_read_is_malformed(value):
    refused_before_the_key(changed(signed(), signature_input=value), Malformed)


@pytest.mark.parametrize(
    "value", ["sig1=:A A:", "sig1=:AAAA", "sig1=AAAA", 'sig1="AAAA"', "sig1=(:AAAA:)", f"sig1=:{'A' * 1_000_000}:", "é"]
)
def test_signature_that_cannot_be_read_is_malformed(value):
    refused_before_the_key(changed(signed(), signature=value), Malformed)


@pytest.mark.parametrize("key_id", ["acct:alice@a.test", "x", "https://a.test/" + "a" * 2048])
def test_key_id_that_is_no_web_address_is_malformed(key_id):
    received = signed(parameters=f';created={SECONDS};keyid="{key_id}"')
    for ask in (key_id_of, lambda received: check(received, now=NOW)):
        with pytest.raises(Malformed):
            ask(received)


def test_unknown_signature_parameter_is_refused():
    refused(signed(parameters=f'{PARAMETERS};unknown="1"'))


def test_failing_signature_is_not_tried_as_cavage():
    headers = sign(Signer(KEY_ID, ALICE), "POST", "https://us.test/ap/inbox?page=1", BODY, now=NOW)
    cavage = replace(signed(), headers={name.lower(): value for name, value in headers.items()})
    verify(cavage, ALICE.public_key(), now=NOW)
    refused_before_the_key(changed(cavage, signature_input=signed().headers["signature-input"]), Malformed)
    refused_before_the_key(changed(cavage, signature_input=""), Malformed)


HEADER_VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*signed().headers.values(), 'sig1=("@method";sf)', f"sig1=(){PARAMETERS}", "sig1=:AAAA:"]),
    st.builds(lambda inside, after: f"sig1=({inside}){after}", st.text(max_size=20), st.text(max_size=20)),
    st.builds(lambda name: f'sig1=({POST} "{name}"){PARAMETERS}', st.text(max_size=10)),
)


@given(
    st.dictionaries(st.sampled_from(["signature", "signature-input", "host", "content-digest", "date"]), HEADER_VALUES),
    st.text(max_size=20),
    st.text(max_size=5),
    st.binary(max_size=5),
)
def test_nothing_that_comes_in_raises_anything_else(headers, target, method, body):
    received = Received(method, "/" + target, {**signed().headers, **headers}, body, "https://us.test")
    with pytest.raises((Malformed, BadSignature)):
        verify(received, MALLORY.public_key(), now=NOW)


# what we sign


def sent(headers: dict[str, str], method="POST", body=BODY) -> Received:
    values = {name.lower(): value for name, value in headers.items()}
    return Received(method, "/ap/inbox?page=1", values, body, "https://us.test")


def test_post_that_we_sign_is_verified_and_is_the_profile_of_mastodon():
    headers = sign(Signer(KEY_ID, ALICE), "POST", "https://us.test/ap/inbox?page=1", BODY, now=NOW, scheme="rfc9421")
    assert set(headers) == {"Host", "Date", "Content-Type", "Content-Digest", "Signature-Input", "Signature"}
    assert headers["Content-Digest"] == digest()
    assert headers["Signature-Input"] == f"sig1=({POST}){PARAMETERS}"
    assert headers["Signature"] == signed().headers["signature"]
    accepted(sent(headers))


def test_get_that_we_sign_is_verified():
    headers = sign(Signer(KEY_ID, ALICE), "GET", "https://us.test/ap/inbox?page=1", None, now=NOW, scheme="rfc9421")
    assert set(headers) == {"Host", "Date", "Signature-Input", "Signature"}
    accepted(sent(headers, "GET", b""))


# RFC 9421, appendix B.2.6, with the key of B.1.4

B26_KEY = keys.load_public(
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
    "-----END PUBLIC KEY-----\n"
)
B26_HEADERS = {
    "host": "example.com",
    "date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "content-type": "application/json",
    "content-length": "18",
    "signature-input": 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"',
    "signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
}


def test_vector_b26_verifies_in_the_library_and_is_refused_by_our_profile():
    resolver = MappingKeyResolver(public_keys={"test-key-ed25519": B26_KEY}, private_keys={})
    message = Message("POST", "https://example.com/foo?param=Value&Pet=dog", B26_HEADERS)
    verifier = Verifier(signature_algorithm=ED25519, key_resolver=resolver)
    assert len(verifier.verify(message, max_age=None)) == 1
    received = Received("POST", "/foo?param=Value&Pet=dog", B26_HEADERS, b'{"hello": "world"}', "https://example.com")
    with pytest.raises(BadSignature, match="too little"):
        verify(received, B26_KEY, now=datetime.fromtimestamp(1618884473, UTC))
