"""The tools of a group: everybody reads what there is, and only who may use one reads where."""

import pytest

from actors import local
from actors.database import session
from flask_maillage.coalitions import managing, memberships
from flask_maillage.coalitions.tools import listing
from flask_maillage.people import accounts, roles
from tests.conftest import PASSWORD
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HEADERS = {"Accept": "application/activity+json"}
WIKI = {"type": "wiki", "name": "Our wiki", "url": "https://wiki.example/riders", "access": "public", "keeper": ""}


@pytest.fixture
def ann(app):
    """Ann, who administers the couriers."""
    with app.app_context():
        roles.grant(accounts.by_handle("ann"), local.find("couriers"), "admin")
        session().commit()
    reader = Reader(app)
    reader.sign_in()
    return reader


def save(reader, **typed):
    form = reader.form(reader.get("/@couriers/tools"), "url")
    for name, value in typed.items():
        form[name] = value
    return reader.post("/@couriers/tools", form)


def test_who_may_use_a_tool_reads_where_it_is(app, client, ann):
    assert save(ann, **WIKI).status_code == 303
    assert (
        save(ann, **WIKI | {"type": "chat", "url": "https://chat.example/inner", "access": "members"}).status_code
        == 303
    )
    on_request = {"type": "cloud", "name": "Files", "url": "https://cloud.example/x", "access": "on_request"}
    assert save(ann, **on_request, keeper="Ann, at the counter").status_code == 303

    for path in ("/@couriers", "/@couriers/tools"):
        page = client.get(path).text
        assert "https://wiki.example/riders" in page
        assert "chat.example" not in page
        assert "cloud.example" not in page
        assert "Ann, at the counter" in page
    document = client.get("/actors/couriers", headers=HEADERS)
    assert document.json["tools"] == [
        {"type": "Link", "href": "https://wiki.example/riders", "name": "Our wiki", "tool": "wiki"}
    ]
    assert "chat.example" not in document.text

    with app.app_context():
        bea = accounts.add("bea@example.org", "Bea", "bea", PASSWORD)
        memberships.begin(memberships.record(local.find("couriers"), bea.actor, "requested", iri="http://localhost/j"))
        session().commit()
    reader = Reader(app)
    reader.sign_in("bea@example.org")
    page = reader.get("/@couriers/tools").text
    assert "https://chat.example/inner" in page
    assert "cloud.example" not in page
    assert 'name="url"' not in page  # she changes nothing
    with app.app_context():
        managing.suspend(memberships.find(local.find("couriers"), local.find("bea")), suspended=True)
        session().commit()
    assert "chat.example" not in reader.get("/@couriers/tools").text


def test_a_tool_is_changed_and_taken_away_by_who_administers_the_group(app, ann):
    save(ann, **WIKI)
    with app.app_context():
        (tool,) = listing.of(local.find("couriers"))
        number = tool.id
    form = ann.form(ann.get(f"/@couriers/tools?tool={number}"), "url")
    assert (form["name"], form["tool"]) == ("Our wiki", str(number))
    form["name"] = "A better wiki"
    assert ann.post("/@couriers/tools", form).status_code == 303
    assert "A better wiki" in ann.get("/@couriers").text
    token = form["csrf_token"]
    assert Reader(app).post("/@couriers/tools", {"tool": str(number), "do": "remove"}).status_code in (302, 303, 403)
    assert ann.post("/@couriers/tools", {"csrf_token": token, "tool": str(number), "do": "remove"}).status_code == 303
    assert "A better wiki" not in ann.get("/@couriers").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"url": "javascript:alert(1)"}, "Write its whole address"),
        ({"name": " "}, "Write how it is called"),
        ({"type": "sword"}, 'aria-invalid="true"'),
    ],
)
def test_what_will_not_do_is_said_at_the_field(ann, typed, said):
    answer = save(ann, **WIKI | typed)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_person_has_no_tools(client):
    assert client.get("/@ann/tools").status_code == 404
