"""What our own actors do with their publications: draft, publish, revise, withdraw.

Each does the right thing on the wire in the same transaction: `Create` to the actor's followers and an `Announce` by
the node's own actor to its followers (partner nodes, and Mobilizon, which lists nothing without it) and by the
territories in which it lies (`territories/announcing.py`); `Update` and `Delete` to all of them. What is not for
everyone goes to those whom it is for (`audience`), and is never announced.
"""

from datetime import datetime

from sqlalchemy import delete, select

from actors import followers, iris, local, outbox, policy, tombstones
from actors.database import session
from actors.identifiers import IDENTIFIER, new_identifier
from actors.models import ACTIVE, Actor
from actors.node import now
from federation.activities import PUBLIC as EVERYONE
from federation.activities import Document, host_of
from flask_maillage.publications import agreements, audience, changes, journal, seat_addresses, tags
from flask_maillage.publications.attending.counting import counted, inboxes_of_participants, takes_registrations
from flask_maillage.publications.audience import EVERYBODY, Audience
from flask_maillage.publications.content import Content, Envelope
from flask_maillage.publications.enclosures import attaching
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.life import revisions, unsaved
from flask_maillage.publications.life.models import Schedule
from flask_maillage.publications.models import DRAFT, PUBLIC, PUBLISHED, WITHDRAWN, Addressee, Publication
from flask_maillage.publications.programmes import versions
from flask_maillage.publications.rules import (
    NotPossible,
    check_narrowing,
    check_publishable,
    check_readers,
    check_revision,
)
from flask_maillage.publications.territories import announcing


def draft(
    actor: Actor,
    content: Content,
    *,
    author: Actor | None = None,
    identifier: str | None = None,
    readers: Audience = EVERYBODY,
) -> Publication:
    """Write a publication that nobody outside sees yet; `identifier` is a new UUIDv7 where none is given.

    Raises:
        NotPossible: it names a file of ours that the actor has not.
    """
    moment = now()
    identifier = identifier or new_identifier(moment)
    slug = kind_named(content.kind).slug
    publication = Publication(
        iri=iris.publication(actor.handle, slug, identifier),
        identifier=identifier,
        local=True,
        kind=content.kind,
        actor_id=actor.id,
        actor=actor,
        author_id=author.id if author else None,
        state=DRAFT,
        visibility=readers.visibility,
        audience=[Addressee(actor=one) for one in readers.named],
        url=iris.publication_page(actor.handle, slug, identifier),
        created_at=moment,
        updated_at=moment,
    )
    publication.content = with_links(content)
    session().add(publication)
    session().flush()
    attaching.attach(publication)
    return publication


def with_links(content: Content) -> Content:
    """Return what is to be published with the `#words` of its text as links to their pages here."""
    linked = [one.model_copy(update={"html": tags.linked(one.html, iris.tags())}) for one in content.translations]
    return content.model_copy(update={"html": tags.linked(content.html, iris.tags()), "translations": tuple(linked)})


def check_publishing(publication: Publication, moment: datetime) -> None:
    """Raise `NotPossible` unless a draft could be published at `moment`, as far as one knows now; see `publish`."""
    if not policy.is_welcome(publication.actor):
        raise NotPossible("Nothing can be published for an actor that is suspended or deleted.")
    if publication.actor.moved_to is not None:
        raise NotPossible("This actor moved to another address: publish there.")
    if publication.actor.phase != ACTIVE:
        raise NotPossible(_("It publishes nothing: it waits for its founders, or is closed."))
    _check(publication, DRAFT, "It is published already.")
    if unsaved.is_unfinished(publication):
        raise NotPossible(_("It is not finished: open it, go on with what waits there, and publish it from its form."))
    check_publishable(publication.content, moment)
    check_readers(audience.of(publication))


def publish(publication: Publication, *, author: Actor | None = None) -> None:
    """Publish a draft: those whom it is for may read it from now on, and their servers are told.

    Args:
        publication: the draft.
        author: the member who publishes it, where it is one.

    Raises:
        NotPossible: it is not a draft of ours, its actor is suspended or deleted, or a rule of its kind forbids it
            (`rules.check_publishable`).
    """
    check_publishing(publication, now())
    session().execute(delete(Schedule).where(Schedule.publication_id == publication.id))
    show_present_occurrence(publication)
    publication.state = PUBLISHED
    publication.published_at = publication.updated_at = now()
    session().flush()
    revisions.record(publication, publication.updated_at, author=author)
    versions.release(publication, None)
    _tell(publication, "Create", document(publication), inboxes=audience.inboxes(publication))
    if publication.visibility == PUBLIC:
        _announce(publication)
    announcing.settle(publication)
    changes.happened(publication, None)


