"""Nobody is led to a place that their own server did not name, nor anywhere but to that server."""

import pytest

from federation import discovery, intents

HOST = "social.example"
VALUES = {"object": "https://ours.example/a?b=c&d", "uri": "https://ours.example/a?b=c&d", "content": "Come & see"}
FILLED = "https%3A%2F%2Fours.example%2Fa%3Fb%3Dc%26d"


def jrd(*links: tuple[str, str], home: str = HOST) -> dict[str, object]:
    own = {"rel": "self", "type": "application/activity+json", "href": f"https://{home}/users/me"}
    return {"subject": f"acct:me@{HOST}", "links": [own, *({"rel": rel, "template": one} for rel, one in links)]}


def led(intent: str, *links: tuple[str, str], home: str = HOST) -> str | None:
    return intents.address_for(jrd(*links, home=home), intent, VALUES, HOST)


SUBSCRIBE = (discovery.SUBSCRIBE, f"https://{HOST}/authorize_interaction?uri={{uri}}")
FOLLOW = (f"{intents.PREFIX}Follow", f"https://{HOST}/follow?who={{object}}&on-success={{on-success}}&x=1")


def test_the_intent_counts_before_what_came_before_intents() -> None:
    assert led("Follow", SUBSCRIBE, FOLLOW) == f"https://{HOST}/follow?who={FILLED}&on-success=&x=1"
    assert led("Follow", SUBSCRIBE) == f"https://{HOST}/authorize_interaction?uri={FILLED}"
    assert led("Object", SUBSCRIBE) == f"https://{HOST}/authorize_interaction?uri={FILLED}"
    assert led("Create", SUBSCRIBE) is None
    create = (f"{intents.PREFIX}create", f"https://{HOST}/share?text={{content}}")
    assert led("Create", create) == f"https://{HOST}/share?text=Come%20%26%20see"


def test_an_intent_may_stand_in_href_as_the_fep_has_it() -> None:
    document = jrd()
    document["links"] += [{"rel": f"{intents.PREFIX}Follow", "href": f"https://{HOST}/f?o={{object}}"}]  # type: ignore[operator]
    assert intents.address_for(document, "Follow", VALUES, HOST) == f"https://{HOST}/f?o={FILLED}"


def test_a_server_may_have_its_pages_where_its_accounts_are() -> None:
    elsewhere = (discovery.SUBSCRIBE, "https://web.social.example/i?uri={uri}")
    assert led("Follow", elsewhere, home="web.social.example") == f"https://web.social.example/i?uri={FILLED}"


@pytest.mark.parametrize(
    "template",
    [
        "https://evil.example/i?uri={uri}",
        "https://social.example@evil.example/i?uri={uri}",
        "https://{uri}/i",
        "https://social.example.evil.example/{uri}",
        "javascript:alert(1)//{uri}",
        "//social.example/{uri}",
        "https://social.example\\@evil.example/{uri}",
        "https://social.example/\n{uri}",
        "",
        "https://social.example/" + "x" * 5000,
        7,
        None,
    ],
)
def test_nobody_is_led_elsewhere(template: str) -> None:
    assert led("Follow", (discovery.SUBSCRIBE, template)) is None


@pytest.mark.parametrize("document", [{}, {"links": None}, {"links": "x"}, {"links": [None, 1, {"rel": 1}]}])
def test_any_document_is_read(document: dict[str, object]) -> None:
    assert intents.address_for(document, "Follow", VALUES, HOST) is None


def test_ours_can_be_read_by_us() -> None:
    document = {"links": intents.links_of("https://social.example/authorize_interaction?uri={uri}")}
    for intent in ("Follow", "Object"):
        found = intents.address_for(document, intent, VALUES, HOST)
        assert found == f"https://{HOST}/authorize_interaction?uri={FILLED}"
