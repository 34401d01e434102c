"""What the tests of people have in common."""

from collections.abc import Iterator

import pytest
from flask import Flask

from actors import database
from tests import postbox
from tests.postbox import Postbox


@pytest.fixture(autouse=True)
def _beside_the_requests(app: Flask) -> Iterator[None]:
    """Give the test a context of its own, which no request of a `Reader` shares, and never the write lock."""
    with app.app_context(), database.reading():
        yield


@pytest.fixture(scope="module")
def letterbox() -> Iterator[Postbox]:
    """A mail server on a socket of this machine, for all tests of a module."""
    with postbox.postbox() as box:
        yield box


@pytest.fixture
def box(letterbox: Postbox) -> Postbox:
    """The same without what other tests left in it."""
    letterbox.arrived.clear()
    letterbox.recipients.clear()
    return letterbox
