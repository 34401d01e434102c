"""A node with something on every page: organisations, all kinds, a partner's copies, what waits for an admin.

It serves the walk over all pages (`test_every_page.py`) and the contact sheet (`screens.py`).
"""

import json
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from actors import followers, following, iris, local, outbox, policy, remote
from actors.database import session
from actors.models import COALITION, ORGANISATION, PERSON, Actor
from actors.node import now
from federation.activities import PUBLIC
from flask_maillage.calls import audit, seats_by_mail
from flask_maillage.calls.acting import Acting
from flask_maillage.calls.applying import drafts
from flask_maillage.calls.applying import links as applicants_links
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.models import CallLetter, Dossier, Entry, Receipt, Slot
from flask_maillage.calls.models import Guest as GuestApplicant
from flask_maillage.calls.sessions import holding, inviting, people, roster
from flask_maillage.calls.sessions import links as session_links
from flask_maillage.calls.shapes import Shape
from flask_maillage.coalitions import managing, memberships
from flask_maillage.coalitions.charters import agreeing, versions
from flask_maillage.coalitions.founding import inviting as founders
from flask_maillage.coalitions.founding import proposing
from flask_maillage.coalitions.founding.models import FounderLink
from flask_maillage.coalitions.moving import working as archives
from flask_maillage.coalitions.process import log
from flask_maillage.coalitions.statements import listing as statements
from flask_maillage.coalitions.statements import preparing, signing
from flask_maillage.coalitions.statements.preparing import Written
from flask_maillage.coalitions.tools import listing
from flask_maillage.moderation import reports
from flask_maillage.people import account_links, accounts, invitations, roles, tokens
from flask_maillage.people.models import Applicant, Member
from flask_maillage.people.notifying import quiet_links
from flask_maillage.people.openid import identities
from flask_maillage.people.openid.provider import Proof, configured
from flask_maillage.publications import publishing, seat_addresses, topic_list
from flask_maillage.publications.attending import guests, links, registering, taking_part
from flask_maillage.publications.importing import looking, working
from flask_maillage.publications.importing.models import PREVIEWED
from flask_maillage.publications.importing.rows import Settings
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from flask_maillage.publications.own import secret_feeds
from flask_maillage.sample import network
from flask_maillage.sample.loading import add_actors
from flask_maillage.sample.pages import add_pages
from flask_maillage.territory.places import Place
from tests.browser import judged
from tests.browser.partnered import add_partners
from tests.calls import decided, gathered, making
from tests.calls.applying import drafted
from tests.coalitions import leaving
from tests.conftest import PASSWORD
from tests.publications import board

MEMBER, EDITOR, ADMIN = "member", "editor", "admin"
MAIL = {MEMBER: "mia@example.org", EDITOR: "ann@example.org", ADMIN: "root@example.org"}
"""Whose pages they are, and by which address they sign in."""
ELSEWHERE: dict[str, dict[str, object]] = {
    "newcomer": {"sub": "lou-1", "email": "lou@example.org", "email_verified": True, "name": "Lou Martin"},
    "known": {"sub": "ann-1", "email": MAIL[EDITOR], "email_verified": True, "name": "Ann Peeters"},
    "unverified": {"sub": "kim-1", "email": "kim@example.org", "email_verified": False, "name": "Kim"},
}
"""Who signs in by the provider, by what somebody presses there."""
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
"""No line can be broken in it but by force."""

Places = dict[str, str]
"""What stands for a name in braces in an address of `every_page.PAGES`."""


