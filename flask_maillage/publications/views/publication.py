"""The page of a publication: what it is, who is behind it, until when, what one can do, where it came from."""

import re
from datetime import date

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from actors import iris
from actors.models import PERSON
from actors.negotiation import wants_activity
from federation.activities import header_form
from flask_maillage.people.current import current_member, may
from flask_maillage.people.roles import EDIT
from flask_maillage.publications import audience, journal, reactions, schema_org
from flask_maillage.publications.attending.counting import counted
from flask_maillage.publications.content import Content
from flask_maillage.publications.enclosures import portraits
from flask_maillage.publications.enclosures.showing import pictures_of
from flask_maillage.publications.items import item_of, known_actors
from flask_maillage.publications.kinds import event_occurrences
from flask_maillage.publications.models import PUBLIC, Publication
from flask_maillage.publications.programmes.versions import numbered
from flask_maillage.publications.programmes.warnings import warnings
from flask_maillage.publications.referring import calls_answered
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.finding import SLUG, find_publication
from flask_maillage.publications.views.occurrences import occurrences_of
from flask_maillage.publications.views.programme import released_versions
from flask_maillage.publications.views.registering import registration_offer
from flask_maillage.publications.views.responses import JudgeForm, responses
from flask_maillage.publications.views.sharing import sharing
from flask_maillage.publications.views.taking_part import participation
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import best_of, own_name_of
from flask_maillage.web.negotiation import keep_private, page

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@pages.get(f"/@<page_handle>/<{SLUG}:slug>/<identifier>")
def publication(page_handle: str, slug: str, identifier: str) -> Response:
    """Show a publication; a server that asks here for the object is led to its id."""
    found = find_publication(page_handle, slug, identifier, limited=True)
    if found.published_at is not None and wants_activity(request):
        return make_response(redirect(found.iri, code=303))
    if page_handle != found.actor.page_handle:
        address = url_for("maillage.publication", page_handle=found.actor.page_handle, slug=slug, identifier=identifier)
        return make_response(redirect(address, code=301))
    return _answer(found, _html(found))


@pages.get(f"/@<page_handle>/<{SLUG}:slug>/<identifier>/<string(length=10):day>")
def occurrence(page_handle: str, slug: str, identifier: str, day: str) -> Response:
    """Show one day of an event that comes again; 404 for a day on which there is nothing."""
    found = find_publication(page_handle, slug, identifier, limited=True)
    if found.kind != "event" or not DAY.fullmatch(day):
        abort(404)
    if found.published_at is not None and wants_activity(request):
        return make_response(redirect(found.iri, code=303))
    return _answer(found, _html(found, _day_named(day)))


def _day_named(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def _answer(found: Publication, html: str) -> Response:
    return with_alternate(page(html) if audience.is_open(found) else keep_private(make_response(html)), found.iri)


def with_alternate(response: Response, iri: str) -> Response:
    """Name the id of what a page shows, for servers that were given the page's address."""
    response.headers.add("Link", f'<{header_form(iri)}>; rel="alternate"; type="application/activity+json"')
    return response


def _languages(content: Content) -> list[str]:
    """Return the languages that one may choose among; none where there is no choice."""
    return content.languages if len(content.languages) > 1 else []


def _html(found: Publication, day: date | None = None) -> str:
    content = numbered(found, counted(found))
    if day is not None:
        content = event_occurrences.on(content, day) or abort(404)
    said = content.in_language(best_of(content.languages))
    image = pictures_of([found]).get(found.id)
    item = item_of(found, known_actors(found), said, image)
    is_shared = found.published_at is not None and audience.is_open(found)
    may_edit = found.local and may(current_member(), EDIT, found)
    return render_template(
        f"maillage/{found.kind}.html",
        item=item,
        followed=found.actor.iri if found.actor.federated else None,
        pictures=portraits.of(found.actor),
        page_address=_address_of(found, day),
        occurrences=occurrences_of(found, content, day) if found.kind == "event" else None,
        feeds=Channel(publication=found).addresses() if is_shared else {},
        share=sharing(found, said.language if said is not content else None) if is_shared else None,
        linked_data=schema_org.script(schema_org.of_publication(found, said, image)) if is_shared else "",
        is_listed=found.published_at is not None and found.visibility == PUBLIC,
        visibility=found.visibility,
        translations=[(tag, own_name_of(tag), tag == said.language) for tag in _languages(content)],
        original=content.language,
        may_edit=may_edit,
        remarks=warnings(item.programme, item.starts_at, item.ends_at) if may_edit else [],
        versions=released_versions(found)[:1]
        if found.published_at is not None and found.local and item.programme
        else [],
        answered=calls_answered(found),
        deadline_changes=journal.deadline_changes(found),
        tightenings=journal.tightenings(found),
        is_of_person=found.actor.kind == PERSON,
        reactions=reactions.of(found) if found.local else None,
        replies=responses(found, to_its_people=may_edit) if found.local else [],
        judge_form=JudgeForm() if may_edit else None,
        **participation(found),
        **registration_offer(found),
        address={"page_handle": found.actor.page_handle, "slug": item.slug, "identifier": found.identifier},
    )


def _address_of(found: Publication, day: date | None) -> str:
    if day is None:
        return found.page
    return iris.occurrence_page(found.actor.page_handle, found.kind_of_it.slug, found.identifier, day.isoformat())
