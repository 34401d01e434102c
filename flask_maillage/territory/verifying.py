"""Whether the pages that an actor of ours links to link back with `rel="me"`: the worker looks, now and then.

What counts is the page that answers at the end, and it has to be of the site that was typed: many known sites have an
address that leads wherever its writer wants, and would give their name to anybody's page.
"""

from datetime import timedelta

from sqlalchemy import select

from actors.database import reading, session
from actors.models import Actor
from actors.node import node, now
from federation import links
from federation.activities import host_of
from federation.errors import FederationError
from flask_maillage.territory.models import Profile
from inboxes.chores import chore

ACCEPTED = "text/html, application/xhtml+xml"
AGAIN = timedelta(days=1)
MEANWHILE = timedelta(hours=1)
"""When a profile is looked at again whose worker was killed."""
RATE = "fetches for a host"


@chore
def verify_links() -> int:
    """Look at the links of one actor, and return how many actors that were."""
    due = Profile.check_links_at <= now()
    with reading():
        number = session().scalar(select(Profile.actor_id).where(due).order_by(Profile.check_links_at).limit(1))
    if number is None:
        return 0
    claimed = session().scalar(
        select(Profile).where(Profile.actor_id == number, due).with_for_update(of=Profile, skip_locked=True)
    )
    if claimed is None:
        session().rollback()
        return 0
    claimed.check_links_at = now() + MEANWHILE
    actor = session().get_one(Actor, number)
    ours, addresses = (actor.url, actor.iri), [link["address"] for link in claimed.links]
    session().commit()
    verified = {address for address in addresses if _links_back(address, ours)}
    _note(number, verified)
    return 1


def _links_back(address: str, ours: tuple[str, ...]) -> bool:
    client = node().client
    try:
        client.permit(address)
        if not node().rates.allow(RATE, host_of(address)):
            return False
        page = client.fetch_page(address, accept=ACCEPTED)
    except (FederationError, ValueError):
        return False
    return _is_of_site(page.url, address) and page.is_html and links.links_back(page.body, page.url, ours)


def _is_of_site(final: str, typed: str) -> bool:
    """Tell whether a page is of the host that was typed, with or without `www.`."""
    return host_of(final).removeprefix("www.") == host_of(typed).removeprefix("www.")


def _note(number: int, verified: set[str]) -> None:
    row = session().get(Profile, number, with_for_update=True, populate_existing=True)
    if row is None:
        session().rollback()
        return
    moment = now().isoformat()
    row.links = [_seen(link, moment if link["address"] in verified else None) for link in row.links]
    row.check_links_at = now() + AGAIN if row.links else None
    session().commit()


def _seen(link: dict[str, str], moment: str | None) -> dict[str, str]:
    bare = {name: value for name, value in link.items() if name != "verified_at"}
    return bare | ({"verified_at": moment} if moment else {})
