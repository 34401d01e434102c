"""Our own actors: handles are given once, private keys open with the node's secret alone."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.models import ASSERTION, ORGANISATION, PERSON, SIGNING, ActorKey
from actors.node import node, now
from actors.secret import Secret, WrongSecret
from federation import keys
from tests.conftest import SECRET


@pytest.mark.parametrize(
    "handle", ["", "Union", "a-b", "a.b", "a b", "é", "x" * 31, "a/b", "a@b", "a\n", "\x00", "admin", "relay", "root"]
)
def test_badly_formed_or_reserved_handle_is_refused(app, handle):
    with app.app_context(), pytest.raises(local.HandleRefused):
        local.create(handle, ORGANISATION, "Somebody")


def test_handle_is_never_used_twice_even_after_deletion(app):
    with app.app_context():
        local.find("union").gone_at = now()
        session().commit()
    with app.app_context(), pytest.raises(local.HandleRefused):
        local.create("union", PERSON, "Somebody else")


def test_private_keys_lie_encrypted_and_open_with_the_secret_alone(app):
    with app.app_context():
        columns = (ActorKey.private_encrypted, ActorKey.public_pem, ActorKey.purpose)
        stored = session().execute(select(*columns)).all()
    assert len(stored) == 8
    load = {SIGNING: keys.load_private, ASSERTION: keys.load_private_ed25519}
    for private_encrypted, public_pem, purpose in stored:
        assert "PRIVATE" not in private_encrypted
        private = load[purpose](Secret(SECRET).decrypt(private_encrypted))
        assert private.public_key() == keys.load_public(public_pem)
        with pytest.raises(WrongSecret):
            Secret(SECRET + "!").decrypt(private_encrypted)


def test_keys_of_different_purposes_differ(app):
    with app.app_context():
        assert node().secret.derive("sessions") != node().secret.derive("private keys at rest")


def test_name_and_summary_are_cleaned(app):
    with app.app_context():
        actor = local.create("newcomer", ORGANISATION, "  ", summary='<p onclick="x()">Hello<script>x()</script></p>')
        assert (actor.name, actor.summary) == ("newcomer", "<p>Hello</p>")
