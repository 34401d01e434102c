"""Fifty publish at the same moment, on both databases: never an eleventh, never a letter twice, all or nothing."""

import pytest
from sqlalchemy import func, select

from actors import outbox
from actors.database import session
from actors.models import Delivery, Posted
from flask_maillage.calls import audit
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.deciding import arranging, publishing, stating
from flask_maillage.calls.deciding.arranging import Meanwhile, Wish
from flask_maillage.calls.models import CallLetter, Decision, Dossier
from tests import postgresql
from tests.calls import decided, making
from tests.calls.decided import COORDINATOR
from tests.publications.test_capacity import at_once

pytestmark = postgresql.BOTH
PLACES, APPLY, PRESS = 10, 13, 50


@pytest.fixture
def iri(app, fediverse):
    """A call with ten places about which thirteen applications are arranged: nine selected, four in the reserve."""
    found = decided.call_of(app, fediverse, APPLY, maximum_selected=PLACES)
    with app.app_context():
        decided.wish(making.found(found), *["selected"] * (PLACES - 1), *["reserve"] * (APPLY - PLACES + 1))
        session().commit()
    return found


def press(iri):
    """Publish, as whoever presses the button; what lacks is told to them."""
    try:
        publishing.publish(making.found(iri), COORDINATOR)
    except publishing.Lacking:
        session().rollback()
        return "nothing to publish"
    return "published"


def offer(iri, number):
    """Select one more from the reserve and publish that, as a coordinator who is alone with the page."""
    call = making.found(iri)
    line = next(one for one in arranging.lines(call, COORDINATOR) if one.dossier.id == number)
    if line.dossier.state != "reserve":
        return "has one"
    wish = Wish("selected", line.mark, motives="A place is free.", departure="As arranged.")
    try:
        arranging.arrange(call, {line.dossier.identifier: wish}, COORDINATOR)
        publishing.publish(call, COORDINATOR)
    except (publishing.Lacking, Meanwhile, Refused):
        session().rollback()
        return "no place"
    return "published"


def counted(column, *conditions):
    query = select(column, func.count()).where(*conditions).group_by(column)
    return dict(session().execute(query).all())


def test_fifty_publishings_publish_once_and_nobody_selects_an_eleventh(app, iri):
    became = at_once(app, [lambda: press(iri)] * PRESS)

    assert became.count("published") == 1
    with app.app_context():
        assert counted(Dossier.state) == {"selected": PLACES - 1, "reserve": 4}
        assert session().scalar(select(func.count(CallLetter.id)).where(CallLetter.verb == "decision")) == APPLY
        waiting = list(session().scalars(select(Dossier.id).where(Dossier.state == "reserve")))

    became = at_once(app, [lambda number=waiting[n % 4]: offer(iri, number) for n in range(PRESS)])

    assert became.count("published") == 1
    with app.app_context():
        call = making.found(iri)
        assert counted(Dossier.state) == {"selected": PLACES, "reserve": 3}
        assert len({one.place_id for one in decided.dossiers(call) if one.place_id}) == PLACES
        assert audit.verify(call) == []
        assert audit.count(call) == APPLY + 1
        assert session().scalar(select(func.count(Decision.id)).where(Decision.outcome == "selected")) == PLACES


@pytest.mark.parametrize("step", ["before the letters", "among the letters"])
def test_who_is_killed_while_publishing_leaves_nothing_and_another_press_does_it_all(app, iri, work, monkeypatch, step):
    class Killed(BaseException):
        """As a process that ends: nothing of ours catches it."""

    done = []

    def dying(*args, **more):
        done.append(args)
        if step == "before the letters" or len(done) == APPLY // 2:
            raise Killed
        return outbox_post(*args, **more)

    outbox_post = outbox.post
    with app.app_context(), monkeypatch.context() as patched:
        if step == "before the letters":
            patched.setattr(stating, "write_all", dying)
        else:
            patched.setattr(outbox, "post", dying)
        call = making.found(iri)
        with pytest.raises(Killed):
            publishing.publish(call, COORDINATOR)
        session().rollback()
        session().remove()
    with app.app_context():
        call = making.found(iri)
        assert (call.status, audit.count(call)) == ("deliberating", 0)
        assert counted(Dossier.state) == {"submitted": APPLY}
        assert session().scalar(select(func.count(CallLetter.id)).where(CallLetter.verb == "decision")) == 0
        publishing.publish(call, COORDINATOR)
        session().commit()
        decisions = select(Delivery.id).join(Posted).where(Posted.object_iri.like("%#offer"))
        assert len(session().scalars(decisions).all()) == APPLY * 2
    work()
    with app.app_context():
        settled = select(Delivery.state).join(Posted).where(Posted.object_iri.like("%#offer"))
        assert set(session().scalars(settled)) == {"delivered"}
