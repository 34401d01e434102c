"""The two nodes of the demonstration become partners, as their admins would let them on the pages for it."""

from flask import Flask

from actors import remote
from actors.database import session
from federation.activities import host_of
from flask_maillage.coalitions.partners import discovering, partnership, refreshing


def ask(app: Flask, address: str) -> None:
    """Let a node ask another, found by its address, to be a partner.

    Raises:
        federation.errors.FederationError: it was not found.
    """
    with app.app_context():
        found = discovering.discover(address)
        partner = partnership.request(remote.remember(found.application))
        refreshing.keep(partner, found.facts)
        session().commit()


def accept(app: Flask, address: str) -> bool:
    """Let a node accept another; False while that has not asked."""
    with app.app_context():
        partner = partnership.find(host_of(address))
        if partner is None or partner.state != "asked":
            return False
        partnership.accept(partner)
        session().commit()
        return True


def agreed(app: Flask, address: str) -> bool:
    """Tell whether a node holds that it is partner of another."""
    with app.app_context():
        partner = partnership.find(host_of(address), to_change=False)
        return partner is not None and partner.state == "partner"
