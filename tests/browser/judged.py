"""A call after its deadline whose committee reads the applications, for the walk over all pages."""

from datetime import timedelta

from flask import Flask

from actors import local
from actors.database import session
from actors.models import Actor
from actors.node import now
from flask_maillage.calls import giving
from flask_maillage.calls.giving import Opinion
from flask_maillage.publications.call_parts import Seat
from flask_maillage.publications.kinds.call import details_of
from tests.calls import committee, making

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
APPLIED = {"applied_key": 41, "recused_key": 42}
"""Applications by what their keys are called in addresses."""


def publish(node: Flask) -> str:
    """Publish a call after its deadline in whose committee Ann sits, and return the address of its page."""
    with node.app_context():
        ann, mia = (_actor(handle) for handle in ("ann", "mia"))
        seats = tuple(
            Seat(key=key, name=name, organisation=organisation, actor=actor and actor.iri)
            for key, name, organisation, actor in (
                ("ires", "Ann Peeters", "IRES", ann),
                ("etuc", "Mia Okonkwo", "ETUC", mia),
                ("post", "A secretary", "ASTREES", None),
            )
        )
    iri = making.call_of(
        node,
        handle="platform_workers",
        name="A call whose committee reads",
        details={"committee": seats, "quorum": 2, "criteria": committee.CRITERIA, "extensions": ()},
    )
    with node.app_context():
        call = making.found(iri)
        call.starts_at, call.ends_at = now() - timedelta(days=60), now() - timedelta(days=2)
        answers = [
            {"key": asked.key, "text": f"{LONG_WORD} and nothing else."}
            for asked in details_of(call.content).questions
            if asked.answer in ("short", "long")
        ]
        for number in (*APPLIED.values(), 43):
            dossier = making.dossier_of(call, number, content={"answers": answers})
            if number == APPLIED["applied_key"]:
                making.corrected(dossier, {"answers": answers[:-1], "sectors": ["Delivery", "Care"]})
        for handle, number, said in (
            ("mia", 41, Opinion("admissible", {"workers": 4}, "It is **concrete**.")),
            ("ann", 42, Opinion("recused", {})),
            ("ann", 43, Opinion("abstain", {"workers": 2, "lasting": 3})),
        ):
            agreement = f"{making.APPLICANT}/applications/{number}"
            giving.give(_actor(handle), call.actor.iri, call.iri, agreement, 1, said)
        session().commit()
    return iri.replace("/actors/", "/@")


def _actor(handle: str) -> Actor:
    found = local.find(handle)
    assert found is not None
    return found
