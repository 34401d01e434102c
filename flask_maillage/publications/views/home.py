"""The first page: what is open, what is coming, what is going on, from here and from partners."""

from flask import Response, render_template

from actors import iris, local
from actors.node import node
from flask_maillage.people import signing_up
from flask_maillage.publications import listing
from flask_maillage.publications.items import items_of
from flask_maillage.publications.views.channels import Channel
from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import page

SHOWN, SHOWN_NEWS = 6, 3


@pages.get("/")
def home() -> Response:
    """Show the newest open calls, the coming events, the newest initiatives and the last news."""
    html = render_template(
        "maillage/home.html",
        calls=items_of(listing.first(listing.newest(listing.open_calls()), SHOWN)),
        events=items_of(listing.first_of(listing.coming_in_turn(), SHOWN)),
        initiatives=items_of(listing.first(listing.initiatives(), SHOWN)),
        news=items_of(listing.first(listing.news(), SHOWN_NEWS)),
        feeds=Channel().addresses(),
        partners=node().state.get("partners", list)(),
        application=local.find(iris.NODE_HANDLE),
        signs_up=signing_up.is_open(),
    )
    return page(html)
