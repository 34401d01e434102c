"""Fedify finds our actors and what they publish, by every address that people paste, and reads them as meant."""

import pytest

from federation.activities import PUBLIC
from tests.interop.board import CONTENTS, NOW, publish


def test_organisation_is_found_by_handle_by_id_and_by_page(node, fedify):
    iri = node.add_actor("readable")
    host = f"127.0.0.1:{node.port}"

    by_handle = fedify.lookup(f"@readable@{host}")

    assert by_handle["type"] == "Group"
    assert by_handle["id"] == iri
    assert (by_handle["name"], by_handle["preferredUsername"]) == ("Readable", "readable")
    assert by_handle["url"] == f"{node.base_url}/@readable"
    assert by_handle["inboxId"] == f"{iri}/inbox"
    assert by_handle["sharedInbox"] == f"{node.base_url}/inbox"
    assert (by_handle["outboxId"], by_handle["followersId"]) == (f"{iri}/outbox", f"{iri}/followers")
    assert by_handle["followingId"] == f"{iri}/following"
    assert by_handle["manuallyApprovesFollowers"] is False
    assert by_handle["keys"] == [{"id": f"{iri}#main-key", "owner": iri}]
    assert fedify.lookup(iri) == by_handle
    assert fedify.lookup(f"{node.base_url}/@readable") == by_handle
    assert fedify.lookup(f"acct:readable@{host}") == by_handle


def test_node_itself_is_found_as_an_application(node, fedify):
    found = fedify.lookup(f"@relay@127.0.0.1:{node.port}", signed=True)

    assert (found["type"], found["id"]) == ("Application", f"{node.base_url}/actors/relay")
    assert found["url"] == f"{node.base_url}/"
    assert found["keys"] == [{"id": f"{found['id']}#main-key", "owner": found["id"]}]


def test_nobody_is_not_found(node, fedify):
    assert fedify.lookup(f"@nobody@127.0.0.1:{node.port}") is None
    assert fedify.lookup(f"{node.base_url}/actors/nobody") is None


@pytest.mark.parametrize(
    ("kind", "as2_type"), [("call", "Article"), ("event", "Event"), ("initiative", "Article")], ids=str
)
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
def test_publication_is_found_by_its_id_and_read(node, fedify, kind, as2_type, signed):
    handle = f"reads_{kind}_{signed:d}"
    author = node.add_actor(handle)
    content = CONTENTS[kind](NOW)
    iri = publish(node, handle, content)

    found = fedify.lookup(iri, signed=signed)

    assert (found["type"], found["id"], found["name"]) == (as2_type, iri, content.name)
    assert found["attributionId"] == author
    assert found["toIds"] == [PUBLIC]
    assert found["ccIds"] == [f"{author}/followers"]
    assert found["url"].startswith(f"{node.base_url}/@{handle}/")
    assert found["summary"] == content.summary
    assert content.source.split()[0] in found["content"]
    assert ["Link", found["attachments"][0][1]] in found["attachments"]
    if content.ends_at is not None:
        assert moment(found["endTime"]) == content.ends_at.timestamp()
    if kind == "event":
        assert moment(found["startTime"]) == content.starts_at.timestamp()


def moment(text):
    """Return seconds since the epoch for what Temporal writes."""
    return type(NOW).fromisoformat(text).timestamp()
