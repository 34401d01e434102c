"""Partners of the furnished node: one that is agreed, with its place, and one that asks."""

from actors import followers, local
from actors.database import session
from actors.models import NODE, Actor
from actors.node import now
from flask_maillage.coalitions.partners import partnership, places
from flask_maillage.coalitions.partners.facts import Facts
from flask_maillage.coalitions.partners.models import ASKED

FACTS = Facts(
    software="maillage",
    version="0.1.0",
    name="Sharers & Workers of the valley",
    description="Unions and researchers of one valley.",
    languages=("fr", "en"),
    implements=(("FEP-8a8e", "https://w3id.org/fep/8a8e"),),
)


def add_partners() -> None:
    """Write both down, as if letters had gone between us."""
    agreed, asking = (_application(host) for host in ("partner.test", "agenda.test"))
    relay = local.application()
    for number, (follower, followed) in enumerate(((relay, agreed), (agreed, relay), (asking, relay))):
        followers.record(follower, followed, iri=f"{agreed.iri}/follows/{number}", state="accepted")
    partner = partnership.record(agreed)
    partner.facts, partner.checked_at = FACTS.to_row(), now()
    partner.place = {"code": "FR", "name": places.of_zone("FR", "en").name}
    partnership.agree(partner)
    partnership.record(asking).state = ASKED
    session().flush()


def _application(host: str) -> Actor:
    iri = f"https://{host}/actors/relay"
    made = Actor(
        iri=iri,
        local=False,
        type="Application",
        kind=NODE,
        handle="relay",
        host=host,
        name=host,
        url=f"https://{host}/",
        inbox=f"{iri}/inbox",
        updated_at=now(),
    )
    session().add(made)
    session().flush()
    return made
