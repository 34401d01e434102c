"""The rules of the W3C Recommendation as Socialweb.coop wrote them down, asked of our actors on a running node.

`activitypub-testing` is used as a tool only: it is neither part of Maillage nor kept with it.
"""

import json
import subprocess

import pytest

from tests.interop.javascript import HERE

pytestmark = pytest.mark.later

SECONDS = 60
# The others are about clients that post to an outbox or read an inbox, and about collections that we do not have.
APPLICABLE = {
    "actor-must-serve-as2-object-to-get",
    "actor-objects-must-have-inbox-outbox-properties",
    "followers-collection-must-be-a-collection",
    "following-collection-must-be-a-collection",
    "outbox-must-be-an-orderedcollection",
}
FOR_CLIENTS = "outbox-"
"""How rules begin that post to the outbox: a stranger, as the tool is one here, may not."""


@pytest.fixture(scope="session", params=["readers", "relay"])
def outcomes(request, javascript_ready, node):
    """The outcome of every rule for an actor, by the rule's name."""
    iri = node.add_actor("readers") if request.param == "readers" else f"{node.base_url}/actors/relay"
    done = subprocess.run(
        [javascript_ready.program, "node_modules/activitypub-testing/src/cli.js", "test", "actor", iri],
        cwd=HERE, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["test"]["slug"]: one for one in found}


def test_no_rule_fails(outcomes):
    failed = {
        name: (one["result"], one["test"].get("description"))
        for name, one in outcomes.items()
        if one["result"]["outcome"] not in ("passed", "inapplicable") and not name.startswith(FOR_CLIENTS)
    }
    assert failed == {}


def test_strangers_are_told_that_posting_needs_a_token(outcomes):
    posted = [one["result"] for name, one in outcomes.items() if name.startswith("outbox-post-")]
    assert posted
    assert {one["outcome"] for one in posted} & {"passed"} == set()
    assert any("401" in str(one.get("info")) for one in posted)


def test_rules_were_really_asked(outcomes):
    passed = {name for name, one in outcomes.items() if one["result"]["outcome"] == "passed"}
    assert len(outcomes) >= 15
    assert passed >= APPLICABLE
