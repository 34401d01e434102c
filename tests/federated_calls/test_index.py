"""Every line of the index that a node of ours can play, by HTTP, with real signatures and proofs, to what it says."""

import pytest

from tests.calls.fixtures import index
from tests.federated_calls.play import staged

NOT_YET: dict[str, str] = {}


@pytest.mark.parametrize("name", index())
def test_line(name, database_url, tmp_path):
    row = index()[name]
    with staged(database_url, tmp_path, row["receiver"].partition("/actors/")[0]) as stage:
        assert stage.play(name) == row["expected"], stage.last_outcome()
