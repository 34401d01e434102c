"""How a server finds ours: WebFinger in every form that peers ask in, host-meta, NodeInfo."""

import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest

from actors import local
from actors.database import session
from actors.node import now

UNION = "http://localhost/actors/union"
NODEINFO = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "software", "protocols", "services", "openRegistrations", "usage", "metadata"],
    "properties": {
        "version": {"enum": ["2.0", "2.1"]},
        "software": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "version"],
            "properties": {
                "name": {"type": "string", "pattern": "^[a-z0-9-]+$"},
                "version": {"type": "string"},
                "repository": {"type": "string"},
                "homepage": {"type": "string"},
            },
        },
        "protocols": {"type": "array", "minItems": 1, "contains": {"const": "activitypub"}},
        "services": {
            "type": "object",
            "required": ["inbound", "outbound"],
            "properties": {"inbound": {"type": "array"}, "outbound": {"type": "array"}},
        },
        "openRegistrations": {"type": "boolean"},
        "usage": {
            "type": "object",
            "required": ["users"],
            "properties": {
                "users": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
                "localPosts": {"type": "integer", "minimum": 0},
            },
        },
        "metadata": {"type": "object"},
    },
}


def ask(client, resource):
    return client.get("/.well-known/webfinger", query_string={"resource": resource})


@pytest.mark.parametrize(
    "resource",
    [
        "acct:union@localhost",
        "@union@localhost",
        "union@localhost",
        "acct:Union@LOCALHOST",
        UNION,
        "http://localhost/@union",
        f"{UNION}#main-key",
    ],
)
def test_actor_is_found_in_every_form(client, resource):
    response = ask(client, resource)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/jrd+json; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json["subject"] == "acct:union@localhost"
    (itself,) = [link for link in response.json["links"] if link["rel"] == "self"]
    assert (itself["type"], itself["href"]) == ("application/activity+json", UNION)
    assert client.get(itself["href"], headers={"Accept": itself["type"]}).json["id"] == UNION


@pytest.mark.parametrize(
    "resource", ["acct:localhost@localhost", "http://localhost/", "acct:relay@localhost", "http://localhost"]
)
def test_node_itself_is_found(client, resource):
    assert ask(client, resource).json["subject"] == "acct:relay@localhost"


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("", 400),
        ("union", 400),
        ("acct:union", 400),
        ("acct:uni on@localhost", 400),
        ("acct:\x00@localhost", 400),
        ("http://localhost/@union\x00", 400),
        ("x" * 3000, 400),
        ("acct:nobody@localhost", 404),
        ("acct:union@elsewhere.test", 404),
        ("http://localhost/actors/nobody", 404),
        ("http://elsewhere.test/actors/union", 404),
    ],
)
def test_who_is_not_here_is_not_found(client, resource, status):
    assert ask(client, resource).status_code == status
    assert client.get("/.well-known/webfinger").status_code == 400


def test_remote_actor_is_not_ours_to_answer_for(app, client, fediverse):
    with app.app_context():
        alice = fediverse.actor("alice", "a.test")
        assert ask(client, alice.iri).status_code == 404


@pytest.mark.parametrize("resource", ["acct:union@localhost", UNION, "http://localhost/@union"])
def test_deleted_actor_is_gone(app, client, resource):
    with app.app_context():
        local.find("union").gone_at = now()
        session().commit()
    assert ask(client, resource).status_code == 410


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_nodeinfo_is_valid_and_rounds_people(client, version):
    links = client.get("/.well-known/nodeinfo").json["links"]
    (href,) = [link["href"] for link in links if link["rel"].endswith(f"/schema/{version}")]
    response = client.get(href)
    assert response.headers["Content-Type"] == (
        f'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/{version}#"'
    )
    jsonschema.validate(response.json, NODEINFO)
    assert response.json["version"] == version
    assert response.json["usage"]["users"]["total"] == 10
    (application,) = [link["href"] for link in links if link["rel"].endswith("#Application")]
    assert application == "http://localhost/actors/relay"


def test_nodeinfo_of_another_version_is_not_there(client):
    assert client.get("/nodeinfo/3.0").status_code == 404


def test_host_meta_leads_to_webfinger(client):
    response = client.get("/.well-known/host-meta")
    assert response.headers["Content-Type"] == "application/xrd+xml; charset=utf-8"
    (link,) = ElementTree.fromstring(response.data)
    template = link.get("template")
    assert client.get(template.replace("{uri}", "acct:union@localhost")).json["subject"] == "acct:union@localhost"
