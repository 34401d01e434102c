"""A node with its worker and a server built on Fedify, both running, once for each worker of pytest-xdist.

Tests share the two: each brings an actor of its own, and looks only for what it sent itself.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop import javascript
from tests.interop.fedify import Fedify
from tests.nodes import RunningNode


@pytest.fixture(scope="session")
def javascript_ready() -> javascript.Node:
    """Node.js, with the packages of this folder beside it."""
    return javascript.ready()


@pytest.fixture(scope="session")
def node(javascript_ready: javascript.Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    """A node whose worker works."""
    with RunningNode(tmp_path_factory.mktemp("node")) as running:
        running.work()
        yield running


@pytest.fixture(scope="session")
def fedify(javascript_ready: javascript.Node, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fedify]:
    """A peer that nobody here wrote."""
    with Fedify(javascript_ready, tmp_path_factory.mktemp("fedify")) as running:
        yield running


@pytest.fixture
def stranger(javascript_ready: javascript.Node, tmp_path: Path) -> Iterator[Fedify]:
    """Another one, for tests that change what the node remembers of a host."""
    with Fedify(javascript_ready, tmp_path) as running:
        yield running
