"""Which keys an actor's document lists, in the forms that peers write."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import keys, multikey
from federation.actor_keys import MAX_KEYS, ListedKey, listed_ids, listed_keys, with_key
from tests.federation.test_keys import KEYS

ALICE = "https://a.test/alice"
MAIN = f"{ALICE}#main-key"
PEM = (KEYS / "alice.public.pem").read_text()
ED25519 = Ed25519PrivateKey.generate().public_key()
RSA = keys.load_public(PEM)
PUBLIC_KEY = {"id": MAIN, "owner": ALICE, "publicKeyPem": PEM}
MULTIKEY = multikey.describe(f"{ALICE}#ed25519-key", ALICE, ED25519)


def actor(**more):
    return {"id": ALICE, "type": "Person", **more}


def test_both_lists_are_read():
    assert listed_keys(actor(publicKey=PUBLIC_KEY, assertionMethod=[MULTIKEY])) == [
        ListedKey(MAIN, PEM, assertion=False),
        ListedKey(MULTIKEY["id"], keys.pem_of(ED25519), assertion=True),
    ]


def test_actor_without_keys_lists_none():
    assert listed_keys(actor()) == []
    assert listed_ids(actor()) == set()


def test_owner_may_be_an_object_or_left_out():
    embedded = {**PUBLIC_KEY, "owner": {"id": ALICE}}
    unnamed = {"id": f"{ALICE}#other", "publicKeyPem": PEM}
    assert [key.iri for key in listed_keys(actor(publicKey=[embedded, unnamed]))] == [MAIN, f"{ALICE}#other"]


def test_multikey_in_fedifys_spelling_is_read():
    spelled = {**MULTIKEY, "publicKeyMultibase": {"type": "sec:multibase", "@value": MULTIKEY["publicKeyMultibase"]}}
    assert [key.iri for key in listed_keys(actor(assertionMethod=spelled))] == [MULTIKEY["id"]]


NOT_READ = [
    MAIN,
    7,
    None,
    {**PUBLIC_KEY, "owner": f"{ALICE}2"},
    {**PUBLIC_KEY, "id": "not an address"},
    {**PUBLIC_KEY, "id": 7},
    {"id": MAIN, "owner": ALICE},
    {**PUBLIC_KEY, "publicKeyPem": [PEM]},
    {**MULTIKEY, "controller": f"{ALICE}2"},
    {**MULTIKEY, "type": "Ed25519VerificationKey2020"},
    {**MULTIKEY, "publicKeyMultibase": "zzz"},
    {**MULTIKEY, "publicKeyMultibase": {"@value": 7}},
    {**MULTIKEY, "id": "ed25519-key"},
]


@pytest.mark.parametrize("key", NOT_READ)
def test_what_is_no_key_of_the_actor_is_left_out(key):
    other = {**PUBLIC_KEY, "id": f"{ALICE}#good"}
    good = multikey.describe(f"{ALICE}#better", ALICE, ED25519)
    found = listed_keys(actor(publicKey=[key, other], assertionMethod=[key, good]))
    assert [one.iri for one in found] == [f"{ALICE}#good", f"{ALICE}#better"]


def test_first_of_two_texts_under_one_id_counts():
    other = (KEYS / "bob.public.pem").read_text()
    found = listed_keys(actor(publicKey=[PUBLIC_KEY, {**PUBLIC_KEY, "publicKeyPem": other}]))
    assert found == [ListedKey(MAIN, PEM, assertion=False)]


def test_one_key_in_both_lists_is_one_that_vouches():
    both = actor(publicKey=PUBLIC_KEY, assertionMethod=multikey.describe(MAIN, ALICE, RSA))
    assert listed_keys(both) == [ListedKey(MAIN, keys.pem_of(RSA), assertion=True)]


@pytest.mark.parametrize("pem", [(KEYS / "bob.public.pem").read_text(), "no key"])
def test_two_keys_under_one_id_are_the_one_of_public_key(pem):
    both = actor(publicKey={**PUBLIC_KEY, "publicKeyPem": pem}, assertionMethod=multikey.describe(MAIN, ALICE, RSA))
    assert listed_keys(both) == [ListedKey(MAIN, pem, assertion=False)]


def test_no_more_than_ten_of_each_are_read():
    many = [{**PUBLIC_KEY, "id": f"{ALICE}#{number}"} for number in range(MAX_KEYS + 1)]
    multikeys = [{**MULTIKEY, "id": f"{ALICE}#m{number}"} for number in range(MAX_KEYS + 1)]
    document = actor(publicKey=many, assertionMethod=multikeys)
    expected = [f"{ALICE}#{number}" for number in range(10)] + [f"{ALICE}#m{number}" for number in range(10)]
    assert [key.iri for key in listed_keys(document)] == expected
    assert listed_ids(document) == set(expected)


def test_ids_are_read_of_references_too():
    document = actor(publicKey=[MAIN, {"id": f"{ALICE}#2"}, 7], assertionMethod=[f"{ALICE}#3", MULTIKEY])
    assert listed_ids(document) == {MAIN, f"{ALICE}#2", f"{ALICE}#3", MULTIKEY["id"]}


def test_key_of_a_document_of_its_own_takes_the_place_of_its_reference():
    document = actor(publicKey=[f"{ALICE}#2", MAIN], assertionMethod=MULTIKEY["id"])
    assert with_key(document, PUBLIC_KEY) == actor(publicKey=[PUBLIC_KEY, f"{ALICE}#2"], assertionMethod=MULTIKEY["id"])
    assert with_key(document, MULTIKEY) == actor(publicKey=[f"{ALICE}#2", MAIN], assertionMethod=[MULTIKEY])
