"""A call of this node with applications in several states, each text of which holds a word that stands nowhere else.

For the privacy sweep: who applies, who judges, and where everything of it would be found.
"""

import json
from typing import Any

from flask import Flask
from sqlalchemy import select

from actors import followers, iris, local, remote
from actors.database import session
from actors.node import now
from flask_maillage.calls import cohorts, giving, private_files, receipts
from flask_maillage.calls.applying import drafts, links, sending
from flask_maillage.calls.applying.outcomes import decision_of
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.deciding import arranging, publishing
from flask_maillage.calls.deciding.arranging import Wish
from flask_maillage.calls.giving import Opinion
from flask_maillage.calls.models import CallLetter, Dossier, Draft, Entry, Guest
from flask_maillage.calls.registering import files
from flask_maillage.calls.sessions import links as session_links
from flask_maillage.calls.sessions import people, roster
from flask_maillage.calls.shapes import Shape
from flask_maillage.people import accounts, roles
from flask_maillage.publications import publishing as published
from flask_maillage.publications import seat_addresses
from flask_maillage.publications.call_parts import Question, Seat
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from tests.calls import committee, decided, gathered, making
from tests.calls.applying import drafted
from tests.calls.swept_places import (
    APPLICATIONS,
    CARE,
    LATE,
    NELL,
    OTTO,
    PAST,
    RIDERS,
    WIM,
    ZOE,
    Story,
    places_of,
    word,
)
from tests.conftest import PASSWORD, Clock
from tests.fediverse import Fediverse, RemoteActor
from tests.inboxes import vouching

MAIL_SEAT = "zqmailpost@example.org"
QUESTIONS = (
    Question(key="objectives", label="Objectives", characters=200),
    Question(key="note", label="Note", answer="file", media_types=("text/csv",)),
)


def told(app: Flask, clock: Clock, fediverse: Fediverse) -> Story:
    """Let it all happen: applying while the call is open, then opinions, decisions, a cohort, and what follows."""
    elsewhere = _elsewhere(app, fediverse)
    with app.app_context():
        for handle in ("lou", "kim", NELL, OTTO, WIM, PAST):
            committee.member(handle)
        accounts.add("root@example.org", "Root", "rooted", PASSWORD, is_admin=True)
        committee.coordinator()
        _belongs("kim")
        members = tuple(
            Seat(key=name, name=f"Somebody of {name}", actor=committee.member(name).iri) for name in committee.SEATS
        )
        session().commit()
    others = (
        Seat(key="far", name="Far", actor=elsewhere["seat"].iri),
        Seat(key="out", name="Out", actor=elsewhere["recused"].iri),
        Seat(key="post", name="A secretary"),
    )
    with app.app_context():
        left = (
            Seat(key="left", name="Lou", actor=committee.member("lou").iri),
            Seat(key="gone", name="Former", actor=elsewhere["former"].iri),
        )
    details = {"questions": QUESTIONS, "cohorts": decided.COHORTS, "maximum_selected": 4, "criteria": ()}
    iri = committee.call(app, committee=(*members, *others, *left), **details)
    with app.app_context():
        call = making.found(iri)
        seat_addresses.put(call, {"post": MAIL_SEAT})
        follower = remote.find(elsewhere["neighbour"].iri)
        assert follower is not None
        followers.record(follower, call.actor, iri="https://b.test/follow", state="accepted")
        guest_links = _apply(call, clock, elsewhere)
        _held_late(call)
        session().commit()
        clock.turn(minutes=5)
        said = details_of(call.content).model_copy(update={"committee": (*members, *others)})
        published.revise(call, call.content.model_copy(update={"details": said}))
        session().commit()
    clock.moment = committee.DELIBERATING
    with app.app_context():
        call = making.found(iri)
        found = _by_name(call)
        _judge(call, found)
        session().commit()
        _decide(call, found)
        session().commit()
        _follow_up(call, found)
        more = _hold_session(call, found)
        session().commit()
        story = Story(
            iri,
            call.identifier,
            {name: one.identifier for name, one in found.items()},
            {name: one.agreement_iri for name, one in found.items()},
            elsewhere,
        )
        story.places = places_of(call, story, found[NELL], {"seat": MAIL_SEAT, **guest_links, **more})
    return story


def _belongs(handle: str) -> None:
    """Let a member belong to the union who edits nothing of it."""
    found, union = accounts.find(f"{handle}@example.org"), local.find("union")
    assert found is not None
    assert union is not None
    roles.grant(found, union, "member")
    session().flush()


