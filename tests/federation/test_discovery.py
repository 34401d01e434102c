"""A server that cannot be found, or finds the wrong one, federates with nobody."""

import json
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest

from federation import intents
from federation.discovery import (
    HandleResource,
    IriResource,
    NodeResource,
    Resource,
    application_link,
    host_meta,
    nodeinfo,
    nodeinfo_content_type,
    nodeinfo_links,
    parse_handle,
    resource_of,
    self_link,
    subject_of,
    webfinger_document,
)
from federation.errors import Malformed, NotFound

BASE = "https://node-a.example"
ACTOR = f"{BASE}/actors/la_ruche"
PAGE = f"{BASE}/@la_ruche"


class TestResource:
    @pytest.mark.parametrize(
        ("resource", "found"),
        [
            ("acct:la_ruche@node-a.example", HandleResource("la_ruche")),
            ("ACCT:La_Ruche@NODE-A.example", HandleResource("la_ruche")),
            ("la_ruche@node-a.example", HandleResource("la_ruche")),
            ("@la_ruche@node-a.example:443", HandleResource("la_ruche")),
            ("acct:node-a.example@node-a.example", NodeResource()),
            ("https://node-a.example/", NodeResource()),
            ("https://NODE-A.example", NodeResource()),
            ("http://node-a.example/", NodeResource()),
            (ACTOR, IriResource(ACTOR)),
            ("https://NODE-A.EXAMPLE:443/@la_ruche#top", IriResource(PAGE)),
            ("http://node-a.example/@la_ruche?a=b", IriResource(PAGE + "?a=b")),
        ],
    )
    def test_every_spelling_of_something_here_is_understood(self, resource: str, found: Resource) -> None:
        assert resource_of(resource, base_url=BASE) == found

    @pytest.mark.parametrize(
        "resource",
        [
            "acct:la_ruche@node-b.example",
            "acct:la_ruche@node-a.example:8443",
            "https://node-b.example/actors/la_ruche",
            "https://node-a.example:8443/actors/la_ruche",
            "https://node-a.example.evil.test/",
            "acct:node-a.example@evil.test",
        ],
    )
    def test_another_host_is_not_found(self, resource: str) -> None:
        with pytest.raises(NotFound):
            resource_of(resource, base_url=BASE)

    @pytest.mark.parametrize(
        "resource",
        [
            "",
            "la_ruche",
            "acct:",
            "acct:la_ruche",
            "acct:@node-a.example",
            "acct:la ruche@node-a.example",
            "acct:la_ruche@",
            "acct:la_ruche@node-a.example:99999",
            "acct:la_ruche@node a.example",
            "acct:../x@node-a.example",
            "https://",
            "https://user@node-a.example/",
            "https://[::1/",
            "https://node-a.example/\x00",
            "mailto:la_ruche",
            "acct:\ud800@node-a.example",
            "acct:" + "a" * 5000 + "@node-a.example",
            "acct:la_ruche@" + "a" * 5000,
        ],
    )
    def test_what_cannot_be_read_is_malformed(self, resource: str) -> None:
        with pytest.raises(Malformed):
            resource_of(resource, base_url=BASE)

    def test_the_port_of_the_base_url_is_part_of_the_host(self) -> None:
        base = "http://127.0.0.1:8000"
        assert resource_of("acct:relay@127.0.0.1:8000", base_url=base) == HandleResource("relay")
        assert resource_of("acct:127.0.0.1:8000@127.0.0.1:8000", base_url=base) == NodeResource()
        assert resource_of("http://127.0.0.1:8000/@x", base_url=base) == IriResource("http://127.0.0.1:8000/@x")
        with pytest.raises(NotFound):
            resource_of("acct:relay@127.0.0.1:8001", base_url=base)
        with pytest.raises(NotFound):
            resource_of("acct:relay@127.0.0.1", base_url=base)

    @pytest.mark.parametrize("host", ["réseau.example", "RÉSEAU.example", "xn--rseau-bsa.example"])
    @pytest.mark.parametrize("base", ["https://xn--rseau-bsa.example", "https://réseau.example"])
    def test_a_host_with_accents_is_the_same_in_both_spellings(self, host: str, base: str) -> None:
        assert resource_of(f"acct:x@{host}", base_url=base) == HandleResource("x")
        assert resource_of(f"https://{host}/@x", base_url=base) == IriResource(f"{base}/@x")

    def test_a_node_under_a_path_is_named_by_its_root_and_by_that_path(self) -> None:
        base = "https://host.example/network"
        assert resource_of("https://host.example/", base_url=base) == NodeResource()
        assert resource_of("https://host.example/network/", base_url=base) == NodeResource()
        iri = "https://host.example/network/@x"
        assert resource_of(iri, base_url=base) == IriResource(iri)