def furnish(node: Flask) -> Places:
    """Fill a node whose tables are there, and return what its pages are found by."""
    with node.app_context():
        local.ensure_application()
        _people()
        session().commit()
    paths = {
        "call": board.publish(node, "call", handle="platform_workers"),
        "event": board.publish(node, "event", handle="ires"),
        "initiative": board.publish(node, "initiative", handle="ires"),
        "news": board.publish(node, "news", handle="etuc"),
        "long": board.publish(node, "initiative", handle="ires", name=f"{LONG_WORD} {LONG_WORD}", place=_far()),
        "decided_call": _decided(node),
        "open_question": _deliberating(node),
        "judged_call": judged.publish(node),
        "draft": board.draft(node, "event", handle="ires", name="A draft of an event"),
        "copied_call": board.receive(node, "call", name="A call of a partner"),
        "copied_event": board.receive(node, "event", name="A seminar of a partner"),
    }
    paths = {name: urlsplit(path).path for name, path in paths.items()}
    with node.app_context():
        _linked()
        _changed(_found(paths["call"]))
        found = _waiting(_found(paths["event"]))
        _told(_found(paths["event"]))
        found |= (
            _proposed()
            | _links_in_mails()
            | _seat_by_mail(_found(paths["call"]))
            | _session(_found(paths["decided_call"]))
        )
        found |= _followed_up(_found(paths["decided_call"])) | _stated()
        found["application"] = decided.dossiers(_found(paths["open_question"]))[0].identifier
        found |= {name: key_of(f"{making.APPLICANT}/applications/{number}") for name, number in judged.APPLIED.items()}
        found |= _applied(_found(paths["call"]))
        _late(_found(paths["open_question"]))
        found |= _brought()
        session().commit()
    return {**paths, **found, **{f"{name}_id": path.rpartition("/")[2] for name, path in paths.items()}}


def _stated() -> dict[str, str]:
    """Let the coalition publish one statement, signed by one of two, and ask for another."""
    coalition, ires, workers = (local.find(handle) for handle in ("sharers", "ires", "platform_workers"))
    assert coalition is not None
    assert ires is not None
    assert workers is not None
    until = now().date() + timedelta(days=20)
    for title, day in (("One rule for all who work for a platform", None), (LONG_WORD, until)):
        written = Written(title, "## What we ask\n\n- one rule\n- for all\n\nNow, and **everywhere**.", "en", day)
        preparing.open_for_signing(preparing.write(coalition, written))
    rows = statements.asked_of([ires, workers])
    by_title = {(row.statement.number, row.member.handle): row for row in rows}
    signing.sign(by_title[1, ires.handle])
    signing.sign(by_title[1, workers.handle])
    signing.take_back(by_title[1, workers.handle])
    preparing.publish(by_title[1, ires.handle].statement)
    signing.sign(by_title[2, workers.handle])
    return {"asked_to_sign": str(by_title[2, ires.handle].id)}


def _people() -> None:
    ires, astrees, _etuc, workers = add_actors((*network.organisations(), network.project()))
    coalition = local.create("sharers", COALITION, "Sharers & Workers", summary="<p>A network of networks.</p>")
    local.create("quiet", ORGANISATION, LONG_WORD)
    ann = accounts.add(MAIL[EDITOR], "Ann Peeters", "ann", PASSWORD)
    mia = accounts.add(MAIL[MEMBER], "Mia Okonkwo", "mia", PASSWORD)
    root = accounts.add(MAIL[ADMIN], "Root", "rooted", PASSWORD, is_admin=True)
    for actor in (ires, workers, coalition):
        for person in (ann, root):
            roles.grant(person, actor, "admin")
    memberships.invite(coalition, astrees)
    for member in (workers, ires):
        memberships.join(member, coalition)
        memberships.answer(memberships.find(coalition, member), "accept")
    managing.set_terms(memberships.find(coalition, ires), role="founder", territory="FR", since=date(2026, 10, 1))
    tokens.issue(ann, ires, label="The association's website", scope="draft", expires_at=None)
    ires.approves_followers = True
    for number, name in enumerate(("clara", "denis")):
        copy = _elsewhere(name)
        followers.record(copy, ires, iri=f"{copy.iri}/follows/1", state="pending" if number else "accepted")
    topic_list.add("repair", {"en": "Repair and reuse", "fr": "Réparation et réemploi"})
    policy.block("spam.test")
    add_pages()
    add_partners()
    mia.actor.federated = True


