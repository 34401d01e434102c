"""One valid request of each scheme, and exactly one thing wrong with it at a time (`protocol.md` §1.5).

Every mutation is sent to both inboxes: 401, or 400 where it cannot be read; no row, and no request but the fetch of
the key that the letter names.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.fediverse import RemoteActor
from tests.inboxes.letters import INBOXES, UNION, Draft, cavage, digest, imf_date, nothing_written, rfc9421
from tests.inboxes.test_receiving import fresh_rates

Make = Callable[..., Draft]
Mutation = Callable[[Make, RemoteActor, str, datetime], Draft]
CREATED = "(request-target) host (created) digest content-type"
OTHER = {"/inbox": "/actors/union/inbox", "/actors/union/inbox": "/inbox"}
COMPONENTS = ('"@method"', '"@target-uri"', '"content-digest"')


def by_date(alice: RemoteActor, target: str, now: datetime, **more: object) -> Draft:
    """As Mastodon signs."""
    return cavage(alice, alice.activity("Follow", UNION), target, now, **more)


def by_created(alice: RemoteActor, target: str, now: datetime, *, created: object = None, **more: object) -> Draft:
    """`hs2019` with `(created)` in place of a date, and `(expires)`."""
    stamp = int(now.timestamp()) if created is None else created
    settings = {"covered": CREATED, "algorithm": "hs2019", "extra": f"created={stamp},"}
    settings |= {"special": {"(created)": stamp}, "date": None}
    return cavage(alice, alice.activity("Follow", UNION), target, now, **settings | more)


def by_rfc9421(alice: RemoteActor, target: str, now: datetime, **more: object) -> Draft:
    """As Mastodon from 4.5 on and Fedify read it."""
    return rfc9421(alice, alice.activity("Follow", UNION), target, now, **more)


SCHEMES: dict[str, Make] = {"date": by_date, "created": by_created, "rfc9421": by_rfc9421}


def after(**headers: str | None) -> Mutation:
    """Change headers after signing."""
    return lambda make, alice, target, now: make(alice, target, now).but(**headers)


def rewritten(header: str, old: str, new: str) -> Mutation:
    """Change a piece of a header after signing."""
    return lambda make, alice, target, now: make(alice, target, now).rewritten(header, old, new)


def signing(**more: object) -> Mutation:
    """Sign something else, correctly."""
    return lambda make, alice, target, now: make(alice, target, now, **more)


def other_path(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    return replace(make(alice, target, now), target=OTHER[target])


def other_query(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    return replace(make(alice, f"{target}?a=1", now), target=f"{target}?a=2")


def other_byte(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    draft = make(alice, target, now)
    return replace(draft, body=draft.body.replace(b"Follow", b"Fallow"))


def longer_body(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    draft = make(alice, target, now)
    return replace(draft, body=draft.body + b" ")


def a_second_later(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    return make(alice, target, now).but(date=imf_date(now + timedelta(seconds=1)))


def created_a_second_later(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    stamp = int(now.timestamp())
    draft = make(alice, target, now)
    header = "Signature-Input" if "Signature-Input" in draft.headers else "Signature"
    return draft.rewritten(header, f"created={stamp}", f"created={stamp + 1}")


def in_another_order(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    return make(alice, target, now).rewritten("Signature", "(request-target) host", "host (request-target)")


def with_the_signature_of(cut: Callable[[str], str]) -> Mutation:
    """Spoil the signature's value."""

    def mutate(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
        draft = make(alice, target, now)
        marks = (":", ":") if "Signature-Input" in draft.headers else ('signature="', '"')
        head, _, rest = draft.headers["Signature"].partition(marks[0])
        value = rest.rpartition(marks[1])[0]
        return draft.but(signature=f"{head}{marks[0]}{cut(value)}{marks[1]}")

    return mutate


def key_of_bob(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    bob = alice.fediverse.actor("bob", "a.test", "bob")
    header = "Signature-Input" if make is by_rfc9421 else "Signature"
    return make(alice, target, now).rewritten(header, alice.key_id, bob.key_id)


def at(moment: timedelta) -> Mutation:
    """Sign at another time."""

    def mutate(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
        return make(alice, target, now + moment)

    return mutate


def expires(seconds: int) -> Mutation:
    """Let the signature expire so many seconds from now, itself correctly covered."""

    def mutate(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
        stamp = int(now.timestamp()) + seconds
        if make is by_rfc9421:
            return make(alice, target, now, more=f";expires={stamp}")
        created = int(now.timestamp())
        return make(
            alice,
            target,
            now,
            covered=CREATED + " (expires)",
            algorithm="hs2019",
            extra=f"created={created},expires={stamp},",
            special={"(created)": created, "(expires)": stamp},
        )

    return mutate


def expires_before_created(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    """Both in the future that the clocks' difference allows."""
    created, ends = int(now.timestamp()) + 600, int(now.timestamp()) + 300
    if make is by_rfc9421:
        return make(alice, target, now, created=created, more=f";expires={ends}")
    return make(
        alice,
        target,
        now,
        covered=CREATED + " (expires)",
        algorithm="hs2019",
        extra=f"created={created},expires={ends},",
        special={"(created)": created, "(expires)": ends},
    )


def twice(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    """Two headers of one name, as every WSGI server joins them."""
    draft = make(alice, target, now)
    return draft.but(signature=f"{draft.headers['Signature']},{draft.headers['Signature']}")


def second_label(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    one, two = make(alice, target, now), make(alice, target, now, label="sig2")
    return one.but(
        signature_input=f"{one.headers['Signature-Input']}, {two.headers['Signature-Input']}",
        signature=f"{one.headers['Signature']}, {two.headers['Signature']}",
    )


def label_without_its_signature(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    return make(alice, target, now).rewritten("Signature-Input", "sig1=", "sig2=")


CAVAGE = ("date", "created")
BOTH = ("date", "created", "rfc9421")


def signed_for_put(make: Make, alice: RemoteActor, target: str, now: datetime) -> Draft:
    stamp = int(now.timestamp())
    return make(alice, target, now, special={"(request-target)": f"put {target}", "(created)": stamp})


MUTATIONS: dict[str, tuple[tuple[str, ...], Mutation, int]] = {
    "path": (BOTH, other_path, 401),
    "query": (BOTH, other_query, 401),
    "method": (CAVAGE, signed_for_put, 401),
    "method in the base": (("rfc9421",), signing(special={'"@method"': "PUT"}), 401),
    "host": (BOTH, after(host="b.test"), 400),
    "host empty": (BOTH, after(host=""), 400),
    "host signed as another": (CAVAGE, lambda m, a, t, n: m(a, t, n, host="b.test").but(host="localhost"), 401),
    "host in the target": (("rfc9421",), signing(base_url="http://b.test"), 401),
    "scheme in the target": (("rfc9421",), signing(base_url="https://localhost"), 401),
    "date": (("date",), a_second_later, 401),
    "created": (("created", "rfc9421"), created_a_second_later, 401),
    "digest value": (CAVAGE, after(digest=f"SHA-256={digest(b'other')}"), 401),
    "digest of nothing": (CAVAGE, after(digest="SHA-256="), 400),
    "content-digest value": (("rfc9421",), after(content_digest=f"sha-256=:{digest(b'other')}:"), 401),
    "digest name": (CAVAGE, rewritten("Digest", "SHA-256", "SHA-512"), 401),
    "content-digest name": (("rfc9421",), rewritten("Content-Digest", "sha-256", "sha-512"), 401),
    "body byte": (BOTH, other_byte, 401),
    "body longer": (BOTH, longer_body, 401),
    "content-type": (
        CAVAGE,
        after(content_type='application/ld+json; profile="https://www.w3.org/ns/activitystreams"'),
        401,
    ),
    "order": (CAVAGE, in_another_order, 401),
    "without digest": (CAVAGE, after(digest=None), 401),
    "without content-type": (CAVAGE, after(content_type=None), 415),
    "without date": (("date",), after(date=None), 401),
    "without content-digest": (("rfc9421",), after(content_digest=None), 401),
    "target not covered": (("date",), signing(covered="host date digest"), 401),
    "host not covered": (("date",), signing(covered="(request-target) date digest"), 401),
    "time not covered": (("date",), signing(covered="(request-target) host digest"), 401),
    "digest not covered": (("date",), signing(covered="(request-target) host date"), 401),
    "created not covered": (("created",), signing(covered="(request-target) host digest"), 401),
    "method not covered": (("rfc9421",), signing(components=COMPONENTS[1:]), 401),
    "target uri not covered": (("rfc9421",), signing(components=COMPONENTS[::2]), 401),
    "content-digest not covered": (("rfc9421",), signing(components=COMPONENTS[:2]), 401),
    "signature twice": (CAVAGE, twice, 400),
    "keyId twice": (CAVAGE, rewritten("Signature", "keyId=", 'keyId="x",keyId='), 400),
    "key of another": (BOTH, key_of_bob, 401),
    "too old": (BOTH, at(-timedelta(minutes=66)), 401),
    "too early": (BOTH, at(timedelta(minutes=66)), 401),
    "expired": (BOTH, expires(-1), 401),
    "expires before created": (BOTH, expires_before_created, 401),
    "created a fraction": (("created", "rfc9421"), signing(created="1.5"), 400),
    "created a word": (("created", "rfc9421"), signing(created='"now"'), 400),
    "base64 with a space": (BOTH, with_the_signature_of(lambda value: f"{value[:8]} {value[8:]}"), 400),
    "base64 truncated": (BOTH, with_the_signature_of(lambda value: value[:-4]), 401),
    "base64 half a group": (BOTH, with_the_signature_of(lambda value: value[:-3]), 400),
    "no value": (CAVAGE, with_the_signature_of(lambda value: ""), 400),
    "no value in RFC 9421": (("rfc9421",), with_the_signature_of(lambda value: ""), 401),
    "label none": (CAVAGE, signing(algorithm="none"), 401),
    "label hmac": (CAVAGE, signing(algorithm="hmac-sha256"), 401),
    "label of another key": (("rfc9421",), signing(more=';alg="ed25519"'), 401),
    "label hmac in RFC 9421": (("rfc9421",), signing(more=';alg="hmac-sha256"'), 401),
    "rsa-sha256 with created": (("created",), signing(algorithm="rsa-sha256"), 401),
    "second label": (("rfc9421",), second_label, 401),
    "label without signature": (("rfc9421",), label_without_its_signature, 401),
    "nothing covered": (CAVAGE, signing(covered=""), 401),
    "no component": (("rfc9421",), signing(components=()), 401),
    "unknown header": (CAVAGE, signing(covered=CREATED.replace("(created)", "date") + " x-none"), 401),
    "unknown component": (("rfc9421",), signing(components=(*COMPONENTS, '"@nothing"')), 401),
    "absent header": (("rfc9421",), signing(components=(*COMPONENTS, '"x-none"')), 401),
    **{
        f"parameter {name}": (("rfc9421",), signing(components=(*COMPONENTS, f'"content-type";{name}')), 401)
        for name in ("req", "sf", "bs", "tr", 'key="a"')
    },
    "query-param": (("rfc9421",), signing(components=(*COMPONENTS, '"@query-param";name="a"')), 401),
    "no signature": (CAVAGE, after(signature=None), 401),
    "no signature in RFC 9421": (("rfc9421",), after(signature=None), 401),
    "no input": (("rfc9421",), after(signature_input=None), 400),
}


CASES = [(scheme, name) for name, (schemes, _, _) in MUTATIONS.items() for scheme in schemes]


@pytest.mark.parametrize("target", INBOXES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_request_is_taken_as_it_is(app, client, clock, fediverse, scheme, target):
    alice = fediverse.actor("alice", "a.test")

    assert SCHEMES[scheme](alice, target, clock()).send(client).status_code == 202


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("scheme", "name"), CASES)
def test_request_with_one_thing_changed_is_refused(app, client, clock, fediverse, scheme, name):
    _, mutate, status = MUTATIONS[name]
    for target in INBOXES:
        alice = fediverse.actor("alice", "a.test")
        fresh_rates(app)
        with nothing_written(app, fediverse, fetches=1):
            assert mutate(SCHEMES[scheme], alice, target, clock()).send(client).status_code == status
