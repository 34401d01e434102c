"""The page `/pages/SLUG`, and the links to such pages that stand on all others."""

from dataclasses import dataclass

from flask import Flask, Response, abort, make_response, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from actors.database import session
from actors.node import Node, node
from flask_maillage.people.current import current_member, may
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.standing import writing
from flask_maillage.standing.models import StandingPage, StandingText
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import LANGUAGES, best_of, current_language
from flask_maillage.web.negotiation import keep_private, page


@dataclass(frozen=True)
class StandingLink:
    """A link to a page, in the reader's language where there is one."""

    slug: str
    title: str
    address: str
    linked: str
    language: str


def mount(app: Flask, made: Node) -> None:
    """Let all pages of a node know which standing pages to link to."""
    made.state["standing_links"] = links
    made.state["nodeinfo_metadata"] = metadata


@pages.get("/pages/<page_slug>", endpoint="standing")
def show(page_slug: str) -> Response:
    """Show a page in the reader's language, or in the nearest that it has; drafts to admins alone."""
    found = writing.find(page_slug) or abort(404)
    texts = writing.newest(found)
    is_admin = may(current_member(), ADMINISTER, None)
    if not texts or (found.published_at is None and not is_admin):
        abort(404)
    shown = texts[_best(list(texts))]
    html = render_template(
        "maillage/standing.html",
        standing=found,
        text=shown,
        languages_of_text=[(tag, LANGUAGES[tag]) for tag in texts],
        is_admin=is_admin,
        page_address=f"{node().base_url}/pages/{found.slug}",
    )
    return page(html) if found.published_at is not None else keep_private(make_response(html))


def links() -> list[StandingLink]:
    """Return the links to the pages that readers see, in their order."""
    found = session().scalars(
        select(StandingPage)
        .where(StandingPage.published_at.is_not(None))
        .order_by(StandingPage.position, StandingPage.id)
        .options(selectinload(StandingPage.texts.and_(StandingText.is_newest)))
    )
    return [_link(one) for one in found if writing.newest(one)]


def metadata() -> dict[str, object]:
    """Return what NodeInfo says of the pages about the node."""
    found = {link.slug: f"{node().base_url}/pages/{link.slug}" for link in links()}
    return {"pages": found} if found else {}


def _link(found: StandingPage) -> StandingLink:
    texts = writing.newest(found)
    text = texts[_nearest(list(texts))]
    address = url_for("maillage.standing", page_slug=found.slug)
    return StandingLink(found.slug, text.title, address, found.linked, text.language)


def _best(available: list[str]) -> str:
    """Return the language for who reads the text itself: their browser may prefer one that our own words are not in."""
    wanted = best_of(available)
    return wanted if wanted in available else _nearest(available)


def _nearest(available: list[str]) -> str:
    """Return the language of the page around it, else the node's, else the first that there is."""
    return next((one for one in (current_language(), node().language) if one in available), available[0])