def _elsewhere(name: str) -> Actor:
    iri = f"https://social.test/users/{name}"
    copy = remote.find(iri)
    if copy is None:
        copy = Actor(
            iri=iri,
            local=False,
            type="Person",
            kind=PERSON,
            handle=name,
            host="social.test",
            name=name.title(),
            summary="<p>Bicycles.</p>",
            url=f"https://social.test/@{name}",
            inbox=f"{iri}/inbox",
            updated_at=now(),
        )
        session().add(copy)
        session().flush()
    return copy


def _decided(node: Flask) -> str:
    """Publish a call with a dozen applications that is decided, and return the path of its page."""
    iri = making.call_of(node, handle="platform_workers", name="A call that is decided")
    path = iri.removeprefix("http://localhost").replace("/actors/", "/@")
    with node.app_context():
        call = making.found(iri)
        for number, dossier in enumerate(making.selected(call, range(1, 13))):
            dossier.territory = "FR" if number < 7 else "BE" if number < 10 else "IE"
            if number < 3:
                dossier.state, dossier.confirmed_at = "confirmed", now()
            moved = {"before": "submitted", "after": "selected", "subject": f"{iri}/dossiers/{dossier.identifier}"}
            audit.append(call, "decide", by=call.actor.iri, at=now(), **moved)
        session().commit()
    board.change(node, path, status="decided")
    return path


def _deliberating(node: Flask) -> str:
    """Publish a call whose decisions are half arranged, and return the path of its page."""
    iri = making.call_of(node, handle="platform_workers", name="A call that is deliberated")
    with node.app_context():
        call = making.found(iri)
        call.status = "deliberating"
        for number, name in enumerate(("A pay log", LONG_WORD, "A charter", "A helpline"), 21):
            making.dossier_of(call, number, name=name)
        decided.wish(call, "selected", "reserve", "reserve", motives="It is **concrete**.", reason="")
        session().commit()
    return iri.removeprefix("http://localhost").replace("/actors/", "/@")


def _followed_up(call: Publication) -> Places:
    """Let initiatives of a decided call be followed, with a step that is late: one led from here, one by a guest."""
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.state == "in_cohort").order_by(Dossier.id)
    one, other, third = session().scalars(query)
    one.versions[-1].letter.sender_iri = one.applicant_iri
    _entries(call, one)
    _entries(call, third)
    guest = _led_by_guest(call, other)
    _entries(call, other)
    contact = {"contact": {"name": "Karl", "telephone": "+32 1"}}
    said = {"iri": f"{call.iri}/e", "by_iri": other.applicant_iri, "entry": "contact_details", "content": ""}
    session().add(Entry(dossier_id=other.id, at=now(), facts=contact, **said))
    session().flush()
    led = applicants_links.token(guest, applicants_links.OWN)
    return {"followed": third.identifier, "led_key": key_of(one.agreement_iri), "guest_led": led}


def _led_by_guest(call: Publication, dossier: Dossier) -> GuestApplicant:
    """Let an application of a guest be the one that they wrote here, through the node."""
    guest = dossier.guest
    assert guest is not None
    draft = drafts.begin_for_guest(call, guest)
    draft.state, draft.offer_iri, draft.version = "registered", dossier.versions[-1].letter.iri, 1
    dossier.applicant_iri, dossier.agreement_iri = draft.actor.iri, drafts.agreement_of(draft)
    session().flush()
    return guest


