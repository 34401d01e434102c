"""What has one hashtag, of every kind and from everywhere that this node hears of."""

from flask import Response, abort, make_response, redirect, render_template, url_for

from flask_maillage.publications import listing, tags
from flask_maillage.publications.items import items_of
from flask_maillage.publications.views.lists import page_number
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import page


@pages.get("/tags/<tag>", endpoint="tag")
def show_tag(tag: str) -> Response:
    """List what has a tag, the newest first; each tag has one address, however it is written."""
    if not tags.is_folded(tag):
        kept = tags.cleaned(tag) or abort(404)
        return make_response(redirect(url_for("maillage.tag", tag=tags.folded(kept)), code=301))
    number = page_number()
    found, more = listing.page(listing.newest(listing.visible(tag=tag)), number)
    if number > 1 and not found:
        abort(404)
    label = next((one.label for row in found for one in row.hashtags if one.tag == tag), tag)
    html = render_template("maillage/tag.html", label=label, items=items_of(found), number=number, more=more)
    return page(html)
