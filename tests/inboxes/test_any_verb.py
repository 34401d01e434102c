"""Any verb with any object, as Hypothesis thinks of them: a handler never fails by an exception of its own."""

import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from actors import following, local, remote
from actors.database import session
from actors.node import EXTENSION
from actors.rates import RATES, Rates
from inboxes import worker
from inboxes.models import Letter
from inboxes.registry import verbs
from tests.inboxes.letters import INBOXES, UNION
from tests.publications import board

FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 2**40)
    | st.text(max_size=8)
    | st.sampled_from([UNION, "as:Public", "Follow"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3),
    max_leaves=6,
)
PARTS = (
    "id",
    "type",
    "actor",
    "object",
    "target",
    "origin",
    "inReplyTo",
    "content",
    "to",
    "cc",
    "url",
    "name",
    "result",
)
UNLIMITED = Rates(dict.fromkeys(RATES, "1000000 per second"))


@pytest.mark.later
@FEW
@given(data=st.data())
def test_any_verb_with_any_object_ends_without_an_exception(app, client, clock, fediverse, caplog, data):
    app.extensions[EXTENSION].rates = UNLIMITED
    bob = fediverse.actor("bob", "b.test", "bob", "Group", featured=fediverse.address("b.test", "/users/bob/featured"))
    with app.app_context():
        if remote.find(bob.iri) is None:
            following.follow(local.find("union"), remote.remember(bob.document))
            session().commit()
            board.publish(app, "call")
        call = session().scalars(select(board.Publication.iri)).first()
        number = session().scalars(select(Letter.id).order_by(Letter.id.desc())).first() or 0
    names = st.sampled_from([UNION, call, bob.iri, bob.document["featured"], f"{bob.iri}/x", f"{bob.iri}/activities/1"])
    thing = data.draw(
        names
        | VALUES
        | st.fixed_dictionaries(
            {"id": names, "type": st.sampled_from(["Follow", "Like", "Note", "Group", "Create"])}
        ).flatmap(
            lambda given: st.dictionaries(st.sampled_from(PARTS), names | VALUES, max_size=4).map(
                lambda more: given | more
            )
        )
    )
    verb = data.draw(st.sampled_from(sorted(verbs() - {"Delete"})))
    more = data.draw(
        st.dictionaries(st.sampled_from(["target", "origin", "content", "to", "cc", "result"]), names | VALUES)
    )
    letter = bob.activity(verb, thing, f"any-{number}", **more)
    answer = bob.post(client, letter, data.draw(st.sampled_from(INBOXES)), now=clock())
    assert answer.status_code in (202, 400, 403)
    worker.run_until_idle(app)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