def _entries(call: Publication, one: Dossier) -> None:
    owner, leader = call.actor.iri, one.applicant_iri
    written: list[tuple[str, str, str, dict[str, Any]]] = [
        (owner, "contact", "<p>By telephone: the data came, <em>in part</em>.</p>", {"on": "2026-11-02"}),
        (owner, "orientation", "<p>They know how.</p>", {"toward": "https://example.org/inspectorate"}),
        (leader, "answer", f"<p>{LONG_WORD}</p>", {}),
        (leader, "outputs", "", {"outputs": {"needs": ["A lawyer"], "actionPlan": [{"action": "Ask for data"}]}}),
        (leader, "contact_details", "", {"contact": {"name": "Ann", "email": "ann@riders.example"}}),
        (owner, "next_step", "<p>Ask for the rest.</p>", {"due": "2020-11-10"}),
    ]
    for number, (by, entry, content, facts) in enumerate(written):
        said = {
            "iri": f"{one.agreement_iri}/e/{number}",
            "by_iri": by,
            "entry": entry,
            "content": content,
            "facts": facts,
        }
        session().add(Entry(dossier_id=one.id, at=now(), **said))
    session().flush()


def _session(call: Publication) -> Places:
    """Let the first cohort of a decided call have a session, and return the link of who is invited to it by mail."""
    cohort, other = details_of(call.content).cohorts
    slots = session().scalars(select(Slot).where(Slot.call_id == call.id, Slot.cohort == cohort.key)).all()
    query = select(Dossier).where(Dossier.call_id == call.id).order_by(Dossier.id)
    for dossier, slot in zip(session().scalars(query), slots[:3], strict=False):
        dossier.state, dossier.confirmed_at, dossier.slot_id = "in_cohort", now(), slot.id
    one, two, _three = session().scalars(query.limit(3))
    one.applicant_iri = iris.actor("ires")
    gathered.guest(call, two)
    by = Acting(coordinator=True)
    held = holding.hold(call, cohort, gathered.content(), by)
    mia = session().scalars(select(Member).where(Member.email == MAIL[MEMBER])).one()
    inviting.invite(held, "expert", by, actor=mia.actor)
    ada = {"name": "Ada Legge", "organisation": "Chamber of law", "email": "ada@example.org"}
    ada |= {"languages": ["en", "it"], "competences": ["Delivery", "Cooperative law"], "availability": "In spring"}
    expert = roster.enter(call.actor, ada, consent="by mail, 3 March")
    bob = {"name": "Bob", "languages": ["fr"], "competences": ["Beekeeping"], "email": "bob@example.org"}
    roster.enter(call.actor, bob, consent="by telephone")
    by_mail = next(role for role in people.roles_in(held) if role.dossier_id == two.id)
    link = session_links.address_of_expert(expert).rpartition("/")[2]
    keys = {"cohort": cohort.key, "other_cohort": other.key}
    keys |= {"led": one.identifier, "led_key": key_of(one.agreement_iri)}
    return {"session_link": session_links.token(by_mail), "expert_link": link, **keys}


def _applied(call: Publication) -> Places:
    """Write applications in each state that has a page of its own."""
    ires, ann = local.find("ires"), local.find("ann")
    assert ires is not None
    written = drafted.draft_of(call, ires, ann, name="An application that is written")
    selected = drafted.sent_of(call, ires, ann, name="An application that is selected")
    drafted.decided(selected, call)
    guest, own = drafted.guest_of(call)
    return {
        "written": written.identifier,
        "selected": selected.identifier,
        "guest_own": own,
        "guest_confirm": applicants_links.token(guest, applicants_links.CONFIRM),
    }


def _late(call: Publication) -> None:
    """Hold two applications that came too late, one of which a member of the committee had in time."""
    for number in (1, 2):
        said = {"name": f"An application that came late {number}", "application": {"committeeVersion": 1}}
        letter = CallLetter(
            sender_iri=iris.actor("ires"),
            iri=f"{iris.actor('ires')}/applications/late{number}#offer-1",
            verb=str(Shape.OFFER),
            call_iri=call.iri,
            agreement_iri=f"{iris.actor('ires')}/applications/late{number}",
            sent=False,
            received_at=now(),
            digest="zQm",
            document=json.dumps({"type": "Offer", "object": said}),
            held_until=now() + timedelta(days=14),
            refused="late",
        )
        session().add(letter)
        session().flush()
        if number == 1:
            seat = details_of(call.content).committee[0]
            receipt = {"by_iri": "https://social.test/users/seat", "iri": "https://social.test/receipts/1"}
            said_at = {"received_at": call.content.ends_at, "digest": "zQm", "via": "letter", "matches": True}
            session().add(Receipt(letter_id=letter.id, seat_key=seat.key, **receipt, **said_at))


