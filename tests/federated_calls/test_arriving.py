"""The index of fixtures, as far as letters of applicants, seats and owners arrive, played against a node by HTTP."""

import pytest

from actors.database import session
from flask_maillage.calls import weighing
from flask_maillage.calls.models import Dossier
from tests.calls.fixtures import index
from tests.federated_calls.cast import ETUC, IRES
from tests.federated_calls.play import staged

OURS = ("call", "deadline-extended", "offer", "correction", "update-", "withdrawal", "receipt-", "erasure")
"""What is played here; what comes after a decision is played where decisions are."""


def lines(base):
    """Return the lines of the index that a node gets, as far as they are about applications that arrive."""
    return [
        name
        for name, row in index().items()
        if row["receiver"].startswith(f"{base}/") and all(one.startswith(OURS) for one in [name, *row["after"]])
    ]


@pytest.mark.parametrize("name", lines("https://node-a.example"))
def test_owner(name, database_url, tmp_path):
    with staged(database_url, tmp_path, "https://node-a.example") as stage:
        assert stage.play(name) == index()[name]["expected"], stage.last_outcome()


@pytest.mark.parametrize("name", lines("https://node-d.example"))
def test_applicant(name, database_url, tmp_path):
    with staged(database_url, tmp_path, "https://node-d.example") as stage:
        assert stage.play(name) == index()[name]["expected"], stage.last_outcome()


def test_who_carries_an_initiative_that_is_not_kept_here_judges_nothing_of_it(database_url, tmp_path):
    with staged(database_url, tmp_path, "https://node-a.example") as stage:
        riders = "https://node-d.example/actors/riders"
        stage.network.documents[f"{riders}/initiatives/2"]["carriedBy"] = [riders, ETUC]
        stage.play("offer")
        with stage.app.app_context():
            dossier = session().query(Dossier).one()
            said = weighing.opinions(dossier.call, [dossier])
            assert (said.is_own(dossier, [ETUC]), said.is_own(dossier, [IRES])) == (True, False)
