"""A call is decided by publishing decisions: no page, command or program says so over applications that wait."""

import pytest

from actors.database import session
from flask_maillage.calls.models import Dossier
from flask_maillage.publications import calling
from flask_maillage.publications.rules import NotPossible
from tests.calls import decided, making
from tests.reader import Reader


@pytest.fixture
def iri(app, fediverse):
    return decided.call_of(app, fediverse, 1)


def test_nobody_decides_by_hand_over_one_that_waits(app, iri):
    ann = Reader(app)
    ann.sign_in()
    path = iri.replace("http://localhost/actors/", "/@") + "/manage"
    page = ann.get(path)
    assert "reads applications on " in page.text, "where a member reads them who needs no address here"
    answer = ann.post(path, ann.fill(page, step="decided"))

    assert (answer.status_code, "Applications wait for a decision" in answer.text) == (422, True)
    with app.app_context():
        assert making.found(iri).status == "deliberating"
        with pytest.raises(NotPossible):
            calling.step(making.found(iri), "decided")


def test_a_call_without_any_that_waits_is_decided_by_hand(app, iri):
    with app.app_context():
        call = making.found(iri)
        for dossier in session().query(Dossier):
            dossier.state = "withdrawn"
        calling.step(call, "decided")

        assert call.status == "decided"


def test_publishing_decides_the_call(app, iri):
    with app.app_context():
        call = making.found(iri)
        decided.publish(call, "selected")

        assert call.status == "decided"
