"""Members change the name by which others read them; their handle stays."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import session
from actors.models import Posted
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/account/name"


@pytest.fixture
def reader(app):
    made = Reader(app)
    made.sign_in()
    return made


def posted():
    session().rollback()
    return session().scalars(select(Posted.type)).all()


def test_a_member_is_read_by_another_name_and_the_servers_of_who_follows_are_told(reader):
    assert f'href="{PAGE}"' in reader.get("/account").text
    assert reader.submit(PAGE).location == "/account"
    assert posted() == []  # nothing has changed
    assert reader.submit(PAGE, name="  Anne O'Martin\u202e ").location == "/account"
    page = reader.get("/account").text
    assert "Others read you as Anne O&#39;Martin from now on." in page
    assert posted() == ["Update"]
    ann = local.find("ann")
    assert (ann.name, ann.address) == ("Anne O'Martin", "@ann@localhost")
    document = reader.get("/actors/ann", headers={"Accept": "application/activity+json"}).json
    assert document["name"] == "Anne O'Martin"


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "a" * 101])
def test_a_name_that_will_not_do_is_refused_at_its_field(reader, name):
    refused = reader.submit(PAGE, name=name)
    assert (refused.status_code, refused.text.count('aria-invalid="true"')) == (422, 1)
    assert local.find("ann").name == "Ann"


def test_whom_other_servers_may_not_find_is_not_shown_to_them_by_a_new_name(reader):
    local.find("ann").federated = False
    session().commit()
    assert reader.submit(PAGE, name="Anne").status_code == 303
    assert posted() == []
    assert (local.find("ann").name, local.find("ann").federated) == ("Anne", False)


def test_a_name_is_changed_by_nobody_else(app, reader):
    assert Reader(app).get(PAGE).status_code == 303
    assert reader.post(PAGE, {"name": "Mallory"}).status_code == 400
    assert local.find("ann").name == "Ann"
