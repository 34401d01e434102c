"""Where the pages of a publication lie on the host that the reader uses, which may go by several names."""

from typing import Any
from urllib.parse import urlsplit

from flask import url_for

from actors.models import Actor
from flask_maillage.publications.models import Publication


def page_path(publication: Publication) -> str:
    """Return the path of a publication's page."""
    return urlsplit(publication.page).path


def actor_path(actor: Actor) -> str:
    """Return the path of the page of an actor of ours."""
    return urlsplit(actor.url).path


def edit_path(publication: Publication) -> str:
    """Return the path of the page where a publication is changed."""
    return url_for("maillage.edit_publication", **_parts(publication))


def schedule_path(publication: Publication) -> str:
    """Return the path of the page where one sets when a draft is published."""
    return url_for("maillage.schedule_publication", **_parts(publication))


def programme_path(publication: Publication) -> str:
    """Return the path of the page where the programme of an event is written."""
    handle, identifier = publication.actor.page_handle, publication.identifier
    return url_for("maillage.edit_programme", page_handle=handle, identifier=identifier)


def withdraw_path(publication: Publication) -> str:
    """Return the path of the page where a publication is withdrawn."""
    return url_for("maillage.withdraw_publication", **_parts(publication))


def manage_path(call: Publication) -> str:
    """Return the path of the page where the next step of a call is taken."""
    parts = _parts(call)
    del parts["slug"]
    return url_for("maillage.manage_call", **parts)


def _parts(publication: Publication) -> dict[str, Any]:
    return {
        "page_handle": publication.actor.page_handle,
        "slug": publication.kind_of_it.slug,
        "identifier": publication.identifier,
    }
