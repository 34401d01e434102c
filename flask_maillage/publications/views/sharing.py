"""What one takes along from the page of a publication: its address as a QR code, and all of it as PDF."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from markupsafe import Markup

from actors.database import session
from actors.node import node
from actors.requests import check_rate
from federation.errors import TooMany
from flask_maillage.publications import printing
from flask_maillage.publications.attending.counting import counted
from flask_maillage.publications.feeds import qr
from flask_maillage.publications.items import item_of, known_actors
from flask_maillage.publications.kinds.reading import tag_of
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import Publication
from flask_maillage.publications.views.channels import Channel
from flask_maillage.publications.views.embedding import HEIGHT, discovery, frame_of, snippet
from flask_maillage.publications.views.feeds import mark_of
from flask_maillage.publications.views.finding import SLUG, find_publication
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import PARAMETER
from flask_maillage.web.negotiation import conditional

CODES: dict[str, tuple[Callable[[str], bytes], str]] = {
    "svg": (qr.svg, qr.SVG_CONTENT_TYPE),
    "png": (qr.png, qr.PNG_CONTENT_TYPE),
}
_PAGE = f"/@<page_handle>/<{SLUG}:slug>/<identifier>"


@pages.get(f"{_PAGE}/qr.<any(svg,png):ending>")
def qr_code(page_handle: str, slug: str, identifier: str, ending: str) -> Response:
    """Show the address of the page of a publication as a QR code."""
    found = _find(page_handle, slug, identifier)
    write, content_type = CODES[ending]
    return conditional(Response(write(found.page), content_type=content_type))


@pages.get(f"{_PAGE}.pdf")
def publication_pdf(page_handle: str, slug: str, identifier: str) -> Response:
    """Give a publication as PDF: 501 where no writer is installed, 304 before anything is written."""
    found = _find(page_handle, slug, identifier)
    if not printing.is_installed():
        sentence = "PDF is not written here: the administrator can install it (flask-maillage[pdf]).\n"
        return Response(sentence, 501, content_type="text/plain; charset=utf-8")
    language = tag_of(request.args.get(PARAMETER))
    response = Response(content_type=printing.PDF_CONTENT_TYPE)
    response.set_etag(mark_of(Channel(publication=found), f"pdf {language or ''}"))
    response.headers["Content-Disposition"] = f'inline; filename="{found.kind}-{found.identifier}.pdf"'
    conditional(response, last_modified=found.updated_at)
    if response.status_code == 304 or request.environ["REQUEST_METHOD"] == "HEAD":
        return response
    _count()
    html = _html(found, language)
    session().rollback()  # nobody's transaction stays open while the process works
    response.set_data(_written(html))
    return response


def sharing(found: Publication, language: str | None = None) -> dict[str, str]:
    """Return what the page of a publication offers to share it; only what everybody may read is shared.

    `language` is that of the translation that the page shows, where it shows one.
    """
    address: dict[str, Any] = {
        "page_handle": found.actor.page_handle,
        "slug": found.kind_of_it.slug,
        "identifier": found.identifier,
    }
    asked: dict[str, Any] = {PARAMETER: language} if language else {}
    return {
        "address": found.page,
        "qr_svg": url_for("maillage.qr_code", **address, ending="svg"),
        "qr_png": url_for("maillage.qr_code", **address, ending="png"),
        "pdf": url_for("maillage.publication_pdf", **address, **asked) if printing.is_installed() else "",
        "snippet": snippet(frame_of(found), found.name, height=HEIGHT),
        "oembed": discovery(found.page),
    }


def _find(page_handle: str, slug: str, identifier: str) -> Publication:
    found = find_publication(page_handle, slug, identifier)
    return found if found.published_at is not None else abort(404)


def _html(found: Publication, language: str | None) -> str:
    content = counted(found).in_language(language)
    return render_template(
        "maillage/document.html",
        item=item_of(found, known_actors(found), content),
        body=Markup(found.kind_of_it.body(content)),  # noqa: S704 - cleaned when it was written or received
        label=words(content.language, found.kind_of_it.label),
        page_address=found.page,
        code=Markup(qr.svg(found.page).decode()),  # noqa: S704 - our own drawing
        static=printing.STATIC,
    )


def _count() -> None:
    """Count what is costly, of one caller and of all."""
    try:
        check_rate(request, "pdf")
    except TooMany:
        abort(429)
    if not node().rates.allow("all pdf", "all"):
        abort(429)


def _written(html: str) -> bytes:
    try:
        return printing.pdf(html)
    except printing.Busy:
        return abort(503)
    except printing.Unwritten as error:
        current_app.logger.error("a PDF could not be written: %s", error)
        return abort(503)
