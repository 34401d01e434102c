"""The entries of the index, played against the owner's node and the leader's by HTTP."""

import pytest

from tests.calls.fixtures import index
from tests.federated_calls import decided
from tests.federated_calls.play import staged

LINES = [name for name, row in index().items() if row["file"].startswith(("follow-up", "contact-shared"))]
OWNERS = "https://node-a.example"
DECIDED = ("decision-selected", "confirmation", "cohort-add")
"""What the leader's node need not have taken to read an entry."""
decided.install()


@pytest.mark.parametrize("name", LINES)
def test_entry(name, database_url, tmp_path):
    base = index()[name]["receiver"].partition("/actors/")[0]
    with staged(database_url, tmp_path, base) as stage:
        for before in index()[name]["after"]:
            if base == OWNERS or before not in DECIDED:
                stage.deliver(before)
        assert stage.deliver(name) == index()[name]["expected"], stage.last_outcome()
