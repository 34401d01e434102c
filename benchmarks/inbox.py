"""Letters per second of one sender: accepted by the inbox, then opened by the worker, on one thread and SQLite."""

import json
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from measure import BASE_URL, node, per_second, show
from sqlalchemy import text

from actors import followers, local, remote
from actors.database import BIND, session
from federation import keys
from federation.activities import CONTENT_TYPE, PUBLIC
from federation.signatures import Signer, sign
from inboxes import opening

COUNT = 500
ALICE = "http://127.0.0.1:9/users/alice"


def main() -> None:
    """Measure and print."""
    private, public = keys.generate()
    signer = Signer(f"{ALICE}#main-key", keys.load_private(private))
    with node() as app:
        introduce(app, public)
        letters = [signed(signer, number) for number in range(2 * COUNT)]
        client = app.test_client()
        queue = iter(letters)

        def accept() -> None:
            body, headers = next(queue)
            answer = client.post("/inbox", data=body, headers=headers)
            assert answer.status_code == 202, answer.data

        accepted = per_second(accept, COUNT)
        singly = opened_per_second(app, 1)
        per_second(accept, COUNT)
        together = opened_per_second(app, 20)
        signature = signer.private_key.sign(b"x", PKCS1v15(), SHA256())
        key = signer.private_key.public_key()
        verified = per_second(lambda: key.verify(signature, b"x", PKCS1v15(), SHA256()), 5000)
        committed = commits(app)
    show("letters accepted", accepted, "RSA verifications", verified)
    show("letters accepted", accepted, "commits          ", committed)
    show("letters opened, claimed singly", singly, "commits          ", committed)
    show("letters opened, claimed together", together, "commits          ", committed)
    show("letters opened, claimed together", together, "claimed singly   ", singly)


def opened_per_second(app, limit: int) -> float:
    """Open all that waits, claiming so many letters at a time, and return how many that were per second."""

    def open_all() -> None:
        with app.app_context():
            while opening.open_due(limit):
                pass

    return COUNT * per_second(open_all, 1)


def introduce(app, public: str) -> None:
    """Let one of ours follow Alice, whose key is known."""
    with app.app_context():
        document = {
            "id": ALICE,
            "type": "Person",
            "preferredUsername": "alice",
            "inbox": f"{ALICE}/inbox",
            "publicKey": {"id": f"{ALICE}#main-key", "owner": ALICE, "publicKeyPem": public},
        }
        alice = remote.remember(document)
        union = local.create("union", "organisation", "A union")
        followers.record(union, alice, iri=f"{BASE_URL}/follow", state="accepted")
        session().commit()


def signed(signer: Signer, number: int) -> tuple[bytes, dict[str, str]]:
    """Return a signed letter that carries an event."""
    event = {
        "id": f"{ALICE}/events/{number}",
        "type": "Event",
        "attributedTo": ALICE,
        "name": f"Evening {number}",
        "content": "<p>Come by.</p>" * 20,
        "startTime": "2027-01-01T18:00:00Z",
        "to": [PUBLIC],
    }
    letter = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{ALICE}/activities/{number}",
        "type": "Create",
        "actor": ALICE,
        "object": event,
    }
    body = json.dumps(letter).encode()
    headers = sign(signer, "POST", f"{BASE_URL}/inbox", body, now=datetime.now(UTC))
    return body, {**headers, "Content-Type": CONTENT_TYPE}


def commits(app) -> float:
    """Return how many durable commits of one row the same database makes per second."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engines[BIND]
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE raw (n INTEGER)"))

        def commit() -> None:
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO raw VALUES (1)"))

        return per_second(commit, 500)


if __name__ == "__main__":
    main()
