"""People without an account who apply to a call of ours: by e-mail, confirmed by a link before anything is written.

Whoever types an address is told the same whether we know it or not; only its owner reads the difference (FC-28).
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from actors.database import session
from actors.identifiers import new_identifier
from actors.node import now
from flask_maillage.calls.applying import drafts, telling
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.models import Draft, Guest
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import deliverable
from flask_maillage.publications.attending.locking import lock
from flask_maillage.publications.models import Publication
from flask_maillage.publications.rules import NotPossible
from inboxes.pruning import on_pruning

MOST_UNCONFIRMED, MOST_GUESTS = 500, 20_000
"""How many addresses wait for their confirmation for one call, and how many guests it has at most."""
UNCONFIRMED_KEPT = timedelta(days=3)


def _(message: str) -> str:
    return message


def are_welcome(call: TheCall) -> bool:
    """Tell whether who has no account may apply: everybody may read the call, it is ours, and mail goes out."""
    return call.takes_applications and call.takes_guests and queue.is_on()


def ask(call: Publication, *, email: str, language: str) -> None:
    """Note that somebody applies with an e-mail address, and send them a link; the caller has looked at the call.

    Where too much mail is asked for to this address, or about this call, nothing is sent, and nothing said of it.

    Raises:
        NotPossible: the address is none, or too many apply at this moment.
    """
    address = deliverable(email)
    if address is None:
        raise NotPossible(_("That is not an e-mail address: write it as name@example.org."), "email")
    lock(call.id)
    if not queue.may_be_asked_for(address, "application", call.iri):
        return
    _check_room(call)
    guest = _find(call, address)
    if guest is None:
        moment = now()
        guest = Guest(
            call_id=call.id, identifier=new_identifier(moment), email=address, language=language, asked_at=moment
        )
        session().add(guest)
        session().flush()
    if guest.confirmed_at is None:
        guest.language = language
        telling.ask_to_confirm(call, guest)
    else:
        telling.own_link(call, guest)


def confirm(guest: Guest) -> Draft:
    """Let a guest write who has shown that the address is theirs; a second time changes nothing."""
    call = lock(guest.call_id)
    session().refresh(guest)
    is_new = guest.confirmed_at is None
    if is_new:
        guest.confirmed_at = now()
    draft = drafts.begin_for_guest(call, guest)
    if is_new:
        telling.own_link(call, guest)
    return draft


@on_pruning
def let_go(_limit: datetime) -> None:
    """Forget addresses that nobody confirmed."""
    old = Guest.confirmed_at.is_(None), Guest.asked_at < now() - UNCONFIRMED_KEPT
    session().execute(delete(Guest).where(*old).execution_options(synchronize_session=False))
    session().commit()


def _find(call: Publication, address: str) -> Guest | None:
    return session().scalar(select(Guest).where(Guest.call_id == call.id, Guest.email == address))


def _check_room(call: Publication) -> None:
    count = select(func.count()).select_from(Guest).where(Guest.call_id == call.id)
    unconfirmed = session().scalar(count.where(Guest.confirmed_at.is_(None))) or 0
    if unconfirmed >= MOST_UNCONFIRMED or (session().scalar(count) or 0) >= MOST_GUESTS:
        raise NotPossible(_("Too many people apply at this moment: try again tomorrow."))
