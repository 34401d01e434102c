"""What the tests of people have in common."""

from collections.abc import Iterator

import pytest
from flask import Flask

from actors import database


@pytest.fixture(autouse=True)
def _beside_the_requests(app: Flask) -> Iterator[None]:
    """Give the test a context of its own, which no request of a `Reader` shares, and never the write lock."""
    with app.app_context(), database.reading():
        yield
