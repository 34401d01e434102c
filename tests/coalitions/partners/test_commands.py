"""The commands about partner nodes: what they do, and what they say."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.coalitions.partners.peers import Peer
from tests.fediverse import Fediverse

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def partner(app: Flask, work: Callable[[], int]) -> Command:
    """Run a command about partners in a context of its own, let its letters go, and return its code and its words."""

    def run(*words: str) -> tuple[int, str]:
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["maillage", "partner", *words])
        work()
        return result.exit_code, result.output

    return run


def test_a_partnership_from_the_first_word_to_the_last(
    mobilizon: Peer, partner: Command, hear: Callable[..., None]
) -> None:
    host, them = mobilizon.host, mobilizon.application
    assert partner("add", host, "--kind", "event") == (0, f"{host} (mobilizon 5.1.2): requested\n")
    hear(them, them.activity("Accept", mobilizon.sent("Follow")[0], "accept"))
    hear(them, mobilizon.follow())
    assert "partner" in partner("list", "--state", "partner")[1]
    assert partner("scope", host, "--kind", "call", "--territory", "FR-38") == (0, f"{host}: partner; call; FR-38\n")
    assert partner("poll", host) == (0, f"{host}: 0 new of 0 read\n")
    assert partner("suspend", host)[1].startswith(f"{host}: suspended")
    assert partner("resume", host)[1].startswith(f"{host}: partner")

    code, shown = partner("show", host)
    assert code == 0
    facts = dict(
        line.split(maxsplit=1) if "  " not in line else map(str.strip, line.split("  ", 1))
        for line in shown.splitlines()
    )
    assert facts["node"] == "Mobilizon of the valley, mobilizon 5.1.2"
    assert (facts["it follows us"], facts["we follow it"], facts["scope"]) == ("accepted", "accepted", "call; FR-38")
    assert facts["waiting"] == "0"
    assert partner("end", host)[1].startswith(f"{host}: ended")
    assert len(mobilizon.sent("Undo")) == len(mobilizon.sent("Reject")) == 1


def test_node_that_asks_is_accepted(mobilizon: Peer, partner: Command, hear: Callable[..., None]) -> None:
    hear(mobilizon.application, mobilizon.follow())
    assert "asked" in partner("list")[1]
    assert partner("accept", mobilizon.host)[1].startswith(f"{mobilizon.host}: partner")
    assert len(mobilizon.sent("Follow")) == 1


def test_what_cannot_be_done_is_said_in_a_sentence(fediverse: Fediverse, mobilizon: Peer, partner: Command) -> None:
    host = mobilizon.host
    for words, said in (
        (("show", host), "is not known as a node"),
        (("add", f"nothing.test:{fediverse.port}"), "was not found"),
        (("add", host, "--territory", "Atlantis"), "is the code of no territory"),
    ):
        code, output = partner(*words)
        assert (code, output.startswith("Error: "), said in output) == (1, True, True), output
    partner("add", host)
    for what, said in (("accept", "nothing to answer"), ("suspend", "Only a partner"), ("poll", "nothing to read yet")):
        code, output = partner(what, host)
        assert (code, said in output) == (1, True), output
