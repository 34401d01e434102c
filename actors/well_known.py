"""How servers find one another: WebFinger, host-meta and NodeInfo, at the root of the host whatever our prefix."""

import json

from flask import Blueprint, Response, request
from sqlalchemy import func, select

from actors import iris, local, policy
from actors.database import session
from actors.models import NODE, PERSON, Actor, Posted
from actors.node import node
from actors.requests import check_rate
from federation import discovery, intents
from federation.errors import FederationError, Gone, Malformed, NotFound

well_known = Blueprint("maillage_well_known", __name__)
MAX_RESOURCE = 2048
ROUNDED_TO = 10


@well_known.get("/.well-known/webfinger")
def webfinger() -> Response:
    """Tell where the actor with a handle or an address is."""
    check_rate(request, "webfinger")
    resource = request.args.get("resource", "")
    if not 0 < len(resource) <= MAX_RESOURCE:
        raise Malformed("no resource")
    actor = _actor_of(discovery.resource_of(resource, base_url=node().base_url))
    if actor is None or not actor.federated:
        raise NotFound(f"no actor for {resource}")
    if actor.gone_at is not None:
        raise Gone(f"{actor.handle} is deleted")
    if not policy.is_welcome(actor):
        raise NotFound(f"{actor.handle} is suspended")
    document = discovery.webfinger_document(
        handle=actor.handle,
        host=iris.host(),
        iri=actor.iri,
        page=actor.url,
        actions=intents.links_of(iris.interaction()),
        feeds=()
        if actor.kind in (NODE, PERSON)
        else (
            ("application/atom+xml", f"{actor.url}/feed.atom"),
            ("text/calendar", f"{actor.url}/calendar.ics"),
        ),
        node_url=iris.home() if actor.kind == NODE else None,
    )
    return _answer(document, discovery.JRD_CONTENT_TYPE)


@well_known.get("/.well-known/host-meta")
def host_meta() -> Response:
    """Tell where WebFinger is, for those who ask the old way (Mobilizon, Mastodon's fallback)."""
    response = Response(discovery.host_meta(node().base_url), content_type=discovery.XRD_CONTENT_TYPE)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@well_known.get("/.well-known/nodeinfo")
def nodeinfo_links() -> Response:
    """Tell where NodeInfo is, and who the node's own actor is (FEP-2677; Mobilizon and Gancio read it)."""
    return _answer(discovery.nodeinfo_links(node().base_url, iris.application()), "application/json")


@well_known.get("/nodeinfo/<version>")
def nodeinfo(version: str) -> Response:
    """Tell what runs here; the number of people is rounded, small associations are nobody's statistics."""
    people = session().scalar(select(func.count()).where(Actor.local, Actor.kind == PERSON)) or 0
    posts = session().scalar(select(func.count()).where(Posted.type == "Create", Posted.public)) or 0
    document = discovery.nodeinfo(
        version,
        software_version=node().version,
        open_registrations=False,
        users=-(-people // ROUNDED_TO) * ROUNDED_TO,
        local_posts=posts,
        name=node().name,
        description=node().description,
        metadata={"languages": [node().language], **node().state.get("nodeinfo_metadata", dict)()},
    )
    return _answer(document, discovery.nodeinfo_content_type(version))


def _actor_of(resource: discovery.Resource) -> Actor | None:
    match resource:
        case discovery.NodeResource():
            return local.find(iris.NODE_HANDLE)
        case discovery.HandleResource(name):
            return local.find(name)
        case discovery.IriResource(iri):
            return session().scalar(select(Actor).where(Actor.local, (Actor.iri == iri) | (Actor.url == iri)))


def _answer(document: object, content_type: str) -> Response:
    response = Response(json.dumps(document, ensure_ascii=False), content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@well_known.errorhandler(FederationError)
def answer_error(error: FederationError) -> Response:
    """Answer an error with its status and its safe sentence."""
    response = Response(error.safe + "\n", status=error.status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