def _elsewhere(app: Flask, fediverse: Fediverse) -> dict[str, RemoteActor]:
    made = {
        "stranger": fediverse.actor("stranger", "s.test", "mallory"),
        "neighbour": fediverse.actor("neighbour", "b.test", "mallory"),
        "server": fediverse.actor("relay", "b.test", "alice", kind="Application"),
        "former": fediverse.actor("former", "b.test", "alice"),
        "seat": fediverse.actor("far", "b.test", "bob"),
        "recused": fediverse.actor("out", "b.test", "bob", kind="Service"),
        RIDERS: fediverse.actor(RIDERS, "d.test", "alice", kind="Group"),
        CARE: fediverse.actor(CARE, "d.test", "bob", kind="Group"),
    }
    with app.app_context():
        for name, actor in made.items():
            vouching.lists_key(actor)
            if name != "stranger":
                remote.remember(actor.document, confirmed=actor.key_id)
        session().commit()
    return made


def _said(name: str) -> dict[str, Any]:
    """Return what an application says, each text with its word."""
    return {
        "name": word("name", name),
        "initiative": {"name": word("initiative", name), "summary": f"Forty riders {word('summary', name)}."},
        "people": [
            {"name": word("person", name), "role": word("role", name), "organisation": word("organisation", name)}
        ],
        "answers": [{"key": "objectives", "text": word("text", name)}],
        "sectors": [word("sector", name)],
        "topics": [word("topic", name)],
        "territory": "FR",
    }


def _apply(call: Publication, clock: Clock, elsewhere: dict[str, RemoteActor]) -> dict[str, str]:
    """Let everybody apply: members and a guest by their pages' own functions, the others as rows of their letters."""
    for name in (NELL, OTTO, WIM, PAST):
        actor = committee.member(name)
        draft = drafted.draft_of(call, actor, actor, **_said(name))
        if name == NELL:
            drafts.save(draft, drafted.whole(call, **_said(name) | _with_a_file(draft, name)))
        sending.send(draft, TheCall(call))
        if name == NELL:
            clock.turn(minutes=5)
            said = drafted.whole(call, **_said(name) | _with_a_file(draft, name))
            said["answers"] = [{"key": "objectives", "text": word("new", name)}, said["answers"][-1]]
            drafts.save(draft, said)
            sending.send(draft, TheCall(call))
        if name in (WIM, PAST):
            sending.withdraw(draft, TheCall(call))
        if name == PAST:
            sending.ask_to_erase(draft)
    guest, own = drafted.guest_of(call, f"{word('mail', ZOE)}@example.org")
    draft = session().scalars(select(Draft).where(Draft.guest_id == guest.id)).one()
    drafts.save(draft, drafted.whole(call, **_said(ZOE), applicant={"name": word("guest", ZOE)}))
    sending.send(draft, TheCall(call))
    for number, name in enumerate((RIDERS, CARE), 1):
        _applied_elsewhere(call, elsewhere[name].iri, name, number)
    session().commit()
    while files.fetch_application_files():
        pass
    asked = Guest(call_id=call.id, identifier="asked", email="ida@example.org", language="en", asked_at=now())
    session().add(asked)
    session().flush()
    return {"own": own, "confirm": links.token(asked, links.CONFIRM)}


def _with_a_file(draft: Draft, name: str) -> dict[str, Any]:
    stored = private_files.store(
        f"{word('bytes', name)},b\n".encode(), title=f"{word('file', name)}.csv", media_type="text/csv", draft=draft
    )
    attachment = {
        "type": "Document",
        "url": iris.of_call(draft.actor.handle, "files", stored.name),
        "mediaType": stored.media_type,
        "size": stored.size,
        "digestMultibase": stored.digest,
        "name": stored.title,
    }
    return {"answers": [*_said(name)["answers"], {"key": "note", "attachment": attachment}]}


def _applied_elsewhere(call: Publication, applicant: str, name: str, number: int) -> None:
    said = making.CONTENT | {key: value for key, value in _said(name).items() if key != "name"}
    dossier = making.dossier_of(call, number, applicant=applicant, content=said, name=word("name", name))
    version = dossier.versions[0]
    agreement = {"id": dossier.agreement_iri, "type": "Agreement", "name": dossier.name, "application": said}
    version.letter.document = json.dumps({"type": "Offer", "actor": applicant, "object": agreement})
    receipts.make(call.actor, version.letter, to=[applicant], version=1, seat_key="")
    session().flush()


