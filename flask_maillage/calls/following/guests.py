"""Guests who lead an initiative (FC-28, FC-59): what of it is followed, and the mail when something was written."""

from flask_maillage.calls.applying import drafts, links
from flask_maillage.calls.applying.telling import PURPOSE
from flask_maillage.calls.following import keeping, people
from flask_maillage.calls.following.people import Followed
from flask_maillage.calls.models import Draft, Guest
from flask_maillage.calls.states import FOLLOWED_UP, IN_COHORT, LED
from flask_maillage.mail import queue
from flask_maillage.mail.composing import Link, Message
from flask_maillage.publications.models import Publication
from flask_maillage.web.language import translate, word

PAGE = "follow-up"
"""What the page is called below the address of an application."""
CAME = word("Who coordinates “%(call)s” wrote in the follow-up of your initiative")
READ = word("Read what was written")
"""What a leader is told, and guests what their link is for."""


def followed(draft: Draft) -> Followed | None:
    """Return what of a guest's application is followed; None while no place is confirmed, and for members' ones.

    With what is erased its draft goes, and no link leads to it any more.
    """
    if draft.guest_id is None:
        return None
    found = people.of_leader(draft.call_iri, drafts.agreement_of(draft), draft.actor.iri, draft.dossier_iri)
    dossier = found.dossier if found is not None else None
    return found if dossier is not None and dossier.state in LED else None


def has_something(draft: Draft) -> bool:
    """Tell whether a guest can write about their application, or something was written: then its page leads there."""
    found = followed(draft)
    if found is None or found.dossier is None:
        return False
    return found.dossier.state in (IN_COHORT, FOLLOWED_UP) or keeping.entries(found.dossier) != []


def tell(call: Publication, draft: Draft) -> None:
    """Mail to a guest that a coordinator wrote about their application: nothing of what was written, as to members."""
    guest: Guest | None = draft.guest
    if guest is None or guest.email is None or followed(draft) is None:
        return
    sentence = translate(guest.language, CAME, call=call.name)
    link = Link(translate(guest.language, READ), links.own_address(guest, PAGE))
    message = Message(sentence, (f"{sentence}.", link), guest.language)
    queue.write(guest.email, message, purpose=PURPOSE, about=call.iri)
