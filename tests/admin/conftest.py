"""An admin at a browser, and somebody who is none."""

from collections.abc import Iterator

import pytest
from flask import Flask

from actors import database
from flask_maillage.people import accounts
from tests.conftest import PASSWORD
from tests.reader import Reader


@pytest.fixture(autouse=True)
def _beside_the_requests(app: Flask) -> Iterator[None]:
    """Give the test a context of its own, which no request of a `Reader` shares, and never the write lock."""
    with app.app_context(), database.reading():
        yield


@pytest.fixture
def admin(app: Flask) -> Reader:
    """Root, who administers the node and is nothing else here, signed in."""
    with app.app_context():
        accounts.add("root@example.org", "Root", "rooted", PASSWORD, is_admin=True)
        database.session().commit()
    reader = Reader(app)
    assert reader.sign_in("root@example.org").status_code == 303
    return reader


@pytest.fixture
def ann(app: Flask) -> Reader:
    """Ann, an editor of the union, signed in."""
    reader = Reader(app)
    reader.sign_in()
    return reader