def _held_late(call: Publication) -> None:
    agreement = f"{iris.actor('couriers')}/applications/{LATE}"
    said = {"name": word("held", LATE), "application": {"committeeVersion": 1, **_said(LATE)}}
    letter = CallLetter(
        sender_iri=iris.actor("couriers"),
        iri=f"{agreement}#offer-1",
        verb=str(Shape.OFFER),
        call_iri=call.iri,
        agreement_iri=agreement,
        sent=False,
        received_at=now(),
        digest="zQm",
        document=json.dumps({"type": "Offer", "object": said}),
        held_until=committee.DELIBERATING.replace(month=6),
        refused="late",
    )
    session().add(letter)


def _by_name(call: Publication) -> dict[str, Dossier]:
    found = {one.name.removeprefix("zqname"): one for one in decided.dossiers(call)}
    assert set(found) == {*APPLICATIONS, ""}
    found[PAST] = found.pop("")
    assert found[PAST].purged_at is not None
    return found


def _judge(call: Publication, found: dict[str, Dossier]) -> None:
    """Let one seat give its opinion of everything, and one say that it has a conflict of interest with the first."""
    etuc, owner = committee.member("etuc"), call.actor.iri
    for name in APPLICATIONS:
        one = found[name]
        if one.state == "withdrawn":
            continue
        giving.note(etuc, call.iri, one.agreement_iri, word("note", name))
        opinion = Opinion("admissible", {}, word("opinion", name))
        giving.give(etuc, owner, call.iri, one.agreement_iri, one.version, opinion)
    recused = found[NELL]
    giving.give(
        committee.member("astrees"), owner, call.iri, recused.agreement_iri, recused.version, Opinion("recused", {})
    )
    decided.opine(recused, "recused", seats=["out"])


def _decide(call: Publication, found: dict[str, Dossier]) -> None:
    """Publish some decisions, let two confirm and stand in one cohort, and arrange one more."""
    call.status = "deliberating"
    outcomes = {OTTO: "selected", RIDERS: "selected", CARE: "declined", ZOE: "declined"}
    _wish(call, {name: found[name] for name in outcomes}, outcomes, "motive")
    found[NELL].state = "withdrawn"  # one that nothing is decided about yet would hold up all the others
    publishing.publish(call, decided.COORDINATOR)
    found[NELL].state = "submitted"
    draft = session().scalars(select(Draft).join(Draft.actor).where(Draft.actor.has(handle=OTTO))).one()
    the_call = TheCall(call)
    assert decision_of(draft, the_call) is not None
    sending.answer_selection(draft, the_call, accept=True, publicise=False)
    assert found[OTTO].state == "confirmed"
    found[RIDERS].state, found[RIDERS].confirmed_at = "confirmed", now()
    session().flush()
    for name in (OTTO, RIDERS):
        cohorts.place(call, found[name], "1", decided.COORDINATOR)
    call.status = "deliberating"
    session().flush()
    _wish(call, {NELL: found[NELL]}, {NELL: "selected"}, "pending")


def _wish(call: Publication, which: dict[str, Dossier], outcomes: dict[str, str], kind: str) -> None:
    marks = {line.dossier.identifier: line.mark for line in arranging.lines(call, decided.COORDINATOR)}
    wishes = {
        one.identifier: Wish(
            outcomes[name], marks[one.identifier], motives=word(kind, name), departure=word("departure", name)
        )
        for name, one in which.items()
    }
    arranging.arrange(call, wishes, decided.COORDINATOR)


def _follow_up(call: Publication, found: dict[str, Dossier]) -> None:
    for name in (OTTO, RIDERS):
        one = found[name]
        contact = {"name": word("contact", name), "email": f"{word('reach', name)}@example.org"}
        written: list[tuple[str, str, str, dict[str, Any]]] = [
            (call.actor.iri, "contact", f"<p>{word('entry', name)}</p>", {"on": "2027-01-19"}),
            (one.applicant_iri, "outputs", "", {"outputs": {"needs": [word("output", name)]}}),
            (one.applicant_iri, "contact_details", "", {"contact": contact}),
        ]
        for number, (by, entry, content, facts) in enumerate(written):
            row = {"iri": f"{one.agreement_iri}/e/{number}", "by_iri": by, "entry": entry, "content": content}
            session().add(Entry(dossier_id=one.id, at=now(), facts=facts, **row))
    session().flush()


def _hold_session(call: Publication, found: dict[str, Dossier]) -> dict[str, str]:
    call.status = "decided"
    held = gathered.held(call)
    call.status = "deliberating"
    assert people.roles_in(held)
    ada = {"name": "Ada Legge", "languages": ["en"], "competences": ["Law"], "email": "ada@example.org"}
    expert = roster.enter(call.actor, ada, consent="by mail")
    session().flush()
    return {
        "event": held.event.identifier,
        "expert": session_links.address_of_expert(expert).rpartition("/")[2],
        "session": session_links.token(people.roles_in(held)[0]),
    }