def _far() -> Place:
    return Place(name=LONG_WORD, locality="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", country="GB")


def _found(path: str) -> Publication:
    return session().scalars(select(Publication).where(Publication.identifier == path.rpartition("/")[2])).one()


def _changed(call: Publication) -> None:
    content = call.content
    publishing.revise(call, content.model_copy(update={"name": f"{content.name} (second edition)"}), note="A new title")


def _told(event: Publication) -> None:
    """Let members follow, register and be told things, with enough of one kind to be folded; and one have feeds."""
    mia = session().scalars(select(Member).where(Member.email == MAIL[MEMBER])).one()
    ann = session().scalars(select(Member).where(Member.email == MAIL[EDITOR])).one()
    for handle in ("ires", "platform_workers", "etuc"):
        following.follow(mia.actor, _local(handle))
    for handle in ("etuc", "platform_workers", "sharers", "quiet", "ires"):
        following.follow(_local(handle), ann.actor)
        following.follow(ann.actor, _local(handle))
    taking_part.join(mia.actor, event)
    secret_feeds.renew(mia)


def _linked() -> None:
    mia = session().scalars(select(Member).where(Member.email == MAIL[MEMBER])).one()
    provider = configured()
    assert provider is not None
    identities.link(mia, Proof(provider.issuer, "mia-1", MAIL[MEMBER], is_verified=True, name=mia.name), provider)


def _local(handle: str) -> Actor:
    found = local.find(handle)
    assert found is not None
    return found


def _waiting(event: Publication) -> Places:
    """Let something wait on the pages of those who answer: reports, registrations, deliveries, an import."""
    clara = _elsewhere("clara")
    reports.take(f"{clara.iri}/flags/1", clara, [clara.iri, event.iri], "This is spam.\nIt comes every day.")
    registering.register(event, clara, iri=f"{clara.iri}/joins/1", message="I come with two colleagues.")
    guests.ask(event, email="zoe@example.org", name="Zoé", message="", answers=(), shown=True, language="fr")
    guest = guests.find(event, "zoe@example.org")
    assert guest is not None
    ires = local.find("ires")
    ann = session().scalars(select(Member).where(Member.email == MAIL[EDITOR])).one()
    assert ires is not None
    table = "name,start,place\nA first evening,2199-03-01T19:00,Paris\nA second evening,,Lyon\n"
    job = working.begin(
        ires,
        author=ann.actor,
        source="evenings.csv",
        form="csv",
        settings=Settings(),
        publishes=False,
        state=PREVIEWED,
        data=table.encode(),
    )
    looking.note(job, looking.summary(table.encode(), "csv", Settings()))
    outbox.post(ires, "Create", iris.activity("ires", "x"), to=[PUBLIC], inboxes=[clara.inbox])
    return {
        "registration": links.token(guest, links.OWN),
        "confirmation": links.token(guest, links.CONFIRM),
        "quiet": links.token(guest, links.QUIET),
        "import": job.identifier,
        "day": (now() + timedelta(days=1)).date().isoformat(),
    }


def _brought() -> Places:
    """Let an archive of another node wait, and another one be taken up."""
    ires = _local("ires")
    places = {}
    for name in ("taken_archive", "archive"):
        identifier, path = archives.new_place()
        path.write_bytes(leaving.zipped(leaving.minimal(leaving.note(1), leaving.note(2, type="Question"))))
        job = archives.bring(ires, identifier)
        if name == "taken_archive":
            archives.begin(job)
            session().commit()
            archives.work_off(job)
        places[name] = identifier
    return places


