"""What others may make this node do and keep about calls: one more than that waits, or is not kept; nothing changed."""

import copy

import pytest
from sqlalchemy import func, select, update

from actors import remote
from actors.database import session
from actors.rates import Rates
from federation.activities import activity_of
from federation.errors import TooMany
from flask_maillage.calls import bounds, posting
from flask_maillage.calls.afterwards import chores
from flask_maillage.calls.models import CallLetter, Dossier, Entry, Place, Receipt
from flask_maillage.calls.shapes import shape_of
from tests.calls.fixtures import fixture, index
from tests.federated_calls.cast import CARE, OWNER, RIDERS, TEXTS, moment, proved
from tests.federated_calls.play import staged

A = "https://node-a.example"


@pytest.fixture
def stage(database_url, tmp_path):
    """The owner's node, its call open, and one application registered."""
    with staged(database_url, tmp_path, A) as found:
        found.prepare("call", "deadline-extended", "offer")
        with found.app.app_context():
            yield found


def take(stage, name, number=0, **changes):
    """Take a fixture as a letter of its own; each `number` is another one."""
    document = copy.deepcopy(fixture(name)) | {"id": f"{fixture(name)['id']}-{number}"} | changes
    document.pop("proof", None)
    document = proved(document)
    activity, sender = activity_of(document), remote.find(document["actor"])
    received_at = moment(index()[name]["receivedAt"]) if name in index() else moment("2027-02-20T10:00:00Z")
    stage.clock.moment = received_at
    fetch = fixture("initiatives").__getitem__
    return posting.take_in(activity, sender, shape=shape_of(activity), received_at=received_at, fetch=fetch)


def one_too_many(stage, name, number=0, **changes):
    """Take one for which there is no room, as a worker does: what it wrote is not kept."""
    with pytest.raises(TooMany), session().begin_nested():
        take(stage, name, number, **changes)


def count(model, *conditions):
    return session().scalar(select(func.count()).select_from(model).where(*conditions))


def undo(number, sender=TEXTS):
    """Return what makes another early withdrawal of the fixture's."""
    offer = {"id": f"{sender}/applications/x{number}#offer-1", "type": "Offer", "actor": sender}
    return {"id": f"{sender}/applications/x{number}#undo-1", "actor": sender, "object": offer, "to": [OWNER]}


def receipt(number, digest=None):
    thing = fixture("receipt-seat")["object"] | {"id": f"{fixture('receipt-seat')['object']['id']}-{number}"}
    return {"object": thing | ({"digestMultibase": digest} if digest else {})}


def entry_of(dossier, number):
    thing = fixture("contact-shared")["object"]
    return {"object": thing | {"id": f"{thing['id']}-{number}", "context": f"{dossier}/follow-up"}}


@pytest.mark.parametrize("by", ["an actor", "a host"])
def test_letters_beyond_their_rate_wait_and_change_nothing(stage, by):
    sorts = (bounds.APPLICATIONS, bounds.RECEIPTS, bounds.ENTRIES)
    stage.app.extensions["maillage"].rates = Rates({f"{sort} of {by}": "1 per 10 minutes" for sort in sorts})
    other = TEXTS if by == "an actor" else CARE
    take(stage, "withdrawal", **undo(1))
    one_too_many(stage, "withdrawal", **undo(2, other))
    take(stage, "receipt-seat", **receipt(1))
    one_too_many(stage, "receipt-seat", 1, **receipt(2, "zQmother"))
    dossier = session().scalars(select(Dossier)).one()
    iri = f"{dossier.call.iri}/dossiers/{dossier.identifier}"
    stage.app.extensions["maillage"].rates.allow(f"entries of {by}", RIDERS if by == "an actor" else "node-d.example")
    one_too_many(stage, "contact-shared", **entry_of(iri, 1))
    assert count(CallLetter, ~CallLetter.sent) == 3, "the application, one withdrawal and one receipt"
    assert (count(Receipt, ~Receipt.matches), count(Entry)) == (0, 0)


def test_withdrawals_without_an_application_wait_in_bounds_and_leave_nothing(stage, monkeypatch):
    monkeypatch.setattr(bounds, "MOST_EARLY", 2)
    monkeypatch.setattr(bounds, "MOST_EARLY_OF_HOST", 3)
    for number in (1, 2):
        take(stage, "withdrawal", **undo(number))
    one_too_many(stage, "withdrawal", **undo(3))
    take(stage, "withdrawal", **undo(4, CARE))
    one_too_many(stage, "withdrawal", **undo(5, RIDERS))
    take(stage, "withdrawal", **undo(0, RIDERS) | {"object": {"id": fixture("offer")["id"], "type": "Offer"}})
    session().commit()
    stage.clock.moment = moment("2027-01-19T12:00:01Z")
    while chores.forget_held():
        pass
    assert count(CallLetter, CallLetter.call_iri == "") == 0
    assert session().scalars(select(Dossier.state)).all() == ["withdrawn"]


def test_receipts_are_kept_in_bounds(stage, monkeypatch):
    monkeypatch.setattr(bounds, "MOST_WAITING", 1)
    monkeypatch.setattr(bounds, "MOST_OTHERS", 1)
    take(stage, "receipt-seat", 1, **receipt(1, "zQmother"))
    with pytest.raises(posting.Ignored), session().begin_nested():
        take(stage, "receipt-seat", 2, **receipt(2, "zQmanother"))
    take(stage, "receipt-in-time-elsewhere", 1)
    one_too_many(stage, "receipt-in-time-elsewhere", 2)
    take(stage, "receipt-seat", 3, **receipt(3))
    assert [one.matches for one in session().scalars(select(Receipt).where(Receipt.seat_key == "ires"))] == [
        False,
        True,
    ]


def test_applications_that_came_too_late_are_kept_in_bounds_and_refused_beyond_them(stage, monkeypatch):
    monkeypatch.setattr(bounds, "MOST_HELD", 1)
    for number in (1, 2):
        assert take(stage, "offer-late", number) == "refused: late"
    held = select(CallLetter.held_until.is_not(None)).where(CallLetter.refused == "late").order_by(CallLetter.id)
    assert session().scalars(held).all() == [True, False]


def test_a_follow_up_has_so_many_entries_of_one_author(stage, monkeypatch):
    monkeypatch.setattr(bounds, "MOST_ENTRIES", 1)
    place = select(Place.id).limit(1).scalar_subquery()
    followed = {"state": "confirmed", "place_id": place, "decided_by": OWNER, "decided_at": stage.clock()}
    session().execute(update(Dossier).values(**followed).execution_options(synchronize_session=False))
    session().expire_all()
    call = session().scalars(select(Dossier)).one().call
    call.content = call.content.model_copy(update={"status": "decided"})
    session().flush()
    dossier = session().scalars(select(Dossier)).one()
    iri = f"{call.iri}/dossiers/{dossier.identifier}"
    assert take(stage, "contact-shared", 1, **entry_of(iri, 1)) == "an entry: contact_details"
    one_too_many(stage, "contact-shared", 2, **entry_of(iri, 2))
    assert count(Entry) == 1
