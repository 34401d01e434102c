"""Entries as they are written here: by coordinators for the owner, by seats that coordinate, by leaders; one way each.

Whoever writes on another page (what a session brought, for instance) makes a `FollowUp` and calls `write`.
"""

from actors import iris
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation import markdown
from flask_maillage.calls import letters, posting
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.following import keeping, people
from flask_maillage.calls.following.people import Followed
from flask_maillage.calls.following.saying import FollowUp, Said
from flask_maillage.calls.models import CallLetter
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.subjects import Subject
from flask_maillage.publications.kinds.base import timestamp

CONTENT_LIMIT = 10_000
"""Characters of an entry's words; a letter has 256 KiB."""


def write(author: Actor, followed: Followed, what: FollowUp, content: str = "", *, name: str = "") -> CallLetter:
    """Write an entry in the name of one of our actors and send it to whom it concerns; the caller commits.

    Args:
        author: the owner, a seat that coordinates, or the leader (for a guest the node's own actor).
        followed: the application (`people.of_dossier`, `people.of_leader`).
        what: the sort of entry with its facts.
        content: its words, in Markdown.
        name: how the person is called who wrote it for the owner; shown to coordinators alone.

    Raises:
        Refused: it may not be written, as far as this node can tell; nothing was.
        posting.NotForThem: the call's owner cannot be reached; nothing was written.
    """
    dossier = followed.dossier
    call = followed.call
    if dossier is not None:
        call, dossier = keeping.locked(dossier)
        keeping.check(call, dossier, people.author(call, author, dossier), what, now())
    elif posting.unreachable([call.actor.iri]):
        raise posting.NotForThem([call.actor.iri])
    moment = letters.whole_second(now())
    to = people.recipients(followed, author.iri, what.entry)
    iri = iris.of_call(author.handle, "entries", new_identifier(now()))
    html = markdown.render(content)
    thing = {
        "id": iri,
        "type": "Note",
        "attributedTo": author.iri,
        "context": followed.collection,
        "published": timestamp(moment),
        "to": to,
        "content": html,
        "followUp": what.document(),
    }
    letter = posting.write(
        author,
        "Create",
        thing,
        shape=Shape.ENTRY,
        subject=Subject(call.iri, followed.agreement),
        to=to,
        lost_too=True,
        iri=iris.letter(iri, "create", 1),
        at=moment,
    )
    if dossier is not None and author.id == call.actor_id:
        said, by = Said.model_validate(thing), people.author(call, author, dossier)
        keeping.keep(call, dossier, said, by=by, sender=author, letter=letter, name=name)
    posting.hand_over(letter)
    if letter.refused is not None:
        raise Refused(Refusal(letter.refused))
    return letter