def revise(
    publication: Publication,
    content: Content,
    readers: Audience | None = None,
    *,
    author: Actor | None = None,
    note: str = "",
    restores: int | None = None,
) -> None:
    """Change what a publication says, or for whom it is; a published one is sent again as an `Update`.

    Whom it is for no longer is told no more of it: their servers are asked to delete their copies. What it said
    before is kept among its versions, once it was published.

    Args:
        publication: a draft, or what is published.
        content: all that it says from now on.
        readers: for whom it is from now on; as before where it is None.
        author: the member who changes it, where it is one.
        note: what changed, in their words, for readers.
        restores: the number of the version that it says again.

    Raises:
        NotPossible: it was withdrawn, is not ours, would become another kind, or a rule forbids the change
            (`rules.check_revision`, `rules.check_narrowing`).
    """
    readers, content = readers or audience.of(publication), with_links(content)
    if publication.kind != content.kind:
        raise NotPossible("A publication keeps its kind.")
    if publication.state == WITHDRAWN or not publication.local:
        raise NotPossible("What was withdrawn or published elsewhere cannot be changed here.")
    if publication.state == PUBLISHED:
        check_revision(publication.content, content, now())
        check_readers(readers)
        check_narrowing(readers, publication)
        content = publication.kind_of_it.revised(publication.content, content, now(), note)
    content = publication.kind_of_it.at(content, now())
    same_readers, before = readers.is_as(audience.of(publication)), publication.content
    is_said = before == content.model_copy(update={"summary": publication.summary})
    if same_readers and is_said:
        return
    if publication.state == PUBLISHED:
        revisions.record_first(publication)
        journal.record(publication, before, content, author=author, reason=note)
    publication.content = content.model_copy(update={"summary": ""})
    publication.updated_at = now()
    session().flush()
    attaching.attach(publication)
    if publication.state == DRAFT:
        audience.put(publication, readers)
        return
    if not is_said:
        revisions.record(publication, publication.updated_at, author=author, note=note, restores=restores)
        versions.release(publication, before)
    if not same_readers:
        _narrow(publication, readers)
    _tell_everyone(publication, "Update", document(publication))
    announcing.settle(publication)
    changes.happened(publication, before)


def show_present_occurrence(publication: Publication) -> bool:
    """Let the row of an event that comes again hold the occurrence of now; False where it does so already."""
    before = publication.content
    present = publication.kind_of_it.at(before, now())
    if present is before or (present.starts_at, present.ends_at) == (before.starts_at, before.ends_at):
        return False
    publication.content = present.model_copy(update={"summary": ""})
    session().flush()
    if publication.local:
        changes.happened(publication, None)
    return True


def tell_again(publication: Publication) -> None:
    """Send a published publication once more: something that it counts has turned, as when an event becomes full."""
    publication.updated_at = now()
    session().flush()
    _tell_everyone(publication, "Update", document(publication))


def withdraw(publication: Publication) -> None:
    """Take a publication back: its address answers 410 from now on, and every server is asked to delete its copy.

    A draft is simply forgotten.

    Raises:
        NotPossible: it was withdrawn before, or is not ours.
    """
    if publication.state == DRAFT and publication.local:
        session().delete(publication)
        session().flush()
        return
    _check(publication, PUBLISHED, "It was withdrawn before.")
    _tell_everyone(publication, "Delete", _tombstone(publication))
    withdraw_quietly(publication)


def withdraw_quietly(publication: Publication) -> None:
    """Take a published publication back and tell nobody: its actor goes with it, and a Delete of that says all."""
    publication.state, publication.withdrawn_at = WITHDRAWN, now()
    session().flush()
    changes.happened(publication, publication.content)
    _empty(publication)
    tombstones.bury(publication.iri, publication.actor, publication.kind_of_it.as2_type)
    outbox.cancel_pending(publication.iri)
    announcing.take_back(publication)
    outbox.retract(publication.iri)


def document(publication: Publication) -> Document:
    """Return the ActivityStreams object of one of our publications, without `@context`."""
    actor, addressed = publication.actor, audience.addressed(publication)
    envelope = Envelope(
        iri=publication.iri,
        url=publication.page,
        actor=actor.iri,
        application=iris.application(),
        followers=actor.followers or "",
        published=publication.published_at or publication.created_at,
        updated=publication.updated_at,
        context=f"{publication.iri}/context",
        replies=f"{publication.iri}/replies",
        likes=f"{publication.iri}/likes",
        shares=f"{publication.iri}/shares",
        place=iris.place(publication.identifier),
        tags=iris.tags(),
        attendees=f"{publication.iri}/attendees" if takes_registrations(publication) else None,
        to=tuple(addressed["to"]),
        cc=tuple(addressed["cc"]),
        formerly=publication.formerly,
    )
    return publication.kind_of_it.to_object(versions.numbered(publication, counted(publication)), envelope)


def find_ours(handle: str, slug: str, identifier: str) -> Publication | None:
    """Return a publication of ours by the parts of its address, whatever its state, or None."""
    if not (iris.HANDLE.fullmatch(handle) and IDENTIFIER.fullmatch(identifier)):
        return None
    return session().scalar(select(Publication).where(Publication.iri == iris.publication(handle, slug, identifier)))


def find_by_iri(iri: str) -> Publication | None:
    """Return a publication of ours by its id, whatever its state, or None."""
    return session().scalar(select(Publication).where(Publication.iri == iri, Publication.local))