class TestAnswers:
    def test_webfinger_names_the_actor_its_page_and_its_feeds(self) -> None:
        document = webfinger_document(
            handle="la_ruche",
            host="node-a.example",
            iri=ACTOR,
            page=PAGE,
            kind="Group",
            avatar=("image/png", f"{BASE}/media/la_ruche.png"),
            actions=intents.links_of(f"{BASE}/authorize_interaction?uri={{uri}}"),
            feeds=[("application/atom+xml", f"{PAGE}/feed.atom"), ("text/calendar", f"{PAGE}/events.ics")],
        )
        links = {(link["rel"], link.get("type")): link.get("href") for link in document["links"]}
        assert document["subject"] == "acct:la_ruche@node-a.example"
        assert document["aliases"] == [ACTOR, PAGE]
        assert links[("self", "application/activity+json")] == ACTOR
        assert links[("http://webfinger.net/rel/profile-page", "text/html")] == PAGE
        assert links[("http://webfinger.net/rel/avatar", "image/png")] == f"{BASE}/media/la_ruche.png"
        assert links[("alternate", "application/atom+xml")] == f"{PAGE}/feed.atom"
        assert links[("alternate", "text/calendar")] == f"{PAGE}/events.ics"
        template = next(link["template"] for link in document["links"] if "template" in link)
        assert template == f"{BASE}/authorize_interaction?uri={{uri}}"
        assert document["links"][0]["properties"] == {"https://www.w3.org/ns/activitystreams#type": "Group"}

    def test_what_is_not_given_is_left_out_of_webfinger(self) -> None:
        document = webfinger_document(
            handle="x", host="h.example", iri="https://h.example/1", page="https://h.example/@x"
        )
        assert [link["rel"] for link in document["links"]] == ["self", "http://webfinger.net/rel/profile-page"]
        assert "null" not in json.dumps(document)

    def test_the_document_of_the_node_has_the_service_link_and_its_root_as_alias(self) -> None:
        document = webfinger_document(
            handle="relay", host="node-a.example", iri=f"{BASE}/actors/relay", page=f"{BASE}/", node_url=f"{BASE}/"
        )
        rels = {link["rel"]: link for link in document["links"]}
        assert rels["https://www.w3.org/ns/activitystreams#Service"]["href"] == f"{BASE}/actors/relay"
        assert document["aliases"] == [f"{BASE}/actors/relay", f"{BASE}/"]

    def test_we_can_read_what_we_answer(self) -> None:
        document = webfinger_document(handle="la_ruche", host="node-a.example", iri=ACTOR, page=PAGE)
        assert self_link(document) == ACTOR
        assert subject_of(document) == ("la_ruche", "node-a.example")
        assert application_link(nodeinfo_links(BASE, f"{BASE}/actors/relay")) == f"{BASE}/actors/relay"

    def test_host_meta_leads_to_webfinger_at_the_root_of_the_host(self) -> None:
        document = ElementTree.fromstring(host_meta("https://host.example/network").encode())
        link = document.find("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")
        assert link is not None
        assert link.get("rel") == "lrdd"
        assert link.get("template") == "https://host.example/.well-known/webfinger?resource={uri}"

    def test_nodeinfo_links_name_both_versions_and_the_application(self) -> None:
        links = nodeinfo_links(BASE + "/", f"{BASE}/actors/relay")["links"]
        assert [(link["rel"], link["href"]) for link in links] == [
            ("http://nodeinfo.diaspora.software/ns/schema/2.0", f"{BASE}/nodeinfo/2.0"),
            ("http://nodeinfo.diaspora.software/ns/schema/2.1", f"{BASE}/nodeinfo/2.1"),
            ("https://www.w3.org/ns/activitystreams#Application", f"{BASE}/actors/relay"),
        ]


def _nodeinfo_rules(version: str) -> dict[str, object]:
    """What protocol.md §2.1 says of NodeInfo, as a schema."""
    text, count = {"type": "string"}, {"type": "integer", "minimum": 0}
    software = {"name": {"type": "string", "pattern": "^[a-z0-9-]+$"}, "version": text}
    if version == "2.1":
        software |= {"repository": text, "homepage": text}
    required = ["version", "software", "protocols", "services", "openRegistrations", "usage", "metadata"]
    services = {"type": "array", "items": {"enum": ["atom1.0", "rss2.0"]}}
    users = {"total": count, "activeMonth": count, "activeHalfyear": count}
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": {
            "version": {"const": version},
            "software": {
                "type": "object",
                "required": ["name", "version"],
                "additionalProperties": False,
                "properties": software,
            },
            "protocols": {"const": ["activitypub"]},
            "services": {
                "type": "object",
                "required": ["inbound", "outbound"],
                "additionalProperties": False,
                "properties": {"inbound": services, "outbound": services},
            },
            "openRegistrations": {"type": "boolean"},
            "usage": {
                "type": "object",
                "required": ["users"],
                "additionalProperties": False,
                "properties": {
                    "users": {"type": "object", "additionalProperties": False, "properties": users},
                    "localPosts": count,
                },
            },
            "metadata": {"type": "object"},
        },
    }