def _seat_by_mail(call: Publication) -> Places:
    """Write an application, with the link by which a member of the committee without an account reads it."""
    seat = next(one for one in details_of(call.content).committee if not one.actor)
    seat_addresses.put(call, {seat.key: "office@example.org"})
    said = {"name": "A pay log kept by riders", "people": [{"name": "A rider", "role": "Speaker"}]}
    version = making.dossier_of(call, 50, applicant=iris.actor("ires"), content=said).versions[0]
    return {"mail_seat": seats_by_mail.token(version, seat, "office@example.org")}


def _proposed() -> Places:
    """Propose a project to which one has consented and another is asked, also somebody by mail."""
    mia, ann = (session().scalars(select(Member).where(Member.email == MAIL[who])).one() for who in (MEMBER, EDITOR))
    seeds = proposing.propose(
        ann, ann.actor, handle="seeds", name="Seeds & more", summary="<p>A library.</p>", consents=True, listed=True
    )
    founders.invite(seeds, mia.actor, message="Will you?")
    secret, until = "a-secret-of-a-mail", now() + timedelta(days=20)
    link = FounderLink(project_id=seeds.id, made_by_id=ann.id, email="ola@example.org", message="Come & found.")
    link.digest, link.created_at, link.expires_at = founders.digest_of(secret), now(), until
    session().add(link)
    workers, ann_here = local.find("platform_workers"), ann.actor
    for kind, name, url in (("wiki", "A wiki", "https://wiki.example/"), ("chat", LONG_WORD, "https://chat.example/")):
        listing.write(workers, type=kind, name=name, url=url, access="public" if kind == "wiki" else "members")
    versions.publish(workers, title="What we agree to", text="We *share* the work.")
    change = f"Of a {LONG_WORD}."
    charter = versions.publish(workers, title=f"What we agree to {LONG_WORD}", text="We share it.", change=change)
    memberships.invite(workers, ann_here)
    memberships.answer_invite(memberships.find(workers, ann_here), accept=True)
    memberships.join(local.find("ires"), workers)
    memberships.answer(memberships.find(workers, local.find("ires")), "accept")
    agreeing.agree(charter, local.find("ires"))
    day, documents = now().date(), [("Minutes", "https://docs.example/minutes")]
    log.write(workers, ann_here, kind="meeting", happened_on=day, title="We met", text="*Forty* came.")
    entry = log.write(workers, ann_here, kind="decision", happened_on=day, title="We strike", links=documents)
    log.write(
        workers,
        ann_here,
        kind="decision",
        happened_on=day,
        title=f"We strike {LONG_WORD}",
        text="On Monday.",
        links=documents,
        corrects=entry,
    )
    return {"founder_link": secret, "log_entry": entry.identifier}


def _links_in_mails() -> Places:
    """Make what people are sent by mail about an account, each by itself."""
    mia, ann = (session().scalars(select(Member).where(Member.email == MAIL[who])).one() for who in (MEMBER, EDITOR))
    common = {"password_hash": "!", "language": "en", "created_at": now()}
    unconfirmed = Applicant(email="ida@example.org", name="Ida", handle="ida", confirmed_at=None, **common)
    waiting = Applicant(
        email="jo@example.org", name="Jo", handle="jo", reason="I repair bicycles.", confirmed_at=now(), **common
    )
    session().add_all((unconfirmed, waiting))
    session().flush()
    return {
        "sign_up_link": account_links.make(account_links.SIGN_UP, unconfirmed, unconfirmed.email),
        "password_link": account_links.make(account_links.PASSWORD, mia, mia.email),
        "email_link": account_links.make(account_links.EMAIL, mia, "mia@example.com"),
        "deletion_link": account_links.make(account_links.DELETION, mia, mia.email),
        "invitation": invitations.by_link(ann, local.find("ires"), EDITOR),
        "unsubscribe": quiet_links.address(mia, "digest").rpartition("/")[2],
    }