def _empty(publication: Publication) -> None:
    """Let go of everything that a publication said; its address and its dates stay, so that 410 can be answered."""
    publication.name = publication.html = publication.source = publication.summary = ""
    publication.place = publication.online_url = publication.country = None
    publication.latitude = publication.longitude = publication.square = None
    publication.image, publication.attachments = None, []
    attaching.detach(publication)
    publication.organisers, publication.translations, publication.details = [], [], {}
    publication.hashtags.clear()
    publication.searched = None
    publication.zones.clear()
    publication.likes.clear()
    publication.shares.clear()
    publication.replies.clear()
    publication.attendances.clear()
    unsaved.drop(publication)
    revisions.clear(publication)
    versions.clear(publication)
    journal.forget(publication)
    seat_addresses.forget(publication)


def _tell_everyone(publication: Publication, verb: str, thing: Document) -> None:
    """Tell those who have it: of an open one, also the node's partners and who takes part."""
    inboxes = audience.inboxes(publication)
    if audience.is_open(publication):
        inboxes |= inboxes_of_participants(publication)
    if publication.visibility == PUBLIC:
        inboxes |= _inboxes_of_nodes(publication, verb) | announcing.inboxes_of_readers(publication)
    if verb == "Delete":
        inboxes = _those_who_have_it(publication, inboxes)
    _tell(publication, verb, thing, inboxes=inboxes)


def _those_who_have_it(publication: Publication, inboxes: set[str]) -> set[str]:
    """Return where a Delete goes: to those whom it was sent to and, where rows that told so may be pruned, all others.

    What is open may have been fetched by anyone who follows now.
    """
    published = publication.published_at or publication.created_at
    sent = audience.reached(publication)
    is_exact = not audience.is_open(publication) and published > now() - outbox.DELIVERED_KEPT
    return sent if is_exact else sent | inboxes


def _tell(publication: Publication, verb: str, thing: Document, *, inboxes: set[str]) -> None:
    addressed = audience.addressed(publication)
    outbox.post(publication.actor, verb, thing, to=addressed["to"], cc=addressed["cc"], inboxes=inboxes)


def _announce(publication: Publication) -> None:
    """Let the node's own actor share what is public: partners and Mobilizon list it by that."""
    relay = local.application()
    outbox.post(
        relay,
        "Announce",
        publication.iri,
        to=[EVERYONE],
        cc=[relay.followers or relay.iri, publication.actor.iri],
        inboxes=followers.inboxes_of_followers(relay, but=agreements.left_out(publication)),
    )


def _inboxes_of_nodes(publication: Publication, verb: str) -> set[str]:
    """Return where the node's followers are told: a change only where it was announced or may be, a Delete everywhere.

    What somebody has is kept right, whatever is agreed about what they get from now on.
    """
    relay, but = local.application(), agreements.left_out(publication)
    everywhere = followers.inboxes_of_followers(relay)
    if verb == "Delete" or not but:
        return everywhere
    return followers.inboxes_of_followers(relay, but=but) | (everywhere & audience.reached(publication))


def _narrow(publication: Publication, readers: Audience) -> None:
    """Take a publication from those for whom it is no longer; a server where somebody may still read it keeps it."""
    before = publication.visibility
    had = audience.reached(publication) | audience.inboxes(publication)
    if before == PUBLIC:
        had |= followers.inboxes_of_followers(local.application())
    outbox.retract(publication.iri)
    audience.put(publication, readers)
    staying = {host_of(inbox) for inbox in audience.inboxes(publication)}
    lost = {inbox for inbox in had if host_of(inbox) not in staying}
    outbox.call_back(publication.iri, lost)
    circle = publication.actor.followers or publication.actor.iri
    outbox.post(publication.actor, "Delete", _tombstone(publication), to=[circle], inboxes=lost)
    if before == PUBLIC:
        _announce_no_longer(publication)
    if before in audience.OPEN and not readers.is_open:
        tombstones.bury(publication.page, publication.actor, publication.kind_of_it.as2_type)
        publication.shares.clear()


def _announce_no_longer(publication: Publication) -> None:
    """Undo every Announce by the node's own actor: it may have been sent again to a server that came later."""
    relay = local.application()
    for announce in outbox.about(relay, "Announce", publication.iri):
        thing = {"id": announce.iri, "type": "Announce", "actor": relay.iri, "object": publication.iri}
        inboxes = outbox.inboxes_of(announce) or followers.inboxes_of_followers(relay)
        outbox.post(relay, "Undo", thing, to=[relay.followers or relay.iri], inboxes=inboxes)


def _tombstone(publication: Publication) -> Document:
    return {"id": publication.iri, "type": "Tombstone", "formerType": publication.kind_of_it.as2_type}


def _check(publication: Publication, state: str, otherwise: str) -> None:
    if not publication.local:
        raise NotPossible("It was published elsewhere.")
    if publication.state != state:
        raise NotPossible(otherwise)