class TestNodeinfo:
    @pytest.mark.parametrize("version", ["2.0", "2.1"])
    @pytest.mark.parametrize("repository", [None, "https://code.example/maillage"])
    @pytest.mark.parametrize("active", [None, 3])
    def test_the_document_follows_the_rules_of_its_version(
        self, version: str, repository: str | None, active: int | None
    ) -> None:
        document = nodeinfo(
            version,
            software_version="0.1.0",
            open_registrations=False,
            users=10,
            local_posts=4,
            name="The network",
            active_month=active,
            active_halfyear=active,
            repository=repository,
        )
        jsonschema.validate(document, _nodeinfo_rules(version))
        assert document["software"]["name"] == "maillage"
        assert document["metadata"]["nodeName"] == "The network"

    @pytest.mark.parametrize("version", ["1.0", "2.2", "", "../x"])
    def test_another_version_is_not_found(self, version: str) -> None:
        with pytest.raises(NotFound):
            nodeinfo(version, software_version="1", open_registrations=False, users=0, local_posts=0, name="x")

    def test_the_content_type_names_the_version(self) -> None:
        assert nodeinfo_content_type("2.1").endswith('profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"')


class TestReading:
    @pytest.mark.parametrize(
        "kind",
        [
            "application/activity+json",
            "application/activity+json; charset=utf-8",
            'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
            'application/ld+json;profile="https://www.w3.org/ns/activitystreams"',
        ],
    )
    def test_the_self_link_is_found_by_both_types(self, kind: str) -> None:
        page = {"rel": "self", "type": "text/html", "href": PAGE}
        assert self_link({"links": [page, {"rel": "self", "type": kind, "href": ACTOR}]}) == ACTOR

    @pytest.mark.parametrize(
        "document",
        [
            None,
            [],
            "x",
            {},
            {"links": None},
            {"links": "x"},
            {"links": [None, 3, "x", []]},
            {"links": [{"rel": "self", "href": ACTOR}]},
            {"links": [{"rel": "self", "type": "text/html", "href": ACTOR}]},
            {"links": [{"rel": "self", "type": "application/ld+json", "href": ACTOR}]},
            {"links": [{"rel": "self", "type": ["application/activity+json"], "href": ACTOR}]},
            {"links": [{"rel": "other", "type": "application/activity+json", "href": ACTOR}]},
            {"links": [{"rel": "self", "type": "application/activity+json", "href": "javascript:x"}]},
            {"links": [{"rel": "self", "type": "application/activity+json", "href": {"a": 1}}]},
            {"links": [{"rel": "self", "type": "application/activity+json"}]},
        ],
    )
    def test_a_document_of_the_wrong_shape_names_no_actor(self, document: object) -> None:
        assert self_link(document) is None
        assert application_link(document) is None
        assert subject_of(document) is None

    @pytest.mark.parametrize("subject", [None, 3, ["acct:a@b.example"], "https://a.example/", "acct:a"])
    def test_a_subject_that_is_no_account_is_none(self, subject: object) -> None:
        assert subject_of({"subject": subject}) is None

    @pytest.mark.parametrize(
        ("text", "handle"),
        [
            ("@name@host.example", ("name", "host.example")),
            ("name@host.example", ("name", "host.example")),
            ("acct:Name@HOST.example", ("Name", "host.example")),
            (" a.b-c_d@host.example:8443 ", ("a.b-c_d", "host.example:8443")),
            ("@x@127.0.0.1:8001", ("x", "127.0.0.1:8001")),
            ("@x@réseau.example", ("x", "xn--rseau-bsa.example")),
            ("@x@host.example:443", ("x", "host.example")),
            ("@x@[::1]:8000", ("x", "[::1]:8000")),
        ],
    )
    def test_a_handle_is_read_in_all_its_spellings(self, text: str, handle: tuple[str, str]) -> None:
        assert parse_handle(text) == handle

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "@",
            "name",
            "@name",
            "name@",
            "@@host.example",
            "a@b@c.example",
            "name@host.example/path",
            "name@host.example?x",
            "name@ho st",
            "na me@host.example",
            "name@host.example:0",
            "name@.example",
            "-name@host.example",
            "https://host.example/@name",
            "name@user:password@host.example",
            "name@host\x00.example ",
        ],
    )
    def test_anything_else_is_no_handle(self, text: str) -> None:
        assert parse_handle(text) is None
