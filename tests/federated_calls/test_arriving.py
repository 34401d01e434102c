"""What an owner's node makes of what applications name, beside what the index of fixtures says."""

from actors.database import session
from flask_maillage.calls import weighing
from flask_maillage.calls.models import Dossier
from tests.federated_calls.cast import ETUC, IRES
from tests.federated_calls.play import staged


def test_who_carries_an_initiative_that_is_not_kept_here_judges_nothing_of_it(database_url, tmp_path):
    with staged(database_url, tmp_path, "https://node-a.example") as stage:
        riders = "https://node-d.example/actors/riders"
        stage.network.documents[f"{riders}/initiatives/2"]["carriedBy"] = [riders, ETUC]
        stage.play("offer")
        with stage.app.app_context():
            dossier = session().query(Dossier).one()
            said = weighing.opinions(dossier.call, [dossier])
            assert (said.is_own(dossier, [ETUC]), said.is_own(dossier, [IRES])) == (True, False)
